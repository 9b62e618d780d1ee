import type { JSX } from "preact";

/** As many as the style sheet has colours. */
const COLOURS = 8;

/** A user's first letter, on a colour that is always the same for him. Decoration. */
export function Avatar({ user }: { user: string }): JSX.Element {
  const letter = Array.from(user.replace(/^guest-/, ""))[0] ?? "·";
  return (
    <span class="avatar" data-colour={colourOf(user)} aria-hidden="true">{letter.toUpperCase()}</span>
  );
}

function colourOf(user: string): number {
  let hash = 0;
  for (const sign of user) {
    hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) % 65_521;
  }
  return hash % COLOURS;
}

/** A piece of a message: text, or an address that can be opened. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** Only these two are made clickable: `javascript:` and its like stay text. */
const ADDRESS = /https?:\/\/[^\s<>"]+/giu;
const TRAILING = /[.,:;!?'…]+$/u;

/** A message in pieces, which together are the message. */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTrail(match[0]);
    const href = hrefOf(address);
    if (href !== null) {
      if (match.index > end) {
        found.push({ kind: "text", text: text.slice(end, match.index) });
      }
      found.push({ kind: "link", text: address, href });
      end = match.index + address.length;
    }
  }
  if (end < text.length) {
    found.push({ kind: "text", text: text.slice(end) });
  }
  return found;
}

/** Without what ends a sentence rather than an address, such as the `)` of one in parentheses. */
function withoutTrail(address: string): string {
  let kept = address;
  for (let before = ""; kept !== before;) {
    before = kept;
    kept = kept.replace(TRAILING, "");
    if (kept.endsWith(")") && count(kept, ")") > count(kept, "(")) {
      kept = kept.slice(0, -1);
    }
  }
  return kept;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

function hrefOf(address: string): string | null {
  const url = URL.parse(address);
  return url !== null && url.hostname !== "" ? url.href : null;
}

/** A piece of a message: text, or an address that can be opened. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** Only these two are made clickable: `javascript:` and its like stay text. */
const ADDRESS = /https?:\/\/[^\s<>"]+/giu;
const TRAILING = ".,:;!?'…";

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

/**
 * Without what ends a sentence rather than an address, such as the `)` of one in parentheses. It
 * looks at each sign once: anybody may send thousands of them.
 */
function withoutTrail(address: string): string {
  let surplus = count(address, ")") - count(address, "(");
  let end = address.length;
  for (; end > 0; end--) {
    const last = address.charAt(end - 1);
    if (last === ")" && surplus > 0) {
      surplus--;
    } else if (!TRAILING.includes(last)) {
      break;
    }
  }
  return address.slice(0, end);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

function hrefOf(address: string): string | null {
  try {
    const url = new URL(address);
    return url.hostname === "" ? null : url.href;
  } catch {
    return null;
  }
}

import { keep, recall } from "./storage";

/** Who somebody is to the server: by a token, or by a name he claims, where that is allowed. */
export type Identity =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "name"; readonly name: string };

const KEY = "parley.identity";

/**
 * Who this tab belongs to: whoever the URL's `#token=…` says, else whoever it was before a reload.
 * The token is taken out of the address bar at once, so that it isn't in the history, in a bookmark
 * or on a screenshot. It is kept for the tab alone: another tab may be somebody else.
 */
export function knownIdentity(): Identity | null {
  const token = /[#&]token=([^&]+)/.exec(location.hash)?.[1];
  if (token === undefined) {
    return identityOf(recall("session", KEY));
  }
  history.replaceState(null, "", location.pathname + location.search);
  const identity = { kind: "token", token: decoded(token) } as const;
  remember(identity);
  return identity;
}

export function remember(identity: Identity | null): void {
  keep("session", KEY, identity);
}

function identityOf(kept: unknown): Identity | null {
  if (typeof kept !== "object" || kept === null || !("kind" in kept)) {
    return null;
  }
  const { kind, token, name } = kept as { kind: unknown; token?: unknown; name?: unknown };
  if (kind === "token" && typeof token === "string") {
    return { kind, token };
  }
  return kind === "name" && typeof name === "string" ? { kind, name } : null;
}

/** What can't be decoded is taken as it is: the server says what is wrong with it. */
function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

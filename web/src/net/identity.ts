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
  if (token !== undefined) {
    history.replaceState(null, "", location.pathname + location.search);
    remember({ kind: "token", token: decodeURIComponent(token) });
  }
  return remembered();
}

export function remember(identity: Identity | null): void {
  if (identity === null) {
    sessionStorage.removeItem(KEY);
  } else {
    sessionStorage.setItem(KEY, JSON.stringify(identity));
  }
}

function remembered(): Identity | null {
  const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (typeof kept !== "object" || kept === null || !("kind" in kept)) {
    return null;
  }
  const { kind, token, name } = kept as { kind: unknown; token?: unknown; name?: unknown };
  if (kind === "token" && typeof token === "string") {
    return { kind, token };
  }
  return kind === "name" && typeof name === "string" ? { kind, name } : null;
}

import { signal } from "@preact/signals";

/** Where the address leads. */
export interface Route {
  /** The conversation that it names: `#/room/lobby`, `#/direct/bob`; null: none. */
  readonly key: string | null;
  /** Whether this entry of the browser's history was never followed: a link, or typed. */
  readonly isNew: boolean;
}

export const route = signal<Route>(read());

// For the browser's ways back and forth, too.
addEventListener("popstate", () => { route.value = read(); });

/**
 * Goes to a conversation, so that a reload, a bookmark and the browser's way back lead there, too.
 *
 * @param entry whether the address comes behind the present one in the browser's history, or in its
 *   place: where nobody wants to go back to that
 */
export function go(key: string | null, entry: "behind" | "in place" = "behind"): void {
  const address = addressOf(key);
  if (entry === "in place" || address === location.hash) {
    history.replaceState(null, "", address);
  } else {
    history.pushState(null, "", address);
  }
  route.value = read();
}

export function addressOf(key: string | null): string {
  if (key === null) {
    return "#/";
  }
  const slash = key.indexOf("/");
  return `#/${key.slice(0, slash)}/${encodeURIComponent(key.slice(slash + 1))}`;
}

/** The way was gone: who comes back to it later doesn't come for the first time. */
export function markFollowed(): void {
  history.replaceState("followed", "");
}

function read(): Route {
  const isNew = history.state !== "followed";
  const found = /^#\/(room|direct)\/(.+)$/.exec(location.hash);
  if (found?.[1] === undefined || found[2] === undefined) {
    return { key: null, isNew };
  }
  try {
    return { key: `${found[1]}/${decodeURIComponent(found[2])}`, isNew };
  } catch {
    return { key: null, isNew };
  }
}

import { signal } from "@preact/signals";

/** Which conversation the address names: `#/room/lobby`, `#/direct/bob`; null: none. */
export const route = signal<string | null>(read());

addEventListener("hashchange", () => { route.value = read(); });

/** Goes there, so that a reload, a bookmark and the browser's way back lead there, too. */
export function go(key: string | null): void {
  if (key === null) {
    location.hash = "#/";
    return;
  }
  const slash = key.indexOf("/");
  location.hash = `#/${key.slice(0, slash)}/${encodeURIComponent(key.slice(slash + 1))}`;
}

function read(): string | null {
  const found = /^#\/(room|direct)\/(.+)$/.exec(location.hash);
  if (found?.[1] === undefined || found[2] === undefined) {
    return null;
  }
  try {
    return `${found[1]}/${decodeURIComponent(found[2])}`;
  } catch {
    return null;
  }
}

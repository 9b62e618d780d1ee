/** What is kept for the browser, or for the tab alone. */
export type Shelf = "local" | "session";

/**
 * What was kept under a key; null: nothing, or nothing that can be read. A browser may refuse its
 * storage altogether, and anybody may have written into it: the page goes on without.
 */
export function recall(shelf: Shelf, key: string): unknown {
  try {
    return JSON.parse(storage(shelf).getItem(key) ?? "null") as unknown;
  } catch {
    return null;
  }
}

/** Keeps it, if the browser has a place for it; null: keeps nothing any more. */
export function keep(shelf: Shelf, key: string, value: unknown): void {
  try {
    if (value === null) {
      storage(shelf).removeItem(key);
    } else {
      storage(shelf).setItem(key, JSON.stringify(value));
    }
  } catch {
    // It is full, or forbidden: then a reload forgets it.
  }
}

/** Under which keys that begin with this something is kept. */
export function keysFrom(shelf: Shelf, beginning: string): readonly string[] {
  try {
    const from = storage(shelf);
    return Array.from({ length: from.length }, (_, i) => from.key(i) ?? "")
      .filter(key => key.startsWith(beginning));
  } catch {
    return [];
  }
}

function storage(shelf: Shelf): Storage {
  return shelf === "local" ? localStorage : sessionStorage;
}

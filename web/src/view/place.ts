/** Where a reader is in a conversation: at its end, or at a message further up. */
export interface Place {
  /** The first message that can be seen; null: it is at the end. */
  readonly offset: number | null;
}

const AT_END: Place = { offset: null };

/** The place in each conversation, which the tab keeps over a reload. */
export function placeIn(key: string): Place {
  const kept = sessionStorage.getItem("parley.place." + key);
  const offset = kept === null ? Number.NaN : Number(kept);
  return Number.isSafeInteger(offset) ? { offset } : AT_END;
}

export function keepPlace(key: string, place: Place): void {
  keep("parley.place." + key, place.offset === null ? "" : String(place.offset));
}

/** What was written and not sent, in each conversation. */
export function draftIn(key: string): string {
  return sessionStorage.getItem("parley.draft." + key) ?? "";
}

export function keepDraft(key: string, text: string): void {
  keep("parley.draft." + key, text);
}

function keep(key: string, value: string): void {
  if (value === "") {
    sessionStorage.removeItem(key);
  } else {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      // There is no room for it, and it can be done without.
    }
  }
}

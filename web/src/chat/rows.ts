import type { Item, Message } from "./message";

/** What a conversation shows, one below the other. */
export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "hole"; readonly key: string }
  /** Here begins what was unread when the conversation was opened. */
  | { readonly kind: "new"; readonly key: string }
  | { readonly kind: "beginning"; readonly key: string }
  | {
    readonly kind: "message";
    readonly key: string;
    readonly message: Message;
    /** Whether it says who wrote it; else that is the same as above it. */
    readonly isFirst: boolean;
  };

const GROUP_MILLIS = 5 * 60_000;

/**
 * Messages with what stands between them. One who says several things in a short time is named once.
 *
 * @param readOffset up to where it was read when the conversation was opened; null: it doesn't show
 * @param hasBeginning whether nothing was said before the first of them
 */
export function rowsOf(
  items: readonly Item[], me: string, readOffset: number | null, hasBeginning: boolean,
): readonly Row[] {
  const rows: Row[] = hasBeginning ? [{ kind: "beginning", key: "beginning" }] : [];
  let above: Message | null = null;
  let day = "";
  let isNewShown = readOffset === null;
  for (const item of items) {
    if (item.kind === "hole") {
      rows.push({ kind: "hole", key: item.key });
      above = null;
      continue;
    }
    const itsDay = item.at === null ? day : new Date(item.at).toDateString();
    if (itsDay !== day && item.at !== null) {
      rows.push({ kind: "day", key: "day " + item.key, at: item.at });
      day = itsDay;
      above = null;
    }
    if (!isNewShown && item.from !== me && item.offset !== null && readOffset !== null
      && item.offset > readOffset) {
      rows.push({ kind: "new", key: "new" });
      isNewShown = true;
      above = null;
    }
    rows.push({
      kind: "message", key: item.key, message: item, isFirst: above === null || !follows(item, above),
    });
    above = item;
  }
  return rows;
}

function follows(message: Message, above: Message): boolean {
  return message.from === above.from
    && (message.at ?? 0) - (above.at ?? 0) < GROUP_MILLIS;
}

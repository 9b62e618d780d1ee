/** Where a message is on its way to the server. */
export type Sending =
  /** Not acknowledged yet; it is tried again under its id until the server has said what it is. */
  | { readonly kind: "sending" }
  | { readonly kind: "sent" }
  /** The server has refused it: it isn't stored. */
  | {
    readonly kind: "failed";
    readonly code: number;
    readonly reason: string;
    /** Whether another message has the same id: one that was sent before it was changed. */
    readonly isIdTaken: boolean;
  };

/** One message of a conversation. */
export interface Message {
  readonly kind: "message";
  /** The same from the first key stroke to the last device: the view tells messages apart by it. */
  readonly key: string;
  /** Made by whoever sent it; null: of a client that gives none. */
  readonly id: string | null;
  readonly from: string;
  readonly text: string;
  /** Milliseconds since 1970 by the sender's clock; null: he didn't say. */
  readonly at: number | null;
  /**
   * Where it stands in its channel; null: it isn't stored yet, or its channel keeps nothing, or has
   * lost all it had since: what counts anew may have another message there.
   */
  readonly offset: number | null;
  readonly sending: Sending;
}

/** A place at which messages are missing that can't be had any more. */
export interface Hole {
  readonly kind: "hole";
  readonly key: string;
}

export type Item = Message | Hole;

/** What a publication's data says; the server looks at none of it. */
export interface Said {
  readonly text: string;
  readonly id: string | null;
  readonly at: number | null;
}

/** Beyond, there are no dates: the view couldn't show one. */
const DATE_MAX = 8.64e15;

/** Reads what a client of any protocol has published. */
export function saidOf(data: unknown): Said {
  if (typeof data === "string") {
    return { text: data, id: null, at: null };
  }
  if (typeof data === "object" && data !== null && "text" in data && typeof data.text === "string") {
    const { id, at } = data as { id?: unknown; at?: unknown };
    return {
      text: data.text,
      id: typeof id === "string" || typeof id === "number" ? String(id) : null,
      at: typeof at === "number" && Math.abs(at) <= DATE_MAX ? at : null,
    };
  }
  // `undefined` is what a payload of no bytes comes as.
  return { text: data === undefined ? "" : JSON.stringify(data), id: null, at: null };
}

/** 96 random bits. Not `crypto.randomUUID`, which a page over plain HTTP doesn't have. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), byte =>
    byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The key of a message that has an id: the same before it is stored, and after. Names and ids may
 * be any text, so the length says where the one ends.
 */
export function keyOf(from: string, id: string): string {
  return `${from.length} ${from} ${id}`;
}

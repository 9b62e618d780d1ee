import type { ReadonlySignal } from "@preact/signals";
import type { Link } from "../net/link";
import type { Backlog } from "./backlog";
import type { Members } from "./members";
import { type Item, keyOf, type Message, newId } from "./message";
import type { Outgoing } from "./outgoing";
import type { OwnState } from "./own-state";
import type { Mark, Receipts } from "./receipts";
import type { Timeline } from "./timeline";
import type { Typing } from "./typing";

/** A message of somebody else that has just come. */
export interface Heard {
  readonly from: string;
  readonly text: string;
  /** Whether it was said while there was no connection: then it comes with many others. */
  readonly isMissed: boolean;
}

/** What all conversations of a page lean on. */
export interface Ground {
  readonly link: Link;
  readonly own: OwnState;
  readonly user: string;
  /** A message of somebody else has come, and not from the history. */
  onMessage(conversation: Conversation, message: Heard): void;
}

/** A room, or what two users write to each other. */
export interface Conversation {
  readonly kind: "room" | "direct";
  /** The room's name, or the other user's. */
  readonly name: string;
  /** `room/lobby`, `direct/bob`. */
  readonly key: string;
  readonly timeline: Timeline;
  readonly outgoing: Outgoing;
  readonly backlog: Backlog;
  /** In a room: who is there. Beside a direct conversation: whether the other one is. */
  readonly members: Members;
  readonly typing: Typing;
  readonly receipts: Receipts;
  readonly unread: ReadonlySignal<number>;
  /** The key of the newest stored message of others; null: there is none. */
  readonly newestOfOthers: ReadonlySignal<string | null>;
  /** Why it can't be read; null: it can. */
  readonly problem: ReadonlySignal<string | null>;
  /** It is looked at from now on. */
  open(): void;
  /** It isn't any more. */
  close(): void;
  /** All that is here has been seen. */
  seen(): void;
  /** The page has done with it. */
  end(): void;
}

/** A message as it is before anybody has it. */
export function draft(from: string, text: string, id = newId()): Message {
  return {
    kind: "message", key: keyOf(from, id), id, from, text,
    at: Date.now(), offset: null, sending: { kind: "sending" },
  };
}

/** The newest message of others among these, which a reader of all of them has read. */
export function markOfOthers(items: readonly Item[], me: string): Mark | null {
  const newest = newestOfOthers(items, me);
  return typeof newest?.offset === "number" ? { offset: newest.offset, id: newest.id } : null;
}

/** The newest one that is stored and from somebody else. */
export function newestOfOthers(items: readonly Item[], me: string): Message | null {
  return items.findLast((item): item is Message =>
    item.kind === "message" && item.from !== me && item.offset !== null) ?? null;
}

/** Under which message, by its key, whose receipt belongs: the newest that he has read. */
export function readersOf(
  conversation: Conversation, items: readonly Item[], marks: ReadonlyMap<string, Mark>,
): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>();
  for (const [user, mark] of marks) {
    const message = items.findLast((item): item is Message => item.kind === "message"
      && item.from !== user && item.offset !== null
      && (conversation.kind === "room"
        ? item.offset <= mark.offset
        : item.id !== null && item.id === mark.id));
    if (message !== undefined) {
      readers.set(message.key, [...readers.get(message.key) ?? [], user]);
    }
  }
  return readers;
}

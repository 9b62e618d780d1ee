import { batch, computed, signal } from "@preact/signals";
import { type Item, keyOf, type Message, saidOf } from "./message";

/** A publication, live or from history. */
export interface Publication {
  /** Of a channel that keeps nothing a place of its own, which is no whole number. */
  readonly offset: number;
  readonly from: string;
  readonly data: unknown;
  /** When it came, if it came live. */
  readonly heardAt: number | null;
}

/** More than any channel's offset. */
const LOST = 2 ** 50;

interface Stored {
  readonly generation: number;
  readonly offset: number;
  readonly message: Message;
}

/**
 * The messages of one conversation, in the order of the server's offsets, each once, whichever way
 * it came: live, from history, as what was missed, or as the answer to having sent it. Own messages
 * that aren't stored yet stand behind them, in the order in which they were written.
 *
 * Offsets name a message for good, until a channel loses all it had and counts from 1 again: from
 * there on messages are of the next *generation*.
 */
export class Timeline {
  private readonly stored = signal<readonly Stored[]>([]);
  private readonly pending = signal<readonly Message[]>([]);
  /** Behind which messages something is missing; by `generation.offset`. */
  private readonly holes = signal<ReadonlySet<string>>(new Set());
  private readonly places = new Set<string>();
  private readonly keys = new Set<string>();
  private generation = 0;

  readonly items = computed<readonly Item[]>(() => this.inOrder());

  /** @param from gives the oldest offset from which on all is here; null: nobody knows yet */
  constructor(private readonly from: () => number | null = () => null) {}

  /** The newest offset that is here; 0: none is. */
  get top(): number {
    const last = this.stored.value.at(-1);
    return last?.generation === this.generation ? Math.floor(last.offset) : 0;
  }

  /** The oldest offset of this generation that is here; null: none is. */
  get bottom(): number | null {
    const first = this.stored.value.find(entry => entry.generation === this.generation);
    return first === undefined ? null : Math.ceil(first.offset);
  }

  /** How many messages are here that are stored. */
  get size(): number {
    return this.stored.value.length;
  }

  /**
   * How new the newest message is: among timelines that have their messages from one channel, the
   * one has the greater number in which something was said last.
   */
  get newness(): number {
    const last = this.stored.value.at(-1);
    if (this.pending.value.length > 0) {
      return Number.MAX_SAFE_INTEGER;
    }
    if (last === undefined) {
      return Number.MIN_SAFE_INTEGER;
    }
    // What was lost there is older than all that came since.
    return last.generation === this.generation ? last.offset : last.offset - LOST;
  }

  /** Whether a message is stored, as far as is known. */
  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Takes publications in, in any order. */
  add(publications: readonly Publication[]): void {
    const entries = publications.map(publication => this.entryOf(publication))
      .filter(entry => this.isNew(entry));
    if (entries.length > 0) {
      this.insert(entries);
    }
  }

  /** An own message that is on its way, or has a new state there. */
  put(message: Message): void {
    if (this.has(message.key)) {
      return;
    }
    const others = this.pending.value;
    const at = others.findIndex(other => other.key === message.key);
    this.pending.value = at < 0 ? [...others, message] : others.with(at, message);
  }

  /**
   * An own message has been stored: here it stands from now on. One that stands among those that
   * aren't here any more comes with them, when they are read again.
   */
  settle(message: Message, offset: number): void {
    const sent: Message = { ...message, offset, sending: { kind: "sent" } };
    const entry = { generation: this.generation, offset, message: sent };
    const isHere = offset >= (this.from() ?? 0);
    if (isHere && !this.has(message.key) && this.isNew(entry)) {
      this.insert([entry]);
    }
    this.discard(message.key);
  }

  /** Forgets an own message that isn't stored. */
  discard(key: string): void {
    this.pending.value = this.pending.value.filter(message => message.key !== key);
  }

  /** Something behind this offset, and before the next message that is here, can't be had. */
  breakOff(offset: number): void {
    const last = this.lastUpTo(offset);
    if (last !== undefined) {
      this.holes.value = new Set([...this.holes.value, place(last)]);
    }
  }

  /** Nothing is missing there after all, though nothing may have come of it. */
  join(offset: number): void {
    const last = this.lastUpTo(offset);
    if (last?.generation === this.generation) {
      this.holes.value = new Set([...this.holes.value].filter(hole => hole !== place(last)));
    }
  }

  /** The channel has lost all it had, and counts anew. */
  beginAnew(): void {
    batch(() => {
      this.breakOff(Number.POSITIVE_INFINITY);
      this.generation++;
      // What is counted, marked or matched by offsets is none of them any more.
      this.stored.value = this.stored.value.map(entry =>
        ({ ...entry, message: { ...entry.message, offset: null } }));
    });
  }

  /** Forgets all but so many of the newest that are stored. */
  keepNewest(count: number): void {
    this.keep(this.stored.value.slice(-count));
  }

  /** Forgets what of this generation is older. */
  keepFrom(offset: number): void {
    this.keep(this.stored.value.filter(entry =>
      // What has a place of its own behind the one before stays with those that follow.
      entry.generation < this.generation || entry.offset > offset - 1));
  }

  private keep(kept: readonly Stored[]): void {
    if (kept.length < this.stored.value.length) {
      const places = new Set(kept.map(place));
      for (const entry of this.stored.value) {
        if (!places.has(place(entry))) {
          this.places.delete(place(entry));
          this.keys.delete(entry.message.key);
        }
      }
      // One key may be of two messages.
      for (const { message } of kept) {
        this.keys.add(message.key);
      }
      this.holes.value = new Set([...this.holes.value].filter(hole => places.has(hole)));
      this.stored.value = kept;
    }
  }

  private lastUpTo(offset: number): Stored | undefined {
    return this.stored.value.findLast(entry =>
      entry.generation < this.generation || entry.offset <= offset);
  }

  /** Whether nothing stands there yet; from now on something does. */
  private isNew(entry: Stored): boolean {
    const before = this.places.size;
    this.places.add(place(entry));
    return this.places.size > before;
  }

  private insert(entries: Stored[]): void {
    for (const entry of entries) {
      this.keys.add(entry.message.key);
    }
    const all = [...this.stored.value, ...entries];
    // What comes live stands behind everything, so sorting has next to nothing to do.
    all.sort((a, b) => a.generation - b.generation || a.offset - b.offset);
    this.stored.value = all;
    if (this.pending.value.some(message => this.keys.has(message.key))) {
      this.pending.value = this.pending.value.filter(message => !this.keys.has(message.key));
    }
  }

  private entryOf(publication: Publication): Stored {
    const { offset, from } = publication;
    const { text, id, at } = saidOf(publication.data);
    const key = id === null ? `${this.generation}.${offset}` : keyOf(from, id);
    return {
      generation: this.generation,
      offset,
      message: {
        kind: "message", key, id, from, text,
        offset: Number.isInteger(offset) ? offset : null,
        at: at ?? publication.heardAt, sending: { kind: "sent" },
      },
    };
  }

  private inOrder(): readonly Item[] {
    const items: Item[] = [];
    const byKey = new Map<string, Message>();
    this.stored.value.forEach((entry, i, all) => {
      const { message } = entry;
      const same = byKey.get(message.key);
      if (same === undefined) {
        byKey.set(message.key, message);
        items.push(message);
      } else if (same.text !== message.text || same.at !== message.at) {
        // A client that counts its ids from 1 each time it begins: two messages all the same.
        items.push({ ...message, key: `${message.key} ${place(entry)}` });
      }
      // Else somebody tried again after the server had forgotten the id.
      if (this.holes.value.has(place(entry)) && !follows(all[i + 1], entry)) {
        items.push({ kind: "hole", key: "hole " + place(entry) });
      }
    });
    items.push(...this.pending.value);
    return items;
  }
}

/** Whether nothing can be missing between the two. */
function follows(next: Stored | undefined, entry: Stored): boolean {
  return next?.generation === entry.generation && next.offset === entry.offset + 1;
}

function place(entry: { generation: number; offset: number }): string {
  return `${entry.generation}.${entry.offset}`;
}

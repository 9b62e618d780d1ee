import type { Outcome } from "../net/link";
import { keep, keysFrom, recall } from "../net/storage";
import { keyOf, type Message, newId, type Sending } from "./message";
import type { Timeline } from "./timeline";

const PAUSE_MILLIS = 500;
const PAUSE_MAX_MILLIS = 8_000;
/** The server knows an id for 5 minutes; behind that, another try could be another message. */
const ID_LIFE_MILLIS = 4 * 60_000;
/** So often a server that takes nothing now is asked again: for about half a minute. */
const LATER_TRIES = 6;
const BAD_REQUEST = 107;
/** The server's words. */
const ID_TAKEN = "the id was used for another message";
/** Nobody knows what became of it, and to find out by trying again is too late. */
const UNKNOWN = { kind: "refused", code: 0, reason: "" } as const;

/** Those that haven't ended, by the keys under which they keep what isn't stored. */
const living = new Map<string, Outgoing>();

/** What is final. */
type Settled = Extract<Outcome, { kind: "stored" | "refused" }>;

/** What a conversation's messages go out by. */
export interface Way {
  /** Waits until there is a connection, and what was missed in the conversation has come. */
  ready(): Promise<void>;
  transmit(message: Message): Promise<Outcome>;
}

/** A message that isn't stored, as far as is known. */
interface Entry {
  readonly message: Message;
  /** When it was first tried under its id: milliseconds since 1970; null: never. */
  triedAt: number | null;
}

/**
 * Own messages on their way out: one after the other, so that they stay in order through broken
 * connections, each under its id until the server has said what became of it.
 */
export class Outgoing {
  private readonly queue: Entry[] = [];
  /** Those that were refused, by their keys: the user says what becomes of them. */
  private readonly failed = new Map<string, Message>();
  private isBusy = false;
  private isEnded = false;

  constructor(
    private readonly timeline: Timeline,
    private readonly way: Way,
    private readonly kept: Unsent,
  ) {
    living.set(kept.key, this);
    for (const { message, triedAt } of kept.load()) {
      if (message.sending.kind === "failed") {
        this.fail(message);
      } else {
        timeline.put(message);
        this.queue.push({ message, triedAt });
      }
    }
    this.keep();
    void this.run();
  }

  /**
   * @returns whether it goes out; false: one with its key is on its way, or stored, so what it says
   *   otherwise would be said by nobody
   */
  send(message: Message): boolean {
    const sending: Message = { ...message, sending: { kind: "sending" } };
    if (this.timeline.has(message.key)
      || this.queue.some(entry => entry.message.key === message.key)) {
      return false;
    }
    if (this.isEnded && !this.handOn(sending)) {
      return false;
    }
    this.failed.delete(message.key);
    this.timeline.put(sending);
    if (!this.isEnded) {
      this.queue.push({ message: sending, triedAt: null });
      this.keep();
      void this.run();
    }
    return true;
  }

  /** Tries again what was refused, under the same id. */
  retry(message: Message): void {
    if (message.sending.kind === "failed") {
      // What is on its way, or stored, needs no other try.
      this.send(message);
    }
  }

  /** Takes back what was refused, to be written otherwise or not at all. */
  takeBack(message: Message): void {
    if (this.failed.delete(message.key)) {
      this.timeline.discard(message.key);
      this.keep();
    }
  }

  /** Nothing goes out any more. What hasn't yet is kept for whoever opens the conversation again. */
  end(): void {
    this.isEnded = true;
    if (living.get(this.kept.key) === this) {
      living.delete(this.kept.key);
    }
  }

  /** The page may show this one for a moment when another one has taken its place already. */
  private handOn(message: Message): boolean {
    const heir = living.get(this.kept.key);
    if (heir !== undefined) {
      return heir.send(heir.kept.own(message));
    }
    this.kept.add(message);
    return true;
  }

  private async run(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    for (let entry = this.queue[0]; entry !== undefined; entry = this.queue[0]) {
      const outcome = await this.insist(entry);
      if (outcome === null) {
        return;
      }
      this.queue.shift();
      this.settle(entry.message, outcome);
      this.keep();
    }
    this.isBusy = false;
  }

  /** @returns null: it was ended before the server said anything */
  private async insist(entry: Entry): Promise<Settled | null> {
    let refusals = 0;
    for (let pause = PAUSE_MILLIS; ; pause = Math.min(2 * pause, PAUSE_MAX_MILLIS)) {
      await this.way.ready();
      if (this.timeline.has(entry.message.key)) {
        // It had been stored, and came with what was missed.
        return { kind: "stored", offset: null };
      }
      if (this.isEnded) {
        return null;
      }
      if (entry.triedAt !== null && Date.now() - entry.triedAt > ID_LIFE_MILLIS) {
        return UNKNOWN;
      }
      const { triedAt } = entry;
      if (triedAt === null) {
        entry.triedAt = Date.now();
        this.keep();
      }
      const outcome = await this.way.transmit(entry.message);
      if (outcome.kind === "later") {
        if (++refusals > LATER_TRIES) {
          // A try before may have been stored.
          return triedAt === null ? { ...outcome, kind: "refused" } : UNKNOWN;
        }
        // It is as if it hadn't been tried.
        entry.triedAt = triedAt;
        this.keep();
      } else if (outcome.kind !== "unknown") {
        return outcome;
      }
      await new Promise(resolve => setTimeout(resolve, pause));
    }
  }

  private settle(message: Message, outcome: Settled): void {
    if (outcome.kind === "refused") {
      this.fail({ ...message, sending: failure(outcome.code, outcome.reason) });
    } else if (outcome.offset !== null) {
      this.timeline.settle(message, outcome.offset);
    } else {
      // Where nothing is kept there are no offsets.
      this.timeline.put({ ...message, sending: { kind: "sent" } });
    }
  }

  private fail(message: Message): void {
    if (!this.timeline.has(message.key)) {
      this.failed.set(message.key, message);
      this.timeline.put(message);
    }
  }

  private keep(): void {
    if (!this.isEnded) {
      // One of which nobody knew may have been found in the history since.
      const failed = [...this.failed.values()].filter(({ key }) => !this.timeline.has(key))
        .map(message => ({ message, triedAt: null }));
      this.kept.save([...failed, ...this.queue]);
    }
  }
}

/**
 * What one user has written to one conversation and isn't stored, over a reload of the page: in the
 * tab's own storage. A guest is somebody else after each connect, so what one of them has written
 * is the next one's; but his ids were his own.
 */
export class Unsent {
  readonly key: string;

  constructor(private readonly user: string, conversation: string) {
    this.key = beginningOf(user) + conversation;
  }

  /** The conversations, by their keys, to which a user has written what isn't stored. */
  static conversations(user: string): readonly string[] {
    const beginning = beginningOf(user);
    return keysFrom("session", beginning).map(key => key.slice(beginning.length));
  }

  load(): readonly Entry[] {
    const kept = recall("session", this.key);
    return (Array.isArray(kept) ? kept as unknown[] : [])
      .map(entry => this.entryOf(entry)).filter(entry => entry !== null);
  }

  save(entries: readonly Entry[]): void {
    keep("session", this.key, entries.length === 0 ? null : entries);
  }

  /** Puts one behind the others, in place of itself if it was there. */
  add(message: Message): void {
    const others = this.load().filter(entry => entry.message.id !== message.id);
    this.save([...others, { message, triedAt: null }]);
  }

  /** A message as its user's, whoever wrote it. */
  own(message: Message): Message {
    const id = message.id ?? newId();
    return { ...message, id, key: keyOf(this.user, id), from: this.user };
  }

  private entryOf(kept: unknown): Entry | null {
    const { message, triedAt } = (kept ?? {}) as { message?: Partial<Message> | null; triedAt?: unknown };
    const { id, from, text, at, sending } = message ?? {};
    if (typeof id !== "string" || typeof text !== "string" || typeof from !== "string") {
      return null;
    }
    const isTried = typeof triedAt === "number";
    const isUnknown = isTried && from !== this.user;
    return {
      message: {
        kind: "message", key: keyOf(this.user, id), id, from: this.user, text,
        at: typeof at === "number" ? at : null, offset: null,
        sending: isUnknown
          ? failure(UNKNOWN.code, UNKNOWN.reason)
          : sending?.kind === "failed"
            ? failure(sending.code, sending.reason)
            : { kind: "sending" },
      },
      triedAt: isTried ? triedAt : null,
    };
  }
}

function failure(code: number, reason: string): Sending {
  return {
    kind: "failed", code, reason, isIdTaken: code === BAD_REQUEST && reason === ID_TAKEN,
  };
}

/** A name may be any text: in a key it has no blank, so that it is seen where it ends. */
function beginningOf(user: string): string {
  const owner = user.startsWith("guest-") ? "guest-" : user;
  return `parley.unsent.${owner.replaceAll("%", "%25").replaceAll(" ", "%20")} `;
}

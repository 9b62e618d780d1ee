import { batch, signal } from "@preact/signals";
import type { HistoryResult, PublicationContext, StreamPosition } from "centrifuge";
import type { Link } from "../net/link";
import type { Publication, Timeline } from "./timeline";

const PAUSE_MILLIS = 500;
const PAUSE_MAX_MILLIS = 4_000;
const INTERNAL_ERROR = 100;
/** Limit exceeded, too many requests: later it may go. */
const BUSY: readonly number[] = [106, 111];
/** Not available: the channel keeps nothing. */
const NOT_KEPT = 108;
/** How close the places are of messages that have no offset: a million are between two offsets. */
const STEP = 2 ** -20;

/** What became of a channel of which something was missed. */
export interface Mended {
  readonly kind:
    /** Everything is here after all. */
    | "whole"
    /** Something between what was here and what is here now can't be had. */
    | "hole"
    /** Nobody knows: the server didn't answer. It is asked when the connection is back. */
    | "unanswered"
    /** The channel had lost all it had, and counts from 1 again. */
    | "anew";
  /** Behind this offset the missed ones were. */
  readonly from: number;
  /** How many of them are here now. */
  readonly messages: number;
}

/**
 * What a channel keeps, page by page from the newest to the oldest. Of the offsets between `bottom`
 * and `top` nothing is missing, unless it is said so.
 */
export class Backlog {
  /** Whether there may be older messages than those that are here. */
  readonly hasOlder = signal(true);
  readonly isLoading = signal(false);
  /** Where the channel stands, as far as is known here. */
  readonly position = signal<StreamPosition>({ offset: 0, epoch: "" });
  private readonly take: (publications: readonly Publication[]) => void;
  private oldest: number | null = null;
  /** Behind this offset something was missed that couldn't be asked for; null: nothing was. */
  private torn: number | null = null;
  /** Is another one when what was asked for before says nothing any more. */
  private life = 0;
  /** How many places were given to what had no offset. */
  private unkept = 0;
  /** What has come live while the newest page is read. */
  private early: Publication[] = [];
  /** The last reading; the next one begins when it is over. */
  private last: Promise<void> = Promise.resolve();
  private underWay = 0;

  constructor(
    private readonly link: Link,
    private readonly channel: string,
    private readonly page: number,
    take: (publications: readonly Publication[]) => void,
    /** Whether what comes live is of use only behind what was there before. */
    private readonly isLazy = false,
  ) {
    // What can't be shown is here all the same.
    this.take = link.guard(take);
  }

  /** The oldest offset from which on all is here; null: the newest page isn't yet. */
  get bottom(): number | null {
    return this.oldest;
  }

  get top(): number {
    return this.position.value.offset;
  }

  get epoch(): string {
    return this.position.value.epoch;
  }

  /** Whether the newest page is here. */
  get isLoaded(): boolean {
    return this.oldest !== null;
  }

  /** Whether something was missed that is still to be asked for. */
  get isTorn(): boolean {
    return this.torn !== null;
  }

  /** The server says where the channel stands. */
  standAt(position: StreamPosition): void {
    this.position.value =
      { offset: Math.max(this.top, position.offset), epoch: position.epoch };
  }

  onPublication(publication: PublicationContext): void {
    this.standAt({ offset: publication.offset ?? 0, epoch: this.epoch });
    // One that isn't kept stands behind what came before it.
    const live = publicationOf(
      { ...publication, offset: publication.offset ?? this.top + this.placeBehind() }, Date.now());
    if (this.isLoaded || !this.isLazy) {
      this.take([live]);
    } else if (this.isLoading.value) {
      this.early.push(live);
    }
  }

  /** How far behind an offset it stands: never by a whole number, so that it is no other offset. */
  private placeBehind(): number {
    return (this.unkept++ + 0.5) * STEP;
  }

  /** Something was missed, but nothing is here behind which it would be missing. */
  async stray(position: StreamPosition): Promise<void> {
    // Not the greater of the two: it may count anew.
    this.position.value = position;
    this.early = [];
    this.life++;
    if (this.isLoading.value) {
      await this.reading(async () => {
        await this.read(null);
      });
    }
  }

  /** What is older than this isn't here any more. */
  forgetBefore(offset: number): void {
    this.oldest = offset;
    this.hasOlder.value = offset > 1;
    if (this.torn !== null && this.torn < offset) {
      this.torn = null;
    }
  }

  /** Reads the newest page. */
  async newest(): Promise<void> {
    await (this.isLoading.value ? this.last : this.reading(async () => {
      await this.read(null);
    }));
  }

  /**
   * Reads the page before the oldest message that is here.
   *
   * @returns whether that has brought something
   */
  async older(): Promise<boolean> {
    const { oldest } = this;
    if (this.hasOlder.value && oldest !== null && !this.isLoading.value) {
      await this.reading(async () => {
        await this.read(oldest);
      });
    }
    return this.oldest !== oldest;
  }

  /** Reads what was missed, as far as it can be had, after the server couldn't bring it itself. */
  async mend(position: StreamPosition, onAnew: () => void): Promise<Mended> {
    const isAnew = position.offset < this.top;
    const known = this.torn ?? this.top;
    // Nobody may take what was here before for what it has now.
    batch(() => {
      this.position.value = position;
      if (isAnew) {
        // Nothing of what it has now is here.
        this.oldest = null;
        this.hasOlder.value = true;
        this.life++;
        onAnew();
      }
    });
    this.torn = isAnew ? null : known;
    let kind: Mended["kind"] = isAnew ? "anew" : "unanswered";
    let messages = 0;
    const wasLoaded = this.isLoaded || isAnew;
    const readMissed = async (before: number | null): Promise<number | null> => {
      const offsets = await this.read(before);
      // What was said since has come live.
      messages += offsets.filter(offset => wasLoaded
        && (isAnew || offset > known) && offset <= position.offset).length;
      return offsets.at(-1) ?? null;
    };
    const readAll = async (): Promise<void> => {
      const before = this.oldest;
      const hadOlder = this.hasOlder.value;
      let oldest = await readMissed(null);
      if (isAnew) {
        return;
      }
      while (before !== null && oldest !== null && oldest > known + 1) {
        oldest = await readMissed(oldest);
      }
      kind = "hole";
      if (oldest !== null || position.offset === known) {
        kind = "whole";
        // What is here goes on down to where it did.
        this.oldest = before ?? this.oldest;
        this.hasOlder.value = before === null ? this.hasOlder.value : hadOlder;
      }
    };
    await this.reading(async () => {
      const before = { bottom: this.oldest, hasOlder: this.hasOlder.value };
      try {
        await readAll();
        this.torn = null;
      } catch (error) {
        if (!isAnew) {
          // It is as it was; it may be asked for again unless the server won't have that.
          this.oldest = before.bottom;
          this.hasOlder.value = before.hasOlder;
          kind = isForNow(error) ? "unanswered" : "hole";
          this.torn = isForNow(error) ? known : null;
        }
        throw error;
      }
    });
    return { kind, from: known, messages };
  }

  /** @returns the offsets of the page, the newest first */
  private async read(before: number | null): Promise<readonly number[]> {
    const { life } = this;
    const { publications, offset, epoch } = await this.ask(before);
    if (life !== this.life) {
      return [];
    }
    this.standAt({ offset, epoch });
    const page = publications.map(publication => publicationOf(publication, null));
    this.take(page);
    const oldest = page.at(-1)?.offset ?? null;
    if (this.oldest === null) {
      this.take(this.early);
      this.early = [];
    }
    this.oldest = oldest ?? before ?? offset + 1;
    this.hasOlder.value = oldest !== null && oldest > 1;
    return page.map(publication => publication.offset);
  }

  /** Asks again after a while if the server couldn't answer now: Redis may be away for a moment. */
  private async ask(before: number | null): Promise<HistoryResult> {
    for (let pause = PAUSE_MILLIS; ; pause *= 2) {
      try {
        return await this.link.questions.take(() =>
          this.link.client.history(this.channel, {
            limit: this.page,
            reverse: true,
            // Without an epoch an offset is one of now, whatever Redis has been through.
            ...(before === null ? {} : { since: { offset: before, epoch: "" } }),
          }));
      } catch (error) {
        if (codeOf(error) === NOT_KEPT) {
          return { publications: [], ...this.position.value };
        }
        if (pause > PAUSE_MAX_MILLIS || !isForNow(error)) {
          throw error;
        }
        await new Promise(resolve => setTimeout(resolve, pause));
      }
    }
  }

  private reading(act: () => Promise<void>): Promise<void> {
    const before = this.last;
    this.underWay++;
    this.isLoading.value = true;
    this.last = (async () => {
      await before;
      try {
        await act();
      } catch (error) {
        // A page is asked for again when somebody scrolls on, or when the connection is back.
        this.link.tell(`history of ${this.channel}: ${JSON.stringify(error)}`);
      } finally {
        this.isLoading.value = --this.underWay > 0;
        if (!this.isLoading.value) {
          this.early = [];
        }
      }
    })();
    return this.last;
  }
}

/** What is here after all is resumed; lost is only what can't be had. */
export function tellOf(link: Link, channel: string, { kind, messages }: Mended): void {
  link.onResumed(messages);
  if (kind === "hole" || kind === "anew") {
    link.onLost(channel);
  }
}

/** Shows where something is missing, in one of those that the channel's messages are in. */
export function showMended({ kind, from }: Mended, timeline: Timeline): void {
  if (kind === "hole" || kind === "unanswered") {
    timeline.breakOff(from);
  } else if (kind === "whole") {
    timeline.join(from);
  }
}

/** Whether the server may answer the same question later. */
function isForNow(error: unknown): boolean {
  const code = codeOf(error);
  return code <= INTERNAL_ERROR || BUSY.includes(code);
}

function codeOf(error: unknown): number {
  return (error as { code?: number }).code ?? 0;
}

function publicationOf(publication: PublicationContext, heardAt: number | null): Publication {
  return {
    offset: publication.offset ?? 0,
    from: publication.info?.user ?? "",
    data: publication.data as unknown,
    heardAt,
  };
}

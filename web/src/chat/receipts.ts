import { signal } from "@preact/signals";
import type { PublicationContext, Subscription } from "centrifuge";
import type { Turns } from "../net/turns";

const SAY_EVERY_MILLIS = 2_000;
const KEPT = 200;

/** Up to where somebody has read. */
export interface Mark {
  /** The message's offset in its channel. Two users' inboxes count apart: there it says nothing. */
  readonly offset: number;
  /** The message's id, which is the same in every inbox. */
  readonly id: string | null;
}

/**
 * Who has read how far: events in a channel beside the conversation's, with a short history, of
 * which each user's last one counts. At most one in 2 seconds goes out.
 */
export class Receipts {
  readonly marks = signal<ReadonlyMap<string, Mark>>(new Map());
  private next: Mark | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private saidOffset = 0;

  constructor(
    private readonly sub: Subscription,
    private readonly questions: Turns,
    private readonly me: string,
  ) {
    sub.on("publication", publication => { this.onPublications([publication]); });
    sub.on("subscribed", ({ recovered }) => {
      if (!recovered) {
        this.questions.take(() => sub.history({ limit: KEPT, reverse: true })).then(
          ({ publications }) => { this.onPublications(publications.toReversed()); },
          // They are a courtesy: the next ones come by themselves.
          () => undefined,
        );
      }
    });
  }

  /** The reader has got up to there. */
  say(mark: Mark): void {
    if (mark.offset > this.saidOffset) {
      this.saidOffset = mark.offset;
      this.next = mark;
      if (this.timer === null) {
        this.publish();
      }
    }
  }

  close(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }

  private publish(): void {
    this.timer = null;
    const read = this.next;
    if (read !== null) {
      this.next = null;
      this.timer = setTimeout(() => { this.publish(); }, SAY_EVERY_MILLIS);
      this.sub.publish({ read }).catch(() => undefined);
    }
  }

  private onPublications(publications: readonly PublicationContext[]): void {
    const marks = new Map(this.marks.value);
    for (const { info, data } of publications) {
      const mark = markOf(data);
      if (info !== undefined && info.user !== this.me && mark !== null) {
        marks.set(info.user, mark);
      }
    }
    this.marks.value = marks;
  }
}

function markOf(data: unknown): Mark | null {
  const { offset, id } = (data as { read?: Partial<Mark> } | null)?.read ?? {};
  return typeof offset === "number"
    ? { offset, id: typeof id === "string" ? id : null }
    : null;
}

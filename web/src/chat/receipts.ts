import { signal } from "@preact/signals";
import type { PublicationContext, Subscription } from "centrifuge";
import type { Link } from "../net/link";

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
  /** What is to be said when 2 seconds are over; null: nothing. */
  private next: Mark | null = null;
  /** What couldn't be said, as there was no connection; null: nothing. */
  private unsaid: Mark | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** What was last to be said; null: nothing. */
  private said: Mark | null = null;
  /** At which offset of this channel each user's mark stands. */
  private readonly standing = new Map<string, number>();

  constructor(
    private readonly sub: Subscription,
    private readonly link: Link,
    private readonly me: string,
  ) {
    sub.on("publication", link.guard(publication => { this.onPublications([publication]); }));
    sub.on("subscribed", link.guard(({ recovered }) => {
      if (!recovered) {
        // It may count anew.
        this.standing.clear();
        this.link.questions.take(() => sub.history({ limit: KEPT, reverse: true })).then(
          ({ publications }) => { this.onPublications(publications.toReversed()); },
          // They are a courtesy: the next ones come by themselves.
          () => undefined,
        );
      }
      this.next ??= this.unsaid;
      if (this.timer === null) {
        this.publish();
      }
    }));
  }

  /** The reader has got up to there. */
  say(mark: Mark): void {
    // Not whether it is greater: a channel that has lost all it had counts anew.
    if (mark.offset !== this.said?.offset || mark.id !== this.said.id) {
      this.said = mark;
      this.next = mark;
      if (this.timer === null) {
        this.publish();
      }
    }
  }

  /** What they are about counts anew: none of them says anything any more. */
  beginAnew(): void {
    this.marks.value = new Map();
    this.next = null;
    this.unsaid = null;
    this.said = null;
  }

  close(): void {
    this.next = null;
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
      this.unsaid = null;
      this.timer = setTimeout(() => { this.publish(); }, SAY_EVERY_MILLIS);
      // Not by the subscription: the last one may be said when the conversation is closed already.
      this.link.client.publish(this.sub.channel, { read }).catch(() => {
        // It is said when the connection is back, unless there is a newer one.
        this.unsaid = read;
      });
    }
  }

  private onPublications(publications: readonly PublicationContext[]): void {
    const marks = new Map(this.marks.value);
    for (const { info, data, offset } of publications) {
      const mark = markOf(data);
      // One that came live while the history was read is newer than what that has.
      if (info !== undefined && info.user !== this.me && mark !== null
        && (offset ?? 0) >= (this.standing.get(info.user) ?? 0)) {
        this.standing.set(info.user, offset ?? 0);
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

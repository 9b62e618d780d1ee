import { batch, signal } from "@preact/signals";
import type { ServerPublicationContext, ServerSubscribedContext } from "centrifuge";
import { Backlog, showMended, tellOf } from "./backlog";
import type { Ground } from "./conversation";
import { Direct } from "./direct";
import { inboxChannel } from "./names";
import type { Publication } from "./timeline";

/** Its history has all conversations mixed, so a page of it is larger than one of a room. */
const PAGE = 200;
/** So many of them are read: that is what an inbox keeps unless the operator has it otherwise. */
const PAGES = 5;
/** Nobody waits for those behind the first. */
const PAGE_EVERY_MILLIS = 500;

/**
 * The channel with all direct messages of the user, from him and to him, on all his devices. The
 * server subscribes every connection to it by itself.
 */
export class Inbox {
  readonly directs = signal<readonly Direct[]>([]);
  readonly backlog: Backlog;
  private readonly channel: string;
  private resuming: number | null = null;
  private isSubscribed = false;
  private waiting: (() => void)[] = [];
  private readonly unlisten: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isEnded = false;

  constructor(private readonly ground: Ground) {
    this.channel = inboxChannel(ground.user);
    this.backlog = new Backlog(ground.link, this.channel, PAGE, publications => {
      this.take(publications);
    });
    this.unlisten = this.listen();
    // It was subscribed before anybody here could listen.
    this.isSubscribed = true;
  }

  async load(): Promise<void> {
    await this.backlog.newest();
  }

  /** Reads what is older, bit by bit: who wrote long ago is in the list, too. */
  readOn(): void {
    this.readIn(PAGES - 1);
  }

  /** The conversation with a user, which begins with that. */
  with(user: string): Direct {
    const known = this.directs.value.find(direct => direct.name === user);
    if (known !== undefined) {
      return known;
    }
    const direct = new Direct(this.ground, user, this.backlog, () => this.ready());
    this.directs.value = [...this.directs.value, direct];
    return direct;
  }

  end(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
    this.unlisten();
    for (const direct of this.directs.value) {
      direct.end();
    }
  }

  private readIn(pages: number): void {
    if (pages > 0 && !this.isEnded && this.backlog.hasOlder.value) {
      this.timer = setTimeout(() => void this.readPage(pages), PAGE_EVERY_MILLIS);
    }
  }

  private async readPage(pages: number): Promise<void> {
    await this.ready();
    if (!this.isEnded) {
      await (this.backlog.isLoaded ? this.backlog.older() : this.backlog.newest());
      this.readIn(pages - 1);
    }
  }

  /** @returns what ends it */
  private listen(): () => void {
    const { client } = this.ground.link;
    const onPublication = this.ofInbox((publication: ServerPublicationContext) => {
      if (this.resuming !== null) {
        this.resuming++;
      }
      this.backlog.onPublication(publication);
    });
    const onSubscribed = this.ofInbox((context: ServerSubscribedContext) => {
      this.onSubscribed(context);
    });
    const onSubscribing = this.ofInbox(() => { this.isSubscribed = false; });
    client.on("publication", onPublication);
    client.on("subscribed", onSubscribed);
    client.on("subscribing", onSubscribing);
    return () => {
      client.off("publication", onPublication);
      client.off("subscribed", onSubscribed);
      client.off("subscribing", onSubscribing);
    };
  }

  /** The client tells of all channels that the server subscribes it to. */
  private ofInbox<E extends { channel: string }>(handler: (event: E) => void): (event: E) => void {
    return this.ground.link.guard(event => {
      if (event.channel === this.channel) {
        handler(event);
      }
    });
  }

  private take(publications: readonly Publication[]): void {
    const byUser = new Map<string, Publication[]>();
    for (const publication of publications) {
      for (const user of this.othersOf(publication)) {
        byUser.set(user, [...byUser.get(user) ?? [], publication]);
      }
    }
    // The list is put in order once, however many it gets.
    batch(() => {
      for (const [user, theirs] of byUser) {
        this.with(user).take(theirs, this.resuming !== null);
      }
    });
  }

  /** Whom a message of the inbox is exchanged with: its sender, or those it was sent to. */
  private othersOf({ from, data }: Publication): readonly string[] {
    if (from !== this.ground.user) {
      // The application's backend is no user, and can't be answered.
      return from === "" ? [] : [from];
    }
    const to = (data as { to?: unknown } | null)?.to;
    const users = (Array.isArray(to) ? to as unknown[] : [to])
      .filter(user => typeof user === "string" || typeof user === "number").map(String);
    return [...new Set(users)];
  }

  private countResumed(): void {
    this.resuming = 0;
    queueMicrotask(() => {
      this.ground.link.onResumed(this.resuming ?? 0);
      this.resuming = null;
    });
  }

  private async onLoss(position: { offset: number; epoch: string }): Promise<void> {
    const directs = this.directs.value;
    const mended = await this.backlog.mend(position, () => {
      for (const direct of directs) {
        direct.beginAnew();
      }
    });
    // Nobody knows whose messages are missing, so it is said to all.
    for (const direct of directs) {
      showMended(mended, direct.timeline);
    }
    tellOf(this.ground.link, this.channel, mended);
  }

  private onSubscribed(
    { streamPosition, wasRecovering, recovered }: ServerSubscribedContext,
  ): void {
    const position = streamPosition ?? { offset: 0, epoch: "" };
    if (wasRecovering && !recovered) {
      void this.onLoss(position);
    } else if (wasRecovering) {
      this.countResumed();
      if (this.backlog.isTorn) {
        this.backlog.standAt(position);
        void this.onLoss(this.backlog.position.value);
      }
    }
    if (!this.backlog.isLoaded && !this.backlog.isLoading.value) {
      void this.backlog.newest();
    }
    this.isSubscribed = true;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) {
      resolve();
    }
  }

  private ready(): Promise<void> {
    return this.isSubscribed
      ? Promise.resolve()
      : new Promise(resolve => { this.waiting.push(resolve); });
  }
}

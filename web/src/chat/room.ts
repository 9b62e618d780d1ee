import { computed, effect, signal, untracked } from "@preact/signals";
import { type StreamPosition, type Subscription, SubscriptionState } from "centrifuge";
import { Backlog, showMended, tellOf } from "./backlog";
import { type Conversation, type Ground, markOfOthers, newestOfOthers } from "./conversation";
import { Members } from "./members";
import { saidOf } from "./message";
import { roomChannel } from "./names";
import { Outgoing, Unsent } from "./outgoing";
import { Receipts } from "./receipts";
import { Timeline } from "./timeline";
import { Typing } from "./typing";

const PAGE = 50;
/** So many messages stay here while nobody looks at them … */
const KEPT = 4 * PAGE;
/** … and a few more, as it isn't worth while to forget one at a time. */
const KEPT_MAX = KEPT + PAGE;

/** A channel that many share. It is subscribed as long as it is in the list. */
export class Room implements Conversation {
  readonly kind = "room";
  readonly key: string;
  readonly timeline = new Timeline(() => this.backlog.bottom);
  readonly backlog: Backlog;
  readonly outgoing: Outgoing;
  readonly members: Members;
  readonly typing: Typing;
  readonly receipts: Receipts;
  readonly problem = signal<string | null>(null);
  readonly newestOfOthers = computed(() =>
    newestOfOthers(this.timeline.items.value, this.ground.user)?.key ?? null);
  readonly unread = computed(() => {
    const { own } = this.ground;
    const read = own.of(this.key).epoch === ""
      ? this.begin.value?.offset ?? 0
      : own.readUpTo(this.key, this.backlog.position.value);
    return Math.max(0, this.top.value - read);
  });

  private readonly channel: string;
  private readonly sub: Subscription;
  private readonly typingSub: Subscription;
  private readonly receiptsSub: Subscription;
  /** Where the channel stands. */
  private readonly top = signal(0);
  /** Where it stood when this page first saw it; null: not yet. */
  private readonly begin = signal<StreamPosition | null>(null);
  private readonly stop: () => void;
  private isOpen = false;
  /** Whether somebody looks at where its messages are going to be. */
  private isAwaited = false;
  private isEnded = false;
  /** How many of the missed messages have come; null: none are coming. */
  private resuming: number | null = null;

  constructor(private readonly ground: Ground, readonly name: string) {
    const { client } = ground.link;
    this.key = "room/" + name;
    this.channel = roomChannel(name);
    this.sub = client.newSubscription(this.channel, { joinLeave: true });
    this.typingSub = client.newSubscription("typing:" + name);
    this.receiptsSub = client.newSubscription("receipts:" + name);
    this.backlog = new Backlog(ground.link, this.channel, PAGE, publications => {
      this.timeline.add(publications);
    }, true);
    this.members = new Members(this.sub, ground.link);
    this.typing = new Typing(this.typingSub, ground.link, ground.user);
    this.receipts = new Receipts(this.receiptsSub, ground.link, ground.user);
    this.listen();
    this.stop = effect(() => { this.joinFirst(); });
    this.sub.subscribe();
    this.outgoing = new Outgoing(this.timeline, {
      ready: () => this.ready(),
      transmit: ({ id, text, at }) =>
        ground.link.deliver("publish", { channel: this.channel, data: { text, id, at }, id }),
    }, new Unsent(ground.user, this.key));
  }

  open(): void {
    this.isOpen = true;
    this.typingSub.subscribe();
    this.receiptsSub.subscribe();
    this.members.watch();
    if (this.sub.state === SubscriptionState.Subscribed && !this.backlog.isLoaded) {
      void this.load();
    }
  }

  close(): void {
    this.isOpen = false;
    this.isAwaited = false;
    this.typing.stop();
    this.typingSub.unsubscribe();
    this.receiptsSub.unsubscribe();
    this.members.unwatch();
    this.forget(KEPT);
  }

  seen(): void {
    if (!this.backlog.isLoaded) {
      // Nobody has seen anything yet; when it is there, somebody has.
      this.isAwaited = this.isOpen;
      return;
    }
    this.ground.own.read(this.key, this.backlog.position.value, this.backlog.top);
    const mark = markOfOthers(this.timeline.items.value, this.ground.user);
    if (mark !== null) {
      this.receipts.say(mark);
    }
  }

  end(): void {
    this.isEnded = true;
    this.stop();
    this.close();
    this.outgoing.end();
    this.receipts.close();
    for (const sub of [this.sub, this.typingSub, this.receiptsSub]) {
      sub.unsubscribe();
      sub.removeAllListeners();
      this.ground.link.client.removeSubscription(sub);
    }
  }

  private async load(): Promise<void> {
    await this.backlog.newest();
    if (this.backlog.bottom !== null) {
      // Of what was sent from here before, it isn't known what was said in between.
      this.timeline.keepFrom(this.backlog.bottom);
    }
    if (this.isAwaited && this.backlog.isLoaded) {
      this.isAwaited = false;
      this.seen();
    }
  }

  private listen(): void {
    const { link } = this.ground;
    this.sub.on("subscribed", link.guard(({ streamPosition, wasRecovering, recovered }) => {
      this.problem.value = null;
      const position = streamPosition ?? { offset: 0, epoch: "" };
      if (wasRecovering && !recovered) {
        void this.onLoss(position);
        return;
      }
      this.backlog.standAt(position);
      this.begin.value ??= position;
      this.onTop();
      if (wasRecovering) {
        this.countResumed();
      }
      if (this.backlog.isTorn) {
        void this.onLoss(this.backlog.position.value);
      }
      if (this.isOpen && !this.backlog.isLoaded) {
        void this.load();
      }
    }));
    this.sub.on("unsubscribed", link.guard(({ code, reason }) => {
      if (code !== 0) {
        this.problem.value = reason;
      }
    }));
    this.sub.on("publication", link.guard(publication => {
      const user = publication.info?.user ?? "";
      this.backlog.onPublication(publication);
      if (!this.isOpen) {
        this.forget(KEPT_MAX);
      }
      this.typing.onMessage(user);
      if (this.resuming !== null) {
        this.resuming++;
      }
      const { own } = this.ground;
      if (user === this.ground.user && this.unread.value === 0 && own.isKnown.value) {
        own.read(this.key, this.backlog.position.value, this.backlog.top);
      } else if (user !== this.ground.user) {
        const { text } = saidOf(publication.data);
        this.ground.onMessage(this, { from: user, text, isMissed: this.resuming !== null });
      }
      this.onTop();
    }));
  }

  /** Those that come before anything else happens are the missed ones. */
  private countResumed(): void {
    this.resuming = 0;
    queueMicrotask(() => {
      this.ground.link.onResumed(this.resuming ?? 0);
      this.resuming = null;
    });
  }

  private async onLoss(position: StreamPosition): Promise<void> {
    if (this.backlog.isLoaded) {
      const mended = await this.backlog.mend(position, () => { this.beginAnew(); });
      showMended(mended, this.timeline);
      tellOf(this.ground.link, this.channel, mended);
    } else {
      await this.onStray(position);
    }
    this.onTop();
  }

  /** The channel has lost all it had. */
  private beginAnew(): void {
    this.timeline.beginAnew();
    this.receipts.beginAnew();
  }

  /** Nothing is lost to one who has read nothing. */
  private async onStray(position: StreamPosition): Promise<void> {
    if (position.offset < this.backlog.top) {
      this.beginAnew();
    }
    const reading = this.backlog.stray(position);
    this.onTop();
    await reading;
    if (this.isOpen && !this.backlog.isLoaded) {
      await this.load();
    }
  }

  /** Forgets the oldest messages, which are read again when somebody scrolls there. */
  private forget(max: number): void {
    // What is being read goes on from what is here.
    if (this.timeline.size > max && this.backlog.isLoaded && !this.backlog.isLoading.value) {
      this.timeline.keepNewest(KEPT);
      const { bottom } = this.timeline;
      if (bottom !== null && bottom > (this.backlog.bottom ?? 0)) {
        this.backlog.forgetBefore(bottom);
      }
    }
  }

  private onTop(): void {
    this.top.value = this.backlog.top;
  }

  /** What was said in a room before one first joined it isn't news. */
  private joinFirst(): void {
    const { own } = this.ground;
    const begin = this.begin.value;
    if (begin !== null && own.isKnown.value && own.of(this.key).epoch === "") {
      untracked(() => { own.read(this.key, begin, begin.offset); });
    }
  }

  private async ready(): Promise<void> {
    while (this.sub.state !== SubscriptionState.Subscribed) {
      // Refused for good, it still may be written to: that is for the server to say.
      if (this.isEnded
        || (this.sub.state === SubscriptionState.Unsubscribed && this.ground.link.isOnline)) {
        return;
      }
      await this.sub.ready(60_000).catch(() => new Promise(resolve => setTimeout(resolve, 1_000)));
    }
  }
}

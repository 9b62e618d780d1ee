import { computed, signal } from "@preact/signals";
import { type Subscription, SubscriptionState } from "centrifuge";
import { Backlog } from "./backlog";
import { type Conversation, type Ground, newestOfOthers } from "./conversation";
import { Members } from "./members";
import { saidOf } from "./message";
import { roomChannel } from "./names";
import { Outgoing, Unsent } from "./outgoing";
import { Receipts } from "./receipts";
import { Timeline } from "./timeline";
import { Typing } from "./typing";

const PAGE = 50;

/** A channel that many share. It is subscribed as long as it is in the list. */
export class Room implements Conversation {
  readonly kind = "room";
  readonly key: string;
  readonly timeline = new Timeline();
  readonly backlog: Backlog;
  readonly outgoing: Outgoing;
  readonly members: Members;
  readonly typing: Typing;
  readonly receipts: Receipts;
  readonly problem = signal<string | null>(null);
  readonly unread = computed(() => {
    const place = this.ground.own.places.value[this.key];
    return Math.max(0, this.top.value - (place?.read ?? 0));
  });

  private readonly channel: string;
  private readonly sub: Subscription;
  private readonly typingSub: Subscription;
  private readonly receiptsSub: Subscription;
  /** Where the channel stands. */
  private readonly top = signal(0);
  private isOpen = false;
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
    });
    this.members = new Members(this.sub, ground.link.questions);
    this.typing = new Typing(this.typingSub, ground.user);
    this.receipts = new Receipts(this.receiptsSub, ground.link.questions, ground.user);
    this.listen();
    this.sub.subscribe();
    this.outgoing = new Outgoing(this.timeline, {
      ready: () => this.ready(),
      transmit: ({ id, text, at }) =>
        ground.link.deliver("publish", { channel: this.channel, data: { text, id, at }, id }),
    }, new Unsent("parley.unsent." + this.key));
  }

  open(): void {
    this.isOpen = true;
    this.typingSub.subscribe();
    this.receiptsSub.subscribe();
    this.members.watch();
    if (this.sub.state === SubscriptionState.Subscribed && !this.backlog.isLoaded) {
      void this.backlog.newest();
    }
  }

  close(): void {
    this.isOpen = false;
    this.typing.stop();
    this.typingSub.unsubscribe();
    this.receiptsSub.unsubscribe();
    this.members.unwatch();
  }

  seen(): void {
    this.ground.own.read(this.key, this.backlog.epoch, this.backlog.top);
    const mark = newestOfOthers(this.timeline.items.value, this.ground.user);
    if (mark !== null) {
      this.receipts.say(mark);
    }
  }

  end(): void {
    this.close();
    this.receipts.close();
    for (const sub of [this.sub, this.typingSub, this.receiptsSub]) {
      sub.unsubscribe();
      sub.removeAllListeners();
      this.ground.link.client.removeSubscription(sub);
    }
  }

  private listen(): void {
    this.sub.on("subscribed", ({ streamPosition, wasRecovering, recovered }) => {
      this.problem.value = null;
      const position = streamPosition ?? { offset: 0, epoch: "" };
      if (wasRecovering && !recovered) {
        void this.onLoss(position);
        return;
      }
      this.backlog.standAt(position);
      this.onTop();
      if (wasRecovering) {
        this.countResumed();
      }
      if (this.isOpen && !this.backlog.isLoaded) {
        void this.backlog.newest();
      }
    });
    this.sub.on("unsubscribed", ({ code, reason }) => {
      if (code !== 0) {
        this.problem.value = reason;
      }
    });
    this.sub.on("publication", publication => {
      const user = publication.info?.user ?? "";
      this.backlog.onPublication(publication);
      this.typing.onMessage(user);
      if (this.resuming !== null) {
        this.resuming++;
      }
      if (user === this.ground.user && this.unread.value === 0) {
        this.ground.own.read(this.key, this.backlog.epoch, this.backlog.top);
      } else if (user !== this.ground.user) {
        this.ground.onMessage(this, { from: user, text: saidOf(publication.data).text });
      }
      this.onTop();
    });
  }

  /** Those that come before anything else happens are the missed ones. */
  private countResumed(): void {
    this.resuming = 0;
    queueMicrotask(() => {
      this.ground.link.onResumed(this.resuming ?? 0);
      this.resuming = null;
    });
  }

  private async onLoss(position: { offset: number; epoch: string }): Promise<void> {
    this.ground.link.onLost(this.channel);
    if (!this.backlog.isLoaded) {
      this.backlog.standAt(position);
    } else {
      const before = this.timeline.top;
      const mended = await this.backlog.mend(position, () => { this.timeline.beginAnew(); });
      if (mended === "hole") {
        this.timeline.breakOff(before);
      }
    }
    this.onTop();
  }

  private onTop(): void {
    const { own } = this.ground;
    this.top.value = this.backlog.top;
    if (own.of(this.key).read > this.backlog.top) {
      // What was read is gone: the channel counts anew.
      own.read(this.key, this.backlog.epoch, 0);
    }
  }

  private async ready(): Promise<void> {
    while (this.sub.state !== SubscriptionState.Subscribed) {
      // Refused for good, it still may be written to: that is for the server to say.
      if (this.sub.state === SubscriptionState.Unsubscribed && this.ground.link.isOnline) {
        return;
      }
      await this.sub.ready(60_000).catch(() => new Promise(resolve => setTimeout(resolve, 1_000)));
    }
  }
}

import { computed, signal } from "@preact/signals";
import type { Subscription } from "centrifuge";
import type { Backlog } from "./backlog";
import { type Conversation, type Ground, markOfOthers, newestOfOthers } from "./conversation";
import { Members } from "./members";
import { saidOf } from "./message";
import { pair } from "./names";
import { Outgoing, Unsent } from "./outgoing";
import { Receipts } from "./receipts";
import { type Publication, Timeline } from "./timeline";
import { Typing } from "./typing";

/**
 * What two users write to each other: those messages of the own inbox that are from the other one,
 * or to him. Beside the inboxes there are two channels that are for these two alone: who of them is
 * there and types, and who has read how far.
 */
export class Direct implements Conversation {
  readonly kind = "direct";
  readonly key: string;
  readonly timeline = new Timeline();
  readonly outgoing: Outgoing;
  readonly members: Members;
  readonly typing: Typing;
  readonly receipts: Receipts;
  readonly problem = signal<string | null>(null);
  readonly newestOfOthers = computed(() =>
    newestOfOthers(this.timeline.items.value, this.ground.user)?.key ?? null);
  readonly unread = computed(() => {
    if (this.isSelf) {
      return 0;
    }
    const read = this.ground.own.readUpTo(this.key, this.backlog.position.value);
    return this.timeline.items.value.filter(item => item.kind === "message"
      && item.from === this.name && item.offset !== null && item.offset > read).length;
  });

  /**
   * Whether the other one is there. His page subscribes to the channel that tells once there is a
   * message between the two; before that, nobody knows.
   */
  readonly partner = computed<"here" | "away" | "unknown">(() => {
    if (this.isSelf) {
      return "here";
    }
    if (!this.isAttended.value) {
      return "unknown";
    }
    if (this.members.users.value.includes(this.name)) {
      return "here";
    }
    return this.timeline.items.value.length === 0 ? "unknown" : "away";
  });

  /** Whether the channel that tells is listened to. */
  private readonly isAttended = signal(false);
  private readonly typingSub: Subscription;
  private readonly receiptsSub: Subscription;

  constructor(
    private readonly ground: Ground,
    readonly name: string,
    readonly backlog: Backlog,
    ready: () => Promise<void>,
  ) {
    const { client } = ground.link;
    const two = pair(ground.user, name);
    this.key = "direct/" + name;
    this.typingSub = client.newSubscription("typing:" + two, { joinLeave: true });
    this.receiptsSub = client.newSubscription("receipts:" + two);
    this.members = new Members(this.typingSub, ground.link);
    this.typing = new Typing(this.typingSub, ground.link, ground.user);
    this.receipts = new Receipts(this.receiptsSub, ground.link, ground.user);
    this.outgoing = new Outgoing(this.timeline, {
      ready,
      transmit: ({ id, text, at }) =>
        ground.link.deliver("direct", { to: name, data: { text, at }, id }),
    }, new Unsent(ground.user, this.key));
  }

  /** From now on it is known whether the other one is there, and he knows of this one. */
  attend(): void {
    this.isAttended.value = true;
    if (!this.isSelf) {
      this.typingSub.subscribe();
      this.members.watch();
    }
  }

  /** It isn't of interest any more. */
  neglect(): void {
    this.isAttended.value = false;
    this.members.unwatch();
    this.typingSub.unsubscribe();
  }

  open(): void {
    if (!this.isSelf) {
      this.receiptsSub.subscribe();
    }
  }

  close(): void {
    this.typing.stop();
    this.receiptsSub.unsubscribe();
  }

  seen(): void {
    const mark = markOfOthers(this.timeline.items.value, this.ground.user);
    if (mark !== null) {
      this.ground.own.read(this.key, this.backlog.position.value, mark.offset);
      this.receipts.say(mark);
    }
  }

  end(): void {
    this.close();
    this.outgoing.end();
    this.members.unwatch();
    this.receipts.close();
    for (const sub of [this.typingSub, this.receiptsSub]) {
      sub.unsubscribe();
      sub.removeAllListeners();
      this.ground.link.client.removeSubscription(sub);
    }
  }

  /** Takes what the inbox has for this conversation. */
  take(publications: readonly Publication[], isMissed: boolean): void {
    this.timeline.add(publications);
    for (const { from, data, heardAt } of publications) {
      if (heardAt !== null && from !== this.ground.user) {
        this.typing.onMessage(from);
        this.ground.onMessage(this, { from, text: saidOf(data).text, isMissed });
      }
    }
  }

  /** Notes to oneself: nobody else reads them, and whoever wrote them has. */
  private get isSelf(): boolean {
    return this.name === this.ground.user;
  }
}

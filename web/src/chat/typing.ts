import { computed, signal } from "@preact/signals";
import { type Subscription, SubscriptionState } from "centrifuge";
import type { Link } from "../net/link";

/** One who types says so again after this time … */
const SAY_EVERY_MILLIS = 3_000;
/** … and one who hasn't for this time has stopped, however he did. */
const FORGET_AFTER_MILLIS = 5_000;

/** Who is typing: events in a channel that keeps nothing, as they matter only now. */
export class Typing {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly typists = signal<readonly string[]>([]);
  private saidAt = Number.NEGATIVE_INFINITY;

  readonly users = computed(() => this.typists.value);

  constructor(private readonly sub: Subscription, link: Link, private readonly me: string) {
    sub.on("publication", link.guard(({ info, data }) => {
      const user = info?.user;
      if (user !== undefined && user !== this.me) {
        this.onTyping(user, (data as { typing?: unknown } | null)?.typing === true);
      }
    }));
  }

  /** A key was hit. */
  say(): void {
    const now = Date.now();
    if (now - this.saidAt >= SAY_EVERY_MILLIS) {
      this.saidAt = now;
      this.publish(true);
    }
  }

  /** It was sent, or thrown away. */
  stop(): void {
    if (this.saidAt !== Number.NEGATIVE_INFINITY) {
      this.saidAt = Number.NEGATIVE_INFINITY;
      this.publish(false);
    }
  }

  /** Somebody's message has come: he isn't typing it any more. */
  onMessage(user: string): void {
    this.onTyping(user, false);
  }

  private onTyping(user: string, isTyping: boolean): void {
    clearTimeout(this.timers.get(user));
    this.timers.delete(user);
    if (isTyping) {
      this.timers.set(user, setTimeout(() => { this.onTyping(user, false); }, FORGET_AFTER_MILLIS));
    }
    if (isTyping !== this.typists.value.includes(user)) {
      this.typists.value = isTyping
        ? [...this.typists.value, user]
        : this.typists.value.filter(other => other !== user);
    }
  }

  private publish(typing: boolean): void {
    if (this.sub.state === SubscriptionState.Subscribed) {
      // If it gets lost, nobody misses it.
      this.sub.publish({ typing }).catch(() => undefined);
    }
  }
}

import { computed, signal } from "@preact/signals";
import { type ClientInfo, type Subscription, SubscriptionState } from "centrifuge";
import type { Link } from "../net/link";

const ASK_AGAIN_MILLIS = 60_000;
/** Clients; above, the server may tell of joins and leaves by number only. */
const LARGE = 100;

/**
 * Who is in a channel now. The server is asked when somebody wants to know; from then on joins and
 * leaves keep it true. In large channels not every one of them has a name, so it is asked again now
 * and then; in others only if the last question had no answer.
 */
export class Members {
  private readonly clients = signal<ReadonlyMap<string, string>>(new Map());
  /** What has happened while a question is under way: its answer may not have it. */
  private late: ((clients: Map<string, string>) => void)[] = [];
  private isWatched = false;
  /** Whether the last question was answered. */
  private isKnown = false;
  private timer: ReturnType<typeof setInterval> | null = null;

  /** The users, each once however many devices he has, by their names. */
  readonly users = computed(() =>
    [...new Set(this.clients.value.values())].sort((a, b) => a.localeCompare(b)));

  constructor(private readonly sub: Subscription, private readonly link: Link) {
    sub.on("join", link.guard(({ info }) => { this.onJoin(info); }));
    sub.on("leave", link.guard(({ info }) => { this.onLeave(info); }));
    sub.on("subscribed", link.guard(() => {
      if (this.isWatched) {
        this.ask();
      }
    }));
  }

  /** From now on it is known. */
  watch(): void {
    if (this.isWatched) {
      return;
    }
    this.isWatched = true;
    this.timer ??= setInterval(() => {
      if (!this.isKnown || this.clients.value.size >= LARGE) {
        this.ask();
      }
    }, ASK_AGAIN_MILLIS);
    if (this.sub.state === SubscriptionState.Subscribed) {
      this.ask();
    }
  }

  unwatch(): void {
    this.isWatched = false;
    if (this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  private ask(): void {
    this.late = [];
    this.link.questions.take(() => this.sub.presence()).then(
      ({ clients }) => {
        const here = new Map(Object.entries(clients).map(([client, info]) => [client, info.user]));
        for (const change of this.late) {
          change(here);
        }
        this.clients.value = here;
        this.isKnown = true;
      },
      // Redis or the connection is away: what was known stays until it is asked again.
      () => { this.isKnown = false; },
    );
  }

  private onJoin({ client, user }: ClientInfo): void {
    this.change(clients => clients.set(client, user));
  }

  private onLeave({ client }: ClientInfo): void {
    this.change(clients => clients.delete(client));
  }

  private change(change: (clients: Map<string, string>) => void): void {
    const clients = new Map(this.clients.value);
    change(clients);
    this.clients.value = clients;
    if (this.isWatched) {
      this.late.push(change);
    }
  }
}

import { guarded } from "../src/net/guard";
import { Turns } from "../src/net/turns";
import type { Link, Outcome } from "../src/net/link";
import { OwnState } from "../src/chat/own-state";
import type { Conversation, Ground } from "../src/chat/conversation";
import { memoryStorage } from "./stubs";
import { vi } from "vitest";

type Handler = (event: never) => void;

class Emitter {
  private readonly handlers = new Map<string, Set<Handler>>();

  on(name: string, handler: Handler): this {
    this.handlers.set(name, (this.handlers.get(name) ?? new Set()).add(handler));
    return this;
  }

  off(name: string, handler: Handler): this {
    this.handlers.get(name)?.delete(handler);
    return this;
  }

  removeAllListeners(): this {
    this.handlers.clear();
    return this;
  }

  emit(name: string, event: object = {}): void {
    for (const handler of [...this.handlers.get(name) ?? []]) {
      handler(event as never);
    }
  }
}

export interface FakePublication {
  readonly offset?: number;
  readonly data: unknown;
  readonly info?: { readonly user: string; readonly client: string; readonly connInfo: null; readonly chanInfo: null };
}

/** A publication as the SDK has it. */
export function published(user: string, data: unknown, offset?: number): FakePublication {
  const info = { user, client: user + "-1", connInfo: null, chanInfo: null };
  return { data, info, ...(offset === undefined ? {} : { offset }) };
}

/** What the server keeps of a channel: `position`, and `publications`, oldest first. */
export class FakeChannel {
  publications: FakePublication[] = [];
  epoch = "e1";
  top = 0;
  /** Questions that are to fail, each with its code; or never to be answered. */
  failures: (number | "never")[] = [];
  asked = 0;

  say(...some: FakePublication[]): void {
    this.publications.push(...some);
    this.top = Math.max(this.top, ...some.map(publication => publication.offset ?? 0));
  }

  history(
    { limit, since }: { limit: number; since?: { offset: number } },
  ): Promise<{ publications: FakePublication[]; offset: number; epoch: string }> {
    this.asked++;
    const failure = this.failures.shift();
    if (failure === "never") {
      return new Promise(() => undefined);
    }
    if (failure !== undefined) {
      return Promise.reject(Object.assign(new Error("failed"), { code: failure }));
    }
    const before = since?.offset ?? Number.POSITIVE_INFINITY;
    const found = this.publications.filter(({ offset }) => (offset ?? 0) < before);
    return Promise.resolve({
      publications: found.slice(-limit).reverse(), offset: this.top, epoch: this.epoch,
    });
  }
}

/** The part of the SDK's subscription that the page uses. */
export class FakeSubscription extends Emitter {
  state: "unsubscribed" | "subscribing" | "subscribed" = "unsubscribed";
  readonly publishes: unknown[] = [];
  presences: (() => Promise<{ clients: Record<string, { user: string }> }>)[] = [];

  constructor(readonly channel: string, readonly kept: FakeChannel) {
    super();
  }

  subscribe(): void {
    if (this.state === "unsubscribed") {
      this.state = "subscribing";
      this.emit("subscribing");
    }
  }

  /** The server has answered. */
  answer(recovery: { wasRecovering?: boolean; recovered?: boolean; offset?: number } = {}): void {
    this.state = "subscribed";
    this.emit("subscribed", {
      wasRecovering: recovery.wasRecovering ?? false,
      recovered: recovery.recovered ?? false,
      streamPosition: { offset: recovery.offset ?? this.kept.top, epoch: this.kept.epoch },
    });
  }

  /** The connection broke. */
  lose(): void {
    this.state = "subscribing";
    this.emit("subscribing");
  }

  unsubscribe(code = 0): void {
    if (this.state !== "unsubscribed") {
      this.state = "unsubscribed";
      this.emit("unsubscribed", { code, reason: code === 0 ? "" : "permission denied" });
    }
  }

  ready(): Promise<void> {
    return this.state === "subscribed"
      ? Promise.resolve()
      : Promise.reject(new Error(this.state));
  }

  publish(data: unknown): Promise<void> {
    this.publishes.push(data);
    return Promise.resolve();
  }

  history(options: { limit: number }): ReturnType<FakeChannel["history"]> {
    return this.kept.history(options);
  }

  presence(): Promise<{ clients: Record<string, { user: string }> }> {
    return this.presences.shift()?.() ?? Promise.resolve({ clients: {} });
  }

  /** Somebody's message comes live. */
  push(publication: FakePublication): void {
    this.kept.say(publication);
    this.emit("publication", publication);
  }
}

/** The part of the SDK's client that the page uses. */
export class FakeClient extends Emitter {
  readonly subs = new Map<string, FakeSubscription>();
  readonly publishes: { channel: string; data: unknown }[] = [];
  /** Whether what is published can't be. */
  isDeaf = false;
  private readonly channels = new Map<string, FakeChannel>();

  channel(name: string): FakeChannel {
    const channel = this.channels.get(name) ?? new FakeChannel();
    this.channels.set(name, channel);
    return channel;
  }

  newSubscription(channel: string): FakeSubscription {
    if (this.subs.has(channel)) {
      throw new Error(`Subscription to the channel ${channel} already exists`);
    }
    const sub = new FakeSubscription(channel, this.channel(channel));
    this.subs.set(channel, sub);
    return sub;
  }

  removeSubscription(sub: FakeSubscription): void {
    if (this.subs.get(sub.channel) === sub) {
      this.subs.delete(sub.channel);
    }
  }

  sub(channel: string): FakeSubscription {
    const sub = this.subs.get(channel);
    if (sub === undefined) {
      throw new Error(`no subscription to ${channel} (expected: one)`);
    }
    return sub;
  }

  history(
    channel: string, options: { limit: number; since?: { offset: number } },
  ): ReturnType<FakeChannel["history"]> {
    return this.channel(channel).history(options);
  }

  publish(channel: string, data: unknown): Promise<void> {
    if (this.isDeaf) {
      return Promise.reject(new Error("timeout"));
    }
    this.publishes.push({ channel, data });
    return Promise.resolve();
  }
}

/** A link without a network. */
export class FakeLink {
  readonly client = new FakeClient();
  readonly questions = new Turns(4);
  isOnline = true;
  readonly told: string[] = [];
  readonly lost: string[] = [];
  resumed = 0;
  readonly stored: { method: string; what: Record<string, unknown> }[] = [];
  /** What becomes of what is to be stored; afterwards all is stored, at the next offset. */
  outcomes: Outcome[] = [];
  offset = 0;

  store(method: string, what: Record<string, unknown>): Promise<Outcome> {
    this.stored.push({ method, what });
    return Promise.resolve(this.outcomes.shift() ?? { kind: "stored", offset: ++this.offset });
  }

  deliver(method: string, what: Record<string, unknown>): Promise<Outcome> {
    return this.store(method, what);
  }

  guard<E>(handler: (event: E) => void): (event: E) => void {
    return guarded(what => { this.tell(what); }, handler);
  }

  tell(what: string): void {
    this.told.push(what);
  }

  onLost(channel: string): void {
    this.lost.push(channel);
  }

  onResumed(messages: number): void {
    this.resumed += messages;
  }

  get asLink(): Link {
    return this as unknown as Link;
  }
}

/** What conversations lean on, without a network. */
export function ground(user = "alice", link = new FakeLink()): {
  ground: Ground; link: FakeLink; own: OwnState; heard: { where: Conversation; text: string; isMissed: boolean }[];
} {
  const own = new OwnState(link.asLink, user, true);
  const heard: { where: Conversation; text: string; isMissed: boolean }[] = [];
  return {
    link, own, heard,
    ground: {
      link: link.asLink, own, user,
      onMessage: (where, { text, isMissed }) => { heard.push({ where, text, isMissed }); },
    },
  };
}

/** Fake time, and a browser's storage that is empty. */
export function freshPage(): void {
  vi.useFakeTimers();
  vi.setSystemTime(Date.UTC(2026, 0, 2, 12));
  vi.stubGlobal("localStorage", memoryStorage());
  vi.stubGlobal("sessionStorage", memoryStorage());
}

export function leftPage(): void {
  vi.useRealTimers();
  vi.unstubAllGlobals();
}

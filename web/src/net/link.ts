import { signal } from "@preact/signals";
import { Centrifuge, State } from "centrifuge";
import type { FrameLog } from "./frames";
import { guarded } from "./guard";
import type { Identity } from "./identity";
import { Latency } from "./latency";
import { Turns } from "./turns";

/** How the page stands with the server. */
export type Status =
  | { readonly kind: "connecting" }
  | { readonly kind: "online"; readonly node: string }
  /** `retryAt` is in milliseconds since 1970; null: it is being tried, or nobody knows. */
  | { readonly kind: "reconnecting"; readonly retryAt: number | null }
  /** For good: `code` is one of the protocol's close codes, or of the SDK's own. */
  | { readonly kind: "ended"; readonly code: number; readonly reason: string };

/** What became of the messages that were missed while there was no connection. */
export interface Return {
  readonly node: string;
  /** How many messages came late. */
  readonly resumed: number;
  /** Whether some can't be had any more. */
  readonly hasLost: boolean;
}

/** What became of something that was to be stored. */
export type Outcome =
  | { readonly kind: "stored"; readonly offset: number | null }
  /** The answer is missing: it may be stored. To try again under the same id is safe. */
  | { readonly kind: "unknown" }
  /** It isn't stored, as the server takes nothing for now; another try may go. */
  | { readonly kind: "later"; readonly code: number; readonly reason: string }
  | { readonly kind: "refused"; readonly code: number; readonly reason: string };

/** An event of the connection, for the drawer. */
export interface Happening {
  readonly at: number;
  readonly what: string;
}

const PATH = "connection/websocket";
const HAPPENINGS_KEPT = 100;
/** Half of what the server allows by default. */
const QUESTIONS = 4;
const ASK_AGAIN_MILLIS = 1_000;
const INTERNAL_ERROR = 100;
/** Not available, as Redis refuses to take anything now; too many requests. */
const LATER: readonly number[] = [108, 111];

/** The one connection of the page. The SDK opens it again whenever it breaks. */
export class Link {
  readonly client: Centrifuge;
  readonly status = signal<Status>({ kind: "connecting" });
  /** Who the server says that this is; null: not known yet. */
  readonly user = signal<string | null>(null);
  /** Of the last time that the connection was back; null: it never broke. */
  readonly lastReturn = signal<Return | null>(null);
  readonly happenings = signal<readonly Happening[]>([]);
  readonly latency = new Latency();
  /** For questions of history and of who is there. */
  readonly questions = new Turns(QUESTIONS);
  private hasBeenOnline = false;
  /** How many connections there were: what an older one was asked for says nothing any more. */
  private connections = 0;
  private resumed = 0;
  private hasLost = false;

  constructor(identity: Identity, readonly frames: FrameLog | null) {
    const url = new URL(PATH, location.href.replace(/^http/, "ws"));
    this.client = new Centrifuge(url.href, {
      ...(identity.kind === "token" ? { token: identity.token } : { data: { user: identity.name } }),
      ...(frames === null ? {} : { websocket: frames.socketType }),
    });
    this.client.on("connecting", this.guard(({ code, reason }) => {
      this.onConnecting(code, reason);
    }));
    this.client.on("connected", () => void this.onConnected());
    this.client.on("disconnected", this.guard(({ code, reason }) => { this.onEnd(code, reason); }));
    this.client.on("error", this.guard(({ type, error }) => {
      this.tell(`${type}: ${error.message} (${error.code})`);
    }));
    overhearDelays(this.client, this.guard(millis => { this.onDelay(millis); }));
  }

  connect(): void {
    this.client.connect();
  }

  /** Tries now, not when it is time. */
  connectNow(): void {
    if (this.status.value.kind === "reconnecting") {
      this.client.disconnect();
      this.client.connect();
    }
  }

  close(): void {
    this.client.disconnect();
    this.client.removeAllListeners();
    // An error that nobody listens to is thrown.
    this.client.on("error", () => undefined);
  }

  get isOnline(): boolean {
    return this.status.value.kind === "online";
  }

  /** Sends a message, and takes the time that it takes. */
  async deliver(method: "publish" | "direct", what: Record<string, unknown>): Promise<Outcome> {
    const begin = performance.now();
    const outcome = await this.store(method, what);
    if (outcome.kind === "stored") {
      this.latency.add(performance.now() - begin);
    }
    return outcome;
  }

  /** Publishes under an id, by one of the server's procedures. */
  async store(method: "publish" | "direct", what: Record<string, unknown>): Promise<Outcome> {
    try {
      const answer = await this.client.rpc(method, what);
      return { kind: "stored", offset: (answer.data as { offset?: number }).offset ?? null };
    } catch (error) {
      const { code, message } = error as { code?: number; message?: string };
      // Below 100 are the SDK's own: no connection, no answer in time.
      if (code === undefined || code <= INTERNAL_ERROR) {
        return { kind: "unknown" };
      }
      return { kind: LATER.includes(code) ? "later" : "refused", code, reason: message ?? "" };
    }
  }

  /** So many messages have come that were missed. */
  onResumed(messages: number): void {
    this.resumed += messages;
    this.updateReturn();
  }

  /** Messages were missed that can't be had. */
  onLost(channel: string): void {
    this.hasLost = true;
    this.tell(`lost: ${channel}`);
    this.updateReturn();
  }

  tell(what: string): void {
    this.happenings.value =
      [...this.happenings.value.slice(1 - HAPPENINGS_KEPT), { at: Date.now(), what }];
  }

  /** What the SDK is to call: whatever goes wrong in it is told, and ends nothing. */
  guard<E>(handler: (event: E) => void): (event: E) => void {
    return guarded(what => { this.tell(what); }, handler);
  }

  private onConnecting(code: number, reason: string): void {
    this.tell(`connecting: ${reason} (${code})`);
    this.resumed = 0;
    this.hasLost = false;
    this.status.value = this.hasBeenOnline
      ? { kind: "reconnecting", retryAt: null }
      : { kind: "connecting" };
  }

  private onDelay(millis: number): void {
    const kind = this.status.value.kind;
    if (kind === "reconnecting" || kind === "connecting") {
      this.status.value = { kind: "reconnecting", retryAt: Date.now() + millis };
    }
  }

  private async onConnected(): Promise<void> {
    const connection = ++this.connections;
    const isGone = (): boolean =>
      connection !== this.connections || this.client.state !== State.Connected;
    const me = await this.whoami(isGone);
    if (me === null || isGone()) {
      // The next connection says it.
      return;
    }
    this.user.value = me.user;
    this.tell(`connected: ${me.node}`);
    this.status.value = { kind: "online", node: me.node };
    this.updateReturn();
    this.hasBeenOnline = true;
  }

  /** Asks until there is an answer; null: the connection is gone before that. */
  private async whoami(isGone: () => boolean): Promise<{ user: string; node: string } | null> {
    while (!isGone()) {
      try {
        const answer = await this.client.rpc("whoami", {});
        return answer.data as { user: string; node: string };
      } catch (error) {
        this.tell(`whoami: ${JSON.stringify(error)}`);
        await new Promise(resolve => setTimeout(resolve, ASK_AGAIN_MILLIS));
      }
    }
    return null;
  }

  private updateReturn(): void {
    const status = this.status.value;
    if (this.hasBeenOnline && status.kind === "online") {
      this.lastReturn.value =
        { node: status.node, resumed: this.resumed, hasLost: this.hasLost };
    }
  }

  private onEnd(code: number, reason: string): void {
    this.tell(`disconnected: ${reason} (${code})`);
    if (code !== 0) {
      this.status.value = { kind: "ended", code, reason };
    }
  }
}

/**
 * The SDK keeps to itself how long it waits before it tries again, and people like to know. This is
 * the one place that reaches into it; without it there is no countdown, and nothing else is missing.
 */
function overhearDelays(client: Centrifuge, told: (millis: number) => void): void {
  const inner = client as unknown as { _getReconnectDelay?: () => number };
  const delay = inner._getReconnectDelay?.bind(client);
  if (delay !== undefined) {
    inner._getReconnectDelay = () => {
      const millis = delay();
      told(millis);
      return millis;
    };
  }
}

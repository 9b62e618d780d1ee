import type { Outcome } from "../net/link";
import type { Message } from "./message";
import type { Timeline } from "./timeline";

const PAUSE_MILLIS = 500;
const PAUSE_MAX_MILLIS = 8_000;
/** The server knows an id for 5 minutes; behind that, another try could be another message. */
const ID_LIFE_MILLIS = 4 * 60_000;

/** What a conversation's messages go out by. */
export interface Way {
  /** Waits until there is a connection, and what was missed in the conversation has come. */
  ready(): Promise<void>;
  transmit(message: Message): Promise<Outcome>;
}

/**
 * Own messages on their way out: one after the other, so that they stay in order through broken
 * connections, each under its id until the server has said what became of it.
 */
export class Outgoing {
  private readonly queue: Message[] = [];
  private isBusy = false;

  constructor(
    private readonly timeline: Timeline,
    private readonly way: Way,
    private readonly kept: Unsent,
  ) {
    for (const message of kept.load()) {
      this.send(message);
    }
  }

  send(message: Message): void {
    const sending: Message = { ...message, sending: { kind: "sending" } };
    this.timeline.put(sending);
    this.queue.push(sending);
    this.keep();
    void this.run();
  }

  /** Tries again what was refused, under the same id. */
  retry(message: Message): void {
    if (message.sending.kind === "failed") {
      this.send(message);
    }
  }

  /** Takes back what was refused, to be written otherwise or not at all. */
  takeBack(message: Message): void {
    if (message.sending.kind === "failed") {
      this.timeline.discard(message.key);
      this.keep();
    }
  }

  private async run(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    for (let message = this.queue[0]; message !== undefined; message = this.queue[0]) {
      const outcome = await this.insist(message);
      this.queue.shift();
      if (outcome.kind === "stored") {
        if (outcome.offset !== null) {
          this.timeline.settle(message, outcome.offset);
        }
      } else {
        this.timeline.put({ ...message, sending: { ...outcome, kind: "failed" } });
      }
      this.keep();
    }
    this.isBusy = false;
  }

  private async insist(message: Message): Promise<Exclude<Outcome, { kind: "unknown" }>> {
    let triedAt: number | null = null;
    for (let pause = PAUSE_MILLIS; ; pause = Math.min(2 * pause, PAUSE_MAX_MILLIS)) {
      await this.way.ready();
      if (this.timeline.has(message.key)) {
        // It had been stored, and came with what was missed.
        return { kind: "stored", offset: null };
      }
      if (triedAt !== null && Date.now() - triedAt > ID_LIFE_MILLIS) {
        return { kind: "refused", code: 0, reason: "" };
      }
      triedAt ??= Date.now();
      const outcome = await this.way.transmit(message);
      if (outcome.kind !== "unknown") {
        return outcome;
      }
      await new Promise(resolve => setTimeout(resolve, pause));
    }
  }

  private keep(): void {
    this.kept.save(this.queue);
  }
}

/** What was written and isn't stored, over a reload of the page: in the tab's own storage. */
export class Unsent {
  constructor(private readonly key: string) {}

  load(): readonly Message[] {
    return JSON.parse(sessionStorage.getItem(this.key) ?? "[]") as Message[];
  }

  save(messages: readonly Message[]): void {
    if (messages.length === 0) {
      sessionStorage.removeItem(this.key);
    } else {
      sessionStorage.setItem(this.key, JSON.stringify(messages));
    }
  }
}

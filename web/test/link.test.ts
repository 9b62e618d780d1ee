import { State } from "centrifuge";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Link } from "../src/net/link";
import { freshPage, leftPage } from "./fakes";
import { settled } from "./stubs";

beforeEach(() => {
  freshPage();
  vi.stubGlobal("location", { href: "http://localhost:8080/" });
  vi.stubGlobal("WebSocket", EventTarget);
});
afterEach(leftPage);

type Answer = () => Promise<{ data: unknown }>;

/** The page's link, over an SDK that is told what happens. */
class Wire {
  readonly link = new Link({ kind: "name", name: "alice" }, null);
  readonly asked: string[] = [];
  answers: Answer[] = [];

  constructor() {
    this.link.client.rpc = method => {
      this.asked.push(method);
      return (this.answers.shift() ?? answered({ user: "alice", node: "n1" }))();
    };
  }

  connecting(): void {
    this.link.client.state = State.Connecting;
    this.link.client.emit("connecting", { code: 1, reason: "transport closed" });
  }

  async connected(): Promise<void> {
    this.link.client.state = State.Connected;
    this.link.client.emit("connected", { client: "c", transport: "websocket" });
    await settled();
  }
}

function failed(code: number): Answer {
  return () => Promise.reject(Object.assign(new Error("no"), { code }));
}

function answered(data: object): Answer {
  return () => Promise.resolve({ data });
}

describe("Link", () => {
  it("goes from connecting to online, and back to it after a break", async () => {
    const wire = new Wire();
    const { link } = wire;
    wire.connecting();
    expect(link.status.value).toEqual({ kind: "connecting" });
    await wire.connected();
    expect(link.status.value).toEqual({ kind: "online", node: "n1" });
    expect([link.user.value, link.lastReturn.value]).toEqual(["alice", null]);
    wire.connecting();
    expect([link.status.value, link.isOnline]).toEqual([{ kind: "reconnecting", retryAt: null }, false]);
    wire.answers = [answered({ user: "alice", node: "n2" })];
    link.onResumed(2);
    await wire.connected();
    link.onResumed(1);
    expect(link.lastReturn.value).toEqual({ node: "n2", resumed: 3, hasLost: false });
    link.onLost("room:lobby");
    expect(link.lastReturn.value).toEqual({ node: "n2", resumed: 3, hasLost: true });
    wire.connecting();
    await wire.connected();
    expect(link.lastReturn.value).toEqual({ node: "n1", resumed: 0, hasLost: false });
  });

  it("says when it tries again", () => {
    const wire = new Wire();
    wire.connecting();
    const inner = wire.link.client as unknown as { _getReconnectDelay: () => number };
    const millis = inner._getReconnectDelay();
    expect(wire.link.status.value).toEqual({ kind: "reconnecting", retryAt: Date.now() + millis });
  });

  it("asks who it is until it is told", async () => {
    const wire = new Wire();
    wire.connecting();
    wire.answers = [failed(111), failed(1)];
    await wire.connected();
    expect(wire.link.status.value.kind).toBe("connecting");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(wire.link.status.value.kind).toBe("online");
    expect(wire.link.user.value).toBe("alice");
  });

  it("isn't online by a connection that broke before the answer", async () => {
    const wire = new Wire();
    wire.connecting();
    await wire.connected();
    wire.connecting();
    let late: (answer: { data: unknown }) => void = () => undefined;
    wire.answers = [() => new Promise(resolve => { late = resolve; })];
    await wire.connected();
    wire.connecting();
    late({ data: { user: "alice", node: "gone" } });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wire.link.status.value).toEqual({ kind: "reconnecting", retryAt: null });
    wire.answers = [failed(11)];
    await wire.connected();
    wire.connecting();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wire.link.isOnline).toBe(false);
  });

  it("is ended by the server for good, but not by itself", async () => {
    const wire = new Wire();
    wire.connecting();
    await wire.connected();
    wire.link.client.emit("disconnected", { code: 0, reason: "disconnect called" });
    expect(wire.link.status.value.kind).toBe("online");
    wire.link.client.emit("disconnected", { code: 3500, reason: "invalid token" });
    expect(wire.link.status.value).toEqual({ kind: "ended", code: 3500, reason: "invalid token" });
  });

  it.each([
    [1, "unknown"], [11, "unknown"], [100, "unknown"], [108, "later"], [111, "later"],
    [103, "refused"], [106, "refused"], [107, "refused"], [109, "refused"],
  ])("takes error %d as %s", async (code, kind) => {
    const wire = new Wire();
    wire.answers = [failed(code)];
    expect(await wire.link.store("publish", {})).toMatchObject({ kind });
  });

  it("says where something was stored", async () => {
    const wire = new Wire();
    wire.answers = [answered({ offset: 7, epoch: "e" }), answered({}),
      () => Promise.reject(new Error("of no code"))];
    expect(await wire.link.store("direct", {})).toEqual({ kind: "stored", offset: 7 });
    expect(await wire.link.store("direct", {})).toEqual({ kind: "stored", offset: null });
    expect(await wire.link.store("direct", {})).toEqual({ kind: "unknown" });
  });

  it("takes the time of messages that were stored, and of nothing else", async () => {
    const wire = new Wire();
    await wire.link.store("publish", {});
    wire.answers = [failed(103)];
    await wire.link.deliver("publish", {});
    expect(wire.link.latency.count.value).toBe(0);
    await wire.link.deliver("publish", {});
    expect(wire.link.latency.count.value).toBe(1);
  });

  it("isn't disturbed by what goes wrong when it is closed", () => {
    const { link } = new Wire();
    link.close();
    expect(() => link.client.emit("error", { type: "transport", error: { code: 2, message: "" } }))
      .not.toThrow();
    expect(link.happenings.value).toEqual([]);
  });

  it("keeps the last happenings", () => {
    const { link } = new Wire();
    for (let i = 0; i < 150; i++) {
      link.tell(String(i));
    }
    expect(link.happenings.value).toHaveLength(100);
    expect(link.happenings.value.at(-1)?.what).toBe("149");
  });
});

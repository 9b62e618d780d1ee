import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draft } from "../src/chat/conversation";
import type { Message } from "../src/chat/message";
import { Outgoing, Unsent } from "../src/chat/outgoing";
import { Timeline } from "../src/chat/timeline";
import type { Outcome } from "../src/net/link";
import { freshPage, leftPage } from "./fakes";
import { refusingStorage, settled } from "./stubs";

const LATER: Outcome = { kind: "later", code: 108, reason: "not now" };
const REFUSED: Outcome = { kind: "refused", code: 103, reason: "denied" };

beforeEach(freshPage);
afterEach(leftPage);

/** A conversation of a user whose server answers as it is told. */
class Desk {
  readonly timeline = new Timeline();
  /** The ids that went out. */
  readonly sent: string[] = [];
  outcomes: (Outcome | Promise<Outcome>)[] = [];
  ready: Promise<void> = Promise.resolve();
  readonly outgoing: Outgoing;
  private offset = 0;

  constructor(readonly user = "alice") {
    this.outgoing = new Outgoing(this.timeline, {
      ready: () => this.ready,
      transmit: message => {
        this.sent.push(message.id ?? "");
        return Promise.resolve(
          this.outcomes.shift() ?? { kind: "stored", offset: ++this.offset });
      },
    }, new Unsent(user, "room/lobby"));
  }

  write(...ids: string[]): void {
    for (const id of ids) {
      this.outgoing.send(draft(this.user, "text of " + id, id));
    }
  }

  get states(): readonly string[] {
    return this.timeline.items.value.map(item =>
      item.kind === "hole" ? "hole" : `${item.id ?? ""} ${item.sending.kind}`);
  }

  message(id: string): Message {
    const found = this.timeline.items.value.find((item): item is Message =>
      item.kind === "message" && item.id === id);
    expect(found).toBeDefined();
    return found ?? draft("nobody", "");
  }
}

describe("Outgoing", () => {
  it("sends one after the other", async () => {
    const desk = new Desk();
    const answers: ((outcome: Outcome) => void)[] = [];
    desk.outcomes = [1, 2].map(() => new Promise(resolve => answers.push(resolve)));
    desk.write("a", "b");
    await settled();
    expect(desk.sent).toEqual(["a"]);
    expect(desk.states).toEqual(["a sending", "b sending"]);
    answers[0]?.({ kind: "stored", offset: 1 });
    await settled();
    expect(desk.sent).toEqual(["a", "b"]);
    expect(desk.states).toEqual(["a sent", "b sending"]);
  });

  it("tries again under the same id while nobody knows what became of it", async () => {
    const desk = new Desk();
    desk.outcomes = [{ kind: "unknown" }, { kind: "unknown" }];
    desk.write("a", "b");
    await vi.advanceTimersByTimeAsync(499);
    expect(desk.sent).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.sent).toEqual(["a", "a"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(desk.sent).toEqual(["a", "a", "a", "b"]);
    expect(desk.states).toEqual(["a sent", "b sent"]);
  });

  it("doesn't try again when the server may have forgotten the id", async () => {
    const desk = new Desk();
    desk.outcomes = Array.from({ length: 1_000 }, () => ({ kind: "unknown" }));
    desk.write("a");
    await vi.advanceTimersByTimeAsync(4 * 60_000 + 10_000);
    const tried = desk.sent.length;
    expect(desk.message("a").sending).toMatchObject({ kind: "failed", code: 0 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(desk.sent).toHaveLength(tried);
  });

  it("waits for the connection as long as it takes, if it wasn't tried", async () => {
    const desk = new Desk();
    let connect = (): void => undefined;
    desk.ready = new Promise(resolve => { connect = resolve; });
    desk.write("a");
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(desk.states).toEqual(["a sending"]);
    connect();
    await settled();
    expect(desk.states).toEqual(["a sent"]);
  });

  it("doesn't send again what came back with what was missed", async () => {
    const desk = new Desk();
    desk.outcomes = [{ kind: "unknown" }];
    desk.write("a");
    await settled();
    desk.timeline.add([
      { offset: 9, from: "alice", data: { text: "text of a", id: "a" }, heardAt: null }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(desk.sent).toEqual(["a"]);
    expect(desk.states).toEqual(["a sent"]);
  });

  it("fails what is refused, goes on, and tries again when told to", async () => {
    const desk = new Desk();
    desk.outcomes = [REFUSED];
    desk.write("a", "b");
    await settled();
    expect(desk.states).toEqual(["b sent", "a failed"]);
    const failed = desk.message("a");
    desk.outgoing.retry(failed);
    desk.outgoing.retry(failed);
    await settled();
    expect(desk.sent).toEqual(["a", "b", "a"]);
    expect(desk.states).toEqual(["b sent", "a sent"]);
  });

  it("tries again a few times what the server can't take now, and then says so", async () => {
    const desk = new Desk();
    desk.outcomes = [LATER, LATER];
    desk.write("a");
    await vi.advanceTimersByTimeAsync(1_500);
    expect(desk.states).toEqual(["a sent"]);
    desk.outcomes = Array.from({ length: 99 }, () => LATER);
    desk.write("b");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(desk.states).toEqual(["a sent", "b sending"]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(desk.message("b").sending)
      .toEqual({ kind: "failed", code: 108, reason: "not now", isIdTaken: false });
    expect(desk.sent).toHaveLength(3 + 7);
  });

  it("has not tried what was said not to be stored", async () => {
    const desk = new Desk("guest-1");
    desk.outcomes = [LATER, new Promise(() => undefined)];
    desk.write("a");
    await settled();
    desk.outgoing.end();
    await vi.advanceTimersByTimeAsync(60_000);
    const next = new Desk("guest-2");
    await settled();
    expect(next.sent).toEqual(["a"]);
  });

  it("still has tried what may have been stored before", async () => {
    const desk = new Desk("guest-1");
    desk.outcomes = [{ kind: "unknown" }, LATER, LATER];
    desk.write("a");
    await vi.advanceTimersByTimeAsync(600);
    desk.outgoing.end();
    expect(new Desk("guest-2").message("a").sending).toMatchObject({ kind: "failed", code: 0 });
    const desk2 = new Desk("bob");
    desk2.outcomes = [{ kind: "unknown" }, ...Array.from({ length: 99 }, () => LATER)];
    desk2.write("b");
    await vi.advanceTimersByTimeAsync(40_000);
    expect(desk2.message("b").sending).toMatchObject({ kind: "failed", code: 0 });
  });

  it.each([
    [107, "the id was used for another message", true], [107, "id (expected: a text)", false],
    [103, "the id was used for another message", false],
  ])("knows by %d %s whether the id is taken: %s", async (code, reason, isIdTaken) => {
    const desk = new Desk();
    desk.outcomes = [{ kind: "refused", code, reason }];
    desk.write("a");
    await settled();
    expect(desk.message("a").sending).toEqual({ kind: "failed", code, reason, isIdTaken });
    expect(new Desk().message("a").sending).toEqual({ kind: "failed", code, reason, isIdTaken });
  });

  it("takes back only what has failed", async () => {
    const desk = new Desk();
    desk.outcomes = [REFUSED, new Promise(() => undefined)];
    desk.write("a", "b");
    await settled();
    desk.outgoing.takeBack(desk.message("b"));
    desk.outgoing.takeBack(desk.message("a"));
    expect(desk.states).toEqual(["b sending"]);
  });

  it("takes no other version of what is on its way or stored", async () => {
    const desk = new Desk();
    desk.outcomes = [REFUSED, REFUSED];
    expect(desk.outgoing.send(draft("alice", "first", "a"))).toBe(true);
    expect(desk.outgoing.send(draft("alice", "second", "a"))).toBe(false);
    await settled();
    const failed = desk.message("a");
    desk.outgoing.takeBack(failed);
    expect(desk.outgoing.send(draft("alice", "third", "a"))).toBe(true);
    await settled();
    desk.timeline.add([
      { offset: 9, from: "alice", data: { text: "first", id: "a" }, heardAt: null }]);
    desk.outgoing.takeBack(desk.message("a"));
    expect(desk.outgoing.send(draft("alice", "fourth", "a"))).toBe(false);
    await settled();
    expect([desk.sent, desk.message("a").text]).toEqual([["a", "a"], "first"]);
  });

  it("says of the old one's page whether the new guest's has taken it", async () => {
    const first = new Desk("guest-1");
    first.outgoing.end();
    expect(first.outgoing.send(draft("guest-1", "hi", "a"))).toBe(true);
    const second = new Desk("guest-2");
    second.outcomes = [new Promise(() => undefined)];
    await settled();
    expect(first.outgoing.send(draft("guest-1", "other", "a"))).toBe(false);
    expect(first.outgoing.send(draft("guest-1", "next", "b"))).toBe(true);
    expect(second.states).toEqual(["a sending", "b sending"]);
  });

  it("shows as sent what a channel without offsets has stored", async () => {
    const desk = new Desk();
    desk.outcomes = [{ kind: "stored", offset: null }];
    desk.write("a");
    await settled();
    expect(desk.states).toEqual(["a sent"]);
  });
});

describe("After a reload, Outgoing", () => {
  /** A desk with this one on its way for good; then the page is left. */
  async function reloaded(first: Desk, ...ids: string[]): Promise<void> {
    first.outcomes = [new Promise(() => undefined)];
    first.write(...ids);
    await settled();
    first.outgoing.end();
  }

  it("sends what wasn't stored, in its order, under its ids", async () => {
    await reloaded(new Desk(), "a", "b");
    const desk = new Desk();
    await settled();
    expect(desk.sent).toEqual(["a", "b"]);
    expect(desk.message("a").text).toBe("text of a");
    expect(sessionStorage).toHaveLength(0);
  });

  it("doesn't send what was tried too long ago", async () => {
    await reloaded(new Desk(), "a", "b");
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    const desk = new Desk();
    await settled();
    expect(desk.sent).toEqual(["b"]);
    expect(desk.message("a").sending).toMatchObject({ kind: "failed", code: 0 });
  });

  it("still shows what had failed, and doesn't send it by itself", async () => {
    const first = new Desk();
    first.outcomes = [REFUSED];
    first.write("a");
    await settled();
    const desk = new Desk();
    await settled();
    expect(desk.sent).toEqual([]);
    expect(desk.message("a").sending).toMatchObject({ kind: "failed", code: 103 });
    desk.outgoing.takeBack(desk.message("a"));
    expect(sessionStorage).toHaveLength(0);
  });

  it("leaves to a user what is his", async () => {
    await reloaded(new Desk("alice"), "a");
    const bobs = new Desk("bob");
    await settled();
    expect(bobs.sent).toEqual([]);
    expect(new Desk("alice").states).toEqual(["a sending"]);
  });

  it("leaves to a user what is his, however like another's his name is", async () => {
    await reloaded(new Desk("alice room/lobby"), "a");
    const like = new Unsent("alice", "room/lobby room/lobby");
    expect(like.load()).toEqual([]);
    expect(new Desk("alice room/lobby").states).toEqual(["a sending"]);
  });

  it("sends as the new guest what the old one couldn't, but nothing that he tried", async () => {
    await reloaded(new Desk("guest-1"), "a", "b");
    const desk = new Desk("guest-2");
    await settled();
    expect(desk.sent).toEqual(["b"]);
    expect(desk.message("b").from).toBe("guest-2");
    expect(desk.message("a").sending).toMatchObject({ kind: "failed", code: 0 });
  });

  it.each(["before", "after"])(
    "sends as the new guest what the old one's page took %s that was there", async when => {
      const first = new Desk("guest-1");
      first.outgoing.end();
      const second = when === "after" ? new Desk("guest-2") : null;
      first.write("a", "b");
      await settled();
      expect([first.sent, first.states]).toEqual([[], ["a sending", "b sending"]]);
      const desk = second ?? new Desk("guest-2");
      await settled();
      expect(desk.sent).toEqual(["a", "b"]);
      expect(desk.message("a").from).toBe("guest-2");
      expect(sessionStorage).toHaveLength(0);
    });

  it("tries again as the new guest what the old one's page was told to", async () => {
    const first = new Desk("guest-1");
    first.outcomes = [REFUSED];
    first.write("a");
    await settled();
    const failed = first.message("a");
    first.outgoing.end();
    first.outgoing.retry(failed);
    const desk = new Desk("guest-2");
    await settled();
    expect([desk.sent, desk.states]).toEqual([["a"], ["a sent"]]);
  });

  it("is stopped for good when its conversation is left", async () => {
    const first = new Desk();
    first.outcomes = [{ kind: "unknown" }];
    first.write("a");
    await settled();
    first.outgoing.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(first.sent).toEqual(["a"]);
    expect(new Desk().states).toEqual(["a sending"]);
  });

  it.each(["{", "null", "7", "[null, 1, {}, {\"message\": null}, {\"message\": {\"id\": 1}}]"])(
    "isn't stopped by %s in its storage", garbage => {
      sessionStorage.setItem("parley.unsent.alice room/lobby", garbage);
      expect(new Desk().states).toEqual([]);
    });

  it("does without a storage", async () => {
    vi.stubGlobal("sessionStorage", refusingStorage());
    const desk = new Desk();
    desk.write("a");
    await settled();
    expect(desk.states).toEqual(["a sent"]);
  });
});

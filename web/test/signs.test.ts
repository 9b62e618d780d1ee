import type { Subscription } from "centrifuge";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Members } from "../src/chat/members";
import { Receipts } from "../src/chat/receipts";
import { Typing } from "../src/chat/typing";
import { FakeLink, type FakeSubscription, freshPage, leftPage, published } from "./fakes";
import { settled } from "./stubs";

beforeEach(freshPage);
afterEach(leftPage);

/** As the class under test is given it. */
function as(sub: FakeSubscription): Subscription {
  return sub as unknown as Subscription;
}

function subscription(): { link: FakeLink; sub: FakeSubscription } {
  const link = new FakeLink();
  return { link, sub: link.client.newSubscription("side:lobby") };
}

describe("Receipts", () => {
  function receipts(): { link: FakeLink; sub: FakeSubscription; receipts: Receipts; said: () => unknown[] } {
    const { link, sub } = subscription();
    return {
      link, sub, receipts: new Receipts(as(sub), link.asLink, "alice"),
      said: () => link.client.publishes.map(({ data }) => (data as { read: { offset: number } }).read.offset),
    };
  }
  const mark = (offset: number): { offset: number; id: string } => ({ offset, id: `m${offset}` });

  it("says at most one in 2 seconds, and in the end the last", async () => {
    const { receipts: it, said } = receipts();
    [1, 2, 3].forEach(offset => { it.say(mark(offset)); });
    expect(said()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1_999);
    it.say(mark(4));
    expect(said()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(said()).toEqual([1, 4]);
    it.say(mark(4));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(said()).toEqual([1, 4]);
    it.say(mark(5));
    expect(said()).toEqual([1, 4, 5]);
  });

  it("says the last one even if the conversation is closed meanwhile", async () => {
    const { receipts: it, said, sub } = receipts();
    it.say(mark(1));
    it.say(mark(2));
    sub.unsubscribe();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(said()).toEqual([1, 2]);
  });

  it("says nothing any more when it is over", async () => {
    const { receipts: it, said } = receipts();
    it.say(mark(1));
    it.say(mark(2));
    it.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(said()).toEqual([1]);
  });

  it("says what it couldn't say when the connection is back", async () => {
    const { receipts: it, said, sub, link } = receipts();
    link.client.isDeaf = true;
    it.say(mark(1));
    await vi.advanceTimersByTimeAsync(10_000);
    link.client.isDeaf = false;
    sub.answer();
    expect(said()).toEqual([1]);
  });

  it("goes on with a channel that counts anew", () => {
    const { receipts: it, said } = receipts();
    it.say(mark(9));
    vi.advanceTimersByTime(2_000);
    it.say(mark(2));
    expect(said()).toEqual([9, 2]);
  });

  it("knows each one's last mark, by history and live, but not one's own", async () => {
    const { receipts: it, sub } = receipts();
    sub.kept.say(published("bob", { read: mark(1) }, 1), published("carl", { read: mark(2) }, 2),
      published("bob", { read: mark(3) }, 3), published("alice", { read: mark(9) }, 4));
    sub.answer();
    await settled();
    sub.push(published("carl", { read: { offset: 5 } }, 5));
    expect([...it.marks.value]).toEqual([["bob", mark(3)], ["carl", { offset: 5, id: null }]]);
  });

  it("doesn't go back when one comes while the history is read", async () => {
    const { receipts: it, sub } = receipts();
    sub.kept.say(published("bob", { read: mark(1) }, 1));
    sub.answer();
    sub.emit("publication", published("bob", { read: mark(2) }, 2));
    await settled();
    expect(it.marks.value.get("bob")).toEqual(mark(2));
  });

  it.each([null, undefined, "x", 1, {}, { read: null }, { read: 5 }, { read: { offset: "5" } }])(
    "takes no notice of %j", garbage => {
      const { receipts: it, sub } = receipts();
      sub.push(published("bob", garbage, 1));
      sub.push({ data: { read: mark(1) }, offset: 2 });
      expect(it.marks.value.size).toBe(0);
    });
});

describe("Typing", () => {
  function typing(): { sub: FakeSubscription; typing: Typing } {
    const { sub, link } = subscription();
    sub.subscribe();
    sub.answer();
    return { sub, typing: new Typing(as(sub), link.asLink, "alice") };
  }

  it("is said every 3 seconds while one types, and when one stops", () => {
    const { sub, typing: it } = typing();
    for (let key = 0; key < 40; key++) {
      it.say();
      vi.advanceTimersByTime(100);
    }
    expect(sub.publishes).toEqual([{ typing: true }, { typing: true }]);
    it.stop();
    it.stop();
    expect(sub.publishes.slice(2)).toEqual([{ typing: false }]);
    it.say();
    expect(sub.publishes.slice(3)).toEqual([{ typing: true }]);
  });

  it("is said to nobody without a subscription", () => {
    const { sub, typing: it } = typing();
    sub.unsubscribe();
    it.say();
    it.stop();
    expect(sub.publishes).toEqual([]);
  });

  it("of others ends after 5 seconds, when they stop, and when their message comes", () => {
    const { sub, typing: it } = typing();
    sub.push(published("bob", { typing: true }));
    vi.advanceTimersByTime(4_000);
    sub.push(published("bob", { typing: true }));
    sub.push(published("carl", { typing: true }));
    vi.advanceTimersByTime(4_000);
    expect(it.users.value).toEqual(["bob", "carl"]);
    sub.push(published("carl", { typing: false }));
    expect(it.users.value).toEqual(["bob"]);
    vi.advanceTimersByTime(1_000);
    expect(it.users.value).toEqual([]);
    sub.push(published("bob", { typing: true }));
    it.onMessage("bob");
    expect(it.users.value).toEqual([]);
  });

  it.each([null, undefined, "x", {}, { typing: 1 }])("isn't %j, nor one's own", garbage => {
    const { sub, typing: it } = typing();
    sub.push(published("bob", garbage));
    sub.push(published("alice", { typing: true }));
    sub.push({ data: { typing: true } });
    expect(it.users.value).toEqual([]);
  });
});

describe("Members", () => {
  function members(): { sub: FakeSubscription; members: Members; joined: (way: "join" | "leave", user: string, device?: number) => void } {
    const { sub, link } = subscription();
    return {
      sub, members: new Members(as(sub), link.asLink),
      joined: (way, user, device = 1) => {
        sub.emit(way, { info: { client: `${user}-${device}`, user } });
      },
    };
  }
  const clients = (...users: string[]): { clients: Record<string, { user: string }> } =>
    ({ clients: Object.fromEntries(users.map(user => [user + "-1", { user }])) });

  it("are asked for when somebody watches, and kept by joins and leaves", async () => {
    const { sub, members: it, joined } = members();
    sub.presences = [() => Promise.resolve(clients("zoe", "bob"))];
    it.watch();
    sub.answer();
    await settled();
    expect(it.users.value).toEqual(["bob", "zoe"]);
    joined("join", "bob", 2);
    joined("join", "carl");
    joined("leave", "bob");
    expect(it.users.value).toEqual(["bob", "carl", "zoe"]);
    joined("leave", "bob", 2);
    expect(it.users.value).toEqual(["carl", "zoe"]);
  });

  it("have what happened while the answer was on its way", async () => {
    const { sub, members: it, joined } = members();
    let answer = (): void => undefined;
    sub.presences = [() => new Promise(resolve => { answer = () => { resolve(clients("bob", "zoe")); }; })];
    it.watch();
    sub.answer();
    joined("join", "carl");
    joined("leave", "bob");
    await settled();
    answer();
    await settled();
    expect(it.users.value).toEqual(["carl", "zoe"]);
  });

  it("are asked for once, however often somebody says that he watches", async () => {
    const { sub, members: it } = members();
    let asked = 0;
    sub.presences = Array.from({ length: 9 }, () => () => {
      asked++;
      return Promise.resolve(clients("bob"));
    });
    sub.answer();
    it.watch();
    it.watch();
    await settled();
    it.watch();
    await settled();
    expect(asked).toBe(1);
    it.unwatch();
    it.watch();
    await settled();
    expect(asked).toBe(2);
    it.unwatch();
  });

  it("stay as they were if nobody answers, and are asked for again", async () => {
    const { sub, members: it } = members();
    sub.presences = [() => Promise.resolve(clients("bob")), () => Promise.reject(new Error("no")),
      () => Promise.resolve(clients("carl")), () => Promise.resolve(clients("dave"))];
    it.watch();
    sub.answer();
    await settled();
    // The connection was away, and is back.
    sub.answer();
    await settled();
    expect(it.users.value).toEqual(["bob"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(it.users.value).toEqual(["carl"]);
    // From now on joins and leaves are enough.
    await vi.advanceTimersByTimeAsync(120_000);
    expect(it.users.value).toEqual(["carl"]);
    it.unwatch();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are asked for again now and then where they are many", async () => {
    const { sub, members: it } = members();
    const many = Array.from({ length: 100 }, (_, i) => `u${i}`);
    sub.presences = [() => Promise.resolve(clients(...many)), () => Promise.resolve(clients("bob"))];
    it.watch();
    sub.answer();
    await settled();
    expect(it.users.value).toHaveLength(100);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(it.users.value).toEqual(["bob"]);
    it.unwatch();
  });
});

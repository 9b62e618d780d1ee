import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draft, readersOf } from "../src/chat/conversation";
import { Inbox } from "../src/chat/inbox";
import { FakeLink, type FakePublication, freshPage, ground, leftPage, published } from "./fakes";
import { settled } from "./stubs";

const CHANNEL = "inbox:#alice";

beforeEach(freshPage);
afterEach(leftPage);

/** A direct message as the server puts it into alice's inbox. */
function direct(offset: number, from: string, to: unknown, text = `m${offset}`): FakePublication {
  return published(from, { to, text, id: `id${offset}` }, offset);
}

function inbox(): ReturnType<typeof ground> & { inbox: Inbox; push: (publication: FakePublication) => void } {
  const it = ground();
  const { client } = it.link;
  return {
    ...it,
    inbox: new Inbox(it.ground),
    push: publication => {
      client.channel(CHANNEL).say(publication);
      client.emit("publication", { ...publication, channel: CHANNEL });
    },
  };
}

/** Whose conversations there are, and what is in each. */
function shown(it: Inbox): Record<string, readonly string[]> {
  return Object.fromEntries(it.directs.value.map(({ name, timeline }) => [name,
    timeline.items.value.map(item => item.kind === "hole" ? "!" : item.text)]));
}

function subscribed(link: FakeLink, recovery: { wasRecovering: boolean; recovered: boolean; offset: number }): void {
  const { offset, ...rest } = recovery;
  link.client.emit("subscribed",
    { channel: CHANNEL, streamPosition: { offset, epoch: "e1" }, ...rest });
}

describe("Inbox", () => {
  it("sorts messages to those they are exchanged with", async () => {
    const { inbox: it, link, push } = inbox();
    link.client.channel(CHANNEL).say(
      direct(1, "bob", "alice"), direct(2, "alice", ["bob", "carl", "bob"]), direct(3, "alice", 42),
      direct(4, "alice", "alice"), direct(5, "alice", [null, {}, "carl"]), direct(6, "alice", undefined),
      // Of the application's backend, whom nobody can answer.
      { data: { text: "news" }, offset: 7 });
    await it.load();
    push(direct(8, "bob", ["alice", "carl"]));
    expect(shown(it)).toEqual({
      alice: ["m4"], bob: ["m1", "m2", "m8"], carl: ["m2", "m5"], 42: ["m3"],
    });
  });

  it("has each message once that comes while the history is read", async () => {
    const { inbox: it, push, heard } = inbox();
    push(direct(1, "bob", "alice"));
    const loading = it.load();
    push(direct(2, "bob", "alice"));
    await loading;
    push(direct(3, "bob", "alice"));
    expect(shown(it)).toEqual({ bob: ["m1", "m2", "m3"] });
    expect(heard.map(({ text }) => text)).toEqual(["m1", "m2", "m3"]);
  });

  it("counts as unread what others wrote and nobody has seen", async () => {
    const { inbox: it, link, push, own } = inbox();
    link.client.channel(CHANNEL).say(direct(1, "bob", "alice"), direct(2, "alice", "bob"));
    await it.load();
    const bob = it.with("bob");
    expect(bob.unread.value).toBe(1);
    bob.seen();
    expect([bob.unread.value, own.of("direct/bob").read]).toEqual([0, 1]);
    expect(bob.newestOfOthers.value).toBe(bob.timeline.items.value[0]?.key);
    push(direct(3, "bob", "alice"));
    push(direct(4, "carl", "alice"));
    expect([bob.unread.value, it.with("carl").unread.value]).toEqual([1, 1]);
    it.with("carl").seen();
    expect(bob.unread.value).toBe(1);
  });

  it("counts anew with an inbox that does", async () => {
    const { inbox: it, link, own } = inbox();
    own.read("direct/bob", { offset: 900, epoch: "e0" }, 900);
    link.client.channel(CHANNEL).say(direct(1, "bob", "alice"));
    await it.load();
    const bob = it.with("bob");
    expect(bob.unread.value).toBe(1);
    bob.seen();
    expect(bob.unread.value).toBe(0);
  });

  it("counts, marks and matches nothing of what an inbox had before it counted anew", async () => {
    const { inbox: it, link, push, own } = inbox();
    const channel = link.client.channel(CHANNEL);
    channel.say(direct(1, "bob", "alice"), direct(2, "alice", "bob"), direct(3, "bob", "alice"));
    await it.load();
    const bob = it.with("bob");
    bob.seen();
    bob.receipts.marks.value = new Map([["bob", { offset: 7, id: "id2" }]]);
    const before = link.client.publishes.length;
    const unread: number[] = [];
    const stop = effect(() => { unread.push(bob.unread.value); });
    channel.publications = [];
    [channel.top, channel.epoch] = [0, "e2"];
    link.client.emit("subscribed", {
      channel: CHANNEL, streamPosition: { offset: 0, epoch: "e2" },
      wasRecovering: true, recovered: false,
    });
    await settled();
    stop();
    bob.seen();
    expect([new Set(unread), bob.newestOfOthers.value]).toEqual([new Set([0]), null]);
    expect([own.of("direct/bob"), link.client.publishes.length])
      .toMatchObject([{ read: 3, epoch: "e1" }, before]);
    expect(bob.receipts.marks.value.size).toBe(0);
    const marks = new Map([["bob", { offset: 7, id: "id2" }]]);
    expect(readersOf(bob, bob.timeline.items.value, marks).size).toBe(0);
    push(published("bob", { to: "alice", text: "x", id: "new" }, 1));
    expect(bob.unread.value).toBe(1);
    bob.seen();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(own.of("direct/bob")).toMatchObject({ read: 1, epoch: "e2" });
    expect(link.client.publishes.slice(before))
      .toMatchObject([{ data: { read: { offset: 1, id: "new" } } }]);
  });

  it("shows what another device of his has sent", () => {
    const { inbox: it, push, heard } = inbox();
    push(direct(1, "alice", "bob"));
    expect(shown(it)).toEqual({ bob: ["m1"] });
    expect(heard).toEqual([]);
  });

  it("shows once what is sent to oneself", async () => {
    const { inbox: it, link, push } = inbox();
    const self = it.with("alice");
    self.outgoing.send(draft("alice", "note", "n1"));
    await settled();
    push(published("alice", { to: "alice", text: "note", id: "n1" }, 1));
    expect(shown(it)).toEqual({ alice: ["note"] });
    expect(link.stored[0]).toMatchObject({ method: "direct", what: { to: "alice", id: "n1" } });
  });

  it("has nothing unread, and nothing to tell anybody, of what is written to oneself", async () => {
    const { inbox: it, link, push } = inbox();
    const self = it.with("alice");
    self.attend();
    self.open();
    push(direct(1, "alice", "alice"));
    push(direct(2, "alice", "alice"));
    self.seen();
    self.typing.say();
    await settled();
    expect([self.unread.value, self.partner.value]).toEqual([0, "here"]);
    expect([...link.client.subs.values()].map(({ state }) => state))
      .toEqual(["unsubscribed", "unsubscribed", "unsubscribed"]);
    expect(link.client.publishes).toEqual([]);
    self.neglect();
    self.close();
  });

  it("waits with what goes out until it is subscribed again", async () => {
    const { inbox: it, link } = inbox();
    link.client.emit("subscribing", { channel: CHANNEL });
    it.with("bob").outgoing.send(draft("alice", "hi"));
    await settled();
    expect(link.stored).toEqual([]);
    subscribed(link, { wasRecovering: true, recovered: true, offset: 0 });
    await settled();
    expect(link.stored).toHaveLength(1);
  });

  it("counts what came with the return", async () => {
    const { inbox: it, link, push, heard } = inbox();
    await it.load();
    subscribed(link, { wasRecovering: true, recovered: true, offset: 0 });
    push(direct(1, "bob", "alice"));
    push(direct(2, "bob", "alice"));
    await settled();
    push(direct(3, "bob", "alice"));
    await settled();
    expect(link.resumed).toBe(2);
    expect(heard.map(({ text, isMissed }) => `${text} ${isMissed}`))
      .toEqual(["m1 true", "m2 true", "m3 false"]);
  });

  it("reads what was missed, and says to all where something can't be had", async () => {
    const { inbox: it, link } = inbox();
    const channel = link.client.channel(CHANNEL);
    channel.say(direct(1, "bob", "alice"), direct(2, "carl", "alice"));
    await it.load();
    channel.publications = [direct(9, "bob", "alice")];
    channel.top = 9;
    subscribed(link, { wasRecovering: true, recovered: false, offset: 9 });
    await settled();
    expect(link.lost).toEqual([CHANNEL]);
    expect(shown(it)).toEqual({ bob: ["m1", "!", "m9"], carl: ["m2", "!"] });
  });

  it("finds those who wrote long ago, one page after the other", async () => {
    const { inbox: it, link } = inbox();
    const channel = link.client.channel(CHANNEL);
    for (let offset = 1; offset <= 1_200; offset++) {
      channel.say(direct(offset, offset % 200 === 1 ? `old${offset}` : "bob", "alice"));
    }
    await it.load();
    expect(Object.keys(shown(it)).sort()).toEqual(["bob", "old1001"]);
    it.readOn();
    await settled();
    expect(channel.asked).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Object.keys(shown(it)).sort())
      .toEqual(["bob", "old1001", "old201", "old401", "old601", "old801"]);
    expect([channel.asked, vi.getTimerCount()]).toEqual([5, 0]);
    subscribed(link, { wasRecovering: true, recovered: true, offset: 1_200 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(channel.asked).toBe(5);
  });

  it("waits with the older pages for the connection, and reads none when it has ended", async () => {
    const { inbox: it, link } = inbox();
    const channel = link.client.channel(CHANNEL);
    for (let offset = 1; offset <= 700; offset++) {
      channel.say(direct(offset, "bob", "alice"));
    }
    await it.load();
    it.readOn();
    link.client.emit("subscribing", { channel: CHANNEL });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(channel.asked).toBe(1);
    subscribed(link, { wasRecovering: true, recovered: true, offset: 700 });
    await settled();
    expect(channel.asked).toBe(2);
    it.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([channel.asked, vi.getTimerCount()]).toEqual([2, 0]);
  });

  it("has lost nothing that can be read after all, and counts it as resumed", async () => {
    const { inbox: it, link } = inbox();
    const channel = link.client.channel(CHANNEL);
    channel.say(direct(1, "bob", "alice"));
    await it.load();
    channel.say(direct(2, "carl", "alice"), direct(3, "bob", "alice"));
    subscribed(link, { wasRecovering: true, recovered: false, offset: 3 });
    await settled();
    expect(shown(it)).toEqual({ bob: ["m1", "m3"], carl: ["m2"] });
    expect([link.lost, link.resumed]).toEqual([[], 2]);
  });

  it("reads what was missed when the next connection comes, if nobody answered before", async () => {
    const { inbox: it, link } = inbox();
    const channel = link.client.channel(CHANNEL);
    channel.say(direct(1, "bob", "alice"), direct(2, "carl", "alice"));
    await it.load();
    channel.say(direct(3, "carl", "alice"), direct(4, "bob", "alice"));
    channel.failures = Array.from({ length: 5 }, () => 100);
    subscribed(link, { wasRecovering: true, recovered: false, offset: 4 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(shown(it)).toEqual({ bob: ["m1", "!"], carl: ["m2", "!"] });
    subscribed(link, { wasRecovering: true, recovered: true, offset: 4 });
    await settled();
    expect(shown(it)).toEqual({ bob: ["m1", "m4"], carl: ["m2", "m3"] });
    expect(link.lost).toEqual([]);
  });

  it("asks again when the connection is back, if it couldn't be read before", async () => {
    const { inbox: it, link } = inbox();
    const channel = link.client.channel(CHANNEL);
    channel.say(direct(1, "bob", "alice"));
    channel.failures = [103];
    await it.load();
    expect(shown(it)).toEqual({});
    subscribed(link, { wasRecovering: true, recovered: true, offset: 1 });
    await settled();
    expect(shown(it)).toEqual({ bob: ["m1"] });
  });

  it("leaves other channels alone, and ends wholly", async () => {
    const { inbox: it, link, push } = inbox();
    link.client.emit("publication", { ...direct(1, "bob", "alice"), channel: "other" });
    expect(shown(it)).toEqual({});
    it.with("bob").open();
    it.end();
    push(direct(1, "carl", "alice"));
    await settled();
    expect(shown(it)).toEqual({ bob: [] });
    expect([...link.client.subs.keys(), vi.getTimerCount()]).toEqual(["me:#alice", 0]);
  });
});

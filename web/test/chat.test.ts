import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import { draft } from "../src/chat/conversation";
import { FakeLink, type FakeSubscription, freshPage, leftPage, published } from "./fakes";
import { settled } from "./stubs";

const OWN = "me:#alice";

beforeEach(freshPage);
afterEach(leftPage);

function say(link: FakeLink, room: string, ...texts: string[]): void {
  const channel = link.client.channel("room:" + room);
  for (const text of texts) {
    channel.say(published("bob", text, channel.top + 1));
  }
}

/** What another device of hers publishes. */
function place(isListed: boolean, read = 0, epoch = "", listedAt = 1): object {
  return { isListed, listedAt, read, epoch, life: 0 };
}

function names(chat: Chat): readonly string[] {
  return chat.rooms.value.map(room => room.name);
}

/** Alice's chat, whose other devices have said this before. */
async function loaded(state?: object, link = new FakeLink()): Promise<{ chat: Chat; link: FakeLink }> {
  if (state !== undefined) {
    link.client.channel(OWN).say(published("alice", state, 1));
  }
  const chat = new Chat(link.asLink, "alice");
  const loading = chat.load();
  link.client.sub(OWN).answer();
  await loading;
  return { chat, link };
}

function roomSub(link: FakeLink, room = "lobby"): FakeSubscription {
  return link.client.sub("room:" + room);
}

describe("Chat", () => {
  it("begins in the lobby", async () => {
    const { chat } = await loaded();
    expect(names(chat)).toEqual(["lobby"]);
  });

  it("begins where her other devices are", async () => {
    const { chat } = await loaded({ "room/news": place(true), "room/lobby": place(false) });
    expect(names(chat)).toEqual(["news"]);
  });

  it("is in no room if she has left them all", async () => {
    const { chat } = await loaded({ "room/lobby": place(false) });
    expect(names(chat)).toEqual([]);
  });

  it.each(["nothing is answered", "the history isn't"])("comes up though %s", async what => {
    const link = new FakeLink();
    link.client.channel(OWN).failures = ["never"];
    link.client.channel("inbox:#alice").failures = ["never"];
    const chat = new Chat(link.asLink, "alice");
    const loading = chat.load();
    if (what === "the history isn't") {
      link.client.sub(OWN).answer();
    }
    await vi.advanceTimersByTimeAsync(5_000);
    await loading;
    expect(names(chat)).toEqual(["lobby"]);
  });

  it("believes her other devices, however late they are heard", async () => {
    const link = new FakeLink();
    const chat = new Chat(link.asLink, "alice");
    const loading = chat.load();
    await vi.advanceTimersByTimeAsync(5_000);
    await loading;
    link.client.channel(OWN)
      .say(published("alice", { "room/news": place(true), "room/lobby": place(false) }, 1));
    link.client.sub(OWN).answer();
    await settled();
    expect(names(chat)).toEqual(["news"]);
  });

  it("joins and leaves what another device joins and leaves", async () => {
    const { chat, link } = await loaded();
    const now = Date.now() + 1_000;
    link.client.sub(OWN).push(published("alice", { "room/news": place(true, 0, "", now) }, 2));
    expect(names(chat)).toEqual(["lobby", "news"]);
    const news = chat.rooms.value[1];
    chat.show(news ?? null);
    link.client.sub(OWN).push(published("alice", { "room/news": place(false, 0, "", now + 1) }, 3));
    expect(names(chat)).toEqual(["lobby"]);
    expect(chat.open.value).toBeNull();
    expect(link.client.subs.has("room:news")).toBe(false);
  });

  it("joins again what it has left, with what wasn't sent", async () => {
    const { chat, link } = await loaded();
    const first = chat.join("news");
    chat.show(first);
    link.outcomes = [{ kind: "unknown" }];
    roomSub(link, "news").answer();
    first.outgoing.send(draft("alice", "hi", "m1"));
    await settled();
    chat.leave(first);
    link.isOnline = false;
    await vi.advanceTimersByTimeAsync(30_000);
    link.isOnline = true;
    await vi.advanceTimersByTimeAsync(30_000);
    const ids = (): unknown[] => link.stored
      .filter(({ what }) => what.channel === "room:news").map(({ what }) => what.id);
    expect(ids()).toEqual(["m1"]);
    const second = chat.join("news");
    expect(second).not.toBe(first);
    roomSub(link, "news").answer();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ids()).toEqual(["m1", "m1"]);
    expect(second.timeline.items.value).toMatchObject([{ id: "m1", sending: { kind: "sent" } }]);
  });

  it("has those who wrote long ago a little after it has come up", async () => {
    const link = new FakeLink();
    const inbox = link.client.channel("inbox:#alice");
    inbox.say(published("carl", { to: "alice", text: "x" }, 1));
    for (let offset = 2; offset <= 250; offset++) {
      inbox.say(published("bob", { to: "alice", text: "x" }, offset));
    }
    const { chat } = await loaded(undefined, link);
    expect(chat.directs.value.map(({ name }) => name)).toEqual(["bob"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(chat.directs.value.map(({ name }) => name)).toEqual(["bob", "carl"]);
    chat.end();
  });

  it("sends after a reload what wasn't sent, to whomever it was", async () => {
    const first = await loaded();
    first.link.outcomes = [{ kind: "unknown" }];
    first.link.client.emit("subscribing", { channel: "inbox:#alice" });
    first.chat.with("bob smith").outgoing.send(draft("alice", "hi", "m1"));
    first.chat.join("news").outgoing.send(draft("alice", "hi", "m2"));
    first.chat.leave(first.chat.join("news"));
    await settled();
    first.chat.end();
    // Of somebody else with a name like that, and of no conversation.
    sessionStorage.setItem("parley.unsent.alice%20direct/x direct/carl", "[]");
    sessionStorage.setItem("parley.unsent.alice direct/", "[]");
    sessionStorage.setItem("parley.unsent.alice nonsense", "[]");
    const { chat, link } = await loaded({ "room/lobby": place(true) });
    await settled();
    expect(link.stored).toMatchObject([
      { method: "direct", what: { to: "bob smith", id: "m1" } }]);
    expect(chat.directs.value.map(({ name }) => name)).toEqual(["bob smith"]);
    expect(names(chat)).toEqual(["lobby"]);
    chat.end();
  });

  it("has the direct conversation first in which was written last, whatever the clocks say", async () => {
    const { chat, link } = await loaded();
    const from = (user: string, offset: number, at: number): void => {
      link.client.emit("publication",
        { ...published(user, { to: "alice", text: "x", at }, offset), channel: "inbox:#alice" });
    };
    from("bob", 1, Date.now() + 1e9);
    from("carl", 2, 1);
    expect(chat.directs.value.map(direct => direct.name)).toEqual(["carl", "bob"]);
    from("bob", 3, 0);
    expect(chat.directs.value.map(direct => direct.name)).toEqual(["bob", "carl"]);
  });

  it("attends to the twenty direct conversations in which was written last, and to the open one", async () => {
    const { chat, link } = await loaded();
    for (let offset = 1; offset <= 25; offset++) {
      link.client.emit("publication",
        { ...published(`u${offset}`, "hi", offset), channel: "inbox:#alice" });
    }
    const attended = (): number => [...link.client.subs.values()]
      .filter(sub => sub.channel.startsWith("typing:#") && sub.state !== "unsubscribed").length;
    expect(attended()).toBe(20);
    chat.show(chat.with("u1"));
    expect(attended()).toBe(21);
    const attending = [...chat.inbox.directs.value]
      .map(direct => [vi.spyOn(direct, "attend"), vi.spyOn(direct, "neglect")]).flat();
    for (let offset = 26; offset <= 35; offset++) {
      link.client.emit("publication",
        { ...published(`u${offset - 10}`, "hi", offset), channel: "inbox:#alice" });
    }
    expect(attending.flatMap(({ mock }) => mock.calls)).toEqual([]);
    chat.show(null);
    expect(attended()).toBe(20);
  });

  it("ends wholly, even while it loads", async () => {
    const link = new FakeLink();
    const chat = new Chat(link.asLink, "alice");
    const loading = chat.load();
    chat.end();
    await vi.advanceTimersByTimeAsync(5_000);
    await loading;
    expect(link.client.subs.size).toBe(0);
    const next = await loaded(undefined, link);
    next.chat.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([link.client.subs.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("Room", () => {
  it("has as read what was said before one first joined", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a", "b");
    roomSub(link).answer();
    expect(chat.unread.value).toBe(0);
    roomSub(link).push(published("bob", "c", 3));
    expect(chat.unread.value).toBe(1);
  });

  it("has as unread what was said since another device read", async () => {
    const { chat, link } = await loaded({ "room/lobby": place(true, 1, "e1") });
    say(link, "lobby", "a", "b", "c");
    roomSub(link).answer();
    expect(chat.unread.value).toBe(2);
  });

  it("takes nothing for read while it doesn't know what other devices have read", async () => {
    const link = new FakeLink();
    link.client.channel(OWN).failures = [100];
    const { chat } = await loaded({ "room/lobby": place(true, 1, "e1") }, link);
    say(link, "lobby", "a", "b", "c");
    roomSub(link).answer();
    roomSub(link).push(published("alice", "d", 4));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(chat.own.of("room/lobby").read).toBe(1);
    expect(chat.unread.value).toBe(3);
  });

  it("isn't seen before anything is shown", async () => {
    const { chat, link } = await loaded({ "room/lobby": place(true, 1, "e1") });
    say(link, "lobby", "a", "b", "c");
    const room = chat.join("lobby");
    chat.show(room);
    room.seen();
    roomSub(link).answer();
    room.seen();
    expect(chat.own.of("room/lobby").read).toBe(1);
    await settled();
    expect([chat.own.of("room/lobby").read, room.unread.value]).toEqual([3, 0]);
  });

  it("isn't seen by one who has gone before anything was shown", async () => {
    const { chat, link } = await loaded({ "room/lobby": place(true, 1, "e1") });
    say(link, "lobby", "a", "b", "c");
    const room = chat.join("lobby");
    chat.show(room);
    room.seen();
    roomSub(link).answer();
    chat.show(null);
    await settled();
    expect([chat.own.of("room/lobby").read, room.unread.value]).toEqual([1, 2]);
  });

  it("counts anew when the channel does", async () => {
    const { chat, link } = await loaded({ "room/lobby": place(true, 50, "e0") });
    say(link, "lobby", "a", "b");
    const room = chat.join("lobby");
    chat.show(room);
    roomSub(link).answer();
    expect(room.unread.value).toBe(2);
    await settled();
    room.seen();
    expect([room.unread.value, chat.own.of("room/lobby").read]).toEqual([0, 2]);
  });

  it("has own messages as read, unless others are not", async () => {
    const { chat, link } = await loaded();
    roomSub(link).answer();
    roomSub(link).push(published("alice", "a", 1));
    expect(chat.unread.value).toBe(0);
    roomSub(link).push(published("bob", "b", 2));
    roomSub(link).push(published("alice", "c", 3));
    expect(chat.unread.value).toBe(2);
  });

  it("tells of what others say, and counts what came with the return", async () => {
    const { chat, link } = await loaded();
    const heard: string[] = [];
    chat.onMessage((_, { text }) => heard.push(text));
    const sub = roomSub(link);
    sub.answer();
    sub.lose();
    sub.answer({ wasRecovering: true, recovered: true });
    sub.push(published("bob", "a", 1));
    sub.push(published("alice", "b", 2));
    await settled();
    sub.push(published("bob", "c", 3));
    await settled();
    expect([link.resumed, heard]).toEqual([2, ["a", "c"]]);
  });

  it.each(["listener", "effect"])("goes on though a %s of the page fails", async what => {
    const { chat, link } = await loaded();
    const room = chat.join("lobby");
    chat.show(room);
    roomSub(link).answer();
    await settled();
    const fail = (): never => { throw new Error("no such thing"); };
    const stop = what === "listener"
      ? chat.onMessage(fail)
      : effect(() => { if (room.timeline.items.value.length > 0) { fail(); } });
    const heard: string[] = [];
    chat.onMessage((_, { text }) => heard.push(text));
    const push = (text: string, offset: number): void => {
      roomSub(link).push(published("bob", text, offset));
    };
    expect(() => { push("a", 1); }).not.toThrow();
    stop();
    push("b", 2);
    expect(room.timeline.items.value).toMatchObject([{ text: "a" }, { text: "b" }]);
    expect(heard.at(-1)).toBe("b");
    expect(link.told.at(-1)).toContain("no such thing");
  });

  it("reads what was missed, and shows where something can't be had", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a");
    const room = chat.join("lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.answer();
    await settled();
    sub.lose();
    say(link, "lobby", "b", "c");
    sub.kept.publications = sub.kept.publications.slice(2);
    sub.answer({ wasRecovering: true, recovered: false });
    await settled();
    expect(link.lost).toEqual(["room:lobby"]);
    expect(room.timeline.items.value.map(item => item.kind === "hole" ? "!" : item.text))
      .toEqual(["a", "!", "c"]);
  });

  it("has lost nothing that can be read after all, and counts it as resumed", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a");
    const room = chat.join("lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.answer();
    await settled();
    sub.lose();
    say(link, "lobby", "b", "c");
    sub.answer({ wasRecovering: true, recovered: false });
    await settled();
    expect(room.timeline.items.value).toHaveLength(3);
    expect([link.lost, link.resumed]).toEqual([[], 2]);
  });

  it("has lost nothing that was never read", async () => {
    const { chat, link } = await loaded();
    const sub = roomSub(link);
    sub.answer();
    sub.lose();
    say(link, "lobby", "a", "b");
    sub.kept.publications = [];
    sub.answer({ wasRecovering: true, recovered: false });
    await settled();
    expect([link.lost, chat.unread.value]).toEqual([[], 2]);
  });

  it("knows that the channel counts anew though nobody looks at it", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a", "b", "c", "d", "e");
    const sub = roomSub(link);
    sub.answer();
    expect(chat.unread.value).toBe(0);
    sub.lose();
    sub.kept.publications = [];
    sub.kept.top = 0;
    sub.kept.epoch = "e2";
    say(link, "lobby", "f", "g");
    sub.answer({ wasRecovering: true, recovered: false });
    await settled();
    expect(chat.unread.value).toBe(2);
    sub.push(published("bob", "h", 3));
    expect(chat.unread.value).toBe(3);
  });

  it("says why it can't be read, and lets the server say whether it can be written", async () => {
    const { chat, link } = await loaded();
    const room = chat.join("lobby");
    roomSub(link).unsubscribe(103);
    expect(room.problem.value).toBe("permission denied");
    link.outcomes = [{ kind: "refused", code: 103, reason: "no" }];
    room.outgoing.send(draft("alice", "hi"));
    await settled();
    expect(room.timeline.items.value).toMatchObject([{ sending: { kind: "failed", code: 103 } }]);
  });
});

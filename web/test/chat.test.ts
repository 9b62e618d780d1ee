import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Chat } from "../src/chat/chat";
import { draft } from "../src/chat/conversation";
import { joined, loaded, OWN, place, roomSub, written } from "./chats";
import { FakeLink, freshPage, leftPage, published } from "./fakes";
import { settled } from "./stubs";

beforeEach(freshPage);
afterEach(leftPage);

function names(chat: Chat): readonly string[] {
  return chat.rooms.value.map(room => room.name);
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
    const first = joined(chat, "news");
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
    const second = joined(chat, "news");
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
    void chat.end();
  });

  it("sends after a reload what wasn't sent, to whomever it was", async () => {
    const first = await loaded();
    first.link.outcomes = [{ kind: "unknown" }];
    first.link.client.emit("subscribing", { channel: "inbox:#alice" });
    written(first.chat, "bob smith").outgoing.send(draft("alice", "hi", "m1"));
    joined(first.chat, "news").outgoing.send(draft("alice", "hi", "m2"));
    first.chat.leave(joined(first.chat, "news"));
    await settled();
    void first.chat.end();
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
    void chat.end();
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
    const inbox = link.client.channel("inbox:#alice");
    [inbox.top, inbox.epoch] = [1, "e2"];
    inbox.say(published("carl", { to: "alice", text: "x" }, 1));
    link.client.emit("subscribed", {
      channel: "inbox:#alice", streamPosition: { offset: 1, epoch: "e2" },
      wasRecovering: true, recovered: false,
    });
    await settled();
    expect(chat.directs.value.map(direct => direct.name)).toEqual(["carl", "bob"]);
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
    chat.show(written(chat, "u1"));
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

  it("sends as the next guest what wasn't sent, to whatever room it was", async () => {
    const link = new FakeLink();
    const first = new Chat(link.asLink, "guest-1");
    await first.load();
    joined(first, "news").outgoing.send(draft("guest-1", "hi", "m1"));
    void first.end();
    sessionStorage.setItem("parley.unsent.guest- room/", "[]");
    const second = new Chat(link.asLink, "guest-2");
    await second.load();
    expect(names(second)).toEqual(["lobby", "news"]);
    roomSub(link, "news").answer();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(link.stored).toMatchObject([{ what: { channel: "room:news", id: "m1" } }]);
    void second.end();
  });

  it("leaves the channels alone that are its successor's, when it has ended", async () => {
    const { chat, link } = await loaded();
    const lobby = joined(chat, "lobby");
    const bob = written(chat, "bob");
    chat.show(lobby);
    void chat.end();
    const next = await loaded(undefined, link);
    const states = (): unknown => [...link.client.subs].map(([name, { state }]) => [name, state]);
    const before = states();
    chat.show(bob);
    chat.show(null);
    expect(chat.open.value).toBe(lobby);
    expect([chat.join("lobby"), chat.with("bob"), chat.join("news"), chat.with("carl")])
      .toEqual([lobby, bob, null, null]);
    expect([states(), chat.own.of("room/news").isListed]).toEqual([before, false]);
    void next.chat.end();
  });

  it("ends wholly, even while it loads", async () => {
    const link = new FakeLink();
    const chat = new Chat(link.asLink, "alice");
    const loading = chat.load();
    void chat.end();
    await vi.advanceTimersByTimeAsync(5_000);
    await loading;
    expect(link.client.subs.size).toBe(0);
    const next = await loaded(undefined, link);
    void next.chat.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([link.client.subs.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

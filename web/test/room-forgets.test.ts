import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draft } from "../src/chat/conversation";
import { joined, loaded, place, roomSub, say } from "./chats";
import { freshPage, leftPage, published } from "./fakes";
import { settled } from "./stubs";

beforeEach(freshPage);
afterEach(leftPage);

describe("A room that forgets", () => {
  it("counts anew when the channel does", async () => {
    const { chat, link } = await loaded({ "room/lobby": place(true, 50, "e0") });
    say(link, "lobby", "a", "b");
    const room = joined(chat, "lobby");
    chat.show(room);
    roomSub(link).answer();
    expect(room.unread.value).toBe(2);
    await settled();
    room.seen();
    expect([room.unread.value, chat.own.of("room/lobby").read]).toEqual([0, 2]);
  });

  it("tells nobody of what it had before it counted anew", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a", "b", "c");
    const room = joined(chat, "lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.answer();
    await settled();
    room.seen();
    room.receipts.marks.value = new Map([["carl", { offset: 3, id: null }]]);
    sub.lose();
    sub.kept.publications = [];
    [sub.kept.top, sub.kept.epoch] = [0, "e2"];
    sub.answer({ wasRecovering: true, recovered: false });
    await settled();
    room.seen();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(link.client.publishes.filter(({ channel }) => channel === "receipts:lobby"))
      .toHaveLength(1);
    expect([room.receipts.marks.value.size, room.newestOfOthers.value]).toEqual([0, null]);
  });

  it("has what it sent while nobody looked before what the channel counts anew", async () => {
    const { chat, link } = await loaded();
    const room = joined(chat, "lobby");
    const sub = roomSub(link);
    say(link, "lobby", "a", "b", "c");
    link.offset = 3;
    sub.answer();
    room.outgoing.send(draft("alice", "hi", "m1"));
    await settled();
    sub.kept.top = 4;
    sub.push(published("alice", { text: "hi", id: "m1" }, 4));
    sub.lose();
    sub.kept.publications = [];
    [sub.kept.top, sub.kept.epoch] = [0, "e2"];
    say(link, "lobby", "d");
    sub.answer({ wasRecovering: true, recovered: false });
    chat.show(room);
    await settled();
    expect(room.timeline.items.value.map(item => item.kind === "hole" ? "!" : item.text))
      .toEqual(["hi", "!", "d"]);
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

  it("has no own message without those that were said between it and the others", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", ...Array.from({ length: 50 }, (_, i) => String(i + 1)));
    const room = joined(chat, "lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.answer();
    await settled();
    let answer = (): void => undefined;
    vi.spyOn(link, "deliver").mockReturnValueOnce(new Promise(resolve => {
      answer = () => { resolve({ kind: "stored", offset: 51 }); };
    }));
    room.outgoing.send(draft("alice", "hi", "m1"));
    chat.show(null);
    sub.push(published("alice", { text: "hi", id: "m1" }, 51));
    for (let offset = 52; offset <= 400; offset++) {
      sub.push(published("bob", String(offset), offset));
    }
    answer();
    await settled();
    const { items } = room.timeline;
    expect(items.value[0]).toMatchObject({ offset: room.backlog.bottom });
    chat.show(room);
    while (room.backlog.hasOlder.value) {
      await room.backlog.older();
    }
    expect([items.value.length, items.value[50]]).toMatchObject([400, { id: "m1", offset: 51 }]);
  });

  it("works live though nothing of it is kept", async () => {
    const { chat, link } = await loaded();
    const room = joined(chat, "lobby");
    const sub = roomSub(link);
    const answer = (): void => {
      sub.state = "subscribed";
      sub.emit("subscribed", { wasRecovering: false, recovered: false });
    };
    sub.kept.failures = [108, 108];
    answer();
    sub.push(published("bob", "unseen"));
    chat.show(room);
    sub.push(published("bob", "a"));
    await settled();
    expect([room.backlog.isLoaded, room.backlog.hasOlder.value, link.told])
      .toEqual([true, false, []]);
    sub.push(published("bob", "b"));
    link.outcomes = [{ kind: "stored", offset: null }];
    room.outgoing.send(draft("alice", "hi", "m1"));
    await settled();
    sub.push(published("alice", { text: "hi", id: "m1" }));
    sub.push(published("bob", "b"));
    sub.lose();
    answer();
    sub.push(published("carl", "c"));
    await settled();
    room.seen();
    const { items } = room.timeline;
    expect(items.value.map(item => item.kind === "hole" ? "!" : item.text))
      .toEqual(["a", "b", "hi", "b", "c"]);
    expect(new Set(items.value.map(({ key }) => key)).size).toBe(5);
    expect([room.unread.value, link.client.publishes]).toEqual([0, []]);
    chat.show(null);
    for (let i = 0; i < 300; i++) {
      sub.push(published("bob", `d${i}`));
    }
    expect(items.value.at(-1)).toMatchObject({ text: "d299", offset: null });
    expect(room.backlog.hasOlder.value).toBe(false);
    void chat.end();
  });

  it("has what isn't kept behind what is", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a", "b");
    const room = joined(chat, "lobby");
    const sub = roomSub(link);
    sub.answer();
    chat.show(room);
    sub.push(published("bob", "c"));
    await settled();
    sub.push(published("bob", "d"));
    sub.push(published("bob", "e", 3));
    sub.push(published("bob", "f"));
    expect(room.timeline.items.value).toMatchObject(
      ["a", "b", "c", "d", "e", "f"].map(text => ({ text })));
    expect([room.timeline.bottom, room.timeline.top]).toEqual([1, 3]);
  });

  it("keeps little while nobody looks, and reads the rest again when somebody does", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", ...Array.from({ length: 500 }, (_, i) => String(i + 1)));
    const room = joined(chat, "lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.answer();
    await settled();
    for (let i = 0; i < 9; i++) {
      await room.backlog.older();
    }
    expect(room.timeline.items.value).toHaveLength(500);
    chat.show(null);
    expect([room.timeline.items.value.length, room.timeline.bottom, room.backlog.hasOlder.value])
      .toEqual([200, 301, true]);
    for (let offset = 501; offset <= 900; offset++) {
      sub.push(published("bob", String(offset), offset));
    }
    expect(room.timeline.items.value.length).toBeLessThanOrEqual(250);
    expect(room.timeline.top).toBe(900);
    chat.show(room);
    const bottom = room.timeline.bottom ?? 0;
    await room.backlog.older();
    expect([room.timeline.bottom, room.timeline.items.value.length])
      .toEqual([bottom - 50, 900 - bottom + 51]);
  });
});

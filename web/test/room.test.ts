import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draft } from "../src/chat/conversation";
import { joined, loaded, OWN, place, roomSub, say } from "./chats";
import { FakeLink, freshPage, leftPage, published } from "./fakes";
import { settled } from "./stubs";

beforeEach(freshPage);
afterEach(leftPage);

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
    const room = joined(chat, "lobby");
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
    const room = joined(chat, "lobby");
    chat.show(room);
    room.seen();
    roomSub(link).answer();
    chat.show(null);
    await settled();
    expect([chat.own.of("room/lobby").read, room.unread.value]).toEqual([1, 2]);
  });

  it("knows the newest message of others, by its key", async () => {
    const { chat, link } = await loaded();
    const room = joined(chat, "lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.answer();
    await settled();
    const keys: (string | null)[] = [];
    const stop = effect(() => { keys.push(room.newestOfOthers.value); });
    sub.push(published("alice", "a", 1));
    sub.push(published("bob", "b", 2));
    sub.push(published("alice", "c", 3));
    sub.push(published("bob", { text: "d", id: "m1" }, 4));
    room.outgoing.send(draft("alice", "e"));
    await settled();
    stop();
    const items = room.timeline.items.value;
    expect(keys).toEqual([null, items[1]?.key, items[3]?.key]);
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
    chat.onMessage((_, { text, isMissed }) => heard.push(isMissed ? text + " late" : text));
    const sub = roomSub(link);
    sub.answer();
    sub.lose();
    sub.answer({ wasRecovering: true, recovered: true });
    sub.push(published("bob", "a", 1));
    sub.push(published("alice", "b", 2));
    await settled();
    sub.push(published("bob", "c", 3));
    await settled();
    expect([link.resumed, heard]).toEqual([2, ["a late", "c"]]);
  });

  it.each(["listener", "effect"])("goes on though a %s of the page fails", async what => {
    const { chat, link } = await loaded();
    const room = joined(chat, "lobby");
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
    const room = joined(chat, "lobby");
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
    const room = joined(chat, "lobby");
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

  it("reads what was missed when the next connection comes, if nobody answered before", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a");
    const room = joined(chat, "lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.answer();
    await settled();
    sub.lose();
    say(link, "lobby", "b", "c");
    sub.kept.failures = Array.from({ length: 5 }, () => 100);
    sub.answer({ wasRecovering: true, recovered: false });
    await vi.advanceTimersByTimeAsync(10_000);
    const shown = (): string[] =>
      room.timeline.items.value.map(item => item.kind === "hole" ? "!" : item.text);
    sub.push(published("bob", "d", 4));
    expect([shown(), link.lost]).toEqual([["a", "!", "d"], []]);
    sub.lose();
    sub.answer({ wasRecovering: true, recovered: true });
    await settled();
    expect([shown(), link.lost]).toEqual([["a", "b", "c", "d"], []]);
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

  it("has no message of before it was opened without those that were missed", async () => {
    const { chat, link } = await loaded();
    const room = joined(chat, "lobby");
    const sub = roomSub(link);
    sub.answer();
    sub.push(published("bob", "a", 1));
    room.outgoing.send(draft("alice", "hi", "m1"));
    await settled();
    sub.lose();
    say(link, "lobby", ...Array.from({ length: 99 }, (_, i) => `b${i + 2}`));
    sub.answer({ wasRecovering: true, recovered: false });
    sub.push(published("bob", "c", 101));
    expect(room.timeline.items.value).toMatchObject([{ id: "m1" }]);
    expect(room.unread.value).toBe(101);
    chat.show(room);
    await settled();
    expect([room.timeline.bottom, room.timeline.top, room.timeline.items.value.length])
      .toEqual([52, 101, 50]);
  });

  it("loses nothing that comes while it is first read", async () => {
    const { chat, link } = await loaded();
    const room = joined(chat, "lobby");
    say(link, "lobby", "a");
    const sub = roomSub(link);
    sub.answer();
    sub.kept.failures = [100];
    chat.show(room);
    sub.push(published("bob", "b", 2));
    const offsets = (): unknown[] => room.timeline.items.value
      .map(item => item.kind === "hole" ? "!" : item.offset);
    expect(offsets()).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    sub.push(published("bob", "c", 3));
    expect(offsets()).toEqual([1, 2, 3]);
  });

  it("reads again what came while a loss was told of before it was read", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a");
    const room = joined(chat, "lobby");
    const sub = roomSub(link);
    sub.answer();
    const answers: (() => void)[] = [];
    const answer = sub.kept.history.bind(sub.kept);
    sub.kept.history = async options => {
      const answered = answer(options);
      await new Promise<void>(resolve => answers.push(resolve));
      return answered;
    };
    chat.show(room);
    await settled();
    sub.push(published("bob", "b", 2));
    sub.lose();
    sub.kept.publications = [];
    say(link, "lobby", "d");
    sub.answer({ wasRecovering: true, recovered: false });
    for (let i = 0; i < 2; i++) {
      answers.shift()?.();
      await settled();
    }
    expect(room.timeline.items.value).toMatchObject([{ text: "d", offset: 3 }]);
    expect(link.lost).toEqual([]);
  });

  it("is read after a loss if it couldn't be before", async () => {
    const { chat, link } = await loaded();
    say(link, "lobby", "a");
    const room = joined(chat, "lobby");
    chat.show(room);
    const sub = roomSub(link);
    sub.kept.failures = [103];
    sub.answer();
    await settled();
    sub.lose();
    sub.answer({ wasRecovering: true, recovered: false });
    await settled();
    expect(room.timeline.items.value).toMatchObject([{ text: "a" }]);
  });

  it("says why it can't be read, and lets the server say whether it can be written", async () => {
    const { chat, link } = await loaded();
    const room = joined(chat, "lobby");
    roomSub(link).unsubscribe(103);
    expect(room.problem.value).toBe("permission denied");
    link.outcomes = [{ kind: "refused", code: 103, reason: "no" }];
    room.outgoing.send(draft("alice", "hi"));
    await settled();
    expect(room.timeline.items.value).toMatchObject([{ sending: { kind: "failed", code: 103 } }]);
  });
});

import { describe, expect, it } from "vitest";
import { draft } from "../src/chat/conversation";
import { saidOf } from "../src/chat/message";
import { type Publication, Timeline } from "../src/chat/timeline";
import { seeded } from "./stubs";

function stored(offset: number, text: string, from = "bob", id: string | null = null): Publication {
  return { offset, from, data: id === null ? text : { text, id, at: 1_000 }, heardAt: null };
}

/** What it shows, in short; `!` is a hole, `?` isn't stored yet. */
function shown(timeline: Timeline): string {
  return timeline.items.value.map(item =>
    item.kind === "hole" ? "!" : item.text + (item.sending.kind === "sent" ? "" : "?")).join(" ");
}

describe("Timeline", () => {
  it("shows each once, in the order of their offsets, however they come", () => {
    const random = seeded(7);
    for (let run = 0; run < 50; run++) {
      const timeline = new Timeline();
      const all = Array.from({ length: 20 }, (_, i) => stored(i + 1, String(i + 1)));
      for (const one of [...all, ...all].toSorted(() => random() - 0.5)) {
        timeline.add([one, one]);
      }
      expect(shown(timeline)).toBe(all.map(one => one.data).join(" "));
      expect([timeline.bottom, timeline.top]).toEqual([1, 20]);
    }
  });

  it("has a live message behind the history that comes after it", () => {
    const timeline = new Timeline();
    timeline.add([stored(3, "c")]);
    timeline.add([stored(2, "b"), stored(1, "a"), stored(3, "c")]);
    expect(shown(timeline)).toBe("a b c");
  });

  it.each(["echo", "answer"])("shows an own message once, be the %s first", first => {
    const timeline = new Timeline();
    const message = draft("alice", "hi", "m1");
    timeline.put(message);
    timeline.add([stored(1, "a")]);
    expect(shown(timeline)).toBe("a hi?");
    const echo = (): void => { timeline.add([stored(2, "hi", "alice", "m1")]); };
    const answer = (): void => { timeline.settle(message, 2); };
    (first === "echo" ? [echo, answer] : [answer, echo]).forEach(act => { act(); });
    expect(shown(timeline)).toBe("a hi");
    expect(timeline.items.value.at(-1)?.key).toBe(message.key);
    timeline.put(message);
    expect(shown(timeline)).toBe("a hi");
  });

  it("keeps one place for one message, whatever name its sender had", () => {
    const timeline = new Timeline();
    timeline.put(draft("guest-1", "hi", "m1"));
    timeline.add([stored(1, "hi", "guest-2", "m1")]);
    timeline.settle(draft("guest-1", "hi", "m1"), 1);
    expect(shown(timeline)).toBe("hi");
  });

  it("shows once what was stored twice under one id", () => {
    const timeline = new Timeline();
    timeline.add([stored(1, "hi", "bob", "m1"), stored(2, "x"), stored(900, "hi", "bob", "m1")]);
    expect(shown(timeline)).toBe("hi x");
  });

  it("shows all of a client that counts its ids from 1 each time", () => {
    const timeline = new Timeline();
    timeline.add([stored(1, "hi", "bob", "1"), stored(2, "there", "bob", "1")]);
    expect(shown(timeline)).toBe("hi there");
    expect(new Set(timeline.items.value.map(item => item.key)).size).toBe(2);
  });

  it("lets nobody hide another one's message by a clever id", () => {
    const timeline = new Timeline();
    timeline.add([stored(1, "x", "a", "b c"), stored(2, "x", "a b", "c")]);
    expect(shown(timeline)).toBe("x x");
  });

  it("begins a new generation when offsets count from 1 again", () => {
    const timeline = new Timeline();
    timeline.add([stored(1, "a"), stored(2, "b")]);
    timeline.beginAnew();
    expect([timeline.bottom, timeline.top]).toEqual([null, 0]);
    timeline.add([stored(1, "c")]);
    expect(shown(timeline)).toBe("a b ! c");
    expect(timeline.top).toBe(1);
  });

  it("says where messages are missing, until they are there after all", () => {
    const timeline = new Timeline();
    timeline.add([stored(1, "a"), stored(4, "d")]);
    timeline.breakOff(1);
    expect(shown(timeline)).toBe("a ! d");
    timeline.add([stored(3, "c")]);
    expect(shown(timeline)).toBe("a ! c d");
    timeline.add([stored(2, "b")]);
    expect(shown(timeline)).toBe("a b c d");
  });

  it("has no hole any more where everything was found, though nothing came of it", () => {
    const timeline = new Timeline();
    timeline.add([stored(1, "a"), stored(9, "b")]);
    timeline.breakOff(5);
    timeline.join(5);
    expect(shown(timeline)).toBe("a b");
  });

  it("forgets the oldest ones, which may come again", () => {
    const timeline = new Timeline();
    timeline.add([stored(1, "a", "bob", "m1"), stored(2, "b", "bob", "m2"), stored(4, "d")]);
    timeline.breakOff(1);
    timeline.keepNewest(2);
    expect([shown(timeline), timeline.bottom]).toEqual(["b d", 2]);
    timeline.add([stored(1, "a", "bob", "m1"), stored(2, "b", "bob", "m2")]);
    expect(shown(timeline)).toBe("a b d");
    timeline.keepFrom(4);
    timeline.keepNewest(9);
    expect(shown(timeline)).toBe("d");
  });

  it("has no hole where it has nothing", () => {
    const timeline = new Timeline();
    timeline.breakOff(5);
    timeline.add([stored(6, "f")]);
    expect(shown(timeline)).toBe("f");
  });

  it("replaces a pending message by its new state, and forgets it when told", () => {
    const timeline = new Timeline();
    const one = draft("alice", "one");
    timeline.put(one);
    timeline.put(draft("alice", "two"));
    timeline.put({ ...one, text: "1" });
    expect(shown(timeline)).toBe("1? two?");
    timeline.discard(one.key);
    expect(shown(timeline)).toBe("two?");
  });
});

describe("saidOf", () => {
  it.each([
    ["hi", { text: "hi", id: null, at: null }],
    [{ text: "hi", id: 7, at: 5 }, { text: "hi", id: "7", at: 5 }],
    [{ text: "hi", id: {}, at: "5" }, { text: "hi", id: null, at: null }],
    // No date is so far away, and to show one there would throw.
    [{ text: "hi", at: 1e300 }, { text: "hi", id: null, at: null }],
    [{ x: 1 }, { text: "{\"x\":1}", id: null, at: null }],
    [{ text: 1 }, { text: "{\"text\":1}", id: null, at: null }],
    [null, { text: "null", id: null, at: null }],
    [undefined, { text: "", id: null, at: null }],
  ])("reads %j", (data, said) => {
    expect(saidOf(data)).toEqual(said);
  });
});

import { describe, expect, it } from "vitest";
import { type Conversation, markOfOthers, readersOf } from "../src/chat/conversation";
import type { Item, Message } from "../src/chat/message";
import { type Row, rowsOf } from "../src/chat/rows";
import { Latency, quantile } from "../src/net/latency";
import { Turns } from "../src/net/turns";
import { settled } from "./stubs";

const NOON = new Date(2026, 0, 2, 12).getTime();
const MINUTE = 60_000;

function message(offset: number | null, from = "bob", at: number | null = NOON): Message {
  const id = `m${offset ?? "new"}`;
  return {
    kind: "message", key: `${from} ${id}`, id, from, text: id, at, offset,
    sending: { kind: offset === null ? "sending" : "sent" },
  };
}

/** In short: messages by their offsets, with `*` if they say who wrote them. */
function short(rows: readonly Row[]): string {
  return rows.map(row => row.kind === "message"
    ? `${row.message.offset ?? "new"}${row.isFirst ? "*" : ""}` : row.kind).join(" ");
}

function rows(items: readonly Item[], readOffset: number | null = null): string {
  return short(rowsOf(items, "alice", readOffset, false));
}

describe("rowsOf", () => {
  it("is nothing of nothing", () => {
    expect(rows([])).toBe("");
    expect(short(rowsOf([], "alice", null, true))).toBe("beginning");
  });

  it("names once who says several things in a short time", () => {
    expect(rows([message(1), message(2), message(3, "carl"), message(4)])).toBe("day 1* 2 3* 4*");
    expect(rows([message(1), message(2, "bob", NOON + 4 * MINUTE),
      message(3, "bob", NOON + 9 * MINUTE)])).toBe("day 1* 2 3*");
  });

  it("says where a day begins", () => {
    expect(rows([message(1), message(2, "bob", NOON + 24 * 60 * MINUTE), message(3, "bob", null)]))
      .toBe("day 1* day 2* 3");
    expect(rows([message(1, "bob", null), message(2)])).toBe("1* day 2*");
  });

  it("says where the first unread message of others is", () => {
    const items = [message(1), message(2), message(3, "alice"), message(4), message(5)];
    expect(rows(items, 1)).toBe("day 1* new 2* 3* 4* 5");
    expect(rows(items, 2)).toBe("day 1* 2 3* new 4* 5");
    expect(rows(items, 5)).toBe("day 1* 2 3* 4* 5");
    expect(rows([message(null, "alice")], 0)).toBe("day new*");
  });

  it("names again behind a hole", () => {
    expect(rows([message(1), { kind: "hole", key: "hole" }, message(2)])).toBe("day 1* hole 2*");
  });

  it("has a key of its own for each row", () => {
    const items: Item[] = [message(1), message(2, "bob", NOON + 24 * 60 * MINUTE),
      { kind: "hole", key: "hole 0.2" }, message(3), message(null, "alice")];
    const keys = rowsOf(items, "alice", 0, true).map(row => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("readersOf", () => {
  const items: Item[] =
    [message(1), message(2, "carl"), message(3), message(null, "alice")];
  const room = { kind: "room" } as Conversation;
  const direct = { kind: "direct" } as Conversation;
  const keysOf = (where: Conversation, ...marks: [string, number, string | null][]): object =>
    Object.fromEntries(readersOf(where, items,
      new Map(marks.map(([user, offset, id]) => [user, { offset, id }]))));

  it("puts each reader under the newest message of others that he has read", () => {
    expect(keysOf(room, ["dora", 2, null], ["carl", 2, null], ["emil", 9, null], ["gina", 0, null]))
      .toEqual({ "carl m2": ["dora"], "bob m1": ["carl"], "bob m3": ["emil"] });
  });

  it("goes by the id where two inboxes count apart", () => {
    expect(keysOf(direct, ["alice", 700, "m3"])).toEqual({ "bob m3": ["alice"] });
    expect(keysOf(direct, ["alice", 1, "gone"])).toEqual({});
    expect(keysOf(direct, ["alice", 1, null])).toEqual({});
  });

  it("is said by the newest message of others that is stored", () => {
    expect(markOfOthers(items, "alice")).toEqual({ offset: 3, id: "m3" });
    expect(markOfOthers(items, "bob")).toEqual({ offset: 2, id: "m2" });
    expect(markOfOthers([], "bob")).toBeNull();
  });
});

describe("quantile", () => {
  it.each([
    [[], 0.5, null], [[7], 0, 7], [[7], 1, 7], [[3, 1, 2], 0.5, 2], [[4, 1, 3, 2], 0.5, 2],
    [Array.from({ length: 100 }, (_, i) => i + 1), 0.99, 99],
    [Array.from({ length: 1_000 }, (_, i) => i + 1), 0.99, 990],
  ])("of %j at %d is %s", (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });

  it("is one of the last 1,000", () => {
    const latency = new Latency();
    for (let i = 1; i <= 1_500; i++) {
      latency.add(i);
    }
    expect([latency.count.value, latency.p50.value, latency.p99.value]).toEqual([1_000, 1_000, 1_490]);
  });
});

describe("Turns", () => {
  it("lets so many go at once, and the others in their order", async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map(i => turns.take(() => {
      begun.push(i);
      return new Promise<number>(resolve => { ends[i] = () => { resolve(i); }; });
    }));
    await settled();
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await settled();
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await settled();
    ends[3]?.();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  });

  it("goes on after what failed", async () => {
    const turns = new Turns(1);
    const failing = turns.take(() => Promise.reject(new Error("no")));
    const throwing = turns.take(() => {
      throw new Error("never");
    });
    const last = turns.take(() => Promise.resolve("yes"));
    await expect(failing).rejects.toThrow("no");
    await expect(throwing).rejects.toThrow("never");
    expect(await last).toBe("yes");
  });
});

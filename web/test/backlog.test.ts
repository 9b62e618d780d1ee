import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backlog } from "../src/chat/backlog";
import { Timeline } from "../src/chat/timeline";
import { type FakeChannel, FakeLink, freshPage, leftPage, published } from "./fakes";
import { settled } from "./stubs";

const PAGE = 10;

beforeEach(freshPage);
afterEach(leftPage);

function fill(channel: FakeChannel, first: number, last: number): void {
  for (let offset = first; offset <= last; offset++) {
    channel.say(published("bob", String(offset), offset));
  }
}

/** A backlog of a channel with so many messages. */
function backlogOf(last: number): {
  link: FakeLink; channel: FakeChannel; timeline: Timeline; backlog: Backlog; offsets: () => number[];
} {
  const link = new FakeLink();
  const channel = link.client.channel("room:lobby");
  const timeline = new Timeline();
  const backlog = new Backlog(link.asLink, "room:lobby", PAGE, publications => {
    timeline.add(publications);
  });
  fill(channel, 1, last);
  return {
    link, channel, timeline, backlog,
    offsets: () => timeline.items.value.map(item => item.kind === "hole" ? -1 : item.offset ?? 0),
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

describe("Backlog", () => {
  it("reads page by page until there is nothing older", async () => {
    const { backlog, channel, offsets } = backlogOf(25);
    await backlog.newest();
    expect(offsets()).toEqual(range(16, 25));
    expect(backlog.position.value).toEqual({ offset: 25, epoch: "e1" });
    await backlog.older();
    expect(backlog.hasOlder.value).toBe(true);
    await backlog.older();
    expect(offsets()).toEqual(range(1, 25));
    expect(backlog.hasOlder.value).toBe(false);
    await backlog.older();
    expect(channel.asked).toBe(3);
  });

  it("ends where the channel has forgotten what was before", async () => {
    const { backlog, channel, offsets } = backlogOf(25);
    channel.publications = channel.publications.slice(10);
    await backlog.newest();
    await backlog.older();
    await backlog.older();
    expect(offsets()).toEqual(range(11, 25));
    expect(backlog.hasOlder.value).toBe(false);
  });

  it("is loaded where there is nothing", async () => {
    const { backlog } = backlogOf(0);
    expect(backlog.isLoaded).toBe(false);
    await backlog.newest();
    expect([backlog.isLoaded, backlog.hasOlder.value]).toEqual([true, false]);
  });

  it("asks once for a page, however often it is wanted", async () => {
    const { backlog, channel } = backlogOf(25);
    await Promise.all([backlog.newest(), backlog.newest(), backlog.older()]);
    expect(channel.asked).toBe(1);
    await Promise.all([backlog.older(), backlog.older()]);
    expect(channel.asked).toBe(2);
  });

  it("asks again while the server can't answer", async () => {
    const { backlog, channel, offsets } = backlogOf(5);
    channel.failures = [100, 106, 111];
    const reading = backlog.newest();
    await vi.advanceTimersByTimeAsync(3_500);
    await reading;
    expect(offsets()).toEqual(range(1, 5));
  });

  it("gives up after a while, and says so", async () => {
    const { backlog, channel, link } = backlogOf(5);
    channel.failures = [100, 100, 100, 100, 100];
    const reading = backlog.newest();
    await vi.advanceTimersByTimeAsync(10_000);
    await reading;
    expect([backlog.isLoaded, backlog.isLoading.value, channel.asked]).toEqual([false, false, 5]);
    expect(link.told.at(-1)).toContain("room:lobby");
    await backlog.newest();
    expect(backlog.isLoaded).toBe(true);
  });

  it("doesn't insist on what it may not have", async () => {
    const { backlog, channel } = backlogOf(5);
    channel.failures = [103];
    await backlog.newest();
    expect([backlog.isLoaded, channel.asked]).toEqual([false, 1]);
  });

  it("is loaded though the page can't show it", async () => {
    const { backlog, link, timeline } = backlogOf(5);
    const stop = effect(() => {
      if (timeline.items.value.length > 0) {
        throw new Error("no such thing");
      }
    });
    await backlog.newest();
    stop();
    expect([backlog.isLoaded, timeline.top]).toEqual([true, 5]);
    expect(link.told.at(-1)).toContain("no such thing");
  });

  it("puts live messages behind the page that is being read", async () => {
    const { backlog, channel, offsets } = backlogOf(5);
    const reading = backlog.newest();
    fill(channel, 6, 6);
    backlog.onPublication(published("bob", "6", 6) as never);
    await reading;
    expect(offsets()).toEqual(range(1, 6));
    expect(backlog.top).toBe(6);
  });
});

describe("Backlog, when messages were missed,", () => {
  /** The newest page was here when the connection broke, and then the channel went on. */
  async function missed(more: number): Promise<ReturnType<typeof backlogOf>> {
    const it = backlogOf(25);
    await it.backlog.newest();
    fill(it.channel, 26, 25 + more);
    return it;
  }

  it("reads all of them", async () => {
    const { backlog, channel, offsets } = await missed(35);
    expect(await backlog.mend({ offset: 60, epoch: "e1" }, expect.unreachable))
      .toEqual({ kind: "whole", from: 25, messages: 35 });
    expect(offsets()).toEqual(range(16, 60));
    await backlog.older();
    expect(offsets()).toEqual(range(6, 60));
    expect(channel.asked).toBe(6);
  });

  it("keeps knowing that there is nothing older", async () => {
    const { backlog, channel } = backlogOf(5);
    await backlog.newest();
    channel.epoch = "e2";
    await backlog.mend({ offset: 5, epoch: "e2" }, expect.unreachable);
    expect(backlog.hasOlder.value).toBe(false);
    expect(backlog.epoch).toBe("e2");
  });

  it("says so where some of them are gone", async () => {
    const { backlog, channel, offsets } = await missed(35);
    channel.publications = channel.publications.slice(40);
    expect(await backlog.mend({ offset: 60, epoch: "e1" }, expect.unreachable))
      .toEqual({ kind: "hole", from: 25, messages: 20 });
    expect(offsets()).toEqual([...range(16, 25), ...range(41, 60)]);
  });

  it("says so where all of them are gone", async () => {
    const { backlog, channel } = await missed(35);
    channel.publications = [];
    expect(await backlog.mend({ offset: 60, epoch: "e1" }, expect.unreachable))
      .toMatchObject({ kind: "hole", messages: 0 });
    expect(backlog.top).toBe(60);
  });

  it("begins anew with a channel that counts from 1 again", async () => {
    const { backlog, channel, timeline, offsets } = await missed(0);
    channel.publications = [];
    channel.top = 0;
    channel.epoch = "e2";
    fill(channel, 1, 3);
    const mended = backlog.mend({ offset: 3, epoch: "e2" }, () => { timeline.beginAnew(); });
    expect(await mended).toEqual({ kind: "anew", from: 25, messages: 3 });
    expect(offsets()).toEqual([...range(16, 25).map(() => 0), -1, 1, 2, 3]);
    expect([backlog.top, backlog.hasOlder.value]).toEqual([3, false]);
  });

  it("doesn't take a question without an answer for nothing missed", async () => {
    const { backlog, channel } = await missed(5);
    channel.failures = Array.from({ length: 5 }, () => 100);
    const mending = backlog.mend({ offset: 30, epoch: "e1" }, expect.unreachable);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await mending).toMatchObject({ kind: "unanswered", messages: 0 });
    expect(backlog.isTorn).toBe(true);
  });

  it("reads what couldn't be read before, in spite of what has come since", async () => {
    const { backlog, channel, offsets } = await missed(35);
    channel.failures = Array.from({ length: 5 }, () => 100);
    const mending = backlog.mend({ offset: 60, epoch: "e1" }, expect.unreachable);
    await vi.advanceTimersByTimeAsync(10_000);
    await mending;
    fill(channel, 61, 61);
    backlog.onPublication(published("bob", "61", 61) as never);
    expect(await backlog.mend({ offset: 61, epoch: "e1" }, expect.unreachable))
      .toMatchObject({ kind: "whole", from: 25 });
    expect(offsets()).toEqual(range(16, 61));
    expect(backlog.isTorn).toBe(false);
  });

  it("has a hole where it may not read", async () => {
    const { backlog, channel } = await missed(5);
    channel.failures = [103];
    expect(await backlog.mend({ offset: 30, epoch: "e1" }, expect.unreachable))
      .toMatchObject({ kind: "hole", messages: 0 });
    expect(backlog.isTorn).toBe(false);
  });

  it("is read from its newest page if nobody answered when it began anew", async () => {
    const { backlog, channel } = await missed(0);
    channel.failures = Array.from({ length: 5 }, () => 100);
    const mending = backlog.mend({ offset: 3, epoch: "e2" }, () => undefined);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await mending).toMatchObject({ kind: "anew", messages: 0 });
    expect([backlog.isLoaded, backlog.isTorn]).toEqual([false, false]);
  });

  it("has resumed nothing where nothing was before", async () => {
    const { backlog } = backlogOf(5);
    expect(await backlog.mend({ offset: 5, epoch: "e1" }, expect.unreachable))
      .toEqual({ kind: "whole", from: 0, messages: 0 });
  });

  it("waits for the page that somebody has scrolled to", async () => {
    const { backlog, offsets } = await missed(5);
    const scrolling = backlog.older();
    const mending = backlog.mend({ offset: 30, epoch: "e1" }, expect.unreachable);
    await scrolling;
    expect(await mending).toMatchObject({ kind: "whole", messages: 5 });
    await settled();
    expect(offsets()).toEqual(range(6, 30));
    expect(backlog.isLoading.value).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { merged, OwnState, type Place, type Places, readPlaces } from "../src/chat/own-state";
import { FakeLink, freshPage, leftPage, published } from "./fakes";
import { refusingStorage, seeded, settled } from "./stubs";

const KEY = "room/lobby";
const AT_9 = { offset: 9, epoch: "e1" };

beforeEach(freshPage);
afterEach(leftPage);

/** Few different values, so that they often are equal in one and differ in another. */
function randomPlaces(random: () => number): Places {
  const among = (count: number): number => Math.floor(random() * count);
  const places: Record<string, Place> = {};
  for (const key of ["room/a", "room/b", "direct/c"]) {
    if (random() < 0.7) {
      places[key] = {
        isListed: random() < 0.5, listedAt: among(3), read: among(3), epoch: `e${among(3)}`,
        life: among(2),
      };
    }
  }
  return places;
}

describe("merged", () => {
  it("doesn't care which is which, in which order, or how often", () => {
    const random = seeded(42);
    for (let run = 0; run < 5_000; run++) {
      const [a, b, c] = [randomPlaces(random), randomPlaces(random), randomPlaces(random)];
      expect(merged(a, a)).toEqual(a);
      expect(merged(a, b)).toEqual(merged(b, a));
      expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c)));
    }
  });
});

describe("readPlaces", () => {
  it("reads what it has written", () => {
    const places = randomPlaces(seeded(1));
    expect(readPlaces(JSON.parse(JSON.stringify(places)))).toEqual(places);
  });

  const good = { isListed: true, listedAt: 1, read: 2, epoch: "e", life: 0 };

  it.each([
    null, undefined, 1, "x", [], [good], { "room/a": null }, { "room/a": 7 }, { "room/a": {} },
    { "room/a": { ...good, read: "2" } }, { "room/a": { ...good, listedAt: 1e308 } },
    { "room/a": { ...good, read: -1 } }, { "room/a": { ...good, life: 0.5 } },
    { constructor: good }, JSON.parse("{\"__proto__\":{\"read\":1}}") as unknown,
  ])("leaves out what is garbage: %j", garbage => {
    expect(readPlaces(garbage)).toEqual({});
  });
});

/** A user's device with its own connection, to the channel that all his devices share. */
function device(link = new FakeLink()): { link: FakeLink; own: OwnState } {
  return { link, own: new OwnState(link.asLink, "alice", true) };
}

function subOf(link: FakeLink): ReturnType<FakeLink["client"]["sub"]> {
  return link.client.sub("me:#alice");
}

/** It has asked, and been answered. */
async function loaded(): Promise<ReturnType<typeof device>> {
  const it = device();
  const loading = it.own.load();
  subOf(it.link).answer();
  await loading;
  return it;
}

describe("OwnState", () => {
  it("makes three devices agree, whatever they do in whatever order", async () => {
    const random = seeded(3);
    const devices = await Promise.all([loaded(), loaded(), loaded()]);
    const delivered = devices.map(() => 0);
    const deliver = (): void => {
      devices.forEach(({ link }, from) => {
        for (const { what } of link.stored.slice(delivered[from])) {
          for (const other of devices) {
            subOf(other.link).push(published("alice", structuredClone(what.data), 1));
          }
        }
        delivered[from] = link.stored.length;
      });
    };
    for (let step = 0; step < 300; step++) {
      const own = devices[step % 3]?.own;
      const key = `room/${Math.floor(random() * 4)}`;
      if (random() < 0.5) {
        own?.list(key, random() < 0.5);
      } else {
        const offset = Math.floor(random() * 20);
        own?.read(key, { offset, epoch: random() < 0.9 ? "e1" : "e2" }, offset);
      }
      await vi.advanceTimersByTimeAsync(random() * 900);
      if (random() < 0.3) {
        deliver();
      }
    }
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(2_000);
      deliver();
    }
    const [one, two, three] = devices.map(({ own }) => own.places.value);
    expect(Object.keys(one ?? {})).toHaveLength(4);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    const said = devices.map(({ link }) => link.stored.length);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(devices.map(({ link }) => link.stored.length)).toEqual(said);
  });

  it("saves a little later, once", async () => {
    const { link, own } = await loaded();
    own.list(KEY, true);
    own.read(KEY, AT_9, 5);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(link.stored).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(link.stored.map(({ what }) => what.data)).toEqual([own.places.value]);
  });

  it("tries again when it wasn't saved, or nobody knows whether it was", async () => {
    const { link, own } = await loaded();
    link.outcomes = [{ kind: "unknown" }, { kind: "later", code: 108, reason: "not now" }];
    own.list(KEY, true);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(link.stored).toHaveLength(3);
  });

  it("never replaces what it hasn't read", async () => {
    const { link, own } = device();
    const theirs = { "room/news": { isListed: true, listedAt: 1, read: 3, epoch: "e1", life: 0 } };
    link.client.channel("me:#alice").say(published("alice", theirs, 1));
    link.client.channel("me:#alice").failures = [100];
    const loading = own.load();
    subOf(link).answer();
    await loading;
    own.list(KEY, true);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(link.stored).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(own.isKnown.value).toBe(true);
    expect(own.of("room/news").read).toBe(3);
    expect(link.stored.map(({ what }) => what.data)).toEqual([own.places.value]);
  });

  it("reads again what was said while there was no connection, before it saves", async () => {
    const { link, own } = await loaded();
    own.list(KEY, true);
    subOf(link).lose();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(link.stored).toEqual([]);
    const theirs = { "room/news": { isListed: true, listedAt: 1, read: 3, epoch: "e1", life: 0 } };
    link.client.channel("me:#alice").say(published("alice", theirs, 1));
    subOf(link).answer();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(Object.keys(link.stored.at(-1)?.what.data as Places).sort())
      .toEqual([KEY, "room/news"]);
  });

  it("loads without what it is refused", async () => {
    const { link, own } = device();
    const loading = own.load();
    subOf(link).unsubscribe(103);
    await expect(loading).resolves.toBeUndefined();
    own.list(KEY, true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(link.stored).toEqual([]);
  });

  it("wins over a device whose clock is ahead", async () => {
    const { link, own } = await loaded();
    const ahead = Date.now() + 3_600_000;
    subOf(link).push(published("alice",
      { [KEY]: { isListed: true, listedAt: ahead, read: 0, epoch: "", life: 0 } }, 1));
    own.list(KEY, false);
    expect(merged(own.places.value,
      { [KEY]: { isListed: true, listedAt: ahead, read: 0, epoch: "", life: 0 } })[KEY]?.isListed)
      .toBe(false);
  });

  it("suggests what nobody has said anything about, and no more", async () => {
    const { own } = await loaded();
    own.suggest(KEY);
    expect(own.of(KEY).isListed).toBe(true);
    own.list(KEY, false);
    own.suggest(KEY);
    expect(own.of(KEY).isListed).toBe(false);
  });

  it("takes no position of a channel that nobody knows yet", () => {
    const { own } = device();
    own.read(KEY, AT_9, 5);
    own.read(KEY, { offset: 0, epoch: "" }, 0);
    expect(own.of(KEY)).toMatchObject({ read: 5, epoch: "e1" });
  });

  it("reads on in a new epoch, and only forward", () => {
    const { own } = device();
    own.read(KEY, AT_9, 5);
    own.read(KEY, { offset: 9, epoch: "e2" }, 4);
    expect(own.of(KEY)).toMatchObject({ read: 5, life: 0 });
    own.read(KEY, { offset: 9, epoch: "e2" }, 9);
    expect(own.of(KEY)).toMatchObject({ read: 9, epoch: "e2", life: 0 });
  });

  it("begins to count anew with a channel that does", () => {
    const { own } = device();
    own.read(KEY, AT_9, 9);
    const anew = { offset: 3, epoch: "e2" };
    expect(own.readUpTo(KEY, AT_9)).toBe(9);
    expect(own.readUpTo(KEY, anew)).toBe(0);
    const before = own.places.value;
    own.read(KEY, anew, 2);
    expect(own.of(KEY)).toMatchObject({ read: 2, epoch: "e2", life: 1 });
    expect(merged(before, own.places.value)).toEqual(own.places.value);
  });

  it("ends wholly", async () => {
    const { link, own } = await loaded();
    link.outcomes = [{ kind: "unknown" }];
    own.list(KEY, true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(link.stored).toHaveLength(1);
    void own.close();
    await settled();
    expect(link.client.subs.size).toBe(0);
    // What would have been tried again went out before it was gone, and nothing after that.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(link.stored).toHaveLength(2);
  });

  it("publishes a change at once when the page goes", async () => {
    const { link, own } = await loaded();
    own.list(KEY, true);
    void own.flush();
    await settled();
    expect(link.stored).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(link.stored).toHaveLength(1);
  });

  it("says when what was about to be published is", async () => {
    const { link, own } = await loaded();
    own.list(KEY, true);
    let answer = (): void => undefined;
    link.store = (method, what) => {
      link.stored.push({ method, what });
      return new Promise(resolve => { answer = () => { resolve({ kind: "stored", offset: 1 }); }; });
    };
    let isSaved = false;
    void own.close().then(() => { isSaved = true; });
    await settled();
    expect([link.stored.length, isSaved]).toEqual([1, false]);
    answer();
    await settled();
    expect(isSaved).toBe(true);
  });

  it("publishes nothing that would end the connection", async () => {
    const { link, own } = await loaded();
    for (let i = 0; i < 1_000; i++) {
      own.list("room/" + "é".repeat(20) + String(i), true);
    }
    await vi.advanceTimersByTimeAsync(2_000);
    expect(link.stored).toEqual([]);
    expect(link.told.at(-1)).toContain("own state");
  });

  it("forgets rooms left long ago, then who was read long ago, rather than save no more", async () => {
    const { link, own } = await loaded();
    own.list("room/mine", true);
    for (let i = 0; i < 300; i++) {
      vi.advanceTimersByTime(1);
      own.list(`room/${"é".repeat(40)}${i}`, true);
      own.list(`room/${"é".repeat(40)}${i}`, false);
      own.read(`direct/${"é".repeat(40)}${i}`, { offset: 900, epoch: "e1" }, i + 1);
    }
    await vi.advanceTimersByTimeAsync(2_000);
    const saved = link.stored.at(-1)?.what.data as Places;
    expect(new TextEncoder().encode(JSON.stringify(saved)).length).toBeLessThanOrEqual(60_000);
    expect(saved).toEqual(own.places.value);
    const kept = (kind: string): number[] => Object.keys(saved)
      .filter(key => key.startsWith(kind) && key.includes("é"))
      .map(key => Number(key.slice(key.lastIndexOf("é") + 1)));
    expect([kept("room/").length, kept("room/")[0], kept("direct/").length]).toEqual(
      [kept("room/").length, 300 - kept("room/").length, 300]);
    expect(saved["room/mine"]?.isListed).toBe(true);
  });

  it("comes to an end with devices that have forgotten something else", async () => {
    const devices = await Promise.all([loaded(), loaded(), loaded()]);
    const delivered = devices.map(() => 0);
    devices.forEach(({ own }, which) => {
      for (let i = 0; i < 500; i++) {
        own.read(`direct/${which}-${"x".repeat(60)}${i}`, { offset: 900, epoch: "e1" }, 3 * i + which);
      }
    });
    for (let round = 0; round < 10; round++) {
      await vi.advanceTimersByTimeAsync(2_000);
      devices.forEach(({ link }, from) => {
        for (const { what } of link.stored.slice(delivered[from])) {
          for (const other of devices) {
            subOf(other.link).push(published("alice", structuredClone(what.data), 1));
          }
        }
        delivered[from] = link.stored.length;
      });
    }
    const said = devices.map(({ link }) => link.stored.length);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(devices.map(({ link }) => link.stored.length)).toEqual(said);
    const [one, two, three] = devices.map(({ own }) => own.places.value);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    expect(Math.min(...Object.values(one ?? {}).map(place => place.read))).toBeGreaterThan(500);
  });

  it("has the browser's copy at once, if there is one", () => {
    const first = device();
    first.own.list(KEY, true);
    expect(device().own.places.value).toEqual(first.own.places.value);
    localStorage.setItem("parley.places.alice", "{");
    expect(device().own.places.value).toEqual({});
    vi.stubGlobal("localStorage", refusingStorage());
    const { own } = device();
    own.list(KEY, true);
    expect(own.of(KEY).isListed).toBe(true);
  });

  it("keeps nothing of a guest", async () => {
    const link = new FakeLink();
    const own = new OwnState(link.asLink, "guest-1", false);
    await own.load();
    own.list(KEY, true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([own.isKnown.value, link.stored.length, localStorage.length]).toEqual([true, 0, 0]);
  });
});

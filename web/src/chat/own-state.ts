import { batch, signal } from "@preact/signals";
import { type StreamPosition, type Subscription, SubscriptionState } from "centrifuge";
import type { Link } from "../net/link";
import { keep, recall } from "../net/storage";
import { newId } from "./message";
import { ownChannel } from "./names";

/** What a user's devices have to agree on about one conversation. */
export interface Place {
  /** Whether it is in the list. */
  readonly isListed: boolean;
  /** When that was last changed: milliseconds since 1970. */
  readonly listedAt: number;
  /** Up to where it is read, and in which epoch of the channel; "": it never was. */
  readonly read: number;
  readonly epoch: string;
  /** How often the channel lost what was read and counted anew, as far as his devices know. */
  readonly life: number;
}

/** By the keys of conversations: `room/lobby`, `direct/bob`. */
export type Places = Readonly<Record<string, Place>>;

const NEVER: Place = { isListed: false, listedAt: 0, read: 0, epoch: "", life: 0 };
const SAVE_AFTER_MILLIS = 2_000;
const RETRY_AFTER_MILLIS = 5_000;
/** The server takes no message of 64 KiB, and ends a connection that has one. */
const SAVED_BYTES_MAX = 60_000;

/**
 * The list of conversations, and how far each is read: one small object, which is published whole
 * to the user's own channel. That keeps the last one, and brings it to his other devices. Where two
 * of them have changed something at once, each part goes by whoever changed it last, so all of them
 * end with the same (a *last-writer-wins map*). Local storage has a copy, for when the answer takes
 * its time.
 *
 * It is published only when what the channel keeps is part of it: as that is replaced, what another
 * device has said there would be lost.
 */
export class OwnState {
  readonly places = signal<Places>({});
  /** Whether what the other devices have said is part of it. */
  readonly isKnown = signal(false);
  private readonly storageKey: string;
  private readonly sub: Subscription | null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isClosed = false;

  /** @param isKept false: of a guest, who is somebody else the next time */
  constructor(private readonly link: Link, private readonly user: string, isKept: boolean) {
    this.storageKey = "parley.places." + user;
    this.sub = isKept ? link.client.newSubscription(ownChannel(user)) : null;
    if (isKept) {
      this.places.value = readPlaces(recall("local", this.storageKey));
    } else {
      this.isKnown.value = true;
    }
  }

  /** Asks the server, until it has answered once, or said that it won't. */
  async load(): Promise<void> {
    const sub = this.sub;
    if (sub === null) {
      return;
    }
    sub.on("publication", this.link.guard(({ data }) => { this.onOthers(data); }));
    // Who knows what the other devices say while there is no connection.
    sub.on("subscribing", this.link.guard(() => { this.isKnown.value = false; }));
    const answered = new Promise<void>(resolve => {
      sub.on("subscribed", () => void this.ask(sub).finally(resolve));
      sub.on("unsubscribed", this.link.guard(({ code, reason }) => {
        if (code !== 0) {
          // Refused for good: this device is alone.
          this.link.tell(`own state: ${reason} (${code})`);
          this.isKnown.value = true;
        }
        resolve();
      }));
    });
    sub.subscribe();
    await answered;
  }

  of(key: string): Place {
    return this.places.value[key] ?? NEVER;
  }

  /** Up to where a conversation is read, its channel being where it is. */
  readUpTo(key: string, position: StreamPosition): number {
    const place = this.of(key);
    return isGone(place, position) ? 0 : place.read;
  }

  /** Puts a conversation into the list, or out of it. */
  list(key: string, isListed: boolean): void {
    const place = this.of(key);
    // Whatever the other devices' clocks say, this is later.
    const listedAt = Math.max(Date.now(), place.listedAt + 1);
    this.change(key, { ...place, isListed, listedAt });
  }

  /** Lists a conversation, unless any of his devices ever said something about that. */
  suggest(key: string): void {
    const place = this.of(key);
    if (place.listedAt === 0) {
      this.change(key, { ...place, isListed: true });
    }
  }

  /** Up to this offset it is read, its channel being at this position. */
  read(key: string, position: StreamPosition, offset: number): void {
    const place = this.of(key);
    const { epoch } = position;
    if (epoch === "") {
      // Nobody knows yet where the channel stands.
      return;
    }
    if (isGone(place, position)) {
      this.change(key, { ...place, epoch, read: offset, life: place.life + 1 });
    } else if (place.epoch === "" || place.read < offset) {
      this.change(key, { ...place, epoch, read: Math.max(place.read, offset) });
    }
  }

  /** Publishes what would be published in a moment: the page is about to go. */
  async flush(): Promise<void> {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
      await this.save();
    }
  }

  /** Ends at once; what it promises is that the last change is saved, if it can be. */
  async close(): Promise<void> {
    const saving = this.flush();
    this.isClosed = true;
    if (this.sub !== null) {
      this.sub.unsubscribe();
      this.sub.removeAllListeners();
      this.link.client.removeSubscription(this.sub);
    }
    await saving;
  }

  private async ask(sub: Subscription): Promise<void> {
    try {
      const { publications } =
        await this.link.questions.take(() => sub.history({ limit: 1, reverse: true }));
      if (sub.state === SubscriptionState.Subscribed) {
        // Nobody may see that it is known before it is there.
        batch(() => {
          this.isKnown.value = true;
          this.onOthers(publications[0]?.data ?? {});
        });
      }
    } catch (error) {
      this.link.tell(`own state: ${JSON.stringify(error)}`);
      setTimeout(() => {
        // If the connection broke, it is asked again when that is back.
        if (sub.state === SubscriptionState.Subscribed && !this.isKnown.value) {
          void this.ask(sub);
        }
      }, RETRY_AFTER_MILLIS);
    }
  }

  private change(key: string, place: Place): void {
    this.places.value = { ...this.places.value, [key]: place };
    this.store();
    this.saveIn(SAVE_AFTER_MILLIS);
  }

  private onOthers(data: unknown): void {
    const theirs = readPlaces(data);
    const both = fitting(merged(this.places.value, theirs));
    if (!areEqual(both, this.places.value)) {
      this.places.value = both;
      this.store();
    }
    if (!areEqual(both, theirs)) {
      this.saveIn(SAVE_AFTER_MILLIS);
    }
  }

  private saveIn(millis: number): void {
    if (this.sub !== null && !this.isClosed) {
      this.timer ??= setTimeout(() => {
        this.timer = null;
        void this.save();
      }, millis);
    }
  }

  private async save(): Promise<void> {
    // When it is known, it is compared with what is kept, and saved if that is less.
    if (!this.isKnown.value || this.sub?.state !== SubscriptionState.Subscribed) {
      return;
    }
    const data = fitting(this.places.value);
    if (data !== this.places.value) {
      this.places.value = data;
      this.store();
    }
    if (bytesOf(data) > SAVED_BYTES_MAX) {
      this.link.tell("own state: too many conversations (expected: at most 60000 bytes)");
      return;
    }
    const outcome = await this.link.store(
      "publish", { channel: ownChannel(this.user), data, id: newId() });
    if (outcome.kind === "unknown" || outcome.kind === "later") {
      this.saveIn(RETRY_AFTER_MILLIS);
    } else if (outcome.kind === "refused") {
      this.link.tell(`own state: ${outcome.reason} (${outcome.code})`);
    }
  }

  private store(): void {
    if (this.sub !== null) {
      keep("local", this.storageKey, this.places.value);
    }
  }
}

/**
 * Both, each part as whoever changed it last has it. It doesn't matter which is which, nor in which
 * order more of them are put together: of each part it is the greatest, in an order of all there is.
 */
export function merged(one: Places, other: Places): Places {
  const all: Record<string, Place> = { ...one };
  for (const [key, theirs] of Object.entries(other)) {
    const ours = all[key];
    all[key] = ours === undefined ? theirs : mergedPlace(ours, theirs);
  }
  return all;
}

/**
 * So much as can be saved. What isn't in the list goes first: the rooms that were left longest ago,
 * then the users who were read longest ago. Devices that have the same forget the same; what one of
 * them still has comes back, and then is the oldest there, too, so they end with the same.
 */
function fitting(places: Places): Places {
  let excess = bytesOf(places) - SAVED_BYTES_MAX;
  const forgotten = new Set<string>();
  if (excess > 0) {
    const forgettable = Object.entries(places).filter(([, { isListed }]) => !isListed).sort(byAge);
    for (const [key, place] of forgettable) {
      if (excess > 0) {
        forgotten.add(key);
        // A comma goes with it in place of the braces.
        excess -= bytesOf({ [key]: place }) - 1;
      }
    }
  }
  return forgotten.size === 0
    ? places
    : Object.fromEntries(Object.entries(places).filter(([key]) => !forgotten.has(key)));
}

/** The one that was left, or read, longer ago is before the other; the inbox's offsets tell that. */
function byAge([oneKey, one]: [string, Place], [otherKey, other]: [string, Place]): number {
  return Number(oneKey.startsWith("direct/")) - Number(otherKey.startsWith("direct/"))
    || one.listedAt - other.listedAt || one.life - other.life || one.read - other.read
    || (oneKey < otherKey ? -1 : 1);
}

function bytesOf(places: Places): number {
  return new TextEncoder().encode(JSON.stringify(places)).length;
}

function mergedPlace(one: Place, other: Place): Place {
  const listed = one.listedAt - other.listedAt || Number(one.isListed) - Number(other.isListed);
  const { isListed, listedAt } = listed >= 0 ? one : other;
  const { read, epoch, life } = isFurther(one, other) ? one : other;
  return { isListed, listedAt, read, epoch, life };
}

function isFurther(one: Place, other: Place): boolean {
  const further = one.life - other.life || one.read - other.read;
  return further > 0 || (further === 0 && one.epoch >= other.epoch);
}

/** Whether what was read is gone: an epoch may end without that, but no channel counts back. */
function isGone(place: Place, position: StreamPosition): boolean {
  return place.epoch !== position.epoch && place.read > position.offset;
}

function areEqual(one: Places, other: Places): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every(key => {
    const ours = one[key];
    const theirs = other[key];
    return ours?.isListed === theirs?.isListed && ours?.listedAt === theirs?.listedAt
      && ours?.read === theirs?.read && ours?.epoch === theirs?.epoch
      && ours?.life === theirs?.life;
  });
}

/** What a device has published, perhaps one with another version of this page. */
export function readPlaces(data: unknown): Places {
  const places: Record<string, Place> = {};
  if (typeof data === "object" && data !== null) {
    for (const [key, value] of Object.entries(data as Record<string, unknown>)) {
      const { isListed, listedAt, read, epoch, life } = (value ?? {}) as Partial<Place>;
      if (key.includes("/") && typeof isListed === "boolean" && isCount(listedAt) && isCount(read)
        && typeof epoch === "string" && isCount(life)) {
        places[key] = { isListed, listedAt, read, epoch, life };
      }
    }
  }
  return places;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}

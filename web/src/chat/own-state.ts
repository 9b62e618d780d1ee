import { signal } from "@preact/signals";
import type { Subscription } from "centrifuge";
import type { Link } from "../net/link";
import { newId } from "./message";
import { ownChannel } from "./names";

/** What a user's devices have to agree on about one conversation. */
export interface Place {
  /** Whether it is in the list. */
  readonly isListed: boolean;
  /** When that was last changed: milliseconds since 1970. */
  readonly listedAt: number;
  /** Up to where it is read, in which life of the channel, and since when. */
  readonly read: number;
  readonly epoch: string;
  readonly readAt: number;
}

/** By the keys of conversations: `room/lobby`, `direct/bob`. */
export type Places = Readonly<Record<string, Place>>;

const NEVER: Place = { isListed: false, listedAt: 0, read: 0, epoch: "", readAt: 0 };
const SAVE_AFTER_MILLIS = 2_000;
const RETRY_AFTER_MILLIS = 5_000;

/**
 * The list of conversations, and how far each is read: one small object, which is published whole
 * to the user's own channel. That keeps the last one, and brings it to his other devices. Where two
 * of them have changed something at once, each part goes by whoever changed it last, so all of them
 * end with the same (a *last-writer-wins map*). Local storage has a copy, for the first moment.
 */
export class OwnState {
  readonly places = signal<Places>({});
  private readonly storageKey: string;
  private readonly sub: Subscription | null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** @param isKept false: of a guest, who is somebody else the next time */
  constructor(private readonly link: Link, private readonly user: string, isKept: boolean) {
    this.storageKey = "parley.places." + user;
    this.sub = isKept ? link.client.newSubscription(ownChannel(user)) : null;
    if (isKept) {
      this.places.value = readPlaces(JSON.parse(localStorage.getItem(this.storageKey) ?? "{}"));
    }
  }

  /** Whether the server has been asked: before that, an empty list says nothing. */
  async load(): Promise<void> {
    const sub = this.sub;
    if (sub === null) {
      return;
    }
    sub.on("publication", ({ data }) => { this.onOthers(data); });
    const subscribed = new Promise<void>(resolve => {
      sub.on("subscribed", () => {
        void this.link.questions.take(() => sub.history({ limit: 1, reverse: true })).then(
          ({ publications }) => { this.onOthers(publications[0]?.data ?? {}); },
          (error: unknown) => { this.link.tell(`own state: ${JSON.stringify(error)}`); },
        ).finally(resolve);
      });
    });
    sub.subscribe();
    await subscribed;
  }

  of(key: string): Place {
    return this.places.value[key] ?? NEVER;
  }

  list(key: string, isListed: boolean): void {
    this.change(key, { ...this.of(key), isListed, listedAt: Date.now() });
  }

  read(key: string, epoch: string, offset: number): void {
    const place = this.of(key);
    if (place.epoch !== epoch || place.read < offset) {
      this.change(key, { ...place, epoch, read: offset, readAt: Date.now() });
    }
  }

  close(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
    }
    if (this.sub !== null) {
      this.sub.unsubscribe();
      this.sub.removeAllListeners();
      this.link.client.removeSubscription(this.sub);
    }
  }

  private change(key: string, place: Place): void {
    this.places.value = { ...this.places.value, [key]: place };
    this.store();
    this.saveIn(SAVE_AFTER_MILLIS);
  }

  private onOthers(data: unknown): void {
    const theirs = readPlaces(data);
    const both = merged(this.places.value, theirs);
    if (!areEqual(both, this.places.value)) {
      this.places.value = both;
      this.store();
    }
    if (!areEqual(both, theirs)) {
      this.saveIn(SAVE_AFTER_MILLIS);
    }
  }

  private saveIn(millis: number): void {
    if (this.sub !== null) {
      this.timer ??= setTimeout(() => {
        this.timer = null;
        void this.save();
      }, millis);
    }
  }

  private async save(): Promise<void> {
    const outcome = await this.link.store(
      "publish", { channel: ownChannel(this.user), data: this.places.value, id: newId() });
    if (outcome.kind === "unknown") {
      this.saveIn(RETRY_AFTER_MILLIS);
    } else if (outcome.kind === "refused") {
      this.link.tell(`own state: ${outcome.reason} (${outcome.code})`);
    }
  }

  private store(): void {
    if (this.sub !== null) {
      localStorage.setItem(this.storageKey, JSON.stringify(this.places.value));
    }
  }
}

/** Both, each part as whoever changed it last has it. It doesn't matter which is which. */
export function merged(one: Places, other: Places): Places {
  const all: Record<string, Place> = { ...one };
  for (const [key, theirs] of Object.entries(other)) {
    const ours = all[key];
    all[key] = ours === undefined ? theirs : mergedPlace(ours, theirs);
  }
  return all;
}

function mergedPlace(one: Place, other: Place): Place {
  const listed = one.listedAt >= other.listedAt ? one : other;
  return {
    isListed: one.listedAt === other.listedAt ? one.isListed || other.isListed : listed.isListed,
    listedAt: listed.listedAt,
    ...readOf(furtherRead(one, other)),
  };
}

/** In one life of a channel it is read as far as on any device; else the newer one counts. */
function furtherRead(one: Place, other: Place): Place {
  if (one.epoch === other.epoch) {
    return one.read !== other.read
      ? (one.read > other.read ? one : other)
      : (one.readAt >= other.readAt ? one : other);
  }
  if (one.readAt === other.readAt) {
    return one.epoch > other.epoch ? one : other;
  }
  return one.readAt > other.readAt ? one : other;
}

function readOf({ read, epoch, readAt }: Place): Pick<Place, "read" | "epoch" | "readAt"> {
  return { read, epoch, readAt };
}

function areEqual(one: Places, other: Places): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every(key => {
    const ours = one[key];
    const theirs = other[key];
    return ours?.isListed === theirs?.isListed && ours?.listedAt === theirs?.listedAt
      && ours?.read === theirs?.read && ours?.epoch === theirs?.epoch
      && ours?.readAt === theirs?.readAt;
  });
}

/** What a device has published, perhaps one with another version of this page. */
export function readPlaces(data: unknown): Places {
  const places: Record<string, Place> = {};
  if (typeof data === "object" && data !== null) {
    for (const [key, value] of Object.entries(data as Record<string, unknown>)) {
      const { isListed, listedAt, read, epoch, readAt } = (value ?? {}) as Partial<Place>;
      if (typeof isListed === "boolean" && typeof listedAt === "number" && typeof read === "number"
        && typeof epoch === "string" && typeof readAt === "number") {
        places[key] = { isListed, listedAt, read, epoch, readAt };
      }
    }
  }
  return places;
}

import { computed, effect, signal, untracked } from "@preact/signals";
import type { Link } from "../net/link";
import { within } from "../net/turns";
import type { Conversation, Ground, Heard } from "./conversation";
import { Inbox } from "./inbox";
import { OwnState } from "./own-state";
import { Unsent } from "./outgoing";
import { Room } from "./room";

const DIRECT = "direct/";
const ROOM = "room/";
const FIRST_ROOM = "lobby";
/** Of so many direct conversations it is known whether the other one is there. */
const ATTENDED = 20;
/** The page comes up after this time, whether or not the server has answered. */
const LOAD_MILLIS = 5_000;

/** Told of what others write, as it comes. */
export type Listener = (conversation: Conversation, message: Heard) => void;

/** One user's chat: his rooms, his direct conversations, and the one of them that is open. */
export class Chat {
  readonly own: OwnState;
  readonly inbox: Inbox;
  private readonly allRooms = signal<readonly Room[]>([]);
  private readonly openKey = signal<string | null>(null);
  private readonly listeners = new Set<Listener>();
  private readonly ground: Ground;
  private readonly stop: () => void;
  private isEnded = false;

  /** By their names. */
  readonly rooms = computed(() =>
    this.allRooms.value.toSorted((a, b) => a.name.localeCompare(b.name)));
  /** The one in which something was said last comes first, by offsets: clocks may be wrong. */
  readonly directs = computed(() =>
    this.inbox.directs.value.toSorted((a, b) => b.timeline.newness - a.timeline.newness));
  readonly open = computed<Conversation | null>(() =>
    [...this.allRooms.value, ...this.inbox.directs.value]
      .find(conversation => conversation.key === this.openKey.value) ?? null);
  readonly unread = computed(() =>
    [...this.allRooms.value, ...this.inbox.directs.value]
      .reduce((sum, conversation) => sum + conversation.unread.value, 0));

  /** A text, as that is the same if they are, whatever is said in them. */
  private readonly attended = computed(() => JSON.stringify([...new Set([
    ...this.directs.value.slice(0, ATTENDED),
    ...this.inbox.directs.value.filter(direct => direct === this.open.value),
  ].map(direct => direct.name))].sort()));

  constructor(readonly link: Link, readonly user: string) {
    this.own = new OwnState(link, user, !isGuest(user));
    this.ground = {
      link,
      user,
      own: this.own,
      onMessage: (conversation, message) => {
        for (const listener of this.listeners) {
          // What one of them does wrong is no matter of the others, nor of the conversation.
          link.guard(() => { listener(conversation, message); })(null);
        }
      },
    };
    this.inbox = new Inbox(this.ground);
    // Another device of his may join and leave rooms, too.
    const unfollow = effect(() => { this.follow(); });
    const unattend = effect(() => { this.attend(); });
    this.stop = () => {
      unfollow();
      unattend();
    };
  }

  /** Reads what the server knows: the list of rooms, and the newest direct messages. */
  async load(): Promise<void> {
    await within(LOAD_MILLIS, Promise.all([this.own.load(), this.inbox.load()]));
    if (!this.isEnded && Object.keys(this.own.places.value).every(key => !key.startsWith(ROOM))) {
      // Should the answer still come, whatever it says of this room counts.
      this.own.suggest(ROOM + FIRST_ROOM);
    }
    if (!this.isEnded) {
      this.restore();
      this.inbox.readOn();
    }
  }

  /** @returns null: this chat has ended, and has no such room */
  join(name: string): Conversation | null {
    if (this.isEnded) {
      return this.allRooms.value.find(room => room.name === name) ?? null;
    }
    const key = ROOM + name;
    if (!this.own.of(key).isListed) {
      this.own.list(key, true);
    }
    return this.room(name);
  }

  leave(conversation: Conversation): void {
    this.own.list(conversation.key, false);
  }

  /** @returns null: this chat has ended, and has no such conversation */
  with(user: string): Conversation | null {
    return this.isEnded
      ? this.inbox.directs.value.find(direct => direct.name === user) ?? null
      : this.inbox.with(user);
  }

  /**
   * Makes a conversation the one that is looked at; null: none is. When it has ended, what is
   * looked at stays until its successor's can be: the channels are that one's now.
   */
  show(conversation: Conversation | null): void {
    const before = this.open.value;
    if (before !== conversation && !this.isEnded) {
      before?.close();
      this.openKey.value = conversation?.key ?? null;
      conversation?.open();
    }
  }

  onMessage(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Ends at once; what it promises is that the user's last changes are saved, if they can be. */
  async end(): Promise<void> {
    this.isEnded = true;
    this.stop();
    const saving = this.own.close();
    this.inbox.end();
    for (const room of this.allRooms.value) {
      room.end();
    }
    await saving;
  }

  /**
   * What wasn't sent before a reload waits for its conversation. A room that was left is left; but
   * of a guest, who is somebody else each time, nobody keeps in which rooms he was.
   */
  private restore(): void {
    for (const key of Unsent.conversations(this.user)) {
      if (key.startsWith(DIRECT) && key.length > DIRECT.length) {
        this.inbox.with(key.slice(DIRECT.length));
      } else if (isGuest(this.user) && key.startsWith(ROOM) && key.length > ROOM.length) {
        this.join(key.slice(ROOM.length));
      }
    }
  }

  private attend(): void {
    const names = JSON.parse(this.attended.value) as string[];
    untracked(() => {
      for (const direct of this.inbox.directs.value) {
        if (names.includes(direct.name)) {
          direct.attend();
        } else {
          direct.neglect();
        }
      }
    });
  }

  private follow(): void {
    const listed = Object.entries(this.own.places.value)
      .filter(([key, place]) => key.startsWith(ROOM) && place.isListed)
      .map(([key]) => key.slice(ROOM.length));
    untracked(() => { this.keep(listed); });
  }

  private keep(listed: readonly string[]): void {
    for (const name of listed) {
      this.room(name);
    }
    const left = this.allRooms.value.filter(room => !listed.includes(room.name));
    if (left.length > 0) {
      for (const room of left) {
        if (this.openKey.value === room.key) {
          this.openKey.value = null;
        }
        room.end();
      }
      this.allRooms.value = this.allRooms.value.filter(room => !left.includes(room));
    }
  }

  private room(name: string): Room {
    const known = this.allRooms.value.find(room => room.name === name);
    if (known !== undefined) {
      return known;
    }
    const room = new Room(this.ground, name);
    this.allRooms.value = [...this.allRooms.value, room];
    return room;
  }
}

function isGuest(user: string): boolean {
  return user.startsWith("guest-");
}

import { effect, signal, untracked } from "@preact/signals";
import { Chat } from "./chat/chat";
import { FrameLog } from "./net/frames";
import { type Identity, remember } from "./net/identity";
import { Link } from "./net/link";
import { within } from "./net/turns";

const SAVE_MILLIS = 1_000;

/** From somebody's coming in to his leaving: his connection, and the chat that is his. */
export class Session {
  readonly link: Link;
  /** Null until the server has said who this is and what is his. */
  readonly chat = signal<Chat | null>(null);
  /** The last one that was begun; it may not be shown yet. */
  private begun: Chat | null = null;
  private readonly stop: () => void;

  constructor(readonly identity: Identity, isDebugged: boolean) {
    this.link = new Link(identity, isDebugged ? new FrameLog() : null);
    const stop = effect(() => {
      const user = this.link.user.value;
      if (user !== null) {
        untracked(() => void this.begin(user));
      }
    });
    const flush = (): void => { void this.begun?.own.flush(); };
    addEventListener("pagehide", flush);
    this.stop = () => {
      stop();
      removeEventListener("pagehide", flush);
    };
    this.link.connect();
  }

  /** What its user has read last is still saved; whoever comes next needn't wait for that. */
  end(): void {
    this.stop();
    void within(SAVE_MILLIS, this.begun?.end()).finally(() => { this.link.close(); });
    remember(null);
  }

  /** A guest is somebody else after each connect; anybody else comes here once. */
  private async begin(user: string): Promise<void> {
    // Two at a time would subscribe to the same channels.
    void this.begun?.end();
    const chat = new Chat(this.link, user);
    this.begun = chat;
    await chat.load();
    if (this.begun === chat) {
      this.chat.value = chat;
    }
  }
}

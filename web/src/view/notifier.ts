import { effect } from "@preact/signals";
import type { Chat } from "../chat/chat";
import type { Conversation } from "../chat/conversation";
import { strings } from "../strings";
import { go } from "./route";

const ICON_PIXELS = 64;

/** Tells of what is unread outside the page: in its title and icon, and on the desktop. */
export class Notifier {
  private readonly icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  private readonly plainIcon = this.icon?.href ?? "";

  constructor(private readonly chat: Chat) {}

  /** @returns what ends it */
  begin(): () => void {
    const stop = effect(() => {
      const unread = this.chat.unread.value;
      document.title = strings.title(unread);
      if (this.icon !== null) {
        this.icon.href = unread === 0 ? this.plainIcon : badge(unread) ?? this.plainIcon;
      }
    });
    const deaf = this.chat.onMessage((conversation, message) => {
      if (document.hidden || this.chat.open.peek() !== conversation) {
        notify(conversation, message);
      }
    });
    return () => {
      stop();
      deaf();
      document.title = strings.title(0);
    };
  }
}

/** Of a direct message always; of a room's only while nobody looks at the page. */
function notify(conversation: Conversation, { from, text }: { from: string; text: string }): void {
  if (!("Notification" in globalThis) || Notification.permission !== "granted"
    || (conversation.kind === "room" && !document.hidden)) {
    return;
  }
  const title = conversation.kind === "room"
    ? strings.notification.inRoom(from, conversation.name)
    : from;
  // One per conversation: the newest takes the place of the others.
  const shown = new Notification(title, { body: text, tag: conversation.key, icon: "/favicon.svg" });
  shown.onclick = () => {
    focus();
    go(conversation.key);
    shown.close();
  };
}

/** The page's icon with a number; null where the browser draws none. */
function badge(unread: number): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = ICON_PIXELS;
  canvas.height = ICON_PIXELS;
  const context = canvas.getContext("2d");
  if (context === null) {
    return null;
  }
  context.fillStyle = "#c4221a";
  context.beginPath();
  context.arc(ICON_PIXELS / 2, ICON_PIXELS / 2, ICON_PIXELS / 2, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#fff";
  context.font = `bold ${unread > 99 ? 30 : 42}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(strings.sidebar.cap(unread), ICON_PIXELS / 2, ICON_PIXELS / 2 + 3);
  return canvas.toDataURL("image/png");
}

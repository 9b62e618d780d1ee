import { effect } from "@preact/signals";
import type { Chat } from "../chat/chat";
import type { Conversation } from "../chat/conversation";
import { strings } from "../strings";
import { go } from "./route";

const ICON_PIXELS = 64;
const PLAIN_ICON = "/favicon.svg";

/** Tells of what is unread outside the page: in its title and icon, and on the desktop. */
export class Notifier {

  constructor(private readonly chat: Chat) {}

  /** @returns what ends it */
  begin(): () => void {
    const stop = effect(() => {
      const unread = this.chat.unread.value;
      show(unread);
    });
    const deaf = this.chat.onMessage((conversation, message) => {
      // What was missed is in the count; a row of old notifications would help nobody.
      if (!message.isMissed && (document.hidden || this.chat.open.peek() !== conversation)) {
        notify(conversation, message);
      }
    });
    return () => {
      stop();
      deaf();
      show(0);
    };
  }
}

function show(unread: number): void {
  document.title = strings.title(unread);
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (icon !== null) {
    icon.href = unread === 0 ? PLAIN_ICON : badge(unread) ?? PLAIN_ICON;
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
  try {
    // One per conversation: the newest takes the place of the others.
    const shown = new Notification(title, { body: text, tag: conversation.key, icon: PLAIN_ICON });
    shown.onclick = () => {
      focus();
      go(conversation.key);
      shown.close();
    };
  } catch {
    // Some browsers of phones know them, and let only a service worker show one.
  }
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

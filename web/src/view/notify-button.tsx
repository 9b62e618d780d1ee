import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { strings } from "../strings";
import { Icon } from "./icon";

const words = strings.sidebar;

/** What the browser lets the page do; null: it knows no notifications, or not over plain HTTP. */
const permission = signal<NotificationPermission | null>(
  isSecureContext && "Notification" in globalThis ? Notification.permission : null);

/** Desktop notifications are for who asks for them. */
export function NotifyButton(): JSX.Element | null {
  switch (permission.value) {
    case null:
      return null;
    case "default":
      return (
        <button
          type="button" class="quiet" title={words.notify} aria-label={words.notify}
          onClick={() => void ask()}
        >
          <Icon name="bell" />
        </button>
      );
    case "granted":
      return <span class="notifying" title={words.notifying}>
        <Icon name="bell" /><span class="unseen">{words.notifying}</span>
      </span>;
    case "denied":
      return <span class="hint" title={words.notifyDenied}>
        <Icon name="bellOff" /><span class="unseen">{words.notifyDenied}</span>
      </span>;
  }
}

async function ask(): Promise<void> {
  permission.value = await Notification.requestPermission();
}

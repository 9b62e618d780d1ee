import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { strings } from "../strings";

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
      return <button type="button" class="quiet" onClick={() => void ask()}>{words.notify}</button>;
    case "granted":
      return <span class="hint" title={words.notifying}>
        <span aria-hidden="true">🔔</span><span class="unseen">{words.notifying}</span>
      </span>;
    case "denied":
      return <span class="hint" title={words.notifyDenied}>
        <span aria-hidden="true">🔕</span><span class="unseen">{words.notifyDenied}</span>
      </span>;
  }
}

async function ask(): Promise<void> {
  permission.value = await Notification.requestPermission();
}

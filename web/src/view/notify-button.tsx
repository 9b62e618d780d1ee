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
  if (permission.value === null) {
    return null;
  }
  const label = {
    default: words.notify, granted: words.notifying, denied: words.notifyDenied,
  }[permission.value];
  return (
    <button
      type="button" class="quiet notify" data-permission={permission.value} title={label}
      aria-label={label} aria-disabled={permission.value !== "default"}
      onClick={() => {
        if (permission.value === "default") {
          void ask();
        }
      }}
    >
      <Icon name={permission.value === "denied" ? "bellOff" : "bell"} />
    </button>
  );
}

async function ask(): Promise<void> {
  permission.value = await Notification.requestPermission();
}

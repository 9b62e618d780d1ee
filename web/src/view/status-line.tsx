import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Link, Return, Status } from "../net/link";
import { strings } from "../strings";

const words = strings.status;
const RETURN_SHOWN_MILLIS = 10_000;

/** What the network does: which node, how long until it is tried again, what was missed. */
export function StatusLine({ link }: { link: Link }): JSX.Element {
  const status = link.status.value;
  const now = useNow(status.kind === "reconnecting");
  const back = useRecent(link.lastReturn.value);
  return (
    <div class="status" role="status" aria-label={words.label} data-status={status.kind}>
      <span class="status-dot" aria-hidden="true" />
      <span class="status-text">{textOf(status, now)}</span>
      {status.kind === "online" && back !== null && (
        <span class={back.hasLost ? "status-return lost" : "status-return"}>
          {back.hasLost ? words.lost : words.resumed(back.resumed)}
        </span>
      )}
      {status.kind === "reconnecting" && (
        <button type="button" onClick={() => { link.connectNow(); }}>{words.now}</button>
      )}
    </div>
  );
}

function textOf(status: Status, now: number): string {
  switch (status.kind) {
    case "connecting":
    case "ended":
      return words.connecting;
    case "online":
      return words.online(status.node);
    case "reconnecting": {
      if (!navigator.onLine) {
        return words.offline;
      }
      const seconds = Math.ceil(((status.retryAt ?? 0) - now) / 1_000);
      return seconds > 0 ? words.reconnectingIn(seconds) : words.reconnecting;
    }
  }
}

/** The time, as it goes by. */
function useNow(isOn: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isOn) {
      return undefined;
    }
    setNow(Date.now());
    const timer = setInterval(() => { setNow(Date.now()); }, 250);
    return () => { clearInterval(timer); };
  }, [isOn]);
  return now;
}

/** The same, as long as it is news. */
function useRecent(back: Return | null): Return | null {
  const [old, setOld] = useState<Return | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => { setOld(back); }, RETURN_SHOWN_MILLIS);
    return () => { clearTimeout(timer); };
  }, [back]);
  return back === old ? null : back;
}

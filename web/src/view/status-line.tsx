import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Link, Return, Status } from "../net/link";
import { strings } from "../strings";

const words = strings.status;
const RETURN_SHOWN_MILLIS = 10_000;

/** What the network does: which node, how long until it is tried again, what was missed. */
export function StatusLine({ link }: { link: Link }): JSX.Element {
  const status = link.status.value;
  const back = useRecent(link.lastReturn.value);
  return (
    <header class="status" data-status={status.kind}>
      <span class="status-dot" aria-hidden="true" />
      <p role="status" aria-label={words.label}>
        {textOf(status)}
        {status.kind === "online" && back !== null && (
          <span class={back.hasLost ? "status-return lost" : "status-return"}>
            {" "}{back.hasLost ? words.lost : words.resumed(back.resumed)}
          </span>
        )}
      </p>
      {status.kind === "reconnecting" && (
        <>
          {navigator.onLine && <Countdown to={status.retryAt} />}
          <button type="button" onClick={() => { link.connectNow(); }}>{words.now}</button>
        </>
      )}
    </header>
  );
}

function textOf(status: Status): string {
  switch (status.kind) {
    case "connecting":
    case "ended":
      return words.connecting;
    case "online":
      return words.online(status.node);
    case "reconnecting":
      return navigator.onLine ? words.lostConnection : words.offline;
  }
}

/** It isn't read out: that would be a word each second. */
function Countdown({ to }: { to: number | null }): JSX.Element {
  const now = useNow();
  const seconds = Math.ceil(((to ?? 0) - now) / 1_000);
  return (
    <span aria-hidden="true" class="countdown">
      {seconds > 0 ? words.retryIn(seconds) : words.retryNow}
    </span>
  );
}

/** The time, as it goes by. */
function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => { setNow(Date.now()); }, 250);
    return () => { clearInterval(timer); };
  }, []);
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

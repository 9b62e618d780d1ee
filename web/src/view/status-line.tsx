import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Link, Return, Status } from "../net/link";
import { strings } from "../strings";

const words = strings.status;
const RETURN_SHOWN_MILLIS = 10_000;

/** What the network does: which node, how long until it is tried again, what was missed. */
export function StatusLine({ link, isFirst }: {
  link: Link;
  /** Whether there never was a connection. */
  isFirst: boolean;
}): JSX.Element {
  const status = link.status.value;
  const back = useRecent(link.lastReturn.value);
  const line = useRef<HTMLParagraphElement>(null);
  return (
    <header class="status" data-status={status.kind}>
      <p role="status" aria-label={words.label} tabIndex={-1} ref={line}>
        <span class="status-dot" aria-hidden="true" />
        {textOf(status, isFirst)}
        {status.kind === "online" && back !== null && (
          <span class={back.hasLost ? "status-return lost" : "status-return"}>
            {" "}{back.hasLost ? words.lost : words.resumed(back.resumed)}
          </span>
        )}
      </p>
      {status.kind === "reconnecting" && (
        <>
          {navigator.onLine && <Countdown to={status.retryAt} />}
          <button
            type="button"
            onClick={() => {
              // The button will be gone; whoever pressed it hears what comes of it.
              line.current?.focus();
              link.connectNow();
            }}
          >
            {words.now}
          </button>
        </>
      )}
    </header>
  );
}

function textOf(status: Status, isFirst: boolean): string {
  switch (status.kind) {
    case "connecting":
    case "ended":
      return words.connecting;
    case "online":
      return words.online(status.node);
    case "reconnecting":
      if (!navigator.onLine) {
        return words.offline;
      }
      return isFirst ? words.unreachable : words.lostConnection;
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

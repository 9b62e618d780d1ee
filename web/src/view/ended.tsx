import type { JSX } from "preact";
import type { Identity } from "../net/identity";
import type { Status } from "../net/link";
import { strings } from "../strings";

const words = strings.ended;

/** The SDK's own code for a token that nobody can renew. */
const UNAUTHORIZED = 1;
const INVALID_TOKEN = 3500;
const BAD_REQUEST = 3501;
const FORCE_DISCONNECT = 3503;
const CONNECTION_LIMIT = 3504;

/** The server doesn't want this connection, now or ever. */
export function EndedView({ ended, identity, onAgain, onOther }: {
  ended: Extract<Status, { kind: "ended" }>;
  identity: Identity;
  onAgain: () => void;
  onOther: () => void;
}): JSX.Element {
  return (
    <main class="card">
      <img class="logo" src="/favicon.svg" alt="" width="56" height="56" />
      <h1>{words.heading}</h1>
      <p role="alert">{reasonOf(ended, identity)}</p>
      <p class="field-row">
        <button type="button" class="primary" onClick={onAgain}>{words.again}</button>
        <button type="button" onClick={onOther}>{words.other_name}</button>
      </p>
    </main>
  );
}

function reasonOf({ code, reason }: { code: number; reason: string }, identity: Identity): string {
  switch (code) {
    case UNAUTHORIZED:
    case INVALID_TOKEN:
      return words.unauthorized;
    case BAD_REQUEST:
      return identity.kind === "name" && reason.includes("token")
        ? words.noToken
        : words.other(reason, code);
    case FORCE_DISCONNECT:
      return words.thrownOut;
    case CONNECTION_LIMIT:
      return words.limit;
    default:
      return words.other(reason, code);
  }
}

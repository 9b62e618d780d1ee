import type { JSX } from "preact";
import type { Conversation } from "../chat/conversation";
import type { Message, Sending } from "../chat/message";
import type { Row } from "../chat/rows";
import { strings } from "../strings";
import { isOnlyEmoji } from "../text/emoji";
import { pieces } from "../text/links";
import { Avatar } from "./avatar";
import { Icon } from "./icon";
import { addressOf } from "./route";

const words = strings.message;

interface Props {
  readonly row: Row;
  readonly me: string;
  readonly conversation: Conversation;
  /** Who has read up to here. */
  readonly readers: readonly string[] | undefined;
  readonly isOnline: boolean;
  /** Whether it is in the composer now, so that nothing else may become of it here. */
  readonly isEdited: boolean;
  readonly onEdit: (message: Message) => void;
}

/** One row of a conversation. */
export function RowView(props: Props): JSX.Element {
  const { row } = props;
  switch (row.kind) {
    case "day":
      return <p class="mark"><span>{strings.day(row.at, Date.now())}</span></p>;
    case "hole":
      return <p class="mark hole"><span>{strings.conversation.hole}</span></p>;
    case "new":
      return <p class="mark new"><span>{strings.conversation.newMessages}</span></p>;
    case "beginning":
      return <p class="mark"><span>{beginningOf(props.conversation)}</span></p>;
    case "message":
      return <MessageView {...props} message={row.message} isFirst={row.isFirst} />;
  }
}

/** What there is before the oldest message: nothing, or what the server keeps no more. */
function beginningOf({ backlog }: Conversation): string {
  return (backlog.bottom ?? 1) === 1
    ? strings.conversation.beginning
    : strings.conversation.oldest;
}

function MessageView(
  { message, isFirst, me, conversation, readers, isOnline, isEdited, onEdit }:
  Props & { message: Message; isFirst: boolean },
): JSX.Element {
  const isMine = message.from === me;
  return (
    <article
      class="message" data-first={isFirst} data-mine={isMine} data-sending={message.sending.kind}
      data-offset={message.offset}
    >
      {!isFirst && <span class="unseen">{message.from}</span>}
      {isFirst && (
        <header>
          <Avatar user={message.from} />
          <Name user={message.from} isMine={isMine} conversation={conversation} />
          {message.at !== null && (
            <time dateTime={new Date(message.at).toISOString()} title={words.fullTime(message.at)}>
              {words.time(message.at)}
            </time>
          )}
        </header>
      )}
      <div class="line">
        <p class={isOnlyEmoji(message.text) ? "text large" : "text"}><Text text={message.text} /></p>
        {isMine && message.sending.kind === "sent" && (
          <span class="sent" title={words.sent}>
            <Icon name="check" /><span class="unseen">{words.sent}</span>
          </span>
        )}
      </div>
      <Delivery
        message={message} isOnline={isOnline} isEdited={isEdited} onEdit={() => { onEdit(message); }}
        onRetry={() => { conversation.outgoing.retry(message); }}
        onDiscard={() => { conversation.outgoing.takeBack(message); }}
      />
      {readers !== undefined && <p class="readers">{words.readBy(readers)}</p>}
    </article>
  );
}

function Name({ user, isMine, conversation }: {
  user: string; isMine: boolean; conversation: Conversation;
}): JSX.Element {
  if (isMine || user === "" || conversation.kind === "direct") {
    return <span class="from">{user === "" ? words.nobody : user}</span>;
  }
  return (
    <a class="from" href={addressOf("direct/" + user)} title={words.writeTo(user)}>
      {user}
    </a>
  );
}

/** Text is text: nothing in it becomes markup, and only addresses of the web become links. */
function Text({ text }: { text: string }): JSX.Element {
  return (
    <>
      {pieces(text).map(piece => piece.kind === "text"
        ? piece.text
        : <a href={piece.href} target="_blank" rel="noopener noreferrer">{piece.text}</a>)}
    </>
  );
}

function Delivery({ message, isOnline, isEdited, onRetry, onEdit, onDiscard }: {
  message: Message;
  isOnline: boolean;
  isEdited: boolean;
  onRetry: () => void;
  onEdit: () => void;
  onDiscard: () => void;
}): JSX.Element | null {
  const { sending } = message;
  switch (sending.kind) {
    case "sent":
      return null;
    case "sending":
      return <p class="delivery">{isOnline ? words.sending : words.waiting}</p>;
    case "failed":
      return (
        <p class="delivery failed">
          {reasonOf(sending)}{" "}
          {!isEdited && (
            <>
              <button type="button" onClick={leaveTo(onRetry)}>{words.retry}</button>{" "}
              <button type="button" onClick={onEdit}>{words.edit}</button>{" "}
              <button type="button" onClick={leaveTo(onDiscard)}>{words.discard}</button>
            </>
          )}
        </p>
      );
  }
}

/** The button will be gone: who pressed it goes on in the list. */
function leaveTo(act: () => void): (event: { currentTarget: Element }) => void {
  return event => {
    event.currentTarget.closest<HTMLElement>(".message-list")?.focus();
    act();
  };
}

const PERMISSION_DENIED = 103;
const NOT_AVAILABLE = 108;
const TOO_MANY_REQUESTS = 111;
const UNKNOWN = 0;

function reasonOf({ code, reason, isIdTaken }: Extract<Sending, { kind: "failed" }>): string {
  if (isIdTaken) {
    return words.alreadySent;
  }
  switch (code) {
    case UNKNOWN:
      return words.unknown;
    case PERMISSION_DENIED:
      return words.failed(words.denied);
    case NOT_AVAILABLE:
    case TOO_MANY_REQUESTS:
      return words.failed(words.notNow);
    default:
      return words.failed(`${reason} (${code})`);
  }
}

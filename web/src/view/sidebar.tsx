import type { JSX } from "preact";
import type { Chat } from "../chat/chat";
import type { Conversation } from "../chat/conversation";
import { Direct } from "../chat/direct";
import { roomProblem } from "../chat/names";
import { strings } from "../strings";
import { Avatar } from "./avatar";
import { NameForm } from "./name-form";
import { NotifyButton } from "./notify-button";
import { addressOf, go } from "./route";

const words = strings.sidebar;
const USER_BYTES_MAX = 255;

/** All conversations, and who one is. */
export function Sidebar({ chat, onLeave }: { chat: Chat; onLeave: () => void }): JSX.Element {
  return (
    <div class="sidebar">
      <nav aria-label={words.label} tabIndex={-1}>
        <section aria-labelledby="rooms">
          <h2 id="rooms">{words.rooms}</h2>
          <ul>
            {chat.rooms.value.map(room =>
              <Entry key={room.key} conversation={room} isOpen={chat.open.value === room} />)}
          </ul>
          <NameForm
            title={words.joinRoom} label={words.roomName} action={words.join} check={roomWords}
            onName={name => { go("room/" + name); }}
          />
        </section>
        <section aria-labelledby="directs">
          <h2 id="directs">{words.directs}</h2>
          <ul>
            {chat.directs.value.map(direct =>
              <Entry key={direct.key} conversation={direct} isOpen={chat.open.value === direct} />)}
          </ul>
          {chat.directs.value.length === 0 && <p class="hint">{words.noDirects}</p>}
          <NameForm
            title={words.writeTo} label={words.userName} action={words.write}
            check={userWords}
            onName={name => { go("direct/" + name); }}
          />
        </section>
      </nav>
      <footer class="me">
        <Avatar user={chat.user} />
        <span class="me-name" title={chat.user}>
          <span class="unseen">{words.you} </span>{chat.user}
        </span>
        <NotifyButton />
        <button type="button" class="quiet" onClick={onLeave}>{words.logout}</button>
      </footer>
    </div>
  );
}

function roomWords(name: string): string | null {
  const problem = roomProblem(name);
  return problem === null ? null : strings.nameProblems[problem];
}

/** Users of tokens may be called anything: what the server lets in, one can write to. */
function userWords(name: string): string | null {
  if (name === "") {
    return strings.nameProblems.empty;
  }
  return new TextEncoder().encode(name).length > USER_BYTES_MAX ? words.longName : null;
}

function Entry(
  { conversation, isOpen }: { conversation: Conversation; isOpen: boolean },
): JSX.Element {
  const unread = conversation.unread.value;
  return (
    <li>
      <a
        class="entry" href={addressOf(conversation.key)}
        aria-current={isOpen ? "page" : undefined} data-unread={unread > 0}
      >
        {conversation instanceof Direct
          ? <Partner direct={conversation} />
          : <span class="room-sign" aria-hidden="true">#</span>}
        <span class="entry-name" title={conversation.name}>{conversation.name}</span>
        {unread > 0 && (
          <span class="badge">
            <span aria-hidden="true">{words.cap(unread)}</span>
            <span class="unseen">, {words.unread(unread)}</span>
          </span>
        )}
      </a>
    </li>
  );
}

function Partner({ direct }: { direct: Direct }): JSX.Element {
  const partner = direct.partner.value;
  return (
    <span class="partner" data-partner={partner}>
      <Avatar user={direct.name} />
      {partner !== "unknown" && <span class="unseen">{words[partner]} </span>}
    </span>
  );
}

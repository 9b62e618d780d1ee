import { signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { roomProblem } from "../chat/names";
import { knownIdentity, remember } from "../net/identity";
import { Session } from "../session";
import { strings } from "../strings";
import { ConversationView } from "./conversation-view";
import { Drawer } from "./drawer";
import { EndedView } from "./ended";
import { Notifier } from "./notifier";
import { go, route } from "./route";
import { Sidebar } from "./sidebar";
import { StatusLine } from "./status-line";
import { Welcome } from "./welcome";

const isDebugged = new URLSearchParams(location.search).has("debug");
const known = knownIdentity();
const session = signal<Session | null>(known === null ? null : new Session(known, isDebugged));

function enter(name: string): void {
  const identity = { kind: "name", name } as const;
  remember(identity);
  session.value = new Session(identity, isDebugged);
}

function leave(): void {
  session.value?.end();
  session.value = null;
}

/** The page: whoever comes is asked for a name, unless he has one, and then chats. */
export function App(): JSX.Element {
  const current = session.value;
  if (current === null) {
    return <Welcome isBusy={false} onEnter={enter} />;
  }
  const status = current.link.status.value;
  const chat = current.chat.value;
  if (status.kind === "ended") {
    return <EndedView
      ended={status}
      identity={current.identity}
      onAgain={() => { current.link.client.connect(); }}
      onOther={leave}
    />;
  }
  if (chat === null) {
    return (
      <>
        <StatusLine link={current.link} />
        <Welcome isBusy onEnter={enter} />
      </>
    );
  }
  return <ChatView chat={chat} key={chat.user} />;
}

function ChatView({ chat }: { chat: Chat }): JSX.Element {
  useEffect(() => new Notifier(chat).begin(), [chat]);
  // The address says what is open; a room that is named there is joined.
  useSignalEffect(() => {
    const key = route.value;
    queueMicrotask(() => { follow(chat, key); });
  });
  const open = chat.open.value;
  return (
    <div class="chat" data-open={open === null ? "none" : open.kind}>
      <StatusLine link={chat.link} />
      <Sidebar chat={chat} onLeave={leave} />
      <main class="stage">
        {open === null
          ? <Nothing />
          : <ConversationView chat={chat} conversation={open} key={open.key} />}
      </main>
      {isDebugged && <Drawer chat={chat} />}
    </div>
  );
}

function Nothing(): JSX.Element {
  return (
    <div class="nothing">
      <p class="nothing-title">{strings.conversation.none}</p>
      <p>{strings.conversation.noneHint}</p>
    </div>
  );
}

function follow(chat: Chat, key: string | null): void {
  const [kind, name] = [key?.slice(0, key.indexOf("/")), key?.slice(key.indexOf("/") + 1)];
  if (kind === "room" && name !== undefined && roomProblem(name) === null) {
    chat.show(chat.join(name));
  } else if (kind === "direct" && name !== undefined) {
    chat.show(chat.with(name));
  } else {
    chat.show(null);
    const first = chat.rooms.peek()[0];
    if (first !== undefined && matchMedia("(min-width: 48rem)").matches) {
      go(first.key);
    }
  }
}

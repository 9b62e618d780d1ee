import { signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../chat/chat";
import type { Conversation } from "../chat/conversation";
import { roomProblem } from "../chat/names";
import { knownIdentity, remember } from "../net/identity";
import { Session } from "../session";
import { strings } from "../strings";
import { ConversationView } from "./conversation-view";
import { Drawer } from "./drawer";
import { EndedView } from "./ended";
import { Notifier } from "./notifier";
import { go, markFollowed, type Route, route } from "./route";
import { Sidebar } from "./sidebar";
import { StatusLine } from "./status-line";
import { Welcome } from "./welcome";

/** As wide that list and conversation stand beside each other; the style sheet has the same. */
const WIDE = "(min-width: 48rem)";

const isDebugged = new URLSearchParams(location.search).has("debug");
const session = signal<Session | null>(null);

/** Comes in as whoever the address says, or as whoever this tab belonged to before a reload. */
function comeIn(): void {
  const identity = knownIdentity();
  session.value = identity === null ? null : new Session(identity, isDebugged);
}

comeIn();
// An application may bring a new token into a page that is open.
addEventListener("hashchange", () => {
  if (location.hash.includes("token=")) {
    session.value?.end();
    comeIn();
  }
});

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
    return <Welcome onEnter={enter} />;
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
        <StatusLine link={current.link} isFirst />
        <main class="card">
          <h1>{strings.welcome.connecting}</h1>
          <p><button type="button" onClick={leave}>{strings.ended.other_name}</button></p>
        </main>
      </>
    );
  }
  return <ChatView chat={chat} key={chat.user} />;
}

function ChatView({ chat }: { chat: Chat }): JSX.Element {
  useEffect(() => new Notifier(chat).begin(), [chat]);
  // The address says what is open.
  useSignalEffect(() => {
    const way = route.value;
    queueMicrotask(() => { follow(chat, way); });
  });
  const open = chat.open.value;
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (open === null && shown.current !== null) {
      if (route.peek().key === shown.current) {
        // Another device has left the room.
        go(null, "in place");
      }
      document.querySelector<HTMLElement>(".sidebar nav")?.focus();
    }
    shown.current = open?.key ?? null;
  }, [open]);
  return (
    <div class="chat" data-open={open === null ? "none" : open.kind}>
      <StatusLine link={chat.link} isFirst={false} />
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

/** A chat that has ended has nothing to open; its successor is about to. */
function open(chat: Chat, conversation: Conversation | null): void {
  if (conversation !== null) {
    chat.show(conversation);
    markFollowed();
  }
}

/** A room that somebody comes to by a link is joined; one that he has left since isn't again. */
function follow(chat: Chat, { key, isNew }: Route): void {
  const kind = key?.slice(0, key.indexOf("/"));
  const name = key?.slice(key.indexOf("/") + 1) ?? "";
  const mayJoin = isNew || chat.user.startsWith("guest-");
  if (kind === "room" && roomProblem(name) === null
    && (mayJoin || chat.own.of("room/" + name).isListed)) {
    open(chat, chat.join(name));
  } else if (kind === "direct") {
    open(chat, chat.with(name));
  } else {
    chat.show(null);
    const first = chat.rooms.peek()[0];
    // The address may have changed since.
    if (first !== undefined && matchMedia(WIDE).matches && route.peek().key === null) {
      go(first.key, "in place");
    }
  }
}

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { Chat } from "../chat/chat";
import { type Conversation, readersOf } from "../chat/conversation";
import type { Message } from "../chat/message";
import { type Row, rowsOf } from "../chat/rows";
import { strings } from "../strings";
import { Icon } from "./icon";
import { keepPlace, placeIn } from "./place";
import { RowView } from "./row-view";

const words = strings.conversation;

/** Pixels from the end within which one is taken to be at it. */
const AT_END_PIXELS = 24;
/** Pixels from the beginning at which older messages are loaded. */
const LOAD_OLDER_PIXELS = 400;

/**
 * What was said. Only the rows that can be seen are in the document, however many there are. Who is
 * at the end stays there as messages come; who reads further up isn't moved.
 */
export function MessageList({ chat, conversation, onEdit }: {
  chat: Chat;
  conversation: Conversation;
  onEdit: (message: Message) => void;
}): JSX.Element {
  const list = useRef<VirtualizerHandle>(null);
  /** Pixels, when it was scrolled last. */
  const lastOffset = useRef(0);
  // Where one was before a reload, or in another conversation; null once one is there.
  const [wanted, setWanted] = useState(() => placeIn(conversation.key).offset);
  const [isAtEnd, setAtEnd] = useState(wanted === null);
  // What was unread when it was opened stays marked while one reads.
  const [readOffset] = useState(() => readBefore(chat, conversation));
  const { timeline, backlog } = conversation;
  const rows = useComputed(() =>
    rowsOf(timeline.items.value, chat.user, readOffset, !backlog.hasOlder.value)).value;
  const readers = useComputed(() =>
    readersOf(conversation, timeline.items.value, conversation.receipts.marks.value)).value;
  const isPrepended = useIsPrepended(rows);

  useLayoutEffect(() => {
    if (wanted === null || !backlog.isLoaded || backlog.isLoading.value) {
      return;
    }
    const at = rows.findIndex(row => row.kind === "message" && (row.message.offset ?? 0) >= wanted);
    const isHere = (timeline.bottom ?? Number.POSITIVE_INFINITY) <= wanted;
    if (isHere || !backlog.hasOlder.value) {
      list.current?.scrollToIndex(Math.max(0, at), { align: "start" });
      setWanted(null);
    } else {
      void backlog.older().then(hasCome => {
        if (!hasCome) {
          // It can't be had: there is no such place any more.
          setWanted(null);
        }
      });
    }
  }, [rows, wanted, backlog.isLoading.value]);
  const stayAtEnd = (): void => {
    if (isAtEnd && rows.length > 0) {
      list.current?.scrollToIndex(rows.length - 1, { align: "end" });
    }
  };
  useLayoutEffect(stayAtEnd, [rows, readers, isAtEnd]);
  // While it is looked at, what is at the end is read.
  const newestKey = rows.at(-1)?.key;
  useEffect(() => {
    const see = (): void => {
      if (isAtEnd && !document.hidden) {
        conversation.seen();
      }
    };
    see();
    document.addEventListener("visibilitychange", see);
    return () => { document.removeEventListener("visibilitychange", see); };
  }, [conversation, isAtEnd, newestKey]);

  const onScroll = (offset: number): void => {
    const handle = list.current;
    if (handle !== null && wanted === null) {
      // Who doesn't scroll up stays there, though what came may be larger than was thought.
      const isNowAtEnd = handle.scrollSize - offset - handle.viewportSize <= AT_END_PIXELS
        || (isAtEnd && offset >= lastOffset.current);
      lastOffset.current = offset;
      setAtEnd(isNowAtEnd);
      keepPlace(conversation.key, {
        offset: isNowAtEnd ? null : offsetFrom(rows, handle.findItemIndex(offset)),
      });
      if (offset < LOAD_OLDER_PIXELS) {
        void backlog.older();
      }
    }
  };
  return (
    <div class="messages">
      {backlog.isLoading.value && backlog.isLoaded && <p class="older">{words.older}</p>}
      {rows.length === 0 || rows.every(row => row.kind === "beginning")
        ? backlog.isLoaded && <Empty />
        : (
          <div
            class="message-list" role="region" aria-label={words.messages(conversation.name)}
            tabIndex={0}
          >
            <div class="filler" />
            <Virtualizer
              ref={list} data={rows} shift={isPrepended} onScroll={onScroll} onResize={stayAtEnd}
            >
              {(row: Row) => (
                <RowView
                  key={row.key} row={row} me={chat.user} conversation={conversation}
                  readers={row.kind === "message" ? readers.get(row.key) : undefined}
                  isOnline={chat.link.isOnline} onEdit={onEdit}
                />
              )}
            </Virtualizer>
          </div>
        )}
      {!isAtEnd && (
        <button
          type="button" class="to-bottom" aria-label={words.toBottom}
          onClick={() => { setAtEnd(true); }}
        >
          <Icon name="down" />
        </button>
      )}
      <Spoken chat={chat} conversation={conversation} />
    </div>
  );
}

function Empty(): JSX.Element {
  return (
    <div class="nothing">
      <p class="nothing-title">{words.empty}</p>
      <p>{words.emptyHint}</p>
    </div>
  );
}

/** Reads out what comes: the list itself changes as one scrolls, so it can't be a live region. */
function Spoken({ chat, conversation }: { chat: Chat; conversation: Conversation }): JSX.Element {
  const [said, setSaid] = useState("");
  useEffect(() => chat.onMessage((where, { from, text }) => {
    if (where === conversation) {
      setSaid(words.said(from, text));
    }
  }), [chat, conversation]);
  return <p class="unseen" aria-live="polite">{said}</p>;
}

/** Up to where it was read, if something behind that is unread; else null. */
function readBefore({ own }: Chat, { key, unread, backlog }: Conversation): number | null {
  return unread.peek() > 0 ? own.readUpTo(key, backlog.position.peek()) : null;
}

/** The offset of the first message that stands in this row or below it. */
function offsetFrom(rows: readonly Row[], index: number): number | null {
  const row = rows.slice(index).find(below => below.kind === "message");
  return row?.kind === "message" ? row.message.offset : null;
}

/** Whether rows were added before the first one since the last time. */
function useIsPrepended(rows: readonly Row[]): boolean {
  const before = useRef<{ first: string | undefined; last: string | undefined }>({
    first: undefined, last: undefined,
  });
  const first = rows.find(row => row.kind === "message")?.key;
  const last = rows.at(-1)?.key;
  const isPrepended = before.current.first !== undefined && first !== before.current.first
    && last === before.current.last;
  useLayoutEffect(() => {
    before.current = { first, last };
  });
  return isPrepended;
}

import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { Chat } from "../chat/chat";
import { type Conversation, readersOf } from "../chat/conversation";
import type { Message } from "../chat/message";
import { type Row, rowsOf } from "../chat/rows";
import { strings } from "../strings";
import { Icon } from "./icon";
import type { KeptView } from "./kept-view";
import { RowView } from "./row-view";
import { Spoken } from "./spoken";

const words = strings.conversation;

/** Pixels from the end within which one is taken to be at it. */
const AT_END_PIXELS = 24;
/** Pixels from the beginning at which older messages are loaded. */
const LOAD_OLDER_PIXELS = 400;

/**
 * What was said. Only the rows that can be seen are in the document, however many there are. Who is
 * at the end stays there as messages come; who reads further up isn't moved.
 */
export function MessageList({ chat, conversation, kept, edited, onEdit }: {
  chat: Chat;
  conversation: Conversation;
  kept: KeptView;
  edited: Message | null;
  onEdit: (message: Message) => void;
}): JSX.Element {
  const { timeline, backlog } = conversation;
  const list = useRef<VirtualizerHandle>(null);
  const region = useRef<HTMLDivElement>(null);
  /** Where and how large it was when it was scrolled last, in pixels. */
  const lastScroll = useRef({ offset: 0, scrollSize: 0, viewportSize: 0 });
  /** Whether older messages were asked for in vain: not again before something has changed. */
  const isVain = useRef(false);
  // Where one was before a reload, or before one went elsewhere; null once one is there.
  const [wanted, setWanted] = useState(kept.offset);
  const [isAtEnd, setAtEnd] = useState(wanted === null);
  const readOffset = useReadOffset(chat, conversation);
  const rows = useComputed(() =>
    rowsOf(timeline.items.value, chat.user, readOffset.value, !backlog.hasOlder.value)).value;
  const readers = useComputed(() =>
    readersOf(conversation, timeline.items.value, conversation.receipts.marks.value)).value;
  const newestOfOthers = conversation.newestOfOthers.value;
  const isPrepended = useIsPrepended(rows);
  const isLoading = backlog.isLoading.value;
  const { isOnline } = chat.link;

  useEffect(() => { isVain.current = false; }, [isOnline]);
  const loadOlder = (): void => {
    if (!isVain.current) {
      void backlog.older().then(hasCome => { isVain.current = !hasCome; });
    }
  };
  useLayoutEffect(() => {
    if (!backlog.isLoaded || isLoading) {
      return;
    }
    const handle = list.current;
    if (wanted !== null) {
      if ((timeline.bottom ?? Number.POSITIVE_INFINITY) <= wanted) {
        const at = rows.findIndex(row =>
          row.kind === "message" && (row.message.offset ?? 0) >= wanted);
        handle?.scrollToIndex(Math.max(0, at), { align: "start" });
        setWanted(null);
      } else if (!backlog.hasOlder.value || isVain.current) {
        // There is no such place any more.
        setWanted(null);
        setAtEnd(true);
      } else {
        loadOlder();
      }
    } else if (backlog.hasOlder.value
      && (handle === null || handle.scrollSize < handle.viewportSize + LOAD_OLDER_PIXELS)) {
      // There is nothing to scroll by which one could come to them.
      loadOlder();
    }
  }, [rows, wanted, isLoading, isOnline]);

  const stayAtEnd = (): void => {
    if (isAtEnd && rows.length > 0) {
      list.current?.scrollToIndex(rows.length - 1, { align: "end" });
    }
  };
  useLayoutEffect(stayAtEnd, [rows, readers, isAtEnd]);
  // While it is looked at, what is at the end is read.
  useEffect(() => {
    const see = (): void => {
      if (isAtEnd && !document.hidden) {
        conversation.seen();
      }
    };
    see();
    document.addEventListener("visibilitychange", see);
    return () => { document.removeEventListener("visibilitychange", see); };
  }, [conversation, isAtEnd, newestOfOthers, conversation.unread.value > 0]);

  const onScroll = (offset: number): void => {
    const handle = list.current;
    if (handle !== null && wanted === null) {
      const { scrollSize, viewportSize } = handle;
      const last = lastScroll.current;
      // Who was there stays there, unless he scrolls up: what came may be larger than was thought,
      // and the page may have another size than before.
      const isNowAtEnd = scrollSize - offset - viewportSize <= AT_END_PIXELS
        || (isAtEnd && (offset >= last.offset || scrollSize !== last.scrollSize
          || viewportSize !== last.viewportSize));
      lastScroll.current = { offset, scrollSize, viewportSize };
      setAtEnd(isNowAtEnd);
      kept.offset = isNowAtEnd ? null : offsetFrom(rows, handle.findItemIndex(offset));
      if (offset < LOAD_OLDER_PIXELS) {
        isVain.current = false;
        loadOlder();
      }
    }
  };
  return (
    <div class="messages">
      {isLoading && backlog.isLoaded && <p class="older">{words.older}</p>}
      {rows.length === 0 || rows.every(row => row.kind === "beginning")
        ? backlog.isLoaded && <Empty hasPast={conversation.kind === "room" && backlog.top > 0} />
        : (
          <div
            class="message-list" role="region" aria-label={words.messages(conversation.kind, conversation.name)}
            tabIndex={0} ref={region}
          >
            <div class="filler" />
            <Virtualizer
              ref={list} data={rows} shift={isPrepended} onScroll={onScroll} onResize={stayAtEnd}
            >
              {(row: Row) => (
                <RowView
                  key={row.key} row={row} me={chat.user} conversation={conversation}
                  readers={row.kind === "message" ? readers.get(row.key) : undefined}
                  isOnline={isOnline} isEdited={row.key === edited?.key} onEdit={onEdit}
                />
              )}
            </Virtualizer>
          </div>
        )}
      {!isAtEnd && (
        <button
          type="button" class="to-bottom" aria-label={words.toBottom}
          onClick={() => {
            region.current?.focus();
            setWanted(null);
            setAtEnd(true);
          }}
        >
          <Icon name="down" />
        </button>
      )}
      <Spoken chat={chat} conversation={conversation} />
    </div>
  );
}

function Empty({ hasPast }: {
  /** Whether something was said, which the server keeps no more. */
  hasPast: boolean;
}): JSX.Element {
  return (
    <div class="nothing">
      <p class="nothing-title">{hasPast ? words.oldest : words.empty}</p>
      {!hasPast && <p>{words.emptyHint}</p>}
    </div>
  );
}

/**
 * Up to where it was read when somebody came to it, if something behind that was unread; else null.
 * It stays while he reads on, so that he sees where he was; he comes anew when he comes back to the
 * page.
 */
function useReadOffset(chat: Chat, conversation: Conversation): ReadonlySignal<number | null> {
  const { backlog, key, unread } = conversation;
  const read = (): number | null =>
    unread.peek() > 0 ? chat.own.readUpTo(key, backlog.position.peek()) : null;
  const offset = useSignal(read());
  // A device that comes for the first time learns what is unread only then.
  useLayoutEffect(() => { offset.value ??= read(); }, [backlog.isLoaded]);
  useEffect(() => {
    const come = (): void => {
      if (!document.hidden) {
        offset.value = read() ?? offset.value;
      }
    };
    document.addEventListener("visibilitychange", come);
    return () => { document.removeEventListener("visibilitychange", come); };
  }, [conversation]);
  return offset;
}

/** The offset of the first message that stands in this row or below it. */
function offsetFrom(rows: readonly Row[], index: number): number | null {
  const row = rows.slice(index).find(below => below.kind === "message");
  return row?.kind === "message" ? row.message.offset : null;
}

/** Whether rows were added before what was the first one. */
function useIsPrepended(rows: readonly Row[]): boolean {
  const before = useRef<string | undefined>(undefined);
  const first = rows.find(row => row.kind === "message")?.key;
  const isPrepended = before.current !== undefined && first !== before.current
    && rows.some(row => row.key === before.current);
  useLayoutEffect(() => {
    before.current = first;
  });
  return isPrepended;
}

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import type { Conversation } from "../chat/conversation";
import type { Message } from "../chat/message";
import { strings } from "../strings";

const KEPT = 5;

/**
 * Reads out what others say, and what can't be sent. The list itself changes as one scrolls, so it
 * can't be a live region.
 */
export function Spoken(
  { chat, conversation }: { chat: Chat; conversation: Conversation },
): JSX.Element {
  const [said, setSaid] = useState<readonly { key: number; text: string }[]>([]);
  useEffect(() => {
    let key = 0;
    return chat.onMessage((where, { from, text, isMissed }) => {
      // How many were missed, the status line says.
      if (where === conversation && !isMissed) {
        const line = { key: key++, text: strings.conversation.said(from, text) };
        setSaid(others => [...others.slice(1 - KEPT), line]);
      }
    });
  }, [chat, conversation]);
  const refused = conversation.timeline.items.value.findLast((item): item is Message =>
    item.kind === "message" && item.sending.kind === "failed");
  return (
    <>
      <div class="unseen" role="log">{said.map(({ key, text }) => <p key={key}>{text}</p>)}</div>
      <p class="unseen" role="alert">
        {refused !== undefined && strings.message.notSent(refused.text)}
      </p>
    </>
  );
}

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { type Conversation, draft } from "../chat/conversation";
import { Direct } from "../chat/direct";
import type { Message } from "../chat/message";
import { strings } from "../strings";
import { Composer } from "./composer";
import { Icon } from "./icon";
import { KeptView } from "./kept-view";
import { MembersPanel } from "./members-panel";
import { MessageList } from "./message-list";
import { go } from "./route";

const words = strings.conversation;

/** A conversation that is looked at: who it is with, what was said, and what is to be said. */
export function ConversationView(
  { chat, conversation }: { chat: Chat; conversation: Conversation },
): JSX.Element {
  const [areMembersShown, showMembers] = useState(false);
  const [edited, setEdited] = useState<Message | null>(null);
  const problem = conversation.problem.value;
  const [kept] = useState(() => new KeptView(chat.user, conversation.key));
  const toggle = useRef<HTMLButtonElement>(null);
  const send = (text: string): void => {
    if (edited !== null) {
      conversation.outgoing.takeBack(edited);
    }
    // Under its old id: should the first version have been stored, there aren't two.
    conversation.outgoing.send(draft(chat.user, text, edited?.id ?? undefined));
    setEdited(null);
    conversation.typing.stop();
  };
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Where the composer doesn't take it (it would call up a keyboard), who comes begins here.
    if (!matchMedia("(pointer: fine)").matches) {
      heading.current?.focus();
    }
  }, []);
  return (
    <section class="conversation" aria-labelledby="conversation-name">
      <header class="conversation-head">
        <button type="button" class="quiet back" aria-label={words.back} onClick={() => { go(null); }}>
          <Icon name="back" />
        </button>
        <h1 id="conversation-name" title={conversation.name} tabIndex={-1} ref={heading}>
          {conversation.kind === "room" && <span class="room-sign" aria-hidden="true">#</span>}
          {conversation.name}
        </h1>
        {conversation.kind === "room"
          ? (
            <button
              type="button" class="quiet" aria-expanded={areMembersShown} ref={toggle}
              onClick={() => { showMembers(!areMembersShown); }}
            >
              {words.members(conversation.members.users.value.length)}
            </button>
          )
          : conversation instanceof Direct && <PartnerLine direct={conversation} />}
      </header>
      {problem !== null && <p class="problem" role="alert">{words.refused(problem)}</p>}
      <div class="conversation-body">
        <MessageList chat={chat} conversation={conversation} kept={kept} edited={edited} onEdit={setEdited} />
        {areMembersShown && conversation.kind === "room" && (
          <MembersPanel
            members={conversation.members} me={chat.user}
            onLeave={() => {
              chat.leave(conversation);
              go(null, "in place");
            }}
            onClose={() => {
              showMembers(false);
              toggle.current?.focus();
            }}
          />
        )}
      </div>
      <p class="typing" role="status">{words.typing(conversation.typing.users.value)}</p>
      <Composer
        conversation={conversation} kept={kept} edited={edited} onSend={send}
        onCancel={() => { setEdited(null); }}
      />
    </section>
  );
}

function PartnerLine({ direct }: { direct: Direct }): JSX.Element {
  const partner = direct.partner.value;
  return (
    <p class="hint partner-line">
      {partner !== "unknown" && <span class="unseen">{direct.name} </span>}
      {partner !== "unknown" && words.partner[partner]}
    </p>
  );
}

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../chat/conversation";
import type { Message } from "../chat/message";
import { strings } from "../strings";
import { EMOJI } from "../text/emoji";
import { Icon } from "./icon";
import { draftIn, keepDraft } from "./place";

const words = strings.composer;

/** Well below the server's 64 KiB, whatever the signs are. */
const TEXT_MAX = 8_000;

/** Where one writes. Enter sends; Shift and Enter begins a line. */
export function Composer({ conversation, edited, onSend }: {
  conversation: Conversation;
  /** A message that wasn't sent and is written again; null: none is. */
  edited: Message | null;
  onSend: (text: string) => void;
}): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => draftIn(conversation.key));
  const [isPicking, setPicking] = useState(false);
  useEffect(() => {
    // A touch screen would put its keyboard over what one wants to read.
    if (matchMedia("(pointer: fine)").matches) {
      field.current?.focus();
    }
  }, [conversation]);
  useEffect(() => {
    if (edited !== null) {
      setText(edited.text);
      field.current?.focus();
    }
  }, [edited]);

  useEffect(() => { keepDraft(conversation.key, text); }, [conversation, text]);

  const send = (): void => {
    if (text.trim() !== "") {
      onSend(text.trim());
      setText("");
    }
  };
  const insert = (emoji: string): void => {
    const at = field.current?.selectionStart ?? text.length;
    setText((text.slice(0, at) + emoji + text.slice(at)).slice(0, TEXT_MAX));
    setPicking(false);
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      {edited !== null && <p class="hint" role="status">{words.editing}</p>}
      {isPicking && (
        <Picker
          onPick={insert}
          onClose={() => {
            setPicking(false);
            field.current?.focus();
          }}
        />
      )}
      <div class="composer-row">
        <button
          type="button" class="quiet" aria-label={words.emoji} aria-expanded={isPicking}
          onClick={() => { setPicking(!isPicking); }}
        >
          <Icon name="smile" />
        </button>
        <div class="grow" data-text={text + "\n"}>
          <textarea
            ref={field} rows={1} value={text} maxLength={TEXT_MAX} enterkeyhint="send"
            aria-label={words.label(conversation.name)} aria-describedby="composer-hint"
            placeholder={words.label(conversation.name)}
            onInput={event => {
              setText(event.currentTarget.value);
              conversation.typing.say();
            }}
            onKeyDown={event => {
              if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
                event.preventDefault();
                send();
              }
            }}
          />
        </div>
        <button type="submit" class="primary" disabled={text.trim() === ""}>{words.send}</button>
      </div>
      <p id="composer-hint" class="hint keys">{words.hint}</p>
    </form>
  );
}

function Picker(
  { onPick, onClose }: { onPick: (emoji: string) => void; onClose: () => void },
): JSX.Element {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => { first.current?.focus(); }, []);
  return (
    <div
      class="picker" role="group" aria-label={words.emoji}
      onKeyDown={event => {
        if (event.key === "Escape") {
          onClose();
        }
      }}
    >
      {EMOJI.map((emoji, i) => (
        <button key={emoji} type="button" ref={i === 0 ? first : null} onClick={() => { onPick(emoji); }}>
          {emoji}
        </button>
      ))}
    </div>
  );
}

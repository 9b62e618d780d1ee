import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../chat/conversation";
import type { Message } from "../chat/message";
import { strings } from "../strings";
import { EmojiPicker } from "./emoji-picker";
import { Icon } from "./icon";
import type { KeptView } from "./kept-view";

const words = strings.composer;

/** Well below the server's 64 KiB, whatever the signs are. */
const TEXT_MAX = 8_000;

/** Who has a mouse has a keyboard; a touch screen's has no Shift and Enter. */
const hasKeyboard = matchMedia("(pointer: fine)").matches;

/**
 * Where one writes. Enter sends, and Shift and Enter begins a line; on a touch screen Enter begins
 * a line, and the button sends.
 */
export function Composer({ conversation, kept, edited, onSend, onCancel }: {
  conversation: Conversation;
  kept: KeptView;
  /** A message that wasn't sent and is written again; null: none is. */
  edited: Message | null;
  onSend: (text: string) => void;
  onCancel: () => void;
}): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(kept.draft);
  const [isPicking, setPicking] = useState(false);
  useEffect(() => {
    // A touch screen would put its keyboard over what one wants to read.
    if (hasKeyboard) {
      field.current?.focus();
    }
  }, [conversation]);
  useEffect(() => {
    // What was being written waits until the edited message is done with.
    setText(edited?.text ?? kept.draft);
    if (edited !== null) {
      field.current?.focus();
    }
  }, [edited]);

  const change = (changed: string): void => {
    setText(changed);
    if (edited === null) {
      kept.draft = changed;
    }
    if (changed === "") {
      conversation.typing.stop();
    } else {
      conversation.typing.say();
    }
  };
  const send = (): void => {
    if (text.trim() !== "") {
      onSend(text.trim());
      setText("");
      if (edited === null) {
        kept.draft = "";
      }
    }
  };
  const insert = (emoji: string): void => {
    setPicking(false);
    if (field.current !== null) {
      const { selectionStart, selectionEnd } = field.current;
      field.current.setRangeText(emoji, selectionStart, selectionEnd, "end");
      change(field.current.value.slice(0, TEXT_MAX));
      field.current.focus();
    }
  };
  const closePicker = (): void => {
    setPicking(false);
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onKeyDown={event => {
        if (event.key === "Escape" && isPicking) {
          closePicker();
        } else if (event.key === "Escape" && edited !== null) {
          onCancel();
        }
      }}
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      {edited !== null && (
        <p class="hint editing">
          <span role="status">{words.editing}</span>
          <button
            type="button"
            onClick={() => {
              onCancel();
              field.current?.focus();
            }}
          >
            {words.cancel}
          </button>
        </p>
      )}
      {isPicking && <EmojiPicker onPick={insert} />}
      <div class="composer-row">
        <button
          type="button" class="quiet" aria-label={words.emoji} aria-expanded={isPicking}
          onClick={() => { setPicking(!isPicking); }}
        >
          <Icon name="smile" />
        </button>
        <div class="grow" data-text={text + "\n"}>
          <textarea
            ref={field} rows={1} value={text} maxLength={TEXT_MAX}
            aria-label={words.label(conversation.name)} aria-describedby="composer-hint"
            placeholder={words.label(conversation.name)}
            onInput={event => { change(event.currentTarget.value); }}
            onKeyDown={event => {
              if (event.key === "Enter" && hasKeyboard && !event.shiftKey && !event.isComposing) {
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

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { strings } from "../strings";
import { EMOJI } from "../text/emoji";

/** A few emoji to choose from. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }): JSX.Element {
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => { first.current?.focus(); }, []);
  return (
    <div class="picker" role="group" aria-label={strings.composer.emoji}>
      {EMOJI.map((emoji, i) => (
        <button key={emoji} type="button" ref={i === 0 ? first : null} onClick={() => { onPick(emoji); }}>
          {emoji}
        </button>
      ))}
    </div>
  );
}

/** Those of the picker; all others can be typed. */
export const EMOJI: readonly string[] = [
  "😀", "😂", "🙂", "😉", "😍", "😎", "🤔", "😅", "😢", "😡", "😴", "🤯",
  "👍", "👎", "👋", "🙏", "👏", "💪", "🤝", "👀", "❤️", "💔", "🎉", "🔥",
  "✨", "⭐", "✅", "❌", "❓", "❗", "☕", "🍕", "🍰", "🌍", "☀️", "🌧️",
];

/** A picture, with a tone of skin or a look behind it, or joined to another one. */
const PICTURE =
  "\\p{Extended_Pictographic}(?:\\p{Emoji_Modifier}|\\uFE0F|\\u200D\\p{Extended_Pictographic})*";
/** A country's, by its two letters. */
const FLAG = "\\p{Regional_Indicator}{2}";
const ONLY_EMOJI = new RegExp(`^(?:${PICTURE}|${FLAG}){1,3}$`, "u");

/** Whether a message is nothing but one to three emoji, which is shown larger. */
export function isOnlyEmoji(text: string): boolean {
  return ONLY_EMOJI.test(text);
}

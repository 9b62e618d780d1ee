import { keep, recall } from "../net/storage";

/**
 * What a tab keeps of a conversation over a reload: where one was in it, and what was being written.
 * It is one user's, as another may come into the same tab.
 */
export class KeptView {
  private readonly placeKey: string;
  private readonly draftKey: string;

  constructor(user: string, conversation: string) {
    // A guest has another name after each reconnect, and is the same person.
    const owner = user.startsWith("guest-") ? "guest-" : user;
    this.placeKey = `parley.place.${owner} ${conversation}`;
    this.draftKey = `parley.draft.${owner} ${conversation}`;
  }

  /** The offset of the first message that could be seen; null: one was at the end. */
  get offset(): number | null {
    const kept = recall("session", this.placeKey);
    return typeof kept === "number" ? kept : null;
  }

  set offset(offset: number | null) {
    keep("session", this.placeKey, offset);
  }

  /** What was written and not sent. */
  get draft(): string {
    const kept = recall("session", this.draftKey);
    return typeof kept === "string" ? kept : "";
  }

  set draft(text: string) {
    keep("session", this.draftKey, text === "" ? null : text);
  }
}

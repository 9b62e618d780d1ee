import type { JSX } from "preact";
import type { Members } from "../chat/members";
import { strings } from "../strings";
import { Avatar } from "./avatar";
import { addressOf } from "./route";

/** Who is in a room. It changes without a word: joins and leaves are no messages. */
export function MembersPanel({ members, me, onLeave, onClose }: {
  members: Members;
  me: string;
  onLeave: () => void;
  onClose: () => void;
}): JSX.Element {
  return (
    <aside
      class="members" aria-label={strings.conversation.showMembers}
      onKeyDown={event => {
        if (event.key === "Escape") {
          onClose();
        }
      }}
    >
      <h2>{strings.conversation.showMembers}</h2>
      <ul>
        {members.users.value.map(user => (
          <li key={user}>
            <Avatar user={user} />
            {user === me
              ? <span class="member-name">{user} ({strings.message.you})</span>
              : (
                <a
                  class="member-name" href={addressOf("direct/" + user)}
                  title={strings.message.writeTo(user)}
                >
                  {user}
                </a>
              )}
          </li>
        ))}
      </ul>
      <button type="button" onClick={onLeave}>{strings.conversation.leave}</button>
    </aside>
  );
}

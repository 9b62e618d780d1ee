import type { JSX } from "preact";
import type { Members } from "../chat/members";
import { strings } from "../strings";
import { Avatar } from "./avatar";

/** Who is in a room. It changes without a word: joins and leaves are no messages. */
export function MembersPanel(
  { members, me, onLeave }: { members: Members; me: string; onLeave: () => void },
): JSX.Element {
  return (
    <aside class="members" aria-label={strings.conversation.showMembers}>
      <h2>{strings.conversation.showMembers}</h2>
      <ul>
        {members.users.value.map(user => (
          <li key={user}>
            <Avatar user={user} />
            {user === me
              ? <span class="member-name">{user} ({strings.message.you})</span>
              : (
                <a
                  class="member-name" href={"#/direct/" + encodeURIComponent(user)}
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

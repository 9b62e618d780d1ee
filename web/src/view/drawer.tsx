import type { JSX } from "preact";
import type { Chat } from "../chat/chat";
import type { Backlog } from "../chat/backlog";
import { strings } from "../strings";

const words = strings.drawer;

/** What a developer likes to see: `?debug` behind the page's address shows it. */
export function Drawer({ chat }: { chat: Chat }): JSX.Element {
  const { link } = chat;
  const { latency, frames } = link;
  const counts = frames?.counts.value ?? { in: 0, out: 0 };
  return (
    <aside class="drawer" aria-label={words.label}>
      <h2>{words.label}</h2>
      <p>
        {words.latency}: <output id="latency">
          {words.latencies(latency.count.value, latency.p50.value, latency.p99.value)}
        </output>
      </p>
      <p><button type="button" onClick={() => frames?.drop()}>{words.drop}</button></p>
      <h3>{words.positions}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.channel}</th>
            <th scope="col">{words.offset}</th>
            <th scope="col">{words.epoch}</th>
          </tr>
        </thead>
        <tbody>
          {chat.rooms.value.map(room =>
            <PositionRow key={room.key} channel={`room:${room.name}`} backlog={room.backlog} />)}
          <PositionRow channel={`inbox:#${chat.user}`} backlog={chat.inbox.backlog} />
        </tbody>
      </table>
      <h3>{words.happenings}</h3>
      <ol class="log" tabIndex={0} aria-label={words.happenings}>
        {link.happenings.value.map((happening, i) =>
          <li key={i}>{strings.message.time(happening.at)} {happening.what}</li>)}
      </ol>
      <h3>{words.frames(counts.in, counts.out)}</h3>
      <ol class="log" tabIndex={0} aria-label={words.frames(counts.in, counts.out)}>
        {frames?.frames.value.toReversed().map(frame => (
          <li key={frame.id} data-way={frame.way}>
            <b>{frame.way === "in" ? words.wayIn : words.wayOut}</b> {frame.text}
          </li>
        ))}
      </ol>
    </aside>
  );
}

function PositionRow({ channel, backlog }: { channel: string; backlog: Backlog }): JSX.Element {
  const { offset, epoch } = backlog.position.value;
  return (
    <tr>
      <th scope="row">{channel}</th>
      <td>{offset}</td>
      <td>{epoch}</td>
    </tr>
  );
}

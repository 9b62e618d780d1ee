import type { NameProblem } from "./chat/names";

const numbers = new Intl.NumberFormat("en");
const days = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" });
const daysOfYears = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });
const times = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hour12: false });
const dates = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium", hour12: false });

const count = (n: number, one: string, many: string): string =>
  `${numbers.format(n)} ${n === 1 ? one : many}`;

/** Names as one says them: "alice, bob and 3 others". */
const names = (users: readonly string[], shown: number): string => {
  const first = users.slice(0, shown);
  const rest = users.length - first.length;
  if (rest > 0) {
    return `${first.join(", ")} and ${count(rest, "other", "others")}`;
  }
  return first.length < 2
    ? first.join("")
    : `${first.slice(0, -1).join(", ")} and ${first.at(-1) ?? ""}`;
};

/** Everything that the page says, in English. */
export const strings = {
  title: (unread: number): string => unread === 0 ? "Parley" : `(${numbers.format(unread)}) Parley`,

  welcome: {
    heading: "Welcome to Parley",
    lead: "Choose a name, and talk to whoever is here.",
    name: "Your name",
    enter: "Enter",
    claimHint: "On a server for development a name is enough, and anybody can take any. In production "
      + "a token says who one is.",
    connecting: "Connecting…",
  },

  nameProblems: {
    empty: "Type a name first.",
    long: "At most 64 characters, please.",
    signs: "No blanks, and none of : # , { } * please.",
    reserved: "That name is taken by the server itself.",
  } satisfies Record<NameProblem, string>,

  ended: {
    heading: "Disconnected",
    unauthorized: "Your token isn't valid any more, or never was. Open the page again from your "
      + "application.",
    noToken: "This server lets nobody in without a token. Open the page from your application, or "
      + "with #token=… behind its address.",
    thrownOut: "The server has ended this connection.",
    limit: "You have too many connections open. Close another window first.",
    other: (reason: string, code: number): string =>
      `The server doesn't want this connection: ${reason} (${code}).`,
    again: "Connect again",
    other_name: "Enter as somebody else",
  },

  status: {
    label: "Connection",
    connecting: "Connecting…",
    online: (node: string): string => node === "" ? "Connected" : `Connected to ${node}`,
    lostConnection: "Connection lost.",
    unreachable: "The server can't be reached.",
    retryIn: (seconds: number): string =>
      `Trying again in ${count(seconds, "second", "seconds")}`,
    retryNow: "Trying again…",
    offline: "You are offline. Everything goes on when you are back.",
    now: "Try now",
    resumed: (messages: number): string => messages === 0
      ? "Back. You missed nothing."
      : `Back. ${count(messages, "message", "messages")} that you missed ${
        messages === 1 ? "is" : "are"} here.`,
    lost: "Back, but some messages that you missed can't be had any more.",
  },

  sidebar: {
    label: "Conversations",
    rooms: "Rooms",
    directs: "Direct messages",
    noDirects: "Nobody yet. Choose somebody in a room, or start with a name.",
    joinRoom: "Join or create a room",
    roomName: "Room",
    join: "Join",
    writeTo: "Write to somebody",
    userName: "User",
    write: "Write",
    unread: (n: number): string => count(n, "unread message", "unread messages"),
    cap: (n: number): string => n > 99 ? "99+" : String(n),
    here: "here",
    away: "away",
    you: "You are",
    logout: "Leave",
    notify: "Notify me",
    notifying: "Notifications are on",
    notifyDenied: "Your browser blocks notifications from this page.",
    longName: "At most 255 bytes, please.",
  },

  conversation: {
    none: "Choose a conversation",
    noneHint: "Rooms are for everybody. Direct messages are for two.",
    back: "Back to the list",
    leave: "Leave room",
    members: (n: number): string => count(n, "person here", "people here"),
    showMembers: "Who is here",
    /** Behind his name. */
    partner: { here: "is here", away: "is away, and gets your messages when back" },
    messages: (kind: "room" | "direct", name: string): string =>
      kind === "room" ? `Messages in ${name}` : `Messages with ${name}`,
    empty: "Nothing was said here yet.",
    emptyHint: "Write the first message.",
    beginning: "This is the beginning.",
    oldest: "Nothing older is kept.",
    older: "Loading older messages…",
    hole: "History was lost here",
    newMessages: "New messages",
    toBottom: "To the newest messages",
    refused: (reason: string): string => `You can't read this room: ${reason}.`,
    typing: (users: readonly string[]): string => users.length === 0
      ? ""
      : `${names(users, 3)} ${users.length === 1 ? "is" : "are"} typing…`,
    said: (from: string, text: string): string => `${from}: ${text}`,
  },

  message: {
    you: "you",
    nobody: "the server",
    sending: "Sending…",
    waiting: "Waiting for the connection…",
    sent: "Sent",
    failed: (reason: string): string => `Not sent: ${reason}.`,
    unknown: "Perhaps not sent: the server didn't answer.",
    alreadySent: "The first version had been sent after all, and stays.",
    denied: "you may not write here",
    notNow: "the server takes nothing now",
    notSent: (text: string): string => `Not sent: ${text}`,
    retry: "Try again",
    edit: "Edit",
    discard: "Discard",
    readBy: (users: readonly string[]): string => `Read by ${names(users, 5)}`,
    writeTo: (user: string): string => `Write to ${user}`,
    time: (at: number): string => times.format(at),
    fullTime: (at: number): string => dates.format(at),
  },

  day: (at: number, now: number): string => {
    const today = new Date(now).toDateString();
    const yesterday = new Date(now - 86_400_000).toDateString();
    const day = new Date(at).toDateString();
    if (day === today) {
      return "Today";
    }
    if (day === yesterday) {
      return "Yesterday";
    }
    return new Date(at).getFullYear() === new Date(now).getFullYear()
      ? days.format(at)
      : daysOfYears.format(at);
  },

  composer: {
    label: (name: string): string => `Message to ${name}`,
    send: "Send",
    emoji: "Emoji",
    hint: "Enter sends, Shift+Enter begins a new line.",
    editing: "You are editing a message that wasn't sent.",
    cancel: "Cancel",
  },

  notification: {
    inRoom: (from: string, room: string): string => `${from} in ${room}`,
  },

  drawer: {
    label: "Developer's view",
    latency: "Latency of my messages",
    latencies: (n: number, p50: number | null, p99: number | null): string => n === 0
      ? "No message sent yet."
      : `${numbers.format(n)} acked: p50 ${millis(p50)}, p99 ${millis(p99)}`,
    drop: "Drop the connection",
    positions: "Positions",
    channel: "Channel",
    offset: "Offset",
    epoch: "Epoch",
    happenings: "What happened",
    frames: (incoming: number, outgoing: number): string =>
      `Frames: ${numbers.format(incoming)} in, ${numbers.format(outgoing)} out`,
    wayIn: "in",
    wayOut: "out",
  },
};

function millis(value: number | null): string {
  return value === null ? "?" : `${value.toFixed(1)} ms`;
}

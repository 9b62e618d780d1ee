/** What cannot be in the name of a user or a room, as the server has it. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const FORBIDDEN = /[\s\u0000-\u001f\u007f-\u009f\p{Surrogate}:#,{}*]/u;
const ESCAPED = /[\s\u0000-\u001f\u007f-\u009f%:#,{}*]/gu; // eslint-disable-line no-control-regex
const LENGTH_MAX = 64;

export type NameProblem = "empty" | "long" | "signs" | "reserved";

/** What a typed name stands for: in NFC, without blanks at its ends. */
export function normalized(typed: string): string {
  return typed.trim().normalize("NFC");
}

/** Why nobody can be called so; null if one can. */
export function userProblem(name: string): NameProblem | null {
  return name.startsWith("guest-") ? "reserved" : problem(name);
}

/** Why no room can be called so; null if one can. */
export function roomProblem(name: string): NameProblem | null {
  return name === "inbox" ? "reserved" : problem(name);
}

function problem(name: string): NameProblem | null {
  if (name === "") {
    return "empty";
  }
  if (Array.from(name).length > LENGTH_MAX) {
    return "long";
  }
  return FORBIDDEN.test(name) ? "signs" : null;
}

export const roomChannel = (room: string): string => `room:${room}`;
export const inboxChannel = (user: string): string => `inbox:#${escaped(user)}`;
export const ownChannel = (user: string): string => `me:#${escaped(user)}`;

/** What two users share beside their inboxes: named by both, it is for nobody else. */
export function pair(one: string, other: string): string {
  return "#" + [escaped(one), escaped(other)].sort().join(",");
}

/** A user's name as channels have it behind `#`: what means something there is percent-encoded. */
export function escaped(user: string): string {
  return user.replace(ESCAPED, sign =>
    Array.from(new TextEncoder().encode(sign), byte =>
      "%" + byte.toString(16).padStart(2, "0")).join(""));
}

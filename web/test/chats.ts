import { Chat } from "../src/chat/chat";
import type { Conversation } from "../src/chat/conversation";
import { expect } from "vitest";
import { FakeLink, type FakeSubscription, published } from "./fakes";

export const OWN = "me:#alice";

export function say(link: FakeLink, room: string, ...texts: string[]): void {
  const channel = link.client.channel("room:" + room);
  for (const text of texts) {
    channel.say(published("bob", text, channel.top + 1));
  }
}

/** What another device of hers publishes. */
export function place(isListed: boolean, read = 0, epoch = "", listedAt = 1): object {
  return { isListed, listedAt, read, epoch, life: 0 };
}

/** Alice's chat, whose other devices have said this before. */
export async function loaded(state?: object, link = new FakeLink()): Promise<{ chat: Chat; link: FakeLink }> {
  if (state !== undefined) {
    link.client.channel(OWN).say(published("alice", state, 1));
  }
  const chat = new Chat(link.asLink, "alice");
  const loading = chat.load();
  link.client.sub(OWN).answer();
  await loading;
  return { chat, link };
}

/** A room of a chat that hasn't ended. */
export function joined(chat: Chat, name: string): Conversation {
  return chat.join(name) ?? expect.unreachable();
}

/** A direct conversation of a chat that hasn't ended. */
export function written(chat: Chat, user: string): Conversation {
  return chat.with(user) ?? expect.unreachable();
}

export function roomSub(link: FakeLink, room = "lobby"): FakeSubscription {
  return link.client.sub("room:" + room);
}

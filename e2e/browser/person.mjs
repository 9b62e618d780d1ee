// Somebody in front of the page, who does and reads what a user does and reads: by roles and names.
import assert from "node:assert/strict";
import { step, until } from "./stage.mjs";

/// What Chromium itself says in the console of a connection that fails, and of one whose end the
/// page hasn't been told of yet when it sends something.
export const LOST_CONNECTION = new RegExp("^WebSocket connection to .* failed"
  + "|^WebSocket is already in CLOSING or CLOSED state"
  + "|net::ERR_(CONNECTION_|INTERNET_DISCONNECTED)");

/// Keeps, in the page, all that the status line says one after the other.
function keepStatus() {
  window.statusSaid = [];
  new MutationObserver(() => {
    const line = document.querySelector("[data-status]");
    const text = [...line?.children ?? []].map(part => part.textContent).join(" ").trim();
    if (text !== window.statusSaid.at(-1)) {
      window.statusSaid.push(text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}

export class Person {
  /// The commands that his page has sent and what it has got, as objects.
  sent = [];
  heard = [];

  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.list = page.getByRole("navigation", { name: "Conversations" });
    this.composer = page.getByRole("textbox", { name: /^Message to / });
    this.status = page.getByRole("status", { name: "Connection" });
    this.history = page.getByRole("region", { name: /^Messages (with|in) / });
    page.on("websocket", socket => {
      socket.on("framesent", ({ payload }) => this.sent.push(...objects(payload)));
      socket.on("framereceived", ({ payload }) => this.heard.push(...objects(payload)));
    });
  }

  static async at(stage, name, options = {}) {
    const page = await stage.page(options, LOST_CONNECTION);
    await page.addInitScript(keepStatus);
    return new Person(name, page);
  }

  /// Comes to the page for the first time, and gives his name.
  async enter(url) {
    await this.page.goto(url);
    await this.page.getByRole("textbox", { name: "Your name" }).fill(this.name);
    await this.page.getByRole("button", { name: "Enter" }).click();
    await this.node();
    await this.composer.waitFor();
    return this;
  }

  /// Comes back until he isn't on that node: all of them are behind one port.
  async leaveNode(node) {
    for (let i = 0; await this.node() === node; i++) {
      assert.ok(i < 60, `${this.name} is always on ${node}`);
      await this.page.reload();
    }
    return this.node();
  }

  /// The node that the status line names, once it does.
  async node() {
    const line = this.status.getByText(/^Connected to /);
    await line.waitFor();
    return /^Connected to (\S+)/.exec(await line.textContent())[1];
  }

  async goTo(key) {
    await this.page.goto(new URL("#/" + key, this.page.url()).href);
    await this.isIn(key.slice(key.indexOf("/") + 1));
  }

  /// Opens a conversation of his list.
  async choose(name) {
    await this.entry(name).click();
    await this.isIn(name);
  }

  async isIn(name) {
    await this.page.getByRole("heading", { level: 1, name: new RegExp(`^#?${name}$`) }).waitFor();
  }

  /// A conversation in the list, with whatever its name says beside the name.
  entry(name) {
    return this.list.locator(`a[href$="/${encodeURIComponent(name)}"]`);
  }

  /// Waits until the list says that so many messages are unread there.
  async hasUnread(name, count) {
    const said = count === 0 ? /^((?!unread).)*$/s : new RegExp(`\\b${count} unread message`);
    await this.entry(name).filter({ hasText: said }).waitFor();
  }

  async hasTitle(title) {
    await until(`${this.name}'s page is titled ${title}`, async () =>
      await this.page.title() === title);
  }

  /// How many are here; a click shows who.
  get here() {
    return this.page.getByRole("button", { name: /^\d+ (person|people) here$/ });
  }

  async leaveRoom() {
    await this.here.click();
    await this.page.getByRole("button", { name: "Leave room" }).click();
  }

  async say(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /// A message, by all of its text.
  message(text) {
    return this.page.locator("article.message").filter(
      { has: this.page.getByText(text, { exact: true }) });
  }

  /// Waits until a message is stored, as far as his page knows.
  async hasSent(text) {
    await this.message(text).and(this.page.locator("[data-sending=sent][data-offset]")).waitFor();
  }

  /// The messages in the document from the top to the bottom.
  messages() {
    return this.page.locator("article.message").evaluateAll(articles => articles.map(article => ({
      offset: article.dataset.offset === undefined ? null : Number(article.dataset.offset),
      sending: article.dataset.sending,
      text: article.querySelector("p").innerText,
    })));
  }

  /// The offsets of the messages of which more than half can be seen.
  visible() {
    return this.history.evaluate(list => {
      const { top, bottom } = list.getBoundingClientRect();
      return [...list.querySelectorAll("article.message")].filter(article => {
        const place = article.getBoundingClientRect();
        const middle = (place.top + place.bottom) / 2;
        return middle > top && middle < bottom;
      }).map(article => Number(article.dataset.offset));
    });
  }

  /// Waits until these and no others are in the document, each stored, in this order.
  async reads(texts) {
    let messages;
    await until(`${this.name} reads ${texts.length} messages`, async () => {
      messages = await this.messages();
      assert.deepEqual(messages.map(message => message.text), texts);
      return messages.every(({ sending, offset }) => sending === "sent" && offset !== null);
    });
    const offsets = messages.map(message => message.offset);
    assert.deepEqual(offsets, offsets.toSorted((a, b) => a - b));
  }

  /// Everything that the status line has said since the page was loaded.
  statusSaid() {
    return this.page.evaluate(() => window.statusSaid);
  }

  /// Waits until the status line has said these, in this order.
  async hasBeenTold(...expressions) {
    await until(`${this.name}'s status line says ${expressions}`, async () => {
      const said = await this.statusSaid();
      let at = 0;
      for (const expression of expressions) {
        at = said.findIndex((text, i) => i >= at && expression.test(text));
        assert.ok(at >= 0, `${expression} in ${JSON.stringify(said)}`);
      }
      return true;
    });
  }

  /// What he has published to a channel, over the protocol's publish or the server's procedure.
  published(channel) {
    return this.sent.map(command => command.publish ?? paramsOf(command.rpc))
      .filter(publish => publish?.channel === channel);
  }

  /// Opens a form of the list, and gives a name in it.
  async giveName(form, field, action, name) {
    await this.list.getByRole("button", { name: form }).click();
    await this.list.getByRole("textbox", { name: field }).fill(name);
    await this.list.getByRole("button", { name: action, exact: true }).click();
    await this.isIn(name);
  }

  join(room) {
    return this.giveName("Join or create a room", "Room", "Join", room);
  }

  writeTo(user) {
    return this.giveName("Write to somebody", "User", "Write", user);
  }
}

function paramsOf(rpc) {
  return rpc?.method === "publish" ? rpc.data : undefined;
}

/// A frame has one object a line.
function objects(payload) {
  return typeof payload === "string"
    ? payload.split("\n").filter(line => line !== "").map(line => JSON.parse(line))
    : [];
}

/// Two people on different nodes, both in a conversation.
export async function onTwoNodes(stage, url, one, other, options) {
  const [first, second] = [
    await Person.at(stage, one, options).then(person => person.enter(url)),
    await Person.at(stage, other, options).then(person => person.enter(url)),
  ];
  const nodes = [await first.node(), await second.leaveNode(await first.node())];
  assert.notEqual(nodes[0], nodes[1]);
  step(`${one} is on ${nodes[0]}, ${other} on ${nodes[1]}`);
  return [first, second];
}

// How people notice what happens: by their eyes elsewhere, or not by their eyes at all.
import assert from "node:assert/strict";
import { onTwoNodes, Person } from "./person.mjs";
import { step, until } from "./stage.mjs";

/// In place of the browser's notifications, of which one without a desktop shows none: keeps what
/// would be shown, and lets the page whenever it asks.
function keepNotifications() {
  window.asked = 0;
  window.notifications = [];
  window.Notification = class {
    static permission = "default";

    static async requestPermission() {
      window.asked++;
      return this.permission = "granted";
    }

    constructor(title, { body }) {
      this.shown = `${title}: ${body}`;
      window.notifications.push(this);
    }

    close() {
      this.isClosed = true;
    }
  };
  // The page is hidden when the test says so: of those of a browser without a desktop none is.
  let isHidden = false;
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  window.setHidden = value => {
    isHidden = value;
    document.dispatchEvent(new Event("visibilitychange"));
  };
}

/// What he was told of ruth: in the lobby there are others, too.
const notified = person => person.page.evaluate(() =>
  window.notifications.map(({ shown }) => shown).filter(shown => shown.startsWith("ruth")));

/// Waits until he was told all of this, and nothing else.
async function isNotified(person, all) {
  await until("it is told: " + all.at(-1), async () =>
    (await notified(person)).length >= all.length);
  assert.deepEqual(await notified(person), all);
}

/// Keeps each line that the region for screen readers gets.
function keepSpoken() {
  window.spoken = [];
  new MutationObserver(records => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        const lines = node.nodeType !== Node.ELEMENT_NODE ? []
          : node.matches("[role=log] p") ? [node] : node.querySelectorAll("[role=log] p");
        window.spoken.push(...Array.from(lines, line => line.textContent));
      }
    }
  }).observe(document, { subtree: true, childList: true });
}

const spoken = person => person.page.evaluate(() => window.spoken);

export async function notifications(stage, { url }) {
  const ruth = await Person.at(stage, "ruth");
  await ruth.enter(url);
  const paul = await Person.at(stage, "paul");
  await paul.page.addInitScript(keepNotifications);
  await paul.enter(url);
  await paul.join("hall");
  await paul.join("foyer");
  await ruth.writeTo("paul");
  await ruth.say("Nobody asked you");
  await paul.hasUnread("ruth", 1);
  assert.deepEqual(await notified(paul), []);
  assert.equal(await paul.page.evaluate(() => window.asked), 0);
  step("nobody is notified who didn't ask for it, and nobody is asked");

  await paul.page.getByRole("button", { name: "Notify me" }).click();
  await paul.page.getByRole("button", { name: "Notifications are on" }).waitFor();
  assert.equal(await paul.page.evaluate(() => window.asked), 1);
  await ruth.say("And now?");
  const all = ["ruth: And now?"];
  await isNotified(paul, all);
  step("the bell asks, and then a direct message of another conversation is told");

  await ruth.goTo("room/hall");
  await ruth.say("In another room");
  await paul.hasUnread("hall", 1);
  await ruth.goTo("room/foyer");
  await ruth.say("In the open room");
  await paul.message("In the open room").waitFor();
  await paul.page.evaluate(() => window.setHidden(true));
  await ruth.say("While he is away");
  all.push("ruth in foyer: While he is away");
  await isNotified(paul, all);
  await paul.page.evaluate(() => window.setHidden(false));
  step("a room's message is told while the page is hidden, and only then");

  await paul.page.evaluate(() =>
    window.notifications.find(({ shown }) => shown === "ruth: And now?").onclick());
  await paul.isIn("ruth");
  await paul.message("And now?").waitFor();
  assert.ok(await paul.page.evaluate(() =>
    window.notifications.find(({ shown }) => shown === "ruth: And now?").isClosed));
  await ruth.choose("paul");
  await ruth.say("You see this");
  await paul.message("You see this").waitFor();
  await paul.page.evaluate(() => window.setHidden(true));
  await ruth.say("But not this");
  all.push("ruth: But not this");
  await isNotified(paul, all);
  step("a click opens the conversation, which tells nothing while it is looked at");
}

export async function speech(stage, { url }) {
  const [vic, zoe] = await onTwoNodes(stage, url, "vic", "zoe");
  await vic.join("attic");
  await zoe.goTo("room/stairs");
  await zoe.say("Before you came");
  await zoe.hasSent("Before you came");
  await vic.page.addInitScript(keepSpoken);
  await vic.page.goto("about:blank");
  await vic.page.goto(new URL("#/room/stairs", url).href);
  await vic.message("Before you came").waitFor();
  await vic.say("Hello");
  await vic.hasSent("Hello");
  const log = vic.page.getByRole("log");
  const all = [];
  // More than the region keeps.
  for (let i = 1; i <= 7; i++) {
    await zoe.say("Live " + i);
    all.push("zoe: Live " + i);
    await log.getByText("zoe: Live " + i, { exact: true }).waitFor({ state: "attached" });
  }
  await zoe.goTo("room/attic");
  await zoe.say("Elsewhere");
  await vic.hasUnread("attic", 1);
  await zoe.goTo("room/stairs");
  assert.deepEqual(await spoken(vic), all);
  step("what others say in the open conversation is spoken, once each, and own words aren't");

  await vic.page.context().setOffline(true);
  await vic.hasBeenTold(/^You are offline/);
  await zoe.say("Missed");
  await zoe.hasSent("Missed");
  await vic.page.context().setOffline(false);
  await vic.message("Missed").waitFor();
  await vic.hasBeenTold(/^Connected.* Back\. 1 message that you missed is here\./);
  await zoe.say("Live again");
  all.push("zoe: Live again");
  await log.getByText("zoe: Live again", { exact: true }).waitFor({ state: "attached" });
  assert.deepEqual(await spoken(vic), all);
  step("nor is what was missed, which the status line counts");
}

/// A message of another conversation, which changes the list, while a form of it is open.
export async function focus(stage, { url }) {
  const ada = await Person.at(stage, "ada");
  await ada.enter(url);
  const bert = await Person.at(stage, "bert");
  await bert.enter(url);
  await ada.list.getByRole("button", { name: "Join or create a room" }).click();
  await ada.list.getByRole("button", { name: "Write to somebody" }).click();
  await ada.list.getByRole("textbox", { name: "User" }).waitFor();
  await ada.composer.click();
  await ada.page.keyboard.type("I am just ");
  await bert.writeTo("ada");
  await bert.say("Are you there?");
  await ada.hasUnread("bert", 1);
  await bert.say("Hello?");
  await ada.hasUnread("bert", 2);
  await ada.page.keyboard.type("writing");
  assert.equal(await ada.composer.inputValue(), "I am just writing");
  assert.ok(await ada.composer.evaluate(element => element === document.activeElement));
  step("who writes isn't taken elsewhere by what comes in");
}

// What the page looks like: its states in light and dark, small and large; for eyes, for keyboards,
// for screen readers, and for texts that mean harm.
import assert from "node:assert/strict";
import { fits, look, SIZES } from "./eyes.mjs";
import { onTwoNodes, Person } from "./person.mjs";
import { step, until } from "./stage.mjs";

/// Words, and names, that nobody foresaw.
const LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen".repeat(4);
const LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-".repeat(2).slice(0, 64);

/// The picture of the README, and what it shows.
export async function picture(stage, { url }) {
  const [alice, bob, carol] = await Promise.all(["alice", "bob", "carol"]
    .map(name => Person.at(stage, name).then(person => person.enter(url))));
  await alice.say("Good morning! The new release is on the test servers.");
  await bob.message(/Good morning/).waitFor();
  await bob.say("Nice, I will try the upgrade right away.");
  await alice.message(/upgrade/).waitFor();
  await bob.say("Is there anything that I should look at first?");
  await alice.message(/anything/).waitFor();
  await alice.say("The notes are at https://example.com/notes.\n"
    + "Reconnecting is what has changed most.");
  await bob.message(/notes/).waitFor();
  await bob.say("I pulled the plug of a node, and nothing got lost.");
  await carol.message(/plug/).waitFor();
  await carol.say("Same here, all messages came once and in order.");
  await alice.message(/Same here/).waitFor();
  await alice.say("Then it goes out today. Thank you!");
  await alice.page.locator("article.message").filter({ hasText: "Then it goes out" })
    .getByText(/^Read by (bob and carol|carol and bob)$/).waitFor();
  await carol.goTo("direct/alice");
  await carol.say("Do you have a minute this afternoon?");
  await alice.hasUnread("carol", 1);
  await alice.here.click();
  await bob.composer.pressSequentially("Then let us ");
  await alice.page.getByText("bob is typing…").waitFor();
  await alice.page.screenshot({ path: `${process.env.SHOTS}/chat.png` });
  step("a picture of a chat");

  await look(alice.page, "room");
  await alice.here.click();
  await look(alice.page, "room-alone");
  await alice.choose("carol");
  await alice.say("Sure, at three.");
  await alice.page.getByText("Read by carol").waitFor();
  await look(alice.page, "direct");
}

/// The states that a chat can be in, beside what it mostly is.
export async function states(stage, { url }) {
  const page = await stage.page();
  await page.goto(url);
  await look(page, "welcome");

  const mia = await Person.at(stage, "mia");
  let isBlocked = false;
  const open = [];
  await mia.page.routeWebSocket(/connection\/websocket/, socket => {
    const server = socket.connectToServer();
    open.push(server);
    if (isBlocked) {
      socket.close();
    }
  });
  await mia.enter(url + "?debug");
  await mia.goTo("room/empty");
  await mia.page.getByText("Nothing was said here yet.").waitFor();
  await look(mia.page, "drawer");

  const noah = await Person.at(stage, "noah");
  await noah.enter(url);
  await noah.goTo("room/empty");
  await noah.page.getByText("Nothing was said here yet.").waitFor();
  await look(noah.page, "empty");
  await noah.page.getByRole("button", { name: "Emoji" }).click();
  await look(noah.page, "emoji");
  await noah.page.keyboard.press("Escape");

  const long = await Person.at(stage, LONG_NAME);
  await long.enter(url);
  await long.goTo("room/" + LONG_NAME.toLowerCase());
  await long.say(LONG_WORD);
  await long.hasSent(LONG_WORD);
  await long.say("https://example.com/" + LONG_WORD);
  await noah.goTo("room/" + LONG_NAME.toLowerCase());
  await noah.writeTo(LONG_NAME);
  await noah.say(LONG_WORD);
  await noah.hasSent(LONG_WORD);
  await look(noah.page, "long-direct");
  await noah.choose(LONG_NAME.toLowerCase());
  await noah.here.click();
  await look(noah.page, "long-room");

  isBlocked = true;
  await Promise.all(open.map(socket => socket.close()));
  await mia.status.getByText(/^Connection lost/).waitFor();
  await mia.say("I wait for the network");
  await look(mia.page, "reconnecting");

  const lost = await Person.at(stage, "lost");
  await lost.page.routeWebSocket(/connection\/websocket/, socket => socket.close());
  await lost.page.goto(url);
  await lost.page.getByRole("textbox", { name: "Your name" }).fill("lost");
  await lost.page.getByRole("button", { name: "Enter" }).click();
  await lost.status.getByText("The server can't be reached.").waitFor();
  await look(lost.page, "unreachable");
}

/// The list alone, which a phone shows in place of a conversation; a laptop shows it beside none.
export async function lists(stage, { url }) {
  const [phone] = SIZES;
  const olga = await Person.at(stage, "olga");
  await olga.enter(url);
  await olga.join("cellar");
  await olga.join(LONG_NAME.toLowerCase());
  await olga.page.setViewportSize(phone);
  await olga.page.getByRole("button", { name: "Back to the list" }).click();
  await olga.list.getByText("Nobody yet.").waitFor();
  await olga.composer.waitFor({ state: "detached" });
  await look(olga.page, "list-empty");
  await olga.page.getByText("Choose a conversation").waitFor();

  const [pete, long] = await Promise.all(["pete", LONG_NAME]
    .map(name => Person.at(stage, name).then(person => person.enter(url))));
  await pete.goTo("room/cellar");
  await pete.say("One");
  await pete.goTo("room/" + LONG_NAME.toLowerCase());
  for (let i = 1; i <= 100; i++) {
    await pete.say("Number " + i);
  }
  await pete.goTo("direct/olga");
  await pete.say("Olga?");
  await long.goTo("direct/olga");
  await long.say("Hello");
  await long.say("Olga");
  await olga.hasUnread("cellar", 1);
  await olga.hasUnread(LONG_NAME.toLowerCase(), 100);
  await olga.hasUnread("pete", 1);
  await olga.hasUnread(LONG_NAME, 2);
  await olga.entry(LONG_NAME.toLowerCase()).getByText("99+").waitFor();
  await pete.page.context().close();
  await olga.list.getByRole("link", { name: /^away pete/ }).waitFor();
  await olga.page.setViewportSize(phone);
  await look(olga.page, "list");

  for (const [form, field] of [["Join or create a room", "Room"], ["Write to somebody", "User"]]) {
    await olga.list.getByRole("button", { name: form }).click();
    await olga.list.getByRole("textbox", { name: field }).press("Enter");
  }
  const problems = olga.list.getByRole("alert").filter({ hasText: "Type a name first." });
  await until("both forms say what is wrong", async () => await problems.count() === 2);
  await look(olga.page, "list-forms");

  await olga.page.setViewportSize(phone);
  await olga.entry("cellar").click();
  await olga.isIn("cellar");
  await olga.message("One").waitFor();
  await olga.page.getByRole("button", { name: "Back to the list" }).click();
  await olga.composer.waitFor({ state: "detached" });
  await olga.hasUnread("cellar", 0);
  step("on a phone one goes from the list to a conversation and back");
}

export async function safety(stage, { url }) {
  const [quinn, rex] = await onTwoNodes(stage, url, "quinn", "rex");
  await quinn.goTo("room/<b>");
  await rex.goTo("room/<b>");
  const said = ['<img src=x onerror="document.title = 1"> <b>bold</b>', '{"ack":1,"text":"no"}',
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    '"><script>document.title = 1</script>', "{{1 + 1}} ${1 + 1} &amp; %3Cb%3E"];
  for (const text of said) {
    await quinn.say(text);
  }
  for (const reader of [quinn, rex]) {
    await reader.reads(said);
    assert.equal(await reader.history.locator("img, b, script, article p a").count(), 0);
  }
  step("markup and braces are text, and so are addresses that would run something");

  await quinn.say("See (https://example.com/a_(b)), and http://example.org.");
  const links = rex.history.locator("article p a");
  await links.nth(1).waitFor();
  assert.deepEqual(await links.evaluateAll(all => all.map(link => [link.href, link.target])),
    [["https://example.com/a_(b)", "_blank"], ["http://example.org/", "_blank"]]);
  for (const rel of await links.evaluateAll(all => all.map(link => link.rel))) {
    assert.match(rel, /\bnoopener\b/);
  }
  step("addresses of the web are links that give nothing away");

  await quinn.say("x".repeat(9_000));
  await until("the longest message is stored", async () =>
    (await rex.messages()).at(-1).text.length === 8_000);
  for (const size of SIZES) {
    await rex.page.setViewportSize(size);
    await fits(rex.page, `8,000 letters at ${size.width} pixels`);
  }
  step("a message is cut where one writes it, and no word is too long for the page");
}

const isFocused = wanted => wanted.evaluate(element => element === document.activeElement);

const hasFocus = wanted => until(`${wanted} has the focus`, () => isFocused(wanted));

async function tabTo(page, wanted) {
  for (let i = 0; i < 60; i++) {
    if (await isFocused(wanted)) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`the keyboard doesn't get to ${wanted}`);
}

export async function keyboard(stage, { url }) {
  const sue = await Person.at(stage, "sue");
  const { page } = sue;
  const keys = page.keyboard;
  await page.goto(url);
  await tabTo(page, page.getByRole("textbox", { name: "Your name" }));
  await keys.type("sue");
  await keys.press("Enter");
  await sue.node();
  await sue.isIn("lobby");
  step("by keys alone one enters");

  const opener = sue.list.getByRole("button", { name: "Join or create a room" });
  await tabTo(page, opener);
  await keys.press("Enter");
  await keys.type("keys");
  await keys.press("Escape");
  await sue.list.getByRole("textbox", { name: "Room" }).waitFor({ state: "detached" });
  await tabTo(page, opener);
  await keys.press("Enter");
  await keys.type("keys");
  await keys.press("Enter");
  await sue.isIn("keys");
  await tabTo(page, sue.composer);
  await keys.type("One line");
  await keys.press("Shift+Enter");
  await keys.type("and another");
  await keys.press("Enter");
  await sue.message("One line and another").waitFor();
  step("joins a room, and writes two lines");

  await tabTo(page, page.getByRole("button", { name: "Emoji" }));
  await keys.press("Enter");
  const picker = page.getByRole("group", { name: "Emoji" });
  await hasFocus(picker.getByRole("button").first());
  await keys.press("Escape");
  await picker.waitFor({ state: "detached" });
  await tabTo(page, page.getByRole("button", { name: "Emoji" }));
  await keys.press("Enter");
  await tabTo(page, picker.getByRole("button", { name: "👍" }));
  await keys.press("Enter");
  await picker.waitFor({ state: "detached" });
  await hasFocus(sue.composer);
  await keys.press("Enter");
  await sue.message("👍").waitFor();
  step("opens the emoji, closes them by Escape, and chooses one");

  await tabTo(page, sue.entry("lobby"));
  await keys.press("Enter");
  await sue.isIn("lobby");
  await tabTo(page, sue.here);
  await keys.press("Enter");
  await page.getByRole("complementary", { name: "Who is here" }).waitFor();
  step("goes to another conversation, and sees who is there");
}

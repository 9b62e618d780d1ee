// What people do with each other: rooms, direct messages, devices, who is here, typing, receipts.
import assert from "node:assert/strict";
import { onTwoNodes, Person } from "./person.mjs";
import { step, until } from "./stage.mjs";

export async function rooms(stage, { url }) {
  const [alice, bob] = await onTwoNodes(stage, url, "alice", "bob");
  await alice.isIn("lobby");
  await alice.say("Hello, everybody!");
  await bob.message("Hello, everybody!").waitFor();
  await alice.hasSent("Hello, everybody!");
  await bob.say("Two lines,\nand one message");
  await alice.message("Two lines, and one message").waitFor();
  step("what one writes in the lobby, both read");

  await alice.join("plans");
  assert.ok(alice.page.url().endsWith("#/room/plans"));
  await alice.page.getByText("Nothing was said here yet.").waitFor();
  await alice.say("Who comes along?");
  await alice.page.getByText("This is the beginning.").waitFor();
  await bob.goTo("room/plans");
  await bob.message("Who comes along?").waitFor();
  await bob.say("I do.");
  await alice.reads(["Who comes along?", "I do."]);
  step("alice makes a room, and bob joins it by its address");

  await alice.choose("lobby");
  await bob.say("One");
  await bob.say("Two");
  await alice.hasUnread("plans", 2);
  await alice.hasTitle("(2) Parley");
  assert.match(await alice.page.locator("link[rel=icon]").getAttribute("href"), /^data:image/);
  await alice.choose("plans");
  await alice.page.getByText("New messages", { exact: true }).waitFor();
  await alice.hasUnread("plans", 0);
  await alice.hasTitle("Parley");
  assert.match(await alice.page.locator("link[rel=icon]").getAttribute("href"), /svg$/);
  step("the list, the title and the icon count what is unread, until it is read");

  await alice.leaveRoom();
  await alice.entry("plans").waitFor({ state: "detached" });
  await alice.isIn("lobby");
  await bob.say("Three");
  await bob.choose("lobby");
  await bob.say("Where is alice?");
  await alice.message("Where is alice?").waitFor();
  assert.equal(await alice.entry("plans").count(), 0);
  step("who has left a room hears nothing of it");

  await alice.goTo("room/plans");
  await alice.reads(["Who comes along?", "I do.", "One", "Two", "Three"]);
  step("who comes back reads what was said");

  await alice.list.getByRole("button", { name: "Join or create a room" }).click();
  const field = alice.list.getByRole("textbox", { name: "Room" });
  for (const [name, problem] of [["", "Type a name first."], ["no blanks", /No blanks/],
    ["x".repeat(65), /64 characters/], ["inbox", /taken by the server/]]) {
    await field.fill(name);
    await field.press("Enter");
    await alice.list.getByRole("alert").filter({ hasText: problem }).waitFor();
  }
  step("names that can't be are refused where they are typed");
}

export async function directs(stage, { url }) {
  const [alice, bob] = await onTwoNodes(stage, url, "anna", "ben");
  await alice.writeTo("ben");
  await alice.say("Only for you");
  await alice.hasSent("Only for you");
  await bob.hasUnread("anna", 1);
  await bob.hasTitle("(1) Parley");
  await bob.choose("anna");
  await bob.message("Only for you").waitFor();
  await bob.page.getByText("anna is here").waitFor();
  await alice.page.getByText("ben is here").waitFor();
  await bob.say("I see.");
  await alice.reads(["Only for you", "I see."]);
  await bob.reads(["Only for you", "I see."]);
  await alice.page.getByText("Read by ben").waitFor();
  step("a direct message to one who is there on another node, and his answer");

  await alice.writeTo("cleo");
  await alice.say("For when you come");
  await alice.say("And this");
  await alice.hasSent("And this");
  await alice.page.getByText("cleo is away").waitFor();
  const cleo = await Person.at(stage, "cleo");
  await cleo.enter(url);
  await cleo.hasUnread("anna", 2);
  await cleo.choose("anna");
  await cleo.reads(["For when you come", "And this"]);
  await cleo.hasUnread("anna", 0);
  assert.equal(await bob.entry("cleo").count(), 0);
  step("one who was never there before finds his messages, and nobody else does");

  await bob.choose("lobby");
  await alice.choose("ben");
  await bob.page.context().close();
  await alice.page.getByText("ben is away").waitFor();
  step("alice sees bob go");
}

export async function devices(stage, { url }) {
  const [laptop, phone] = await onTwoNodes(stage, url, "dora", "dora");
  const emil = await Person.at(stage, "emil");
  await emil.enter(url);

  await laptop.join("garden");
  await phone.entry("garden").waitFor();
  await phone.isIn("lobby");
  step("a room that one device joins is in the other's list");

  await laptop.choose("lobby");
  await emil.goTo("room/garden");
  await emil.say("The roses are out");
  await laptop.hasUnread("garden", 1);
  await phone.hasUnread("garden", 1);
  await laptop.choose("garden");
  await laptop.hasUnread("garden", 0);
  await phone.hasUnread("garden", 0);
  step("what one device has read is read on the other");

  await laptop.writeTo("emil");
  await laptop.say("From the laptop");
  await phone.entry("emil").waitFor();
  await phone.choose("emil");
  await phone.reads(["From the laptop"]);
  await phone.say("From the phone");
  await laptop.reads(["From the laptop", "From the phone"]);
  await emil.hasUnread("dora", 2);
  step("a direct message from one device stands on the other, and comes to the receiver once");

  await emil.choose("dora");
  await emil.say("Which one are you at?");
  await laptop.reads(["From the laptop", "From the phone", "Which one are you at?"]);
  await phone.reads(["From the laptop", "From the phone", "Which one are you at?"]);
  await phone.choose("garden");
  await phone.leaveRoom();
  await laptop.entry("garden").waitFor({ state: "detached" });
  step("both get the answer, and a room that one leaves is left on both");
}

export async function presence(stage, { url }) {
  const [fay, gus] = await onTwoNodes(stage, url, "fay", "gus");
  await fay.goTo("room/porch");
  await fay.say("Anybody?");
  await fay.hasSent("Anybody?");
  const members = fay.page.getByRole("button", { name: /here$/ });
  await members.filter({ hasText: "1 person here" }).click();
  const panel = fay.page.getByRole("complementary", { name: "Who is here" });
  await panel.getByText("fay (you)").waitFor();
  await gus.goTo("room/porch");
  await panel.getByText("gus", { exact: true }).waitFor();
  await members.filter({ hasText: "2 people here" }).waitFor();
  const again = await Person.at(stage, "gus");
  await again.enter(new URL("#/room/porch", url).href);
  await again.isIn("porch");
  await again.page.getByRole("button", { name: "2 people here" }).waitFor();
  assert.equal(await panel.getByRole("listitem").count(), 2);
  step("one who comes is among those who are here, with two devices once");

  await gus.page.context().close();
  await again.say("I am still here");
  await fay.message("I am still here").waitFor();
  await members.filter({ hasText: "2 people here" }).waitFor();
  await again.leaveRoom();
  await members.filter({ hasText: "1 person here" }).waitFor();
  assert.equal(await panel.getByText("gus").count(), 0);
  await fay.reads(["Anybody?", "I am still here"]);
  const rows = (await fay.history.innerText()).split("\n");
  assert.deepEqual(rows.filter(row => /\bgus\b/.test(row) && !row.startsWith("Read by")), ["gus"]);
  step("who goes isn't, and neither has left a row in what was said");
}

export async function typing(stage, { url }) {
  const [hana, ian] = await onTwoNodes(stage, url, "hana", "ian");
  await hana.goTo("room/desk");
  await ian.goTo("room/desk");
  await hana.page.getByRole("button", { name: "2 people here" }).waitFor();
  const said = hana.page.getByRole("status").filter({ hasText: "ian is typing…" });
  await ian.composer.pressSequentially("Wait a");
  await said.waitFor();
  await ian.composer.press("Enter");
  await hana.message("Wait a").waitFor();
  await said.waitFor({ state: "hidden" });
  step("who types is seen to, until he has written it");

  await ian.composer.pressSequentially("hm");
  await said.waitFor();
  await said.waitFor({ state: "hidden" });
  assert.equal(await ian.composer.inputValue(), "hm");
  step("who stops in the middle is forgotten");

  const events = () => ian.published("typing:desk").filter(({ data }) => data.typing).length;
  const before = events();
  const begin = performance.now();
  await ian.composer.pressSequentially("many keys, one after the other");
  await said.waitFor();
  assert.ok(events() - before <= 1 + Math.ceil((performance.now() - begin) / 3_000));
  step("he says so now and then, and not by every key");
}

export async function receipts(stage, { url }) {
  const [jan, kim] = await onTwoNodes(stage, url, "jan", "kim");
  await jan.goTo("room/board");
  await kim.goTo("room/board");
  await jan.say("Do you read me?");
  await jan.page.getByText("Read by kim", { exact: true }).waitFor();
  await kim.goTo("room/lobby");
  await jan.say("And now?");
  await jan.hasSent("And now?");
  const read = jan.page.locator("article.message").filter({ hasText: "Read by kim" });
  assert.match(await read.innerText(), /Do you read me/);
  step("a message says who has read it");

  await kim.choose("board");
  await read.filter({ hasText: "And now?" }).waitFor();
  const before = kim.published("receipts:board").length;
  const begin = performance.now();
  for (let i = 1; i <= 20; i++) {
    await jan.say("Number " + i);
    await kim.message("Number " + i).waitFor();
  }
  await read.filter({ hasText: "Number 20" }).waitFor();
  const events = kim.published("receipts:board").length - before;
  const most = 1 + Math.ceil((performance.now() - begin) / 2_000);
  assert.ok(events > 0 && events <= most, `${events} receipts (expected: at most ${most})`);
  await until("kim's last receipt is of the last message", () =>
    kim.published("receipts:board").at(-1).data.read.offset === 22);
  step(`20 messages are read with ${events} receipts, of at most ${most}`);
}

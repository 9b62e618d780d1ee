// What people see of a network and of servers that fail, and that nothing of theirs gets lost.
import assert from "node:assert/strict";
import { look } from "./eyes.mjs";
import { onTwoNodes, Person } from "./person.mjs";
import { step, until } from "./stage.mjs";

const numbered = (what, count) => Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);

/// So tall that thirty messages and some more are in the document at once.
const TALL = { viewport: { width: 1000, height: 3_000 } };

/// One of three types, one writes, one listens; the node of the last two dies in the middle.
export async function killed(stage, { url, pids }) {
  const [typist, writer] = await onTwoNodes(stage, url, "tina", "walt", TALL);
  const doomed = await writer.node();
  const listener = await Person.at(stage, "lily", TALL);
  await listener.enter(url);
  await listener.leaveNode(await typist.node());
  const all = [typist, writer, listener];
  for (const person of all) {
    await person.goTo("room/bridge");
  }
  await typist.composer.pressSequentially("I was just about to");
  await listener.page.getByText("tina is typing…").waitFor();

  const texts = numbered("Message", 30);
  for (const text of texts) {
    await writer.say(text);
    if (text === "Message 10") {
      process.kill(pids[doomed], "SIGKILL");
    }
    // Each key one after the other, as somebody does who sees nothing of it.
    await typist.composer.press("x");
  }
  step(`${doomed} was killed after ten of thirty messages`);
  for (const person of all) {
    await person.reads(texts);
  }
  step("all of them have each message once and in order");
  const other = await typist.node();
  for (const person of [writer, listener]) {
    assert.equal(await person.node(), other);
    await person.hasBeenTold(new RegExp(`^Connected to ${doomed}`),
      /^Connection lost\. Trying again( in \d+ seconds?|…)/,
      new RegExp(`^Connected to ${other}\\b.*Back\\. (\\d+ messages? that you missed|You missed)`));
  }
  assert.ok(!(await typist.statusSaid()).some(text => /lost/.test(text)));
  step("the status lines of those who were there say so, and where they are now");

  await typist.composer.press("Enter");
  const last = "I was just about to" + "x".repeat(30);
  for (const person of all) {
    await person.reads([...texts, last]);
  }
  step("what the third one typed all the time goes out, too");
}

/// What is written without a network waits, and goes out once.
export async function offline(stage, { url }) {
  const [mona, nils] = await onTwoNodes(stage, url, "mona", "nils", TALL);
  await mona.goTo("room/train");
  await nils.goTo("room/train");
  await mona.say("Before the tunnel");
  await nils.message("Before the tunnel").waitFor();

  await mona.page.context().setOffline(true);
  await mona.hasBeenTold(/^You are offline/);
  const waiting = numbered("From the tunnel", 3);
  for (const text of waiting) {
    await mona.say(text);
    await mona.message(text).getByText("Waiting for the connection…").waitFor();
  }
  for (const text of numbered("Outside", 4)) {
    await nils.say(text);
    await nils.hasSent(text);
  }
  assert.equal(await mona.message("Outside 1").count(), 0);
  step("offline, messages wait, and the status line says why");

  await mona.page.context().setOffline(false);
  const all = ["Before the tunnel", ...numbered("Outside", 4), ...waiting];
  await mona.reads(all);
  await nils.reads(all);
  await mona.hasBeenTold(/^Connected/, /^You are offline/,
    /^Connected.* Back\. 4 messages that you missed are here\./);
  step("back, those of others come, the own ones go out in order, and it says how many came");
}

/// The server is away for some seconds.
export async function away(stage, { url }) {
  const ivy = await Person.at(stage, "ivy");
  let isAway = false;
  const open = [];
  await ivy.page.routeWebSocket(/connection\/websocket/, socket => {
    if (isAway) {
      socket.close();
    } else {
      open.push(socket);
      socket.connectToServer();
    }
  });
  await ivy.enter(url);
  isAway = true;
  await Promise.all(open.map(socket => socket.close()));
  await ivy.hasBeenTold(/^Connected/, /^Connection lost\. Trying again in 2 seconds/,
    /^Connection lost\. Trying again in 1 second\b/);
  step("the status line counts the seconds until the next try");

  isAway = false;
  await ivy.page.getByRole("button", { name: "Try now" }).click();
  await ivy.hasBeenTold(/^Connection lost/, /^Connected.* Back\. You missed nothing\./);
  step("one may try at once, and is back");
}

export async function reload(stage, { url }) {
  const otto = await Person.at(stage, "otto", TALL);
  let isBlocked = false;
  await otto.page.routeWebSocket(/./, socket =>
    isBlocked ? socket.close() : socket.connectToServer());
  await otto.enter(url);
  const pia = await Person.at(stage, "pia", TALL);
  await pia.enter(url);
  await otto.goTo("room/library");
  await pia.goTo("room/library");
  await pia.say("Shhh!");
  await otto.message("Shhh!").waitFor();
  await otto.page.reload();
  await otto.isIn("library");
  await otto.reads(["Shhh!"]);
  step("a reload keeps who one is, the conversation and its messages");

  await otto.page.context().setOffline(true);
  await otto.hasBeenTold(/^You are offline/);
  await otto.say("First of two");
  await otto.say("Second of two");
  await otto.message("Second of two").getByText("Waiting for the connection…").waitFor();
  // The page itself comes over the network, so that is back; the server still isn't.
  isBlocked = true;
  await otto.page.context().setOffline(false);
  await otto.page.reload();
  await otto.status.getByText(/Connecting…|can't be reached/).waitFor();
  isBlocked = false;
  await otto.page.reload();
  await otto.isIn("library");
  for (const person of [otto, pia]) {
    await person.reads(["Shhh!", "First of two", "Second of two"]);
  }
  step("what wasn't sent before it goes out after it, once");

  await otto.page.setViewportSize({ width: 1000, height: 600 });
  for (const text of numbered("Page", 40)) {
    await pia.say(text);
  }
  await otto.message("Page 40").waitFor();
  await otto.composer.fill("Not written to its end");
  await until("page 10 is at the top", async () => {
    const offsets = await otto.visible();
    if (offsets[0] === 13) {
      return true;
    }
    await otto.history.evaluate((list, by) => { list.scrollTop += by; }, 20 * (13 - offsets[0]));
    return false;
  });
  const before = await otto.visible();
  await otto.page.reload();
  // To a message: of the topmost one a part may have been hidden.
  await until("the same messages are seen", async () =>
    Math.abs((await otto.visible())[0] - before[0]) <= 1);
  assert.equal(await otto.composer.inputValue(), "Not written to its end");
  step("one is at the same message, with what one was writing");
}

/// The history is too short for what was missed.
export async function hole(stage, { url }) {
  const rosa = await Person.at(stage, "rosa", TALL);
  await rosa.enter(url);
  const stan = await Person.at(stage, "stan", TALL);
  await stan.enter(url);
  await stan.say("The last before the gap");
  await rosa.message("The last before the gap").waitFor();
  await rosa.page.context().setOffline(true);
  await rosa.hasBeenTold(/^You are offline/);
  for (const text of numbered("Number", 20)) {
    await stan.say(text);
    await stan.hasSent(text);
  }
  await rosa.page.context().setOffline(false);
  await rosa.reads(["The last before the gap", ...numbered("Number", 20).slice(-5)]);
  const rows = (await rosa.history.innerText()).split("\n").filter(row => row !== "");
  const at = rows.indexOf("History was lost here");
  assert.ok(at > rows.indexOf("The last before the gap") && at < rows.indexOf("Number 16"),
    `rows: ${JSON.stringify(rows)}`);
  await rosa.hasBeenTold(/^Connected.* Back, but some messages that you missed can't be had/);
  step("the page says where messages are missing, and that they are");
  await look(rosa.page, "hole");
}

export async function drawer(stage, { url }) {
  const uma = await Person.at(stage, "uma");
  await uma.enter(url + "?debug");
  const drawer = uma.page.getByRole("complementary", { name: "Developer's view" });
  await drawer.getByText("No message sent yet.").waitFor();
  await uma.goTo("room/lab");
  const heading = drawer.getByRole("heading", { name: /^Frames/ });
  const counts = async () => /Frames: (\d+) in, (\d+) out/.exec(await heading.textContent())
    .slice(1).map(Number);
  const before = await counts();
  await uma.say("One");
  await uma.say("Two");
  await uma.hasSent("Two");
  await drawer.getByText(/\b[2-9] acked: p50 \d+\.\d ms, p99 \d+\.\d ms/).waitFor();
  const after = await counts();
  assert.ok(after[0] > before[0] && after[1] > before[1], `frames: ${before} and then ${after}`);
  await drawer.getByRole("listitem").filter({ hasText: '"text":"Two"' }).first().waitFor();
  await drawer.getByRole("row", { name: /^room:lab 2 [0-9a-f]{16}$/ }).waitFor();
  step("the drawer counts frames, and shows positions and how long messages took");

  await drawer.getByRole("button", { name: "Drop the connection" }).click();
  await uma.hasBeenTold(/^Connected/, /^Connection lost/,
    /^Connected.* Back\. You missed nothing\./);
  await drawer.getByRole("listitem").filter({ hasText: /connecting: / }).first().waitFor();
  await uma.say("Three");
  await uma.hasSent("Three");
  await until("the position goes on", () =>
    drawer.getByRole("row", { name: /^room:lab 3 / }).isVisible());
  step("it drops the connection, which comes back");
}

// Whom and what the server refuses, and how the page says it.
import assert from "node:assert/strict";
import { look } from "./eyes.mjs";
import { Person } from "./person.mjs";
import { step, until } from "./stage.mjs";

/// The ids under which a text was published.
const idsOf = (person, text) => person.sent.map(({ rpc }) => rpc?.data)
  .filter(publish => publish?.data?.text === text).map(({ id }) => id);

const failed = (person, text) => person.message(text);

/// In rooms of this server nobody may write.
export async function refused(stage, { url }) {
  const amy = await Person.at(stage, "amy");
  await amy.enter(url);
  await amy.say("May I?");
  await failed(amy, "May I?").getByText("Not sent: you may not write here.").waitFor();
  step("a message that the server refuses says so");
  await look(amy.page, "failed");

  await failed(amy, "May I?").getByRole("button", { name: "Try again" }).click();
  const ids = await until("it is sent again", () =>
    idsOf(amy, "May I?").length === 2 && idsOf(amy, "May I?"));
  assert.equal(ids[0], ids[1]);
  await failed(amy, "May I?").getByText("Not sent").waitFor();
  step("to try again is to send it under its id");

  await failed(amy, "May I?").getByRole("button", { name: "Edit" }).click();
  await until("the message is in the composer", async () =>
    await amy.composer.inputValue() === "May I?");
  await look(amy.page, "editing");
  // It stays until something is sent in its place.
  await amy.composer.press("Escape");
  await until("it isn't edited any more", async () => await amy.composer.inputValue() === "");
  await failed(amy, "May I?").getByRole("button", { name: "Edit" }).click();
  await until("it is in the composer again", async () =>
    await amy.composer.inputValue() === "May I?");
  await amy.say("Please?");
  await until("it is in the place of the other", async () =>
    await amy.message("May I?").count() === 0);
  await failed(amy, "Please?").getByText("Not sent").waitFor();
  assert.deepEqual(idsOf(amy, "Please?"), [ids[0]]);
  await failed(amy, "Please?").getByRole("button", { name: "Discard" }).click();
  await amy.message("Please?").waitFor({ state: "detached" });
  step("it can be edited, under its id, and discarded");

  await amy.join("no1");
  await amy.page.getByRole("alert").filter({ hasText: /^You can't read this room: / }).waitFor();
  step("a room that can't be joined says why");
  await look(amy.page, "refused");
}

/// The first answer to a message is a refusal that the server knows nothing of.
export async function retried(stage, { url }) {
  const cora = await Person.at(stage, "cora");
  const ids = [];
  await cora.page.routeWebSocket(/connection\/websocket/, socket => {
    const server = socket.connectToServer();
    socket.onMessage(frame => {
      const command = frame.split("\n").map(line => JSON.parse(line))
        .find(({ rpc }) => rpc?.data?.data?.text === "On the second try");
      if (command !== undefined) {
        ids.push(command.rpc.data.id);
      }
      if (command !== undefined && ids.length === 1) {
        const error = { code: 103, message: "permission denied" };
        socket.send(JSON.stringify({ id: command.id, error }));
      } else {
        server.send(frame);
      }
    });
  });
  await cora.enter(url);
  await cora.join("retries");
  await cora.say("On the second try");
  await cora.say("And the next");
  await cora.hasSent("And the next");
  await failed(cora, "On the second try").getByRole("button", { name: "Try again" }).click();
  await cora.reads(["And the next", "On the second try"]);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  step("what was refused once is sent under the same id when tried again, and stands where it is");
}

/// This server lets nobody in without a token. The `short` one ends while it is used; all are
/// eve's but for the `other`, which is fred's.
export async function tokens(stage, { url, valid, invalid, short, other }) {
  const isDead = person =>
    person.page.getByRole("alert").filter({ hasText: /token isn't valid any more/ }).waitFor();
  const late = await Person.at(stage, "eve");
  await late.page.goto(url + "#token=" + short);
  await late.node();

  const dan = await Person.at(stage, "dan");
  await dan.page.goto(url);
  await dan.page.getByRole("textbox", { name: "Your name" }).fill("dan");
  await dan.page.getByRole("button", { name: "Enter" }).click();
  await dan.page.getByRole("alert").filter({ hasText: /lets nobody in without a token/ }).waitFor();
  await look(dan.page, "no-token");
  await dan.page.getByRole("button", { name: "Enter as somebody else" }).click();
  await dan.page.getByRole("textbox", { name: "Your name" }).waitFor();
  step("who gives a name is told that it takes a token");

  const eve = await Person.at(stage, "eve");
  await eve.page.goto(url + "#token=" + valid);
  await eve.node();
  assert.ok(!eve.page.url().includes("token"), eve.page.url());
  assert.ok(!await eve.page.evaluate(token =>
    document.documentElement.outerHTML.includes(token), valid));
  await eve.isIn("lobby");
  await eve.page.getByText("You are eve").waitFor();
  await eve.page.reload();
  await eve.node();
  await eve.say("I am still in");
  await eve.hasSent("I am still in");
  step("a token lets its user in, leaves the address at once, and outlives a reload");

  await eve.page.evaluate(token => { location.hash = "#token=" + token; }, other);
  await eve.page.getByText("You are fred").waitFor();
  await eve.node();
  assert.ok(!eve.page.url().includes("token"), eve.page.url());
  await eve.isIn("lobby");
  await eve.say("It is fred who says this");
  await eve.hasSent("It is fred who says this");
  await eve.page.goBack();
  assert.ok(!eve.page.url().includes("token"), eve.page.url());
  await eve.page.reload();
  await eve.page.getByText("You are fred").waitFor();
  assert.ok(!eve.page.url().includes("token"), eve.page.url());
  step("one that is brought into the open page lets its user in instead, and leaves the address");

  const mallory = await Person.at(stage, "mallory");
  await mallory.page.goto(url + "#token=" + invalid);
  await isDead(mallory);
  step("a wrong token is said to be none");
  await look(mallory.page, "ended");

  await isDead(late);
  step("the end of a token is said, too");
}

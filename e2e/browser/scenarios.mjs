// What the tests let people do in a real Chromium. It reads lines
//
//   SCENARIO JSON
//
// with SCENARIO one of the functions of the files below and JSON its argument, and plays one after
// the other. Each step that went well is a line; the last line of a scenario is `done: SCENARIO` or
// `failed: SCENARIO`.
import { createInterface } from "node:readline";
import * as access from "./access.mjs";
import * as chat from "./chat.mjs";
import * as faults from "./faults.mjs";
import * as history from "./history.mjs";
import * as looks from "./looks.mjs";
import * as sockets from "./sockets.mjs";
import { closeBrowser, Stage } from "./stage.mjs";

const scenarios = { ...access, ...chat, ...faults, ...history, ...looks, ...sockets };

async function play(name, argument) {
  const stage = new Stage();
  try {
    await scenarios[name](stage, argument);
    stage.assertNothingSaid();
    console.log("done: " + name);
  } catch (error) {
    console.log(error);
    await stage.keepSight(name);
    console.log("failed: " + name);
  } finally {
    await stage.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const blank = line.indexOf(" ");
  await play(line.slice(0, blank), JSON.parse(line.slice(blank + 1)));
}
await closeBrowser();

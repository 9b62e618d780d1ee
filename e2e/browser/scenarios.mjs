// What the tests let people do in a real Chromium. It reads lines
//
//   SCENARIO JSON
//
// with SCENARIO one of the functions of the files below and JSON its argument, and plays some of
// them at once: people wait most of the time. Each line that it writes begins with the scenario; of
// each step that went well there is one, and the last one is `SCENARIO: done` or
// `SCENARIO: failed`.
import { createInterface } from "node:readline";
import { inspect } from "node:util";
import * as access from "./access.mjs";
import * as chat from "./chat.mjs";
import * as faults from "./faults.mjs";
import * as history from "./history.mjs";
import * as looks from "./looks.mjs";
import * as notice from "./notice.mjs";
import * as sockets from "./sockets.mjs";
import { closeBrowser, scenario, Stage, tell } from "./stage.mjs";

const scenarios = { ...access, ...chat, ...faults, ...history, ...looks, ...notice, ...sockets };

/// As many as two cores play without making anybody wait.
const AT_ONCE = 4;

const waiting = [];
let playing = 0;

async function play(name, argument) {
  const stage = new Stage();
  let end = "done";
  try {
    await scenarios[name](stage, argument);
    stage.assertNothingSaid();
  } catch (error) {
    tell(inspect(error));
    await stage.keepSight();
    end = "failed";
  } finally {
    await stage.close();
  }
  tell(end);
}

async function playAll() {
  playing++;
  for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
    const blank = line.indexOf(" ");
    const name = line.slice(0, blank);
    await scenario.run(name, () => play(name, JSON.parse(line.slice(blank + 1))));
  }
  playing--;
}

const players = [];
for await (const line of createInterface({ input: process.stdin })) {
  waiting.push(line);
  if (playing < AT_ONCE) {
    players.push(playAll());
  }
}
await Promise.all(players);
await closeBrowser();

// Long conversations: page by page, and fast.
import assert from "node:assert/strict";
import { Person } from "./person.mjs";
import { step, until } from "./stage.mjs";

/// What the issue of the page allows: no task of it is longer.
const TASK_MILLIS_MAX = 200;
const ARTICLES_MAX = 150;

/// Fills a room over a plain WebSocket of the page, as fast as the server stores it.
function fill(page, what) {
  return page.evaluate(({ room, from, first, last, at, every }) => new Promise((resolve, fail) => {
    const socket = new WebSocket(
      `${location.origin.replace(/^http/, "ws")}/?user=${from}&room=${room}`);
    let acked = first - 1;
    socket.onopen = () => {
      for (let i = first; i <= last; i++) {
        socket.send(JSON.stringify({ text: `Message ${i} of many`, id: i, at: at + i * every }));
      }
    };
    socket.onmessage = ({ data }) => {
      if (data.startsWith('{"ack":')) {
        acked++;
      } else if (data.startsWith('{"error":')) {
        fail(new Error(data));
      }
      if (acked === last) {
        socket.close();
        resolve();
      }
    };
    socket.onclose = ({ code }) => fail(new Error(`closed ${code} after ${acked}`));
  }), what);
}

/// Scrolls up until the beginning is there.
///
/// @param see called with the messages in the document after every bit of the way
async function scrollUp(person, see) {
  const beginning = person.page.getByText("This is the beginning.");
  await until("the beginning of " + await person.history.getAttribute("aria-label"), async () => {
    see(await person.messages());
    if (await beginning.isVisible()) {
      return true;
    }
    await person.history.evaluate(list => { list.scrollTop -= 0.8 * list.clientHeight; });
    return false;
  });
}

const DAY = /^(Today|Yesterday|\w+day,? \d+ \w+|\w+day,? \w+ \d+)$/;

/// Scrolls from the beginning to the end by less than what can be seen at once, and reads all.
///
/// @param days gets the texts of all day separators
async function readThrough(person, days) {
  const read = [];
  let isDone = false;
  while (!isDone) {
    isDone = await person.history.evaluate(list =>
      list.scrollTop + list.clientHeight >= list.scrollHeight - 1);
    const messages = await person.messages();
    const newest = read.at(-1)?.offset ?? 0;
    read.push(...messages.filter(({ offset }) => offset > newest));
    assertOnce(messages);
    for (const day of await person.history.getByText(DAY).allInnerTexts()) {
      days.add(day);
    }
    await person.history.evaluate(list => new Promise(resolve => {
      list.scrollTop += 0.5 * list.clientHeight;
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }));
  }
  return read;
}

function assertOnce(messages) {
  const offsets = messages.map(({ offset }) => offset);
  assert.deepEqual(offsets, [...new Set(offsets)].sort((a, b) => a - b));
}

export async function pages(stage, { url }) {
  const vera = await Person.at(stage, "vera");
  await vera.enter(url);
  const hour = 3_600_000;
  const begin = Date.now() - 75 * hour;
  await fill(vera.page,
    { room: "diary", from: "will", first: 1, last: 300, at: begin, every: hour / 4 });
  await vera.goTo("room/diary");
  await vera.message("Message 300 of many").waitFor();
  assert.equal(await vera.message("Message 1 of many").count(), 0);
  await scrollUp(vera, assertOnce);
  const days = new Set();
  const read = await readThrough(vera, days);
  assert.deepEqual(read.map(({ text }) => text),
    Array.from({ length: 300 }, (_, i) => `Message ${i + 1} of many`));
  step("300 messages are read page by page up to the beginning, each once and in order");
  const expected = new Set(Array.from({ length: 300 }, (_, i) =>
    new Date(begin + (i + 1) * hour / 4).toDateString())).size;
  assert.equal(days.size, expected, `days: ${[...days]}`);
  step(`they are of ${days.size} days, and each has its separator`);

  for (const viewport of [{ width: 360, height: 740 }, { width: 360, height: 420 }]) {
    await vera.page.setViewportSize(viewport);
    await until("the newest message is seen at " + JSON.stringify(viewport), async () =>
      (await vera.visible()).at(-1) === 300);
  }
  step("on a smaller screen, or beside a keyboard, the newest one is still seen");
}

export async function thousands(stage, { url }) {
  const xena = await Person.at(stage, "xena");
  await xena.page.addInitScript(() => {
    window.tasks = [];
    new PerformanceObserver(list => {
      window.tasks.push(...list.getEntries().map(entry => entry.duration));
    }).observe({ type: "longtask" });
  });
  await xena.enter(url);
  const yuri = await stage.page();
  await yuri.goto(url);
  const at = Date.now() - 5_000 * 60_000;
  await fill(yuri, { room: "crowd", from: "yuri", first: 1, last: 5_000, at, every: 60_000 });
  step("5,000 messages are in a room");

  let most = 0;
  const see = messages => { most = Math.max(most, messages.length); };
  await xena.page.evaluate(() => { window.tasks.length = 0; });
  await xena.goTo("room/crowd");
  await xena.message("Message 5000 of many").waitFor();
  const begin = performance.now();
  await scrollUp(xena, see);
  await xena.message("Message 1 of many").waitFor();
  step(`scrolled up to the first of them in ${Math.round(performance.now() - begin)} ms`);

  await xena.page.getByRole("button", { name: "To the newest messages" }).click();
  await xena.message("Message 5000 of many").waitFor();
  await Promise.all([
    fill(yuri,
      { room: "crowd", from: "yuri", first: 5_001, last: 5_200, at: Date.now(), every: 1 }),
    until("the last of 200 live messages", async () => {
      see(await xena.messages());
      return xena.message("Message 5200 of many").isVisible();
    }),
  ]);
  const tasks = await xena.page.evaluate(() => window.tasks);
  const longest = Math.max(0, ...tasks);
  step(`200 live ones came; of ${tasks.length} tasks over 50 ms the longest took ${longest} ms, `
    + `and at most ${most} messages were in the document`);
  assert.ok(longest <= TASK_MILLIS_MAX, `longest task: ${longest} ms of ${tasks}`);
  assert.ok(most > 0 && most < ARTICLES_MAX, `messages in the document: ${most}`);
}

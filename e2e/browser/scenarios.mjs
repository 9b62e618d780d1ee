// What PageTest lets two people do in a real Chromium. It is called as
//
//   node scenarios.mjs SCENARIO JSON
//
// with SCENARIO one of the functions below and JSON its argument. Each step that went well is a line;
// the first one that didn't ends it with exit code 1.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const LIMIT = 15_000;

const step = text => console.log("ok: " + text);

/// Two people with a profile each: other cookies, other storage, other connections.
async function twoPeople(act, options = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const people = [];
    for (let i = 0; i < 2; i++) {
      const context = await browser.newContext(
        { viewport: { width: 760, height: 420 }, ...options });
      context.setDefaultTimeout(LIMIT);
      const page = await context.newPage();
      page.said = [];
      page.on("console", message => page.said.push(message.text()));
      page.on("pageerror", error => page.said.push("ERROR " + error.message));
      people.push(page);
    }
    await act(...people);
  } finally {
    await browser.close();
  }
}

// ---- the page at /

async function enter(page, url, name, node) {
  await page.goto(url);
  await page.locator("#name").fill(name);
  await page.locator("#connect").click();
  await page.locator("#node").getByText(node, { exact: true }).waitFor();
  assert.equal(await page.locator("#you").textContent(), name);
  assert.equal(await page.locator("#status").textContent(), "connected");
  step(`${name} is connected, and sees that it is node ${node}`);
}

async function write(page, to, text) {
  await page.locator("#to").fill(to);
  await page.locator("#text").fill(text);
  await page.locator("#send").click();
}

const line = (page, text) => page.locator("#log li").filter({ hasText: text });

async function page({ first, second, firstNode, secondNode, shots }) {
  await twoPeople(async (alice, bob) => {
    await enter(alice, first, "alice", firstNode);
    await enter(bob, second, "bob", secondNode);

    await write(alice, "", "Hello, everybody!");
    for (const reader of [alice, bob]) {
      await line(reader, "alice: Hello, everybody!").waitFor();
    }
    step("what alice writes to the room, both read");

    await write(bob, "alice", "psst");
    await line(bob, "bob to alice: psst").locator(".ack[data-ack=stored]").waitFor();
    await line(alice, "bob to alice: psst").waitFor();
    assert.equal(await line(bob, "bob to alice: psst").locator(".ack").textContent(), "(stored)");
    step("alice reads bob's direct message, and bob reads that it is stored");

    await write(bob, "carol", "are you there?");
    await line(bob, "bob to carol: are you there?").locator(".ack[data-ack=stored]").waitFor();
    step("a message to somebody absent is stored, too");

    await write(bob, "", '{"ack":1} <img src=x onerror=alert(1)> <b>bold</b>');
    await line(alice, 'bob: {"ack":1} <img src=x onerror=alert(1)> <b>bold</b>').waitFor();
    assert.equal(await alice.locator("#log img, #log b").count(), 0);
    step("braces and markup are text");

    await line(alice, "bob to alice: psst").locator(".who").click();
    assert.equal(await alice.locator("#to").inputValue(), "bob");
    await write(alice, "bob", "what is it?");
    await line(bob, "alice to bob: what is it?").waitFor();
    assert.equal(await line(alice, "are you there?").count(), 0);
    step("a click on a name answers, and nobody reads what is for carol");

    await alice.screenshot({ path: `${shots}/page-alice.png` });
    await bob.screenshot({ path: `${shots}/page-bob.png` });

    await bob.locator("#connect").click();
    await line(bob, "connection closed").waitFor();
    assert.equal(await bob.locator("#send").isDisabled(), true);
    step("bob leaves");
    // Its own errors, or a breach of the page's content security policy.
    assert.deepEqual(alice.said.concat(bob.said), []);
  });
}

// ---- a bare console

/// As if typed, in the page's own world and whatever its content security policy says.
const type = (page, code) => page.evaluate(code + "\n;undefined");

async function heard(page, what) {
  const deadline = Date.now() + LIMIT;
  for (;;) {
    const found = page.said.find(text => what instanceof RegExp ? what.test(text) : text === what);
    if (found) return found;
    const left = deadline - Date.now();
    assert.ok(left > 0, `the console shows ${JSON.stringify(page.said)} (expected: ${what})`);
    await page.waitForEvent("console", { timeout: left }).catch(() => {});
  }
}

const opened = (page, socket) => page.evaluate(`new Promise((resolve, reject) => {
  if (${socket}.readyState === 1) return resolve();
  ${socket}.addEventListener("open", () => resolve());
  ${socket}.addEventListener("close", event => reject(new Error("closed " + event.code)));
})`);

/// Types what opens a socket. Once the join is answered, what others write arrives.
async function join(page, code, socket, channel) {
  page.said.length = 0;
  await type(page, code);
  await opened(page, socket);
  await type(page, `${socket}.send('{"join":"${channel}"}')`);
  await heard(page, new RegExp(`^\\{"joined":"${channel}"`));
}

/// Types what opens `ws`, and asks on which node that is.
async function connect(page, code) {
  await join(page, code, "ws", "lobby");
  await type(page, `ws.send('{"whoami":true}')`);
  return JSON.parse(await heard(page, /^\{"you":"guest-/)).node;
}

/// `connect`, `send` and `direct` are the lines in the README.
async function consoles({ url, connect: open, send, direct }) {
  await twoPeople(async (one, two) => {
    // On the page itself, and on one of another origin.
    await one.goto(url);
    const node = await connect(one, open);
    let other;
    for (let i = 0; i < 60 && other === undefined || other === node; i++) {
      await type(two, "if (typeof ws !== 'undefined') ws.close()");
      other = await connect(two, open);
    }
    assert.notEqual(node, other);
    step(`two consoles, on ${node} and ${other}`);

    await type(one, send);
    await heard(one, "Hello!");
    await heard(two, "Hello!");
    step("what one sends, both read");

    const [alice, ...message] = direct;
    await join(two, alice.replaceAll("alice", "bob"), "bob", "inbox");
    await type(one, alice);
    await opened(one, "alice");
    await type(one, message.join("\n"));
    await heard(one, /^\{"ack":1,"offset":\d+,"epoch":"[0-9a-f]{16}"\}$/);
    await heard(two, /^\{"to":"bob","text":"psst","id":1,"from":"alice","offset":\d+,/);
    step("alice writes to bob, and it is stored");
  });
}

// ---- compression

/// Two sockets of a page, which offers compression by itself.
async function compression({ url, text }) {
  await twoPeople(async one => {
    await one.goto(url);
    const extensions = await one.evaluate(async () => {
      const open = query => new Promise((resolve, reject) => {
        const socket = new WebSocket(location.href.replace(/^http/, "ws") + query);
        socket.heard = [];
        socket.onmessage = message => socket.heard.push(message.data);
        socket.onopen = () => resolve(socket);
        socket.onclose = () => reject(new Error("closed"));
      });
      window.writer = await open("?user=writer&room=r");
      window.reader = await open("?user=reader&room=r&as=json");
      return [window.writer.extensions, window.reader.extensions];
    });
    for (const negotiated of extensions) {
      assert.match(negotiated, /^permessage-deflate; server_no_context_takeover; client_no/);
    }
    step(`Chromium negotiates ${extensions[0]}`);

    for (let i = 0; i < 20; i++) {
      await one.evaluate(said => window.writer.send(said), i + text);
    }
    await one.waitForFunction(
      () => window.writer.heard.length === 20 && window.reader.heard.length === 20);
    const [own, others] = await one.evaluate(() => [window.writer.heard, window.reader.heard]);
    assert.deepEqual(own, Array.from(own, (_, i) => i + text));
    assert.deepEqual(others.map(object => JSON.parse(object).text), own);
    step("it reads what the server compresses, and the server what it does");
  });
}

// ---- without a WebSocket, from a page of another origin

async function streams({ page, sdk, ways, emulation }) {
  await twoPeople(async one => {
    await one.goto(page);
    await one.addScriptTag({ path: sdk });
    for (const way of ways) {
      const heard = await one.evaluate(async ({ way, emulation }) => {
        const me = new Centrifuge([way], {
          emulationEndpoint: emulation, data: { user: "alice" }, minReconnectDelay: 60_000 });
        const end = new Promise((resolve, reject) => {
          me.on("error", context => reject(new Error(JSON.stringify(context.error))));
          me.on("disconnected", context => reject(new Error(context.reason)));
          const room = me.newSubscription("room:" + way.transport);
          const heard = [];
          room.on("publication", ({ data }) => {
            heard.push(data);
            if (heard.length === 3) {
              resolve(heard);
            }
          });
          room.on("subscribed", async () => {
            for (let i = 1; i <= 3; i++) {
              await room.publish(i);
            }
          });
          room.subscribe();
          me.connect();
        });
        return end;
      }, { way, emulation });
      assert.deepEqual(heard, [1, 2, 3]);
      step(`Chromium chats over ${way.transport} with another origin`);
    }
    // The page lets nothing be loaded, and nothing else be talked to.
  }, { bypassCSP: true });
}

const [scenario, argument] = process.argv.slice(2);
await { page, consoles, compression, streams }[scenario](JSON.parse(argument));

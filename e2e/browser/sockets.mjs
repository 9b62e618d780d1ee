// Without the chat: what a browser's own WebSocket says and hears, and an SDK that has none.
import assert from "node:assert/strict";
import { LIMIT, step } from "./stage.mjs";

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
export async function consoles(stage, { url, connect: open, send, direct }) {
  const [one, two] = [await stage.page({}, /^/), await stage.page({}, /^/)];
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
}

// ---- compression

/// Two sockets of a page, which offers compression by itself.
export async function compression(stage, { url, text }) {
  const one = await stage.page();
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
}

// ---- without a WebSocket, from a page of another origin

export async function streams(stage, { page, sdk, ways, emulation }) {
  // The page lets nothing be loaded, and nothing else be talked to.
  const one = await stage.page({ bypassCSP: true });
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
}

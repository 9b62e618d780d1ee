// Runs clients of the official SDK for a test: what they shall do it reads from its standard input,
// what comes of it and what happens to them it writes to its standard output, as JSON, an object
// on a line.
//
//   {"id": 1, "client": "alice", "do": "open", "args": ["ws://…", {"data": {"user": "alice"}}]}
//   {"id": 1, "result": {"client": "5d0e…"}}              or {"id": 1, "error": {"code": 103, …}}
//   {"client": "alice", "event": "publication", "channel": "room:lobby", "data": …, "offset": 7}
//
// `open`, `subscribe` and `close` are done here; anything else is called on the client as it is.
// Where the option `tokens` is given, the SDK gets these, one after the other. In place of a URL may
// stand a list of transports, as the SDK has it. With the option `isProtobuf` it is the SDK that
// speaks Protobuf: what it takes and gives as bytes is JSON here as elsewhere, or, where the bytes
// aren't that, {"base64": "…"}, as the server shows them to those who know no bytes.
import { createInterface } from 'node:readline';
import { Centrifuge } from 'centrifuge';
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';

const HAPPENS_TO_CLIENTS = ['connecting', 'connected', 'disconnected', 'error', 'subscribing',
  'subscribed', 'unsubscribed', 'publication', 'join', 'leave'];
const HAPPENS_TO_SUBSCRIPTIONS = ['subscribing', 'subscribed', 'unsubscribed', 'error',
  'publication', 'join', 'leave'];

/** What the SDK is given bytes for, or JSON, behind a first argument. */
const TAKES_DATA = ['publish', 'rpc'];

const clients = new Map();

function fromBytes(bytes) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

function toBytes(value) {
  return typeof value?.base64 === 'string'
    ? Buffer.from(value.base64, 'base64')
    : Buffer.from(JSON.stringify(value));
}

function say(line) {
  // Not what is handed in: buffers have become something else by then.
  process.stdout.write(JSON.stringify(line, function (name, value) {
    return this[name] instanceof Uint8Array ? fromBytes(this[name]) : value;
  }) + '\n');
}

function listen(emitter, names, client, scope) {
  for (const event of names) {
    emitter.on(event, (context) => say({ ...context, client, event, scope }));
  }
}

function withTokens(given, client) {
  const { tokens, ...options } = given ?? {};
  if (tokens) {
    options.getToken = async () => {
      if (tokens.length === 0) {
        throw new Error('the test has given no other token');
      }
      say({ client, event: 'getToken' });
      return tokens.shift();
    };
  }
  return options;
}

/** Waits until a client or a subscription has got in, or has been turned away for good. */
function settled(one, good, bad, begin) {
  return new Promise((resolve, reject) => {
    one.once(good, resolve);
    one.once(bad, reject);
    begin();
  });
}

const actions = {
  async open(name, where, { isProtobuf, ...options }) {
    const Sdk = isProtobuf ? ProtobufCentrifuge : Centrifuge;
    if (isProtobuf && options.data) {
      options.data = toBytes(options.data);
    }
    const client = new Sdk(where, {
      websocket: WebSocket, eventsource: EventSource, fetch, readableStream: ReadableStream,
      minReconnectDelay: 50, maxReconnectDelay: 500, ...withTokens(options, name) });
    clients.set(name, client);
    listen(client, HAPPENS_TO_CLIENTS, name, 'client');
    return settled(client, 'connected', 'disconnected', () => client.connect());
  },

  async subscribe(name, channel, options) {
    const subscription = clients.get(name).newSubscription(channel, {
      minResubscribeDelay: 50, maxResubscribeDelay: 500, ...withTokens(options, name) });
    listen(subscription, HAPPENS_TO_SUBSCRIPTIONS, name, 'subscription');
    return settled(
      subscription, 'subscribed', 'unsubscribed', () => subscription.subscribe());
  },

  async unsubscribe(name, channel) {
    const client = clients.get(name);
    const subscription = client.getSubscription(channel);
    subscription.unsubscribe();
    client.removeSubscription(subscription);
  },

  async close(name) {
    clients.get(name).disconnect();
  },
};

async function run({ id, client, do: action, args }) {
  try {
    if (clients.get(client) instanceof ProtobufCentrifuge && TAKES_DATA.includes(action)) {
      args[1] = toBytes(args[1]);
    }
    const result = actions[action]
      ? await actions[action](client, ...args)
      : await clients.get(client)[action](...args);
    say({ id, result: result ?? {} });
  } catch (cause) {
    say({ id, error: { code: cause.code ?? 0, message: cause.reason ?? cause.message } });
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => run(JSON.parse(line)))
  .on('close', () => process.exit(0));

say({ event: 'ready' });

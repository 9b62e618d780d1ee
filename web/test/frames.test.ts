import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameLog } from "../src/net/frames";

/** A socket that goes nowhere. */
class FakeSocket extends EventTarget {
  static readonly sent: unknown[] = [];

  send(data: unknown): void {
    FakeSocket.sent.push(data);
  }

  close(): void {
    this.dispatchEvent(new Event("close"));
  }
}

beforeEach(() => {
  FakeSocket.sent.length = 0;
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => { vi.unstubAllGlobals(); });

function opened(): { log: FrameLog; socket: WebSocket } {
  const log = new FrameLog();
  return { log, socket: new log.socketType("ws://localhost/") };
}

describe("FrameLog", () => {
  it("shows no token, but lets it through", () => {
    const { log, socket } = opened();
    const frames = [
      '{"id":1,"connect":{"token":"a.b.c","name":"js"}}',
      '{"id":2,"subscribe":{"channel":"x","token": "a\\"b"}}\n{"id":3,"refresh":{"token":"d"}}',
      '{"id":4,"publish":{"data":{"text":"\\"token\\":\\"mine\\""}}}',
    ];
    for (const frame of frames) {
      socket.send(frame);
    }
    expect(log.frames.value.map(({ text }) => text)).toEqual([
      '{"id":1,"connect":{"token":"***","name":"js"}}',
      '{"id":2,"subscribe":{"channel":"x","token":"***"}}\n{"id":3,"refresh":{"token":"***"}}',
      frames[2],
    ]);
    expect(FakeSocket.sent).toEqual(frames);
  });

  it("numbers the frames, and keeps the last ones", () => {
    const { log, socket } = opened();
    socket.send("{}");
    for (let i = 0; i < 300; i++) {
      socket.dispatchEvent(new MessageEvent("message", { data: "{}" }));
    }
    const ids = log.frames.value.map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([200, 101, 300]);
    expect(log.counts.value).toEqual({ in: 300, out: 1 });
  });
});

import { State } from "centrifuge";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Identity } from "../src/net/identity";
import { remember } from "../src/net/identity";
import { Session } from "../src/session";
import { freshPage, leftPage } from "./fakes";
import { settled } from "./stubs";

const ALICE: Identity = { kind: "name", name: "alice" };

beforeEach(() => {
  freshPage();
  vi.stubGlobal("location", { href: "http://localhost:8080/" });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
  // It never opens.
  vi.stubGlobal("WebSocket", class extends EventTarget {
    close(): void {
      this.dispatchEvent(new Event("close"));
    }
  });
});
afterEach(leftPage);

/** A session whose chat has something to save, which takes until it is answered. */
async function leaving(): Promise<{ session: Session; state: () => State; answer: () => void }> {
  const session = new Session(ALICE, false);
  session.link.user.value = "alice";
  await vi.advanceTimersByTimeAsync(5_000);
  const { own } = session.chat.value ?? expect.unreachable();
  let answer = (): void => undefined;
  vi.spyOn(own, "close").mockReturnValue(new Promise(resolve => { answer = resolve; }));
  return { session, state: () => session.link.client.state, answer: () => { answer(); } };
}

describe("A session that ends", () => {
  it("closes the connection when what its user has read is saved", async () => {
    const { session, state, answer } = await leaving();
    session.end();
    await settled();
    expect(state()).not.toBe(State.Disconnected);
    answer();
    await settled();
    expect(state()).toBe(State.Disconnected);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits no longer than a second for that", async () => {
    const { session, state } = await leaving();
    session.end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state()).toBe(State.Disconnected);
  });

  it("leaves who comes next alone, though it is the same user", async () => {
    const { session, state } = await leaving();
    session.end();
    remember(ALICE);
    const next = new Session(ALICE, false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state()).toBe(State.Disconnected);
    expect(next.link.client.state).not.toBe(State.Disconnected);
    expect(sessionStorage.getItem("parley.identity")).toBe(JSON.stringify(ALICE));
    next.end();
  });
});

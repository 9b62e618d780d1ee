import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { knownIdentity, remember } from "../src/net/identity";
import { keep, recall } from "../src/net/storage";
import { memoryStorage, refusingStorage } from "./stubs";

const replaceState = vi.fn();

beforeEach(() => {
  vi.stubGlobal("sessionStorage", memoryStorage());
  vi.stubGlobal("history", { replaceState });
  comeTo("");
  replaceState.mockClear();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function comeTo(hash: string): void {
  vi.stubGlobal("location", { hash, pathname: "/", search: "?debug" });
}

describe("knownIdentity", () => {
  it("is nobody's at first", () => {
    expect(knownIdentity()).toBeNull();
    expect(replaceState).not.toHaveBeenCalled();
  });

  it("takes the token out of the address, and remembers it", () => {
    comeTo("#token=a.b.c");
    expect(knownIdentity()).toEqual({ kind: "token", token: "a.b.c" });
    expect(replaceState).toHaveBeenCalledWith(null, "", "/?debug");
    comeTo("");
    expect(knownIdentity()).toEqual({ kind: "token", token: "a.b.c" });
  });

  it("remembers a name until told to forget it", () => {
    remember({ kind: "name", name: "alice" });
    expect(knownIdentity()).toEqual({ kind: "name", name: "alice" });
    remember(null);
    expect(knownIdentity()).toBeNull();
  });

  it("takes a token that can't be decoded as it is", () => {
    comeTo("#token=50%");
    expect(knownIdentity()).toEqual({ kind: "token", token: "50%" });
  });

  it.each(["{", "null", "1", "\"x\"", "{}", "{\"kind\":\"token\"}", "{\"kind\":\"name\",\"name\":1}"])(
    "is nobody's where %s was kept", garbage => {
      sessionStorage.setItem("parley.identity", garbage);
      expect(knownIdentity()).toBeNull();
    });

  it("has the token where the browser keeps nothing", () => {
    vi.stubGlobal("sessionStorage", refusingStorage());
    comeTo("#token=abc");
    expect(knownIdentity()).toEqual({ kind: "token", token: "abc" });
    comeTo("");
    expect(knownIdentity()).toBeNull();
  });
});

describe("storage", () => {
  it("forgets what is kept as null", () => {
    keep("session", "k", { a: 1 });
    expect(recall("session", "k")).toEqual({ a: 1 });
    keep("session", "k", null);
    expect(sessionStorage.getItem("k")).toBeNull();
  });
});

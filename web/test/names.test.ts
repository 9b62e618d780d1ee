import { describe, expect, it } from "vitest";
import {
  escaped, inboxChannel, normalized, ownChannel, pair, roomProblem, userProblem,
} from "../src/chat/names";

/** The signs that the server's `Names.escaped` encodes, and those that its `checked` refuses. */
const ESCAPED: readonly (readonly [number, number])[] = [
  [0x0000, 0x0020], [0x0023, 0x0023], [0x0025, 0x0025], [0x002a, 0x002a], [0x002c, 0x002c],
  [0x003a, 0x003a], [0x007b, 0x007b], [0x007d, 0x007d], [0x007f, 0x00a0], [0x1680, 0x1680],
  [0x2000, 0x200a], [0x2028, 0x2029], [0x202f, 0x202f], [0x205f, 0x205f], [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const REFUSED = [...ESCAPED.filter(([first]) => first !== 0x25), [0xd800, 0xdfff]] as const;

function isIn(ranges: readonly (readonly [number, number])[], code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last);
}

const hex = (byte: number): string => "%" + byte.toString(16).padStart(2, "0");

describe("escaped", () => {
  it("encodes the signs that the server encodes, and no others", () => {
    for (let code = 0; code <= 0xffff; code++) {
      const sign = String.fromCharCode(code);
      const expected = isIn(ESCAPED, code)
        ? Array.from(new TextEncoder().encode(sign), hex).join("")
        : sign;
      expect(escaped(`a${sign}b`), code.toString(16)).toBe(`a${expected}b`);
    }
  });

  it.each([
    ["alice", "alice"], ["ann,bob", "ann%2cbob"], ["50%", "50%25"], ["é 👋", "é%20👋"],
    ["a\u2028b", "a%e2%80%a8b"], ["a\u0085b", "a%c2%85b"], ["a:#{}*", "a%3a%23%7b%7d%2a"],
  ])("writes %j as %s", (user, name) => {
    expect(escaped(user)).toBe(name);
    expect(inboxChannel(user)).toBe("inbox:#" + name);
    expect(ownChannel(user)).toBe("me:#" + name);
  });
});

describe("names", () => {
  it("have the signs that the server lets them have", () => {
    for (let code = 0; code <= 0xffff; code++) {
      const expected = isIn(REFUSED, code) ? "signs" : null;
      expect(userProblem(`a${String.fromCharCode(code)}b`), code.toString(16)).toBe(expected);
    }
  });

  it.each([
    ["", "empty"], ["x".repeat(64), null], ["x".repeat(65), "long"], ["👋".repeat(64), null],
    ["👋".repeat(65), "long"], ["guest-1", "reserved"], ["inbox", null], ["a b", "signs"],
  ])("of users: %j is %s", (name, problem) => {
    expect(userProblem(name)).toBe(problem);
  });

  it.each([["inbox", "reserved"], ["guest-1", null], ["a/b", null], ["a,b", "signs"]])(
    "of rooms: %j is %s", (name, problem) => {
      expect(roomProblem(name)).toBe(problem);
    });

  it("are in the composed form, without blanks around them", () => {
    expect(normalized(" \u00a0e\u0301\n")).toBe("é");
  });
});

describe("pair", () => {
  it("is the same for both", () => {
    expect(pair("bob", "alice")).toBe("#alice,bob");
    expect(pair("alice", "bob")).toBe("#alice,bob");
  });

  it("can't be made by a clever name", () => {
    expect(pair("a,b", "c")).not.toBe(pair("a", "b,c"));
  });
});

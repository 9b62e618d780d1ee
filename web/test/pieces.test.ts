import { describe, expect, it } from "vitest";
import { isOnlyEmoji } from "../src/text/emoji";
import { pieces } from "../src/text/links";

/** The links only, as they are shown. */
function links(text: string): readonly string[] {
  return pieces(text).filter(piece => piece.kind === "link").map(piece => piece.text);
}

describe("pieces", () => {
  it("are together the message", () => {
    for (const text of ["", "plain", "a https://x.org/ b", "https://x.org", "https://", "(http://a.b)."]) {
      expect(pieces(text).map(piece => piece.text).join("")).toBe(text);
    }
  });

  it.each([
    ["see https://x.org/a.", "https://x.org/a"],
    ["(see https://x.org/a)", "https://x.org/a"],
    ["https://x.org/A_(b)", "https://x.org/A_(b)"],
    ["(https://x.org/A_(b)).", "https://x.org/A_(b)"],
    ["https://x.org/?q=1&r=2#s, and", "https://x.org/?q=1&r=2#s"],
    ["really https://x.org/?!…", "https://x.org/"],
    ["HTTP://X.org/y", "HTTP://X.org/y"],
    ["<https://x.org/>", "https://x.org/"],
    ["\"https://x.org/\"", "https://x.org/"],
    ["https://bücher.example/ß", "https://bücher.example/ß"],
  ])("of %s has a link", (text, link) => {
    expect(links(text)).toEqual([link]);
  });

  it("link to what an address of another script is in DNS", () => {
    expect(pieces("https://bücher.example/")).toEqual([
      { kind: "link", text: "https://bücher.example/", href: "https://xn--bcher-kva.example/" },
    ]);
  });

  it.each([
    "javascript:alert(1)", "data:text/html,x", "https://", "http://)", "https://[", "ftp://x.org/",
    "<script>alert(1)</script>", "www.example.org",
  ])("of %s have no link", text => {
    expect(links(text)).toEqual([]);
  });

  it.each([")", ".", ").", "(", "()"])("are found in steps that grow with the text: %s", sign => {
    // Quadratic, this takes minutes: the test's own limit of time is what fails.
    const text = "https://x.org/" + sign.repeat(400_000) + "x";
    expect(links(text)).toEqual([text]);
    expect(links(text.slice(0, -1))).toHaveLength(1);
  });
});

describe("isOnlyEmoji", () => {
  it.each(["😀", "👍🏽", "❤️", "👩🏽‍🚀", "👨‍👩‍👧", "🇩🇪", "😀🇫🇷🎉"])("holds of %s", text => {
    expect(isOnlyEmoji(text)).toBe(true);
  });

  it.each(["", "a", "1", "#", "😀😀😀😀", "😀 a", "🇩"])("doesn't hold of %j", text => {
    expect(isOnlyEmoji(text)).toBe(false);
  });
});

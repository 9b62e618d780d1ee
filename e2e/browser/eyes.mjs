// Looks at the page as it is, for eyes and for screen readers, and keeps pictures of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { step } from "./stage.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/// A phone's, and a laptop's.
export const SIZES = [{ width: 360, height: 740 }, { width: 1440, height: 900 }];
const SCHEMES = ["light", "dark"];
const LAPTOP = { width: 1280, height: 800 };

/// Nothing makes the page, or a part of it, scroll sideways.
export async function fits(page, what) {
  const wide = await page.evaluate(() => [document.scrollingElement,
    ...[...document.querySelectorAll("body *")]
      .filter(element => ["auto", "scroll"].includes(getComputedStyle(element).overflowX))]
    .filter(element => element.scrollWidth > element.clientWidth)
    .map(element => `${element.tagName}.${element.className} has ${element.scrollWidth} pixels in `
      + element.clientWidth));
  assert.deepEqual(wide, [], `too wide for ${what}`);
}

/// What axe-core finds that keeps somebody from using the page.
async function isAccessible(page, what) {
  if (!await page.evaluate(() => "axe" in window)) {
    await page.evaluate(AXE);
  }
  const violations = await page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ["violations"] });
    return found.violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
  });
  assert.deepEqual(violations, [], `what axe-core finds on ${what}`);
}

/// Looks at the page as it is now in all sizes and schemes, and keeps a picture of each.
export async function look(page, name) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.evaluate(() => new Promise(resolve =>
        requestAnimationFrame(() => requestAnimationFrame(resolve))));
      const what = `${name}-${size.width}-${colorScheme}`;
      await page.screenshot({ path: `${process.env.SHOTS}/${what}.png` });
      await fits(page, what);
      await isAccessible(page, what);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(LAPTOP);
  step("looked at " + name);
}

// What all scenarios stand on: one Chromium for all of them, and people in it with a profile each.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { chromium } from "playwright-core";

/// Within which every step has to be done.
export const LIMIT = 15_000;

/// The name of the scenario that is being played: several are at once.
export const scenario = new AsyncLocalStorage();

/// Writes a line, or some, of the scenario.
export const tell = text => {
  for (const line of text.split("\n")) {
    console.log(`${scenario.getStore()}: ${line}`);
  }
};

/// A step that went well.
export const step = text => tell("ok: " + text);

let launched = null;

function browser() {
  launched ??= chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  return launched;
}

export async function closeBrowser() {
  await (await launched)?.close();
}

/// Waits until `check` returns something true, or until it throws no more.
export async function until(what, check) {
  const deadline = Date.now() + LIMIT;
  for (;;) {
    let failure;
    try {
      const found = await check();
      if (found) {
        return found;
      }
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) {
      throw new Error("waited in vain: " + what, { cause: failure });
    }
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

/// Whose pages are open in one scenario.
export class Stage {
  #pages = [];

  /// A page with a profile of its own: other cookies, other storage, other connections. What its
  /// console says is in `said`, beside its own errors and breaches of its policy; unless it is of a
  /// kind that `mayBeSaid`, it fails the scenario.
  async page(options = {}, mayBeSaid = null) {
    const context = await (await browser()).newContext(
      { viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(LIMIT);
    const page = await context.newPage();
    page.said = [];
    page.mayBeSaid = mayBeSaid;
    page.on("console", message => page.said.push(message.text()));
    page.on("pageerror", error => page.said.push("ERROR " + error.stack));
    this.#pages.push(page);
    return page;
  }

  /// The end of a scenario that went well.
  assertNothingSaid() {
    for (const page of this.#pages) {
      const said = page.said.filter(text => !page.mayBeSaid?.test(text));
      assert.deepEqual(said, [], "what the console of a page says");
    }
  }

  async close() {
    for (const page of this.#pages) {
      await page.context().close();
    }
  }

  /// What everybody saw when the scenario failed.
  async keepSight() {
    for (const [i, page] of this.#pages.entries()) {
      await page.screenshot(
        { path: `${process.env.SHOTS}/failed-${scenario.getStore()}-${i + 1}.png` })
        .catch(() => {});
      tell(`page ${i + 1} at ${page.url()} said ${JSON.stringify(page.said)}`);
    }
  }
}

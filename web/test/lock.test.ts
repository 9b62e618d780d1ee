import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** What is made or fetched, not kept. */
const FOREIGN = new Set(["node_modules", "target", ".git"]);

function locks(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return FOREIGN.has(entry.name) ? [] : locks(path);
    }
    return entry.name === "package-lock.json" ? [path] : [];
  });
}

/** An address would be that of whoever made the file, and not everybody gets there. */
test("no lock file names download addresses", () => {
  const found = locks("");
  expect(found).toContain(join("web", "package-lock.json"));
  for (const path of found) {
    const { packages } = JSON.parse(readFileSync(join(root, path), "utf8")) as
      { packages: Record<string, { resolved?: string }> };
    expect(Object.keys(packages).length, path).toBeGreaterThan(1);
    const addresses = Object.values(packages).map(({ resolved }) => resolved)
      .filter(address => address !== undefined);
    expect(addresses, path).toEqual([]);
  }
});

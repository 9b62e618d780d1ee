import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";

/** The README shows the core of such a page. */
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const core = /```ts\n(.*?)```/su.exec(readme)?.[1] ?? "";
// Below this module, so that packages are found.
const target = join(import.meta.dirname, "../target");
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(target, "readme-"));

afterAll(() => { rmSync(folder, { recursive: true }); });

test("it is short", () => {
  const lines = core.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.length).toBeLessThan(40);
});

test("it compiles under strict rules against the SDK's types", () => {
  const file = join(folder, "core.ts");
  writeFileSync(file, core);
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, types: [], lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  const problems = ts.getPreEmitDiagnostics(program)
    .map(problem => ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
  expect(problems).toEqual([]);
});

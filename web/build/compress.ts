import { readFile, readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

/** What gets smaller by it. */
const TEXTS = new Set([".css", ".html", ".js", ".json", ".svg", ".webmanifest"]);

/** What all scripts together may have, compressed by gzip. */
const SCRIPT_BYTES_MAX = 100 * 1024;

/** Names the files for the node, which can"t list the folder of a jar. */
const LIST = "files.txt";

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/**
 * Compresses what was built, as well as it can be done: a node has no time for it, and does no more
 * than to choose. It fails the build when the scripts have become too large.
 */
export function compress(): Plugin {
  let folder = "";
  let failed = false;
  return {
    name: "parley:compress",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    buildEnd(error) {
      failed = error !== undefined;
    },
    // Only then are the files of `public` there.
    async closeBundle() {
      if (failed) {
        return;
      }
      const files = await names(folder);
      const sizes = await Promise.all(files.map((file) => compressed(folder, file)));
      const scripts = sizes.reduce((sum, size) => sum + size, 0);
      this.info(`scripts: ${String(scripts)} of ${String(SCRIPT_BYTES_MAX)} bytes, by gzip`);
      if (scripts > SCRIPT_BYTES_MAX) {
        throw new Error(`scripts: ${String(scripts)} bytes, compressed by gzip (expected: at most ${
          String(SCRIPT_BYTES_MAX)})`);
      }
      // Last: its time is that of a build that has succeeded.
      await writeFile(join(folder, LIST), files.map((file) => `${file}\n`).join(""));
    },
  };
}

/** All files of a folder, as URLs have them, in one order everywhere. */
async function names(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
}

/** Writes the compressed forms beside a text; the size by gzip if it is a script, else 0. */
async function compressed(folder: string, file: string): Promise<number> {
  const type = extname(file);
  if (!TEXTS.has(type)) {
    return 0;
  }
  const path = join(folder, file);
  const bytes = await readFile(path);
  const [br, gz] = await Promise.all([
    brotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    gzipped(bytes, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
  return type === ".js" ? gz.length : 0;
}

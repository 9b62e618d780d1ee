import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";

export default defineConfig({
  // Names of React in libraries are those of Preact here.
  resolve: {
    alias: {
      "react-dom/test-utils": "preact/test-utils",
      "react-dom": "preact/compat",
      "react/jsx-runtime": "preact/jsx-runtime",
      react: "preact/compat",
    },
  },
  oxc: {
    jsx: { runtime: "automatic", importSource: "preact" },
  },
  build: {
    target: "es2022",
    // Nothing generated stands in `src`; Maven takes it from here into the jar.
    outDir: "target/dist",
    emptyOutDir: true,
    assetsDir: "assets",
    // The policy of the node lets no data: in, but for images.
    assetsInlineLimit: (file) => (/\.(?:png|svg|gif|webp)$/.test(file) ? undefined : false),
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      // "use client" of a library is for servers that render.
      onLog(level, log, pass) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") {
          pass(level, log);
        }
      },
    },
  },
  plugins: [compress()],
  server: { proxy: { "/connection": { target: "http://localhost:8080", ws: true } } },
});

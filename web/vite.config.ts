import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
  build: { outDir: "target/dist", emptyOutDir: true, target: "es2022", modulePreload: false },
  resolve: {
    alias: {
      react: "preact/compat",
      "react-dom": "preact/compat",
      "react/jsx-runtime": "preact/jsx-runtime",
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/connection": { target: "http://localhost:8080", ws: true } } },
});

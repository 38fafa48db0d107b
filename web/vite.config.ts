import { defineConfig } from "vite";

/** One classic script and one style sheet: modules do not load from file://. scripts/page copies index.html and icon.svg beside them. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "../src/autolab/web/page",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "autolabPage", fileName: () => "app.js", cssFileName: "app" },
  },
});

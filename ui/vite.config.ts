import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  build: {
    // The oldest engine that knows light-dark(); an older target makes the build rewrite it.
    target: "safari17.5",
    assetsInlineLimit: 0, // the content policy refuses data: fonts
    modulePreload: { polyfill: false },
    emptyOutDir: true,
  },
  server: { host: "127.0.0.1", port: 0 },
  // Svelte's server half is what Node would resolve to; the tests want the browser's.
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
}));

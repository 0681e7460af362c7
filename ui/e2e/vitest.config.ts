import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.e2e.ts"],
    globalSetup: ["./server.ts"],
    fileParallelism: false, // one browser at a time: the machine is small
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});

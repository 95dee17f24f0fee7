import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["./global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One server serves all files; each test takes names of its own.
    fileParallelism: true,
    maxWorkers: 2,
    minWorkers: 1,
  },
});

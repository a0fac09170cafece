import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/longest-first.ts";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
  test: {
    include: ["**/*.test.{ts,tsx}"],
    globalSetup: "agents/testing/run-folder.ts",
    setupFiles: ["tests/next-environment.ts"],
    exclude: ["node_modules/**", "dist/**", ".next/**", "data/**", "tests/browser/**"],
    // Real processes, files and sockets: a process for each file. They wait half of the time, so one more than a small machine has cores.
    pool: "forks",
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // A fork keeps the modules that it has loaded for its next file: they are the same everywhere, and loading them took a tenth of the run.
    isolate: false,
    // Only ends of waiting, for machines that are slow or busy: no test depends on how long something takes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    passWithNoTests: true,
  },
});

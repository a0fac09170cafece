import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/longest-first.ts";

/** Each takes up to 2 GB with the programs that its tests start. */
const MOST_WORKERS = 6;

export default defineConfig({
  resolve: {
    alias: {
      "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, ""),
      "next/headers": fileURLToPath(new URL("tests/next-headers.ts", import.meta.url)),
    },
  },
  test: {
    include: ["**/*.test.{ts,tsx}"],
    globalSetup: "tests/agents/run-folder.ts",
    setupFiles: ["tests/next-environment.ts"],
    exclude: ["node_modules/**", "dist/**", ".next/**", "data/**", "tests/browser/**"],
    // Real processes, files and sockets: a process for each file. They wait half of the time, so two for each core.
    pool: "forks",
    maxWorkers: Math.min(MOST_WORKERS, 2 * availableParallelism()),
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

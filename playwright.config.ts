import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** The headless shell shows the same pages in two thirds of the time, but no notifications: see `wholeBrowser` in real-server.ts. */
const SYSTEM_BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
// Chromium's own sandbox does not work for root, and only then is it switched off.
const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export default defineConfig({
  testDir: "tests/browser",
  // They wait for servers and pages half of the time. Files go side by side, the tests of a file one after the other.
  workers: 2,
  retries: 0,
  // Only ends of waiting: a machine that is slow or busy with other things is no fault of a page.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  reporter: "line",
  outputDir: "test-results",
  use: {
    // An action without an end would use up its test's time and leave no word of what it waited for.
    actionTimeout: 120_000,
    // A worker takes requests before a test can cut or change them. Tests of the worker allow it.
    serviceWorkers: "block",
    launchOptions: {
      // Undefined: the browser that Playwright has downloaded itself.
      executablePath:
        process.env.BANYAN_CHROMIUM ||
        SYSTEM_BROWSERS.map((name) => `/usr/bin/${name}`).find((file) => existsSync(file)),
      args: [
        ...sandbox,
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});

/**
 * Tests of one process share its modules and its environment. Next's server parts read this global, which only a whole
 * Next server sets.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { afterAll, afterEach, expect, vi } from "vitest";

Object.assign(globalThis, { AsyncLocalStorage });

// A component whose code loads when it is shown may still be loading when a file's tests are over, which would fail the
// file.
afterAll(() => vi.dynamicImportSettled());

// A variable that a test sets, such as PATH, would stay set in each later file of the process.
afterEach(() => void vi.unstubAllEnvs());

// A module that an earlier file has loaded would keep what this file replaces, and a later file would get what it has
// replaced. So a file with `vi.mock` begins without modules, and leaves none.
const { testPath } = expect.getState();
if (testPath && readFileSync(testPath, "utf8").includes("vi.mock(")) {
  vi.resetModules();
  afterAll(() => void vi.resetModules());
}

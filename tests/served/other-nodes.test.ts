/** What `tools.test.ts` shows, under each other line of Node that Banyan recommends: its threads and modules differ. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "@/scripts/testing/command-line";
import { putNode } from "@/scripts/testing/node-from-npm";

const NPM = "11";
/** It compiles the SQLite module, builds what is not built, and runs a whole file of tests. */
const LONGEST_MS = 1_800_000;

test.each(["22", "24"])(
  "a release that Node %s serves calls every tool",
  async (version) => {
    const folder = mkdtempSync(path.join(tmpdir(), "banyan-node-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const node = path.join(folder, "node");
    putNode(node, version, NPM);
    // The SQLite module for this Node is compiled with its own headers.
    const own = { PATH: `${path.join(node, "bin")}:${process.env.PATH}`, npm_config_nodedir: node };
    const run = async (...args: string[]) => {
      const { VITEST: _, VITEST_POOL_ID: _pool, VITEST_WORKER_ID: _worker, ...inherited } = process.env;
      const child = spawn(path.join(node, "bin/node"), args, { cwd: ROOT, env: { ...inherited, ...own } });
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { status: await ended, said: stdout + stderr };
    };
    const prepared = await run("scripts/prepare.mjs");
    expect(prepared.status, prepared.said).toBe(0);
    const tested = await run("node_modules/vitest/vitest.mjs", "run", "tests/served/tools.test.ts");
    expect(tested.status, tested.said).toBe(0);
    expect(tested.said).toMatch(/Tests .*\d passed/);
  },
  LONGEST_MS,
);

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "./temporary";

let parent: string;
beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-leftovers-"));
  vi.stubEnv("TMPDIR", parent);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  fs.rmSync(parent, { recursive: true, force: true });
});

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync("true").pid;
}

test("folders of ended processes are removed, folders of living ones stay", () => {
  const dead = path.join(parent, `banyan-sandbox-${deadPid()}-a`);
  const living = path.join(parent, `banyan-sandbox-${process.ppid}-a`);
  for (const folder of [dead, living]) fs.mkdirSync(path.join(folder, "below"), { recursive: true });
  const own = temporaryFolder();
  expect(fs.existsSync(own.path())).toBe(true);
  expect([fs.existsSync(dead), fs.existsSync(living)]).toEqual([false, true]);
  own.remove();
  expect(fs.readdirSync(parent)).toEqual([path.basename(living)]);
});

test("a folder that another user left does not prevent a new folder", () => {
  const dead = path.join(parent, `banyan-sandbox-${deadPid()}-a`);
  fs.mkdirSync(dead);
  // Root may remove everything, so the refusal is simulated.
  vi.spyOn(fs, "rmSync").mockImplementationOnce((folder) => {
    throw Object.assign(new Error(`EACCES: permission denied, scandir '${folder}'`), { code: "EACCES" });
  });
  const own = temporaryFolder();
  expect(path.dirname(own.path())).toBe(fs.realpathSync(parent));
  expect(fs.existsSync(dead)).toBe(true);
  own.remove();
});

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
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

/** A folder with a lock file that nobody has locked, as SIGKILL leaves it. */
function leftover(name: string): string {
  const folder = path.join(parent, name);
  fs.mkdirSync(path.join(folder, "below"), { recursive: true });
  fs.writeFileSync(path.join(folder, "lock"), "");
  return folder;
}

test("what ended processes left is removed, whichever process has their pid now", () => {
  const dead = [leftover("banyan-sandbox-1-a"), leftover(`banyan-sandbox-${process.ppid}-a`)];
  const own = temporaryFolder();
  expect(fs.existsSync(own.path())).toBe(true);
  expect(dead.map((folder) => fs.existsSync(folder))).toEqual([false, false]);
  own.remove();
  expect(fs.readdirSync(parent)).toEqual([]);
});

test("the folder of a living process stays, even if its pid means nothing here, and goes once it has ended", async () => {
  // As a process in another container that shares this place: its pid is nobody's here.
  const living = path.join(parent, "banyan-sandbox-99999999-a");
  fs.mkdirSync(living);
  const script = 'exec 3>"$0/lock"; flock --exclusive 3; echo locked; read -r end';
  const other = spawn("bash", ["-c", script, living], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void other.kill("SIGKILL"));
  await once(other.stdout, "data");
  temporaryFolder().path();
  expect(fs.existsSync(living)).toBe(true);
  other.kill("SIGKILL");
  await once(other, "exit");
  temporaryFolder().path();
  expect(fs.existsSync(living)).toBe(false);
});

test("a folder that is not locked yet stays, as does a link", () => {
  const fresh = path.join(parent, "banyan-sandbox-99999999-a");
  const link = path.join(parent, "banyan-sandbox-99999999-b");
  const elsewhere = leftover("elsewhere");
  fs.mkdirSync(fresh);
  fs.symlinkSync(elsewhere, link);
  temporaryFolder().path();
  expect([fresh, link, path.join(elsewhere, "below")].map((file) => fs.existsSync(file))).toEqual([true, true, true]);
});

test("a folder that cannot be removed does not prevent a new folder", () => {
  const dead = leftover("banyan-sandbox-99999999-a");
  // Root may remove everything, so the refusal is simulated.
  vi.spyOn(fs, "rmSync").mockImplementation((folder) => {
    throw Object.assign(new Error(`EACCES: permission denied, scandir '${folder}'`), { code: "EACCES" });
  });
  const own = temporaryFolder();
  expect(path.dirname(own.path())).toBe(fs.realpathSync(parent));
  expect(fs.existsSync(dead)).toBe(true);
  vi.restoreAllMocks();
  own.remove();
});

test("cleaners of temporary files see that the folder is locked", () => {
  const own = temporaryFolder();
  const flock = () => spawnSync("flock", ["--exclusive", "--nonblock", own.path(), "true"]).status;
  expect(flock()).toBe(process.platform === "linux" ? 1 : null);
  own.remove();
});

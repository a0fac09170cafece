import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "./temporary";
import { workspaceCopies } from "./workspace-copy";

let place: string;
let workspace: string;
let temporary: ReturnType<typeof temporaryFolder>;
let copies: ReturnType<typeof workspaceCopies>;
beforeEach(() => {
  place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-copies-")));
  vi.stubEnv("TMPDIR", place);
  workspace = path.join(place, "work");
  fs.mkdirSync(path.join(workspace, "below"), { recursive: true });
  for (const file of ["old", "below/older", "used"]) fs.writeFileSync(path.join(workspace, file), file);
  temporary = temporaryFolder();
  copies = workspaceCopies(temporary);
});
afterEach(() => {
  copies.close();
  vi.unstubAllEnvs();
  fs.rmSync(place, { recursive: true, force: true });
});

const of = () => ({ workspace, user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }, hiddenPaths: [] });
const run = (work: (folder: string) => void) =>
  copies.onCopy(of(), new AbortController().signal, async (folder) => {
    work(folder);
    return folder;
  });
const files = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("lock"))
    .sort();
const ALL = ["below", "below/older", "old", "used"];

test("a file that a cleaner removed from the copy is copied again; one that a command removes goes", async () => {
  const copy = await run(() => {});
  fs.rmSync(path.join(copy, "old"));
  fs.rmSync(path.join(copy, "below"), { recursive: true });
  let seen: string[] = [];
  await run((folder) => {
    seen = files(folder);
    fs.rmSync(path.join(folder, "used"));
  });
  expect(seen).toEqual(ALL);
  expect(files(workspace)).toEqual(["below", "below/older", "old"]);
});

test("what one command has removed stays removed while the next one begins", async () => {
  let seen: string[] = [];
  await copies.onCopy(of(), new AbortController().signal, async (folder) => {
    fs.rmSync(path.join(folder, "old"));
    await run((same) => {
      seen = files(same);
    });
  });
  expect(seen).toEqual(["below", "below/older", "used"]);
  expect(files(workspace)).toEqual(["below", "below/older", "used"]);
});

test("a copy that was removed is made again, also with the folder above it", async () => {
  const copy = await run(() => {});
  fs.rmSync(copy, { recursive: true });
  const again = await run((folder) => expect(files(folder)).toEqual(ALL));
  fs.rmSync(path.dirname(again), { recursive: true });
  // Anybody may make a folder of its name.
  if (process.getuid?.() === 0) {
    fs.mkdirSync(again, { recursive: true });
    fs.writeFileSync(path.join(again, "foreign"), "");
    fs.chownSync(path.dirname(again), 65534, 65534);
  }
  await run((folder) => expect(files(folder)).toEqual(ALL));
  expect(files(workspace)).toEqual(ALL);
});

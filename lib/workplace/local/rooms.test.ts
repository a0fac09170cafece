import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UNPRIVILEGED_USER } from "../../process/tools-identity";
import { localRoom, type RoomSources } from "./rooms";

/** A server that is not root may not remove from a folder that is read-only, also when it owns it. */
function withoutRoot(): void {
  if (process.getuid?.() !== 0) return;
  process.setegid?.(UNPRIVILEGED_USER.gid);
  process.seteuid?.(UNPRIVILEGED_USER.uid);
  onTestFinished(() => {
    process.seteuid?.(0);
    process.setegid?.(0);
  });
}

function closedFolder(folder: string): void {
  fs.mkdirSync(path.join(folder, "pkg/mod"), { recursive: true });
  fs.writeFileSync(path.join(folder, "pkg/mod/go.mod"), "");
  for (const below of ["pkg/mod", "pkg"]) fs.chmodSync(path.join(folder, below), 0o555);
}

test("a room whose commands left read-only folders is removed, and made again", async () => {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-rooms-"));
  onTestFinished(() => fs.rmSync(base, { recursive: true, force: true }));
  fs.chmodSync(base, 0o777);
  withoutRoot();
  const [root, cacheDir] = ["work", "cache"].map((name) => path.join(base, name)) as [string, string];
  for (const folder of [root, cacheDir]) fs.mkdirSync(folder);
  fs.writeFileSync(path.join(root, "file"), "");
  const of = { tree: "t", task: "k", owner: null, root, cacheDir, hiddenPaths: [] };
  const room = localRoom(of, "room", {} as RoomSources);
  const { signal } = new AbortController();
  const [folder, home] = ["room", "room-home"].map((name) => path.join(cacheDir, name)) as [string, string];
  await room.copyFolder(signal);
  closedFolder(folder);
  await room.copyFolder(signal);
  expect(fs.readdirSync(folder)).toEqual(["file"]);
  closedFolder(folder);
  await room.fill({});
  expect(fs.readdirSync(folder)).toEqual([]);
  await room.makeHome();
  closedFolder(home);
  await room.makeHome();
  expect(fs.readdirSync(home)).toEqual([]);
  closedFolder(home);
  closedFolder(folder);
  await room.remove();
  expect(fs.readdirSync(cacheDir)).toEqual([]);
});

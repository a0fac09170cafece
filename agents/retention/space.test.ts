import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSpace } from "./space";
import { installation } from "./testing/ended-trees";

const FILE_BYTES = 1_048_576;

async function place() {
  const { store, dataDir } = await installation({ kept: null });
  const launcherHome = `${dataDir}-home`;
  onTestFinished(() => rmSync(launcherHome, { recursive: true, force: true }));
  const write = (...parts: string[]) => {
    const file = join(...parts);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Buffer.alloc(FILE_BYTES, 1));
    return file;
  };
  const backups = { list: async () => [] };
  const read = (isLaunched: boolean) => createSpace({ store, backups, dataDir, launcherHome, isLaunched }).read();
  const files = async (isLaunched = false) =>
    Object.fromEntries((await read(isLaunched)).map(({ what, size_bytes, files }) => [what, [size_bytes, files]]));
  return { dataDir, launcherHome, write, read, files };
}

test("each part of the data folder is measured once, and the rest together", async () => {
  const { dataDir, write, files } = await place();
  write(dataDir, "workspaces", "kept", "a.js");
  write(dataDir, "workspaces", "kept.own", "a.js");
  write(dataDir, "cache", "kept", "b");
  write(dataDir, "cache", "forge-1", "b");
  write(dataDir, "workspaces", "of-another-database", "b");
  write(dataDir, "snapshots", "c");
  write(dataDir, "self.git", "d");
  write(dataDir, "mcp", "e");
  write(dataDir, "models.json");
  const megabytes = Object.entries(await files()).map(([what, [size]]) => [
    what,
    Math.round(Number(size) / FILE_BYTES),
  ]);
  expect(Object.fromEntries(megabytes)).toMatchObject({
    workspaces: 3,
    cache: 2,
    snapshots: 1,
    own_source: 1,
    other: 2,
    migration_copies: 0,
    backups: 0,
  });
  expect(Object.keys(await files())).not.toContain("releases");
});

test("releases and packages are measured where they can be seen, a file with two names once; behind the wall nothing is claimed", async () => {
  const { launcherHome, write, read, files } = await place();
  // What a release sees behind its wall: itself, and nothing else of the launcher.
  write(launcherHome, "releases", "2", "server.mjs");
  const hidden = await read(true);
  expect(hidden.slice(-2)).toEqual([
    { what: "releases", size_bytes: null, files: null },
    { what: "packages", size_bytes: null, files: null },
  ]);
  write(launcherHome, "state.json");
  const first = write(launcherHome, "deps", "one", "index.js");
  mkdirSync(join(launcherHome, "deps", "two"));
  linkSync(first, join(launcherHome, "deps", "two", "index.js"));
  const { releases, packages } = await files(true);
  expect([releases?.[0], packages?.[0]]).toEqual([FILE_BYTES, FILE_BYTES]);
});

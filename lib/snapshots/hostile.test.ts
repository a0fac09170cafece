import { execFileSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scan } from "./scan";
import { SNAPSHOT_LIMITS } from "./store";
import { blobOf, createTrial, endTrial, kill, startScript, type Trial } from "./testing/trial";

let trial: Trial;
beforeEach(() => {
  trial = createTrial({ maxFileBytes: 30_000_000 });
});
afterEach(() => endTrial(trial));

const SECRET = "a secret from outside";

/**
 * Swaps a folder with a link and back, each for some microseconds, until it is killed. Prints a line when it has
 * started.
 */
const SWAP = `
  const fs = require("node:fs");
  const [folder, outside, aside] = process.argv.slice(1);
  const link = aside + "-link";
  const spin = () => { for (let left = Math.random() * 50_000; left > 0; left--); };
  console.log("begun");
  for (;;) {
    fs.symlinkSync(outside, link);
    fs.renameSync(folder, aside);
    fs.renameSync(link, folder);
    spin();
    fs.unlinkSync(folder);
    fs.renameSync(aside, folder);
    spin();
  }`;

async function startSwapping(folder: string) {
  fs.writeFileSync(path.join(trial.outside, "x"), SECRET);
  const swapping = startScript(SWAP, folder, trial.outside, path.join(trial.base, "aside"));
  if (swapping.stdout) await once(swapping.stdout, "data");
  return swapping;
}

test("a folder that is swapped with a link during 300 walks never reads a byte from outside", async () => {
  for (let index = 0; index < 5; index++) trial.put(`d/x${index || ""}`, "inside");
  const swapping = await startSwapping(path.join(trial.folder, "d"));
  const read = new Set<string>();
  const links = new Set<string>();
  const sink = {
    small: (content: Buffer) => void read.add(content.toString()),
    large: () => Promise.reject(new Error("there is no large file")),
  };
  try {
    // At least this many, until both states were seen, so that the race really happens.
    for (let round = 0; round < 300 || read.size < 2; round++) {
      const request = { folder: trial.folder, hiddenPaths: [], previous: new Map(), limits: SNAPSHOT_LIMITS };
      for (const [name, { mode }] of (await scan(request, sink)).entries) if (mode === "120000") links.add(name);
    }
    let previous: string | null = null;
    for (let round = 0; round < 15; round++) previous = (await trial.take(previous)).commit;
  } finally {
    await kill(swapping);
  }
  expect([...read].sort()).toEqual([trial.outside, "inside"].sort());
  expect([...links]).toEqual(["d"]);
  expect(() => trial.git("cat-file", "-e", blobOf(SECRET))).toThrow();
  expect(trial.git("cat-file", "-t", blobOf("inside"))).toBe("blob");
});

test("special files are skipped and reported, without waiting for them", async () => {
  trial.put("a");
  execFileSync("mkfifo", [path.join(trial.folder, "pipe"), path.join(trial.folder, "a-pipe")]);
  const server = net.createServer().listen(path.join(trial.folder, "socket"));
  await once(server, "listening");
  const giant = fs.openSync(path.join(trial.folder, "giant"), "w");
  fs.ftruncateSync(giant, 80_000_000);
  fs.closeSync(giant);
  const sparse = createTrial();
  try {
    const taken = await trial.take(null);
    expect(taken.files).toBe(1);
    expect(taken.skipped.map((file) => file.path).sort()).toEqual(["a-pipe", "giant", "pipe", "socket"]);
    fs.copyFileSync(path.join(trial.folder, "giant"), path.join(sparse.folder, "x"));
    fs.truncateSync(path.join(sparse.folder, "x"), 0);
    fs.truncateSync(path.join(sparse.folder, "x"), 100_000_000_000);
    expect((await sparse.take(null)).skipped).toEqual([{ path: "x", why: expect.stringContaining("bytes") }]);
    fs.truncateSync(path.join(sparse.folder, "x"), 100_000_000);
    expect((await sparse.take(null)).skipped).toEqual([{ path: "x", why: "most of it is empty space" }]);
  } finally {
    server.close();
    await endTrial(sparse);
  }
});

test("unreadable paths are reported, and stay as in the previous snapshot", async () => {
  trial.put("a", "readable");
  trial.put("b", "soon unreadable");
  trial.put("d/c", "below what is soon unreadable");
  trial.put("e/y/z", "in a folder that can be listed and no more");
  const first = await trial.take(null);
  const previous = new Map(
    trial
      .git("ls-tree", "-r", first.commit)
      .split("\n")
      .map((line) => [
        line.slice(53),
        { mode: "100644" as const, oid: line.slice(12, 52), sizeBytes: 1, signature: "" },
      ]),
  );
  fs.chmodSync(trial.base, 0o755);
  fs.chmodSync(path.join(trial.folder, "b"), 0);
  fs.chmodSync(path.join(trial.folder, "d"), 0);
  fs.chmodSync(path.join(trial.folder, "e"), 0o444);
  const sink = { small: () => undefined, large: () => Promise.reject(new Error("there is no large file")) };
  // Root can read everything, so another user walks here.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(64_999);
  try {
    const request = { folder: trial.folder, hiddenPaths: [], previous, limits: SNAPSHOT_LIMITS };
    const { entries, skipped } = await scan(request, sink);
    expect(skipped).toEqual([
      { path: "b", why: "the server has no permission to read it" },
      { path: "d", why: "the server has no permission to open it" },
      { path: "e/y", why: "the server cannot read its metadata (EACCES)" },
    ]);
    expect([...entries].map(([name, { oid }]) => [name, oid]).sort()).toEqual(
      [...previous].map(([name, { oid }]) => [name, oid]).sort(),
    );
  } finally {
    if (isRoot) process.seteuid?.(0);
    for (const name of ["d", "e"]) fs.chmodSync(path.join(trial.folder, name), 0o755);
  }
});

test("a name that is not UTF-8 is skipped and reported", async () => {
  fs.writeFileSync(Buffer.concat([Buffer.from(`${trial.folder}/`), Buffer.from([0xff, 0x61])]), "x");
  const taken = await trial.take(null);
  expect(taken.skipped).toEqual([{ path: "\ufffda", why: "its name is not UTF-8" }]);
});

test("hidden paths are absent: by name, by a hard link, and after a move", async () => {
  trial.put("data/key", SECRET);
  trial.put(".env", SECRET);
  trial.put("a", "shown");
  fs.linkSync(path.join(trial.folder, ".env"), path.join(trial.folder, "other-name"));
  const hiddenPaths = [path.join(trial.folder, "data"), path.join(trial.folder, ".env")];
  const first = await trial.take(null, { hiddenPaths });
  expect(await trial.contents(first.commit)).toEqual({ a: "shown" });
  // A data folder above the workspace is hidden too, and hides nothing inside it.
  const second = await trial.take(first.commit, { hiddenPaths: [...hiddenPaths, trial.base] });
  expect(second.commit).toBe(first.commit);
  expect(() => trial.git("cat-file", "-e", blobOf(SECRET))).toThrow();
});

test("limits on a file's size, the total size and the number of files skip what is above, and report it", async () => {
  const small = createTrial({ maxFileBytes: 100, maxTotalBytes: 250, maxFiles: 4, maxDepth: 2, maxReported: 2 });
  try {
    small.put("a", "1".repeat(100));
    const first = await small.take(null);
    small.put("a", "1".repeat(101));
    small.put("b/c/d/too-deep", "x");
    const second = await small.take(first.commit);
    expect(second.skipped).toEqual(
      expect.arrayContaining([
        { path: "a", why: "it has more than 100 bytes" },
        { path: "b/c/d", why: "it is nested too deeply" },
      ]),
    );
    // An earlier version of a file that grew too large is kept, not deleted.
    expect((await small.contents(second.commit)).a).toBe("1".repeat(100));
    small.put("a", "1".repeat(100));
    small.put("e", "2".repeat(100));
    small.put("f", "3".repeat(100));
    const third = await small.take(second.commit);
    expect(third.bytes).toBeLessThanOrEqual(250);
    expect(third.skipped.map(({ why }) => why)).toContain("the folder has more than 250 bytes");
    for (let index = 0; index < 9; index++) small.put(`g${index}`, "");
    const fourth = await small.take(null);
    expect(fourth.files).toBeLessThanOrEqual(4);
    expect(fourth.skipped.length).toBeLessThanOrEqual(3);
  } finally {
    await endTrial(small);
  }
});

test("when there are too many files, files that the walk did not reach do not count as deleted", async () => {
  const many = createTrial({ maxFiles: 5 });
  try {
    for (const name of ["a", "b", "c", "d", "e"]) many.put(name);
    const first = await many.take(null);
    for (let index = 0; index < 20; index++) many.put(`A${index}`);
    const second = await many.take(first.commit);
    expect(second.skipped.map(({ why }) => why)).toEqual([expect.stringContaining("more than 5 files")]);
    expect((await many.store.diff(first.commit, second.commit)).deleted).toEqual([]);
  } finally {
    await endTrial(many);
  }
});

/** Rewrites a byte of a file as fast as it can, until it is killed. */
const SCRIBBLE = `
  const fs = require("node:fs");
  const fd = fs.openSync(process.argv[1], "r+");
  console.log("begun");
  for (let count = 0; ; count++) fs.writeSync(fd, String(count % 10), (count * 4099) % 9_000_000);`;

test("a file that changes while it is read is torn: its last content stays, and it is read again next time", async () => {
  trial.put("large", Buffer.alloc(12_000_000, "a"));
  trial.put("other", "one");
  const first = await trial.take(null);
  const scribbling = startScript(SCRIBBLE, path.join(trial.folder, "large"));
  if (scribbling.stdout) await once(scribbling.stdout, "data");
  trial.put("other", "two");
  const second = await trial.take(first.commit);
  await kill(scribbling);
  expect(second).toMatchObject({ torn: ["large"], changed: 1, files: 2 });
  expect((await trial.store.diff(first.commit, second.commit)).modified).toEqual(["other"]);
  const third = await trial.take(second.commit);
  expect(third).toMatchObject({ torn: [], changed: 1 });
  const copy = path.join(trial.base, "copy");
  await trial.store.checkOut(third.commit, copy);
  expect(fs.readFileSync(path.join(copy, "large")).equals(fs.readFileSync(path.join(trial.folder, "large")))).toBe(
    true,
  );
});

test("a tree or label that is not a plain name is refused", async () => {
  for (const name of ["../x", "a/b", "", "x.lock", "a..b", "-".repeat(300), "a b"]) {
    await expect(trial.take(null, { label: name })).rejects.toThrow("is not a valid name for a snapshot");
    await expect(trial.take(null, { tree: name })).rejects.toThrow("is not a valid name for a snapshot");
  }
});

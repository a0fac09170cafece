import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createSnapshotStore } from "./store";
import {
  createTrial,
  describeFolder,
  endedWith,
  endTrial,
  kill,
  startScript,
  startTaking,
  type Trial,
} from "./testing/trial";

let trial: Trial;
beforeEach(() => {
  trial = createTrial();
});
afterEach(() => endTrial(trial));

const MB = 1_000_000;
const NOTHING_LARGE = 300_000;

const only = (name: string) => (trees: readonly string[]) => trees.filter((tree) => tree === name);

/** A folder with random bytes, which cannot be compressed. */
async function takeRandom(tree: string, label: string, bytes = MB) {
  const folder = path.join(trial.base, `${tree}-${label}`);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "random"), randomBytes(bytes));
  return (await trial.store.take({ tree, folder, label, previous: null, hiddenPaths: [] })).commit;
}

test("dropping frees the disk, except for contents that another tree shares", async () => {
  const shared = await takeRandom("one", "a");
  const alone = await takeRandom("one", "b", 20 * MB);
  await trial.store.share(shared, "two", "from-one");
  expect(trial.store.sizeBytes()).toBeGreaterThan(21 * MB);
  await trial.store.drop("one");
  const { bytes } = await trial.store.compact({ maxBytes: 100 * MB, droppable: () => [] });
  expect(bytes).toBe(trial.store.sizeBytes());
  expect(bytes).toBeLessThan(MB + NOTHING_LARGE);
  expect(Object.keys(await trial.contents(shared))).toEqual(["random"]);
  await expect(trial.contents(alone)).rejects.toThrow("no longer kept");
  await expect(trial.store.share(alone, "two", "again")).rejects.toThrow("no longer kept");
  await trial.store.drop("two");
  expect((await trial.store.compact({ maxBytes: 100 * MB, droppable: () => [] })).bytes).toBeLessThan(NOTHING_LARGE);
});

test("a store that is too large drops the oldest snapshots of droppable trees, and no more than needed", async () => {
  const commits = new Map<string, string>();
  for (const [index, name] of ["old.1", "kept.1", "old.2", "old.3", "kept.2"].entries()) {
    const [tree = "", label = ""] = name.split(".");
    commits.set(name, await takeRandom(tree, label));
    // Commit times are whole seconds, so their order is set here instead of waiting.
    const text = trial
      .git("cat-file", "commit", commits.get(name) ?? "")
      .replaceAll(/> \d+ /g, `> ${1_000_000 + index} `);
    const file = path.join(trial.base, "commit");
    fs.writeFileSync(file, `${text}\n\n`);
    const dated = trial.git("hash-object", "-t", "commit", "-w", file);
    trial.git("update-ref", `refs/snap/${tree}/${label}`, dated);
    commits.set(name, dated);
  }
  const { bytes } = await trial.store.compact({ maxBytes: 3 * MB + NOTHING_LARGE, droppable: only("old") });
  expect(bytes).toBeLessThan(3 * MB + NOTHING_LARGE);
  const left = trial.git("for-each-ref", "--format=%(refname:lstrip=2)").split("\n");
  expect(left).toEqual(["kept/1", "kept/2", "old/3"]);
  // No more snapshots may be dropped.
  await trial.store.compact({ maxBytes: 0, droppable: only("old") });
  expect(trial.git("for-each-ref", "--format=%(refname:lstrip=2)").split("\n")).toEqual(["kept/1", "kept/2"]);
  trial.git("fsck", "--full", "--strict");
});

const ROOMY = { maxBytes: 100 * MB, droppable: () => [] };
const packFolder = () => path.join(trial.gitDir, "objects/pack");
const packs = () =>
  fs.readdirSync(packFolder()).flatMap((name) => {
    const { ino, size } = fs.statSync(path.join(packFolder(), name));
    return name.endsWith(".pack") ? [{ ino, size }] : [];
  });

test("a compaction writes only what is new, and nothing when nothing changed", async () => {
  for (let index = 0; index < 150; index++) trial.put(`f${index}`, randomBytes(2_000));
  const first = await trial.take(null);
  await trial.store.compact(ROOMY);
  const before = packs();
  expect(before).toHaveLength(1);
  expect(await trial.store.compact(ROOMY)).toEqual({ bytes: trial.store.sizeBytes() });
  expect(packs()).toEqual(before);
  trial.put("f0", "changed");
  await trial.take(first.commit);
  await trial.store.compact(ROOMY);
  expect(packs()).toHaveLength(2);
  expect(packs()).toEqual(expect.arrayContaining(before));
  expect(trial.git("count-objects")).toBe("0 objects, 0 kilobytes");
  // A process that starts knows nothing of the compactions before.
  const restarted = createSnapshotStore({ dir: trial.dir });
  const all = packs();
  await restarted.compact(ROOMY);
  await restarted.close();
  expect(packs()).toEqual(all);
});

/** The most bytes of a file that this process and those it starts can write. */
const limitFiles = (most: number | "unlimited") =>
  execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${most}:`]);

test.skipIf(process.platform !== "linux")("a compaction that fails leaves no half-written pack", async () => {
  await takeRandom("kept", "a", 10 * MB);
  await takeRandom("gone", "b");
  await trial.store.drop("gone");
  // As on a disk that gets full.
  limitFiles(5 * MB);
  onTestFinished(() => void limitFiles("unlimited"));
  await expect(trial.store.compact(ROOMY)).rejects.toThrow("git failed");
  expect(fs.readdirSync(packFolder()).filter((name) => /^(tmp_|\.tmp-)/.test(name))).toEqual([]);
});

test("with too little room a compaction packs what is new, says so, and drops nothing", async () => {
  const disk = { free: 1_000 * MB };
  const store = createSnapshotStore({ dir: trial.dir, freeBytes: () => disk.free });
  const kept = await takeRandom("kept", "a", 3 * MB);
  await takeRandom("old", "b");
  await store.compact(ROOMY);
  const before = packs();
  disk.free = 2 * MB;
  trial.put("new");
  await trial.take(null);
  await store.compact(ROOMY);
  expect(packs()).toEqual(expect.arrayContaining(before));
  expect(trial.git("count-objects")).toBe("0 objects, 0 kilobytes");
  const request = { maxBytes: 3 * MB + NOTHING_LARGE, droppable: only("old") };
  await expect(store.compact(request)).rejects.toThrow("that takes 4 MB of free disk, and 2 MB are free");
  expect(trial.git("for-each-ref", "--format=%(refname:lstrip=2)").split("\n")).toEqual(["kept/a", "old/b", "tree/s1"]);
  disk.free = 5 * MB;
  expect((await store.compact(request)).bytes).toBeLessThan(request.maxBytes);
  expect(Object.keys(await trial.contents(kept))).toEqual(["random"]);
  await store.close();
});

test("a snapshot after a dropped one is complete, whatever the cache says", async () => {
  trial.put("a");
  const first = await trial.take(null);
  await trial.store.drop("tree");
  await trial.store.compact({ maxBytes: 100 * MB, droppable: () => [] });
  const second = await trial.take(first.commit);
  expect(second.changed).toBe(1);
  expect(await trial.contents(second.commit)).toEqual({ a: "a" });
});

test("an unchanged fork keeps its parent's snapshot for its own tree", async () => {
  trial.put("a");
  const first = await trial.take(null);
  const fork = path.join(trial.base, "fork");
  await trial.store.checkOut(first.commit, fork);
  const second = await trial.take(first.commit, { tree: "fork", folder: fork });
  expect(second).toMatchObject({ commit: first.commit, changed: 0 });
  await trial.store.drop("tree");
  await trial.store.compact({ maxBytes: 0, droppable: () => [] });
  expect(await trial.contents(first.commit)).toEqual({ a: "a" });
});

/** Waits until a name in a folder matches, checking at every change. */
async function appears(folder: string, pattern: RegExp): Promise<void> {
  for (;;) {
    const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    if (names.some((name) => pattern.test(name))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test.each([
  ["as soon as there is a store", "", /^lock$/],
  ["while contents are written", "store.git/objects/pack", /^tmp_pack_/],
  ["when the pack is complete", "store.git/objects/pack", /\.idx$/],
  ["when the first reference is written", "store.git/refs/snap/killed", /^s0/],
])("a process that is killed %s leaves a store that works", async (_, below, pattern) => {
  for (let index = 0; index < 300; index++) trial.put(`d${index % 7}/f${index}`, randomBytes(20_000));
  const taking = await startTaking({ dir: trial.dir, folder: trial.folder, tree: "killed", times: 20 });
  await appears(path.join(trial.dir, below), pattern);
  await kill(taking);
  const taken = await trial.take(null, { tree: "killed", label: "s0" });
  expect(await trial.contents(taken.commit)).toEqual(describeFolder(trial.folder));
  trial.git("fsck", "--full", "--strict");
  await trial.store.compact({ maxBytes: 1000 * MB, droppable: () => [] });
  const left = fs.readdirSync(trial.gitDir, { recursive: true, encoding: "utf8" });
  expect(left.filter((file) => /tmp_|crash|\.lock$/.test(file))).toEqual([]);
  expect(await trial.contents(taken.commit)).toEqual(describeFolder(trial.folder));
});

test("files of a killed git do not block later work", async () => {
  trial.put("a");
  const first = await trial.take(null);
  const leftovers = [
    "refs/snap/tree/again.lock",
    "packed-refs.lock",
    "objects/pack/tmp_pack_x",
    "objects/tmp_objdir-bulk-fsync-x/ab/cd",
    "objects/pack/pack-0000.keep",
    "fast_import_crash_1",
  ].map((file) => path.join(trial.gitDir, file));
  for (const file of leftovers) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, "");
  }
  trial.put("a", "changed");
  const restarted = createSnapshotStore({ dir: trial.dir });
  const request = { tree: "tree", folder: trial.folder, label: "again", previous: first.commit, hiddenPaths: [] };
  expect((await restarted.take(request)).changed).toBe(1);
  await restarted.close();
  expect(leftovers.filter((file) => fs.existsSync(file))).toEqual([]);
});

test("an aborted check-out leaves nothing, and cleans up after a killed one", async () => {
  for (let index = 0; index < 600; index++) trial.put(`d${index % 7}/f${index}`);
  const { commit } = await trial.take(null);
  const half = path.join(trial.base, "fork.banyan-0123456789ab.tmp");
  fs.cpSync(trial.folder, half, { recursive: true });
  const controller = new AbortController();
  const fork = path.join(trial.base, "fork");
  const checkingOut = trial.store.checkOut(commit, fork, controller.signal);
  await appears(trial.base, /^fork\.banyan-(?!0123456789ab)/);
  controller.abort(new Error("enough"));
  await expect(checkingOut).rejects.toThrow("enough");
  expect(fs.readdirSync(trial.base).filter((name) => name.startsWith("fork"))).toEqual([]);
  await trial.store.checkOut(commit, fork);
  expect(describeFolder(fork)).toEqual(describeFolder(trial.folder));
});

test("two processes and two stores work on one folder's snapshots in parallel, with compactions between them", async () => {
  for (let index = 0; index < 200; index++) trial.put(`d${index % 7}/f${index}`);
  const other = createSnapshotStore({ dir: trial.dir });
  const processes = ["p1", "p2"].map((tree) =>
    startTaking({ dir: trial.dir, folder: trial.folder, tree, times: 12 }).then(endedWith),
  );
  const own = [trial.store, other].map(async (store, index) => {
    const commits: string[] = [];
    for (let count = 0; count < 12; count++) {
      trial.put(`own${index}`, String(count));
      const previous = commits.at(-1) ?? null;
      const request = { tree: `own${index}`, folder: trial.folder, label: `s${count}`, previous, hiddenPaths: [] };
      commits.push((await store.take(request)).commit);
      if (count % 4 === 2) await store.compact({ maxBytes: 1000 * MB, droppable: () => [] });
    }
    return commits;
  });
  const commits = [
    ...(await Promise.all(own)).flat(),
    ...(await Promise.all(processes)).flatMap((out) => out.trim().split("\n")),
  ];
  expect(commits).toHaveLength(48);
  trial.git("fsck", "--full", "--strict");
  for (const commit of new Set(commits)) expect(trial.git("cat-file", "-t", commit)).toBe("commit");
  for (const tree of ["own0", "own1", "p1", "p2"]) {
    const last = await other.take({
      tree,
      folder: trial.folder,
      label: "last",
      previous: commits.at(-1) ?? null,
      hiddenPaths: [],
    });
    expect(await trial.contents(last.commit)).toEqual(describeFolder(trial.folder));
  }
  await other.close();
});

test("a compaction waits for another process that works on the store", async () => {
  trial.put("a");
  const first = await trial.take(null);
  const holding = startScript(
    `const { spawnSync } = require("node:child_process");
     const fd = require("node:fs").openSync(process.argv[1], "r+");
     spawnSync("flock", ["--shared", "3"], { stdio: ["ignore", "ignore", "inherit", fd] });
     console.log("held");
     process.stdin.resume();`,
    path.join(trial.dir, "lock"),
  );
  await new Promise((resolve) => holding.stdout?.once("data", resolve));
  let done = false;
  const compacting = trial.store.compact({ maxBytes: 0, droppable: () => [] }).then(() => {
    done = true;
  });
  // A second reader is not blocked by a compaction that waits in another process's queue.
  const other = createSnapshotStore({ dir: trial.dir });
  expect((await other.diff(first.commit, first.commit)).patch).toBe("");
  expect(done).toBe(false);
  holding.stdin?.end();
  await compacting;
  await other.close();
});

test("waiting for a compaction can be aborted", async () => {
  trial.put("a");
  const first = await trial.take(null);
  const controller = new AbortController();
  const compacting = trial.store.compact({ maxBytes: 0, droppable: () => [] });
  const waiting = trial.take(first.commit, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await compacting;
  expect((await trial.take(first.commit)).changed).toBe(0);
});

test("a closed store has finished its running work, and refuses new work", async () => {
  trial.put("a");
  const taking = trial.take(null);
  await Promise.resolve();
  await trial.store.close();
  expect((await taking).files).toBe(1);
  await expect(trial.take(null)).rejects.toThrow("closed");
});

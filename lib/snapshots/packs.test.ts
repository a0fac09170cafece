/** V10: the snapshots of an archive, as they were and as an attacker would make them. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PackedSnapshot, SnapshotPack } from "./port";
import { createTrial, endTrial, type Trial } from "./testing/trial";

let here: Trial;
let there: Trial;
beforeEach(() => {
  here = createTrial();
  there = createTrial({ maxTotalBytes: 1_000_000 });
});
afterEach(async () => {
  await endTrial(here);
  await endTrial(there);
});

async function bytesOf(pack: SnapshotPack | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of pack?.read() ?? []) chunks.push(Buffer.from(chunk));
  pack?.close();
  return Buffer.concat(chunks);
}

const unpack = (snapshots: PackedSnapshot[], bytes: Buffer) =>
  there.store.unpack({ tree: "tree", snapshots, pack: Readable.from([bytes]), mostBytes: 5_000_000 });

/** Neither a reference nor an object nor a temporary file. */
function isUntouched(trial: Trial): boolean {
  const objects = fs.existsSync(trial.gitDir) ? trial.git("cat-file", "--batch-all-objects", "--batch-check") : "";
  const left = fs.readdirSync(path.join(trial.dir, "cache"));
  return objects === "" && left.length === 0 && trial.git("for-each-ref") === "";
}

test("snapshots come into another store as they were, with git's own names, links and empty folders", async () => {
  here.put("a.txt", "one");
  here.put("run.sh", "#!/bin/sh\n", 0o755);
  here.put(".git/config", "[core]\n");
  fs.mkdirSync(path.join(here.folder, "empty"));
  fs.symlinkSync("/etc/passwd", path.join(here.folder, "link"));
  const first = await here.take(null);
  here.put("a.txt", "two");
  const second = await here.take(first.commit);
  const pack = await here.store.pack("tree");
  expect(pack?.snapshots.map(({ commit }) => commit)).toEqual([first.commit, second.commit]);
  await unpack(pack?.snapshots ?? [], await bytesOf(pack));
  for (const { commit } of [first, second]) expect(await there.contents(commit)).toEqual(await here.contents(commit));
  await there.store.compact({ maxBytes: 1e9, droppable: () => [] });
  expect(await there.contents(first.commit)).toEqual(await here.contents(first.commit));
  await there.store.drop("tree");
  expect(await there.store.trees()).toEqual([]);
  expect(await here.store.pack("other")).toBe(null);
});

/** Makes a commit of these `git mktree` lines and packs it with these options. */
function hostile(lines: string[], { parent = "", options = ["--window=0"] } = {}): [PackedSnapshot[], Buffer] {
  const git = (args: string[], input: string | Buffer = "") => {
    const env = { PATH: process.env.PATH, GIT_DIR: here.gitDir, GIT_CONFIG_GLOBAL: "/dev/null" };
    const names = ["-c", "user.name=A", "-c", "user.email=a@b"];
    return execFileSync("git", [...names, ...args], { input, env: env as unknown as NodeJS.ProcessEnv });
  };
  const tree = git(["mktree", "--missing"], lines.join("\n")).toString().trim();
  const commit = git(["commit-tree", tree, "-m", "x", ...(parent ? ["-p", parent] : [])])
    .toString()
    .trim();
  const pack = git(["pack-objects", "--stdout", "--revs", "-q", ...options], `${commit}\n`);
  return [[{ label: "s1", commit }], pack];
}

test("a pack with what no snapshot has is refused, and nothing of it is in the store", async () => {
  here.put("a.txt", "one ".repeat(4_000));
  here.put("b.txt", `${"one ".repeat(4_000)}two`);
  here.put("zeros", Buffer.alloc(2_000_000));
  const { commit } = await here.take(null);
  const [a, b, zeros] = ["a.txt", "b.txt", "zeros"].map((name) => here.git("rev-parse", `${commit}:${name}`));
  const good = hostile([`100644 blob ${a}\ta`]);
  const attacks: [string, [PackedSnapshot[], Buffer], RegExp][] = [
    ["a name that leads out", hostile([`100644 blob ${a}\t%..`]), /the name "%\.\."/],
    ["a name that hides itself", hostile([`100644 blob ${a}\t%a`]), /the name "%a"/],
    ["git's own folder", hostile([`040000 tree ${here.git("rev-parse", `${commit}^{tree}`)}\t.git`]), /\.git/i],
    ["another repository", hostile([`160000 commit ${commit}\tsub`]), /neither a file nor a link/],
    ["a history", hostile([`100644 blob ${a}\ta`], { parent: good[0][0]?.commit }), /a commit that no snapshot has/],
    ["a bomb", hostile([`100644 blob ${zeros}\tz`]), /more than 1000000 bytes/],
    [
      "differences",
      hostile([`100644 blob ${a}\ta`, `100644 blob ${b}\tb`], { options: ["--window=10"] }),
      /something else/,
    ],
    ["a cut", [good[0], good[1].subarray(0, -30)], /cannot be read/],
    [
      "a changed byte",
      [good[0], Buffer.concat([good[1].subarray(0, 40), Buffer.alloc(1), good[1].subarray(41)])],
      /cannot be read/,
    ],
    ["a commit that is not in it", [[{ label: "s1", commit: `${"0".repeat(39)}1` }], good[1]], /cannot be read/],
    ["a label that leads out", [[{ label: "../../x", commit: good[0][0]?.commit ?? "" }], good[1]], /not a valid name/],
    ["bytes behind it", [good[0], Buffer.concat([good[1], Buffer.from("x")])], /bytes behind their end/],
    ["an option as commit", [[{ label: "s1", commit: "--all" }], good[1]], /a name of a commit/],
  ];
  for (const [what, [snapshots, bytes], reason] of attacks) {
    const refused = await unpack(snapshots, bytes).catch((error: Error) => error.message);
    expect([what, refused]).toEqual([what, expect.stringMatching(reason)]);
    expect([what, isUntouched(there)]).toEqual([what, true]);
  }
  await unpack(...good);
  expect(await there.store.trees()).toEqual(["tree"]);
});

/** Parts: what a snapshot has beyond its ground, as a runner and its server send it, and as an attacker would. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PackedSnapshot } from "./port";
import { type CraftedObject, craftedPack, nameOf, repeated, treeOf } from "./testing/crafted-pack";
import { blobOf, createTrial, endTrial, type Trial } from "./testing/trial";

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

const unpack = (snapshot: PackedSnapshot, bytes: Buffer, without: string | null) =>
  there.store.unpack({
    tree: "tree",
    snapshots: [snapshot],
    pack: Readable.from([bytes]),
    mostBytes: 5_000_000,
    without,
  });

/** Returns a snapshot as a part. */
async function partOf(snapshot: PackedSnapshot, without: string | null, differences: boolean): Promise<Buffer> {
  const pack = await here.store.packPart({ snapshot, without, differences });
  const chunks: Buffer[] = [];
  for await (const chunk of pack.read()) chunks.push(Buffer.from(chunk));
  pack.close();
  return Buffer.concat(chunks);
}

async function sendPart(snapshot: PackedSnapshot, without: string | null, differences: boolean): Promise<number> {
  const bytes = await partOf(snapshot, without, differences);
  await unpack(snapshot, bytes, without);
  return bytes.length;
}

test.each([true, false])(
  "a part has only what the other store lacks, and comes into it as it was; differences: %s",
  async (differences) => {
    for (let at = 0; at < 50; at += 1) here.put(`folder/${at}.txt`, randomBytes(1_000).toString("hex"));
    const first = await here.take(null);
    here.put("folder/7.txt", "changed");
    const second = await here.take(first.commit);
    const whole = await sendPart({ label: "one", commit: first.commit }, null, differences);
    expect(await there.store.missing([first.commit, second.commit])).toEqual([second.commit]);
    const part = await sendPart({ label: "two", commit: second.commit }, first.commit, differences);
    expect(part).toBeLessThan(whole / (differences ? 100 : 3));
    expect(await there.contents(second.commit)).toEqual(await here.contents(second.commit));
    expect(await there.store.missing([first.commit, second.commit])).toEqual([]);
  },
);

test("differences are smaller than the changed lines, also after many parts and a compaction of both stores", async () => {
  const lines = Array.from({ length: 400 }, (_, at) => `${at} ${randomBytes(12).toString("hex")}\n`);
  here.put("a.txt", lines.join(""));
  for (let at = 0; at < 50; at += 1) here.put(`folder/${at}.txt`, randomBytes(20).toString("hex"));
  let ground = await here.take(null);
  await sendPart({ label: "s0", commit: ground.commit }, null, true);
  const commits = [ground.commit];
  for (let at = 1; at <= 30; at += 1) {
    lines[at] = `changed ${at}\n`;
    here.put("a.txt", lines.join(""));
    here.put("folder/7.txt", `${at}`);
    const next = await here.take(ground.commit);
    expect(await sendPart({ label: `s${at}`, commit: next.commit }, ground.commit, true)).toBeLessThan(800);
    ground = next;
    commits.push(next.commit);
    if (at % 12 === 0)
      for (const { store } of [here, there]) await store.compact({ maxBytes: 1e9, droppable: () => [] });
  }
  for (const commit of [commits[1] ?? "", commits.at(-1) ?? ""])
    expect(await there.contents(commit)).toEqual(await here.contents(commit));
  expect(there.git("fsck", "--strict", "--no-dangling")).toBe("");
});

test("a part without its ground is refused, and so is one that names what another tree has", async () => {
  here.put("a.txt", "one");
  const first = await here.take(null);
  here.put("secret.txt", "of another tree");
  const second = await here.take(first.commit);
  const snapshot = { label: "two", commit: second.commit };
  await expect(sendPart(snapshot, first.commit, true)).rejects.toThrow(/no longer kept/);
  await sendPart({ label: "one", commit: first.commit }, null, true);
  // The other tree has the content already, so a pack without it could name it.
  there.put("secret.txt", "of another tree");
  await there.take(null);
  const names = here.git("rev-list", "--objects", second.commit, `^${first.commit}`).trim().split("\n");
  const without = names.filter((line) => !line.includes("secret.txt")).map((line) => line.slice(0, 40));
  const pack = execFileSync("git", ["pack-objects", "--stdout", "-q", "--window=0"], {
    input: `${without.join("\n")}\n`,
    env: { PATH: process.env.PATH, GIT_DIR: here.gitDir } as unknown as NodeJS.ProcessEnv,
  });
  await expect(unpack(snapshot, pack, first.commit)).rejects.toThrow("a part of them is missing");
  expect(await there.store.missing([second.commit])).toEqual([second.commit]);
});

test("a part that brings its own ground is refused", async () => {
  here.put("a.txt", "one");
  const first = await here.take(null);
  here.put("b.txt", "two");
  const second = await here.take(first.commit);
  there.put("a.txt", "one");
  await there.take(null, { tree: "other" });
  const before = stateOf(there);
  const pack = execFileSync("git", ["pack-objects", "--stdout", "--revs", "-q"], {
    input: `${first.commit}\n${second.commit}\n`,
    env: { PATH: process.env.PATH, GIT_DIR: here.gitDir } as unknown as NodeJS.ProcessEnv,
  });
  const snapshot = { label: "two", commit: second.commit };
  await expect(unpack(snapshot, pack, first.commit)).rejects.toThrow("hold the ground that they are to lean on");
  expect(stateOf(there)).toEqual(before);
  for (const without of ["--all", `${first.commit}\n--all`, "HEAD"])
    await expect(unpack(snapshot, pack, without)).rejects.toThrow("a name of a commit");
});

/** A snapshot with these files that came as these objects, a commit and its folder in front of them. */
function crafted(files: Record<string, string>, objects: CraftedObject[], count?: number): [PackedSnapshot, Buffer] {
  const folder = treeOf(files);
  const who = "A <a@b> 0 +0000";
  const commit = Buffer.from(`tree ${nameOf("tree", folder)}\nauthor ${who}\ncommitter ${who}\n\nx\n`);
  const own: CraftedObject[] = [
    { kind: "commit", content: commit },
    { kind: "tree", content: folder },
  ];
  return [{ label: "evil", commit: nameOf("commit", commit) }, craftedPack([...own, ...objects], count)];
}

const GROUND = "of the ground ".repeat(100);
const SECRET = "of another tree ".repeat(100);

/** The other store has a tree with a file of the ground, and another one with a secret. */
async function grounded(): Promise<{ ground: string; secret: { commit: string; tree: string } }> {
  there.put("a.txt", GROUND);
  const ground = await there.take(null);
  fs.rmSync(path.join(there.folder, "a.txt"));
  there.put("secret.txt", SECRET);
  const { commit } = await there.take(null, { tree: "other" });
  await there.store.compact({ maxBytes: 1e9, droppable: () => [] });
  return { ground: ground.commit, secret: { commit, tree: there.git("rev-parse", `${commit}^{tree}`) } };
}

/** A chain of differences, each of which adds a character to the one before. */
function chain(length: number): { objects: CraftedObject[]; last: string } {
  const objects: CraftedObject[] = [];
  let content = GROUND;
  for (let at = 0; at < length; at += 1) {
    objects.push({ base: blobOf(content), steps: repeated(content.length, { more: Buffer.from("x") }) });
    content += "x";
  }
  return { objects, last: blobOf(content) };
}

test("Z5: a difference leans on the ground, and on nothing that another tree has; a refused part leaves nothing", async () => {
  const { ground, secret } = await grounded();
  const before = stateOf(there);
  const lean = (base: string, content: string): CraftedObject => ({
    base,
    steps: repeated(content.length, { more: Buffer.from("!") }),
  });
  const stolen = lean(blobOf(SECRET), SECRET);
  const followed = (from: [PackedSnapshot, Buffer], junk: Buffer): typeof from => [
    from[0],
    Buffer.concat([from[1], junk]),
  ];
  const [store = ""] = fs.readdirSync(path.join(there.gitDir, "objects/pack")).filter((name) => name.endsWith(".pack"));
  const otherPack = Buffer.from(` /../../../../../../store.git/objects/pack/${store.replace(/\.pack$/, "")}`);
  const more = { kind: "blob", content: Buffer.from("more") } as const;
  const moreInFolder = treeOf({ z: blobOf("more") });
  const folder = { base: secret.tree, steps: repeated(sizeOf(secret.tree), { more: moreInFolder }) };
  const commit = { base: secret.commit, steps: repeated(sizeOf(secret.commit), { more: Buffer.from("!") }) };
  const attacks: [string, [PackedSnapshot, Buffer], RegExp][] = [
    [
      "a file that leans on a secret",
      crafted({ a: blobOf(`${SECRET}!`) }, [stolen]),
      /what their ground does not have/,
    ],
    ["also as itself", crafted({ a: blobOf(SECRET), b: blobOf(`${SECRET}!`) }, [stolen]), /their ground does not have/],
    ["only as itself", crafted({ a: blobOf(SECRET) }, [stolen]), /their ground does not have/],
    ["in a file that nobody needs", crafted({ a: blobOf("more") }, [more, stolen]), /their ground does not have/],
    [
      "with bytes behind the pack",
      followed(crafted({ a: blobOf(SECRET) }, [stolen]), randomBytes(5_000)),
      /bytes behind/,
    ],
    [
      "with the path of another pack behind it",
      followed(crafted({ a: blobOf(SECRET) }, []), otherPack),
      /bytes behind/,
    ],
    [
      "beside one that may be",
      crafted({ a: blobOf(`${GROUND}!`), b: blobOf(SECRET) }, [lean(blobOf(GROUND), GROUND), stolen]),
      /their ground/,
    ],
    ["a folder of another tree", crafted({ a: blobOf("more") }, [more, folder]), /their ground does not have/],
    ["a commit of another tree", crafted({ a: blobOf("more") }, [more, commit]), /their ground does not have/],
    ["without leaning on it", crafted({ a: blobOf(SECRET) }, []), /a part of them is missing/],
    ["a commit that is not in it", [{ label: "evil", commit: "1".repeat(40) }, crafted({}, [])[1]], /a commit that no/],
    ["a file as a commit", [{ label: "evil", commit: blobOf("more") }, crafted({}, [more])[1]], /a commit that no/],
    ["what nobody has", crafted({ a: blobOf("more") }, [more, lean(blobOf("nobody"), "nobody")]), /cannot be read/],
    ["more objects than there are", crafted({ a: blobOf(`${SECRET}!`) }, [stolen], 4), /cannot be read/],
    ["fewer objects than there are", crafted({ a: blobOf(`${SECRET}!`) }, [stolen], 2), /cannot be read/],
  ];
  for (const [what, [snapshot, bytes], reason] of attacks) {
    const refused = await unpack(snapshot, bytes, ground).catch((error: Error) => error.message);
    expect([what, refused]).toEqual([what, expect.stringMatching(reason)]);
    expect([what, stateOf(there)]).toEqual([what, before]);
  }
  const [snapshot, bytes] = crafted({ a: blobOf(`${GROUND}!`) }, [lean(blobOf(GROUND), GROUND)]);
  await unpack(snapshot, bytes, ground);
  expect(await there.contents(snapshot.commit)).toEqual({ a: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test("Z5: differences that unpack to too much, or lean on each other too often, are refused", async () => {
  const { ground } = await grounded();
  const before = stateOf(there);
  const bomb = (times: number): [PackedSnapshot, Buffer] => {
    const content = GROUND.repeat(times);
    return crafted({ a: blobOf(content) }, [{ base: blobOf(GROUND), steps: repeated(GROUND.length, { times }) }]);
  };
  const long = chain(51);
  const attacks: [[PackedSnapshot, Buffer], RegExp][] = [
    [bomb(1_000), /unpack to more than 1000000 bytes/],
    [bomb(13_000), /a difference to a large file/],
    [crafted({ a: long.last }, long.objects), /a long chain of differences/],
  ];
  for (const [[snapshot, bytes], reason] of attacks) {
    expect(bytes.length).toBeLessThan(10_000);
    await expect(unpack(snapshot, bytes, ground)).rejects.toThrow(reason);
    expect(stateOf(there)).toEqual(before);
  }
  const [snapshot, bytes] = bomb(100);
  await unpack(snapshot, bytes, ground);
  const right = chain(50);
  await unpack(...crafted({ a: right.last }, right.objects), ground);
});

function sizeOf(name: string): number {
  return Number(there.git("cat-file", "-s", name));
}

/** All objects, references and temporary files. */
function stateOf(trial: Trial): string[] {
  const objects = trial.git("cat-file", "--batch-all-objects", "--batch-check");
  const packs = fs.readdirSync(path.join(trial.gitDir, "objects/pack")).sort();
  return [objects, packs.join(), fs.readdirSync(path.join(trial.dir, "cache")).join(), trial.git("for-each-ref")];
}

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CallOptions, createTestWorld, git, type TestWorld } from "@/agents/tools/testing/world";
import { extractZip } from "@/lib/archive/extract-zip";
import { type MadeEntry, makeZip } from "@/lib/archive/testing/make-zip";
import { planOf } from "./call-change";
import { extractArchive } from "./extract-archive";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => world.remove());

async function unpack(entries: readonly MadeEntry[] | Buffer, more: CallOptions = {}) {
  world.write("a.zip", Buffer.isBuffer(entries) ? entries : makeZip(entries));
  return world.call(extractArchive, { path: "a.zip", folder: "out" }, more);
}

/** Every path below the folder with the test's things, except the archive itself. */
function everything(): string[] {
  const found = fs.readdirSync(world.base, { recursive: true, encoding: "utf8" });
  return found.filter((name) => name !== "workspace" && name !== "workspace/a.zip").sort();
}

const LINK = 0o120777;
const MB = 1024 * 1024;

describe("an archive", () => {
  test("shows before it is approved which files it would write, or why it would fail", async () => {
    world.write(
      "a.zip",
      makeZip([
        { name: "deep/b.txt", content: "b" },
        { name: "a.txt", content: "a" },
      ]),
    );
    const plan = (folder: string) =>
      planOf(extractArchive, world.context.workplace, JSON.stringify({ path: "a.zip", folder }));
    expect(await plan("out")).toMatchObject({
      does: "Unpacks 2 files into out.",
      files: ["out/deep/b.txt", "out/a.txt"],
      files_total: 2,
      problem: null,
    });
    expect(fs.existsSync(path.join(world.root, "out"))).toBe(false);
    expect(await plan(".")).toMatchObject({ problem: expect.stringContaining("is not empty") });
    world.write("a.zip", makeZip([{ name: "../b.txt", content: "b" }]));
    expect((await plan("out"))?.problem).toContain("../b.txt");
  });

  test("names its files as they are meant: UTF-8 without its mark, or the encoding that zip began with", async () => {
    const outcome = await unpack([
      { name: Buffer.from("größe.txt"), content: "a" },
      { name: Buffer.from("caf\x82.txt", "latin1"), content: "b" },
    ]);
    expect(outcome.content).toBe("Unpacked 2 files with 2 bytes into out.");
    expect(fs.readdirSync(path.join(world.root, "out")).sort()).toEqual(["café.txt", "größe.txt"]);
  });

  test("made by another program is unpacked whole", async () => {
    const source = path.join(world.base, "source");
    fs.mkdirSync(path.join(source, "deep/er"), { recursive: true });
    fs.writeFileSync(path.join(source, "deep/er/é.txt"), "text\n".repeat(1_000));
    fs.writeFileSync(path.join(source, "bytes"), Buffer.from([0, 255, 1]));
    git(source, "init", "-q");
    git(source, "add", "-A");
    git(source, "commit", "-q", "-m", "one");
    git(source, "archive", "--format=zip", "-o", path.join(world.root, "a.zip"), "HEAD");
    fs.rmSync(path.join(source, ".git"), { recursive: true });
    const outcome = await world.call(extractArchive, { path: "a.zip", folder: "some/out" });
    expect(outcome).toEqual({ content: "Unpacked 2 files with 5003 bytes into some/out." });
    execFileSync("diff", ["-r", source, path.join(world.root, "some/out")]);
  });

  test("with folders, odd but harmless names and stored entries is unpacked; links are left out and told", async () => {
    const outcome = await unpack([
      { name: "./x/" },
      { name: "x//./y.txt", content: "y" },
      { name: "back\\slash.txt", content: "z", stored: true },
      { name: "link", content: "/etc/passwd", mode: LINK },
      { name: "x/dev", mode: 0o060666 },
      { name: "run.sh", content: "#!/bin/sh\n", mode: 0o104755 },
      { name: "inner.zip", content: makeZip([{ name: "../../evil", content: "evil" }]) },
    ]);
    expect(outcome.content).toMatch(
      /^Unpacked 4 files with \d+ bytes into out\. 2 links or special files were left out\.$/,
    );
    const out = path.join(world.root, "out");
    expect(fs.readFileSync(path.join(out, "x/y.txt"), "utf8")).toBe("y");
    expect(fs.readFileSync(path.join(out, "back/slash.txt"), "utf8")).toBe("z");
    expect(fs.statSync(path.join(out, "run.sh")).mode & 0o7777).toBe(0o644);
    expect(fs.readdirSync(out).sort()).toEqual(["back", "inner.zip", "run.sh", "x"]);
  });

  test("is unpacked into a missing or empty folder only", async () => {
    world.write("out/mine.txt", "mine");
    const outcome = await unpack([{ name: "mine.txt", content: "theirs" }]);
    expect(outcome).toEqual({
      isError: true,
      content: 'The folder "out" is not empty; name a new folder to unpack into.',
    });
    expect(fs.readFileSync(path.join(world.root, "out/mine.txt"), "utf8")).toBe("mine");
    fs.symlinkSync(world.base, path.join(world.root, "link"));
    const linked = await world.call(extractArchive, { path: "a.zip", folder: "link/new" });
    expect(linked).toMatchObject({ isError: true, content: expect.stringContaining("symbolic link") });
    const outside = await world.call(extractArchive, { path: "a.zip", folder: "../new" });
    expect(outside).toMatchObject({ isError: true, content: expect.stringContaining('".."') });
  });

  test("as a file with content is given to nobody but the workspace: hidden places stay closed", async () => {
    const hiddenPaths = [path.join(world.root, "out/data")];
    const outcome = await unpack(
      [
        { name: "ok", content: "1" },
        { name: "data/db", content: "2" },
      ],
      { hiddenPaths },
    );
    expect(outcome).toMatchObject({
      isError: true,
      content: expect.stringContaining("hidden"),
    });
    expect(fs.existsSync(path.join(world.root, "out"))).toBe(false);
  });

  test.each([
    [".git/index.lock", { guardsGit: true }, "belongs to git"],
    ["sub/.git", { guardsGit: true }, "belongs to git"],
    ["new", { isReadOnly: true }, "is read-only"],
  ])("leaves not even a folder in %s of a folder with %o", async (folder, rules, reason) => {
    world.write("a.zip", makeZip([{ name: "hooks/" }, { name: "hooks/pre-push", content: "#!/bin/sh\n" }]));
    const outcome = await world.call(extractArchive, { path: "a.zip", folder }, rules);
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining(reason) });
    expect(fs.readdirSync(world.root)).toEqual(["a.zip"]);
  });

  test("whose own folders are a repository leaves nothing of it in a person's folder", async () => {
    const outcome = await unpack([{ name: "ok", content: "1" }, { name: ".git/hooks/" }], { guardsGit: true });
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining("belongs to git") });
    expect(fs.readdirSync(world.root)).toEqual(["a.zip"]);
  });

  test("that holds a bare repository is found in a person's folder when the task ends", async () => {
    const entries = ["HEAD", "objects/kept", "refs/kept", "hooks/pre-push"].map((name) => ({ name, content: "x" }));
    const { workplace, signal } = world.contextWith({ guardsGit: true });
    await unpack(entries, { guardsGit: true });
    const planted = await workplace?.git.plantedRepositories(signal);
    expect(planted?.runs).toEqual(["hooks (pre-push) in out/hooks"]);
  });
});

describe("F4: a hostile archive is refused and writes nothing", () => {
  test.each<[string, MadeEntry[], RegExp]>([
    ["zip slip", [{ name: "ok" }, { name: "../evil", content: "x" }], /leads outside the folder \("\.\.\/evil"\)/],
    ["zip slip in the middle", [{ name: "a/../../evil" }], /leads outside/],
    ["zip slip with backslashes", [{ name: "..\\..\\evil" }], /leads outside/],
    ["an absolute name", [{ name: "/etc/cron.d/evil" }], /leads outside/],
    ["a drive", [{ name: "C:\\evil" }], /leads outside/],
    ["a NUL", [{ name: "a\0b" }], /cannot be used/],
    ["no name", [{ name: "" }], /cannot be used/],
    [
      "a name twice",
      [
        { name: "a", content: "1" },
        { name: "a", content: "2" },
      ],
      /two entries have the name "a"/,
    ],
    ["a name twice, spelled in two ways", [{ name: "a/b" }, { name: "a//./b" }], /two entries have the name "a\/b"/],
    ["a file that is a folder too", [{ name: "a" }, { name: "a/b" }], /two entries have the name "a"/],
    ["a name that is too long", [{ name: "a".repeat(1_001) }], /is too long or too deep/],
    ["folders without end", [{ name: "a/".repeat(32_000) }], /is too long or too deep/],
    [
      "a folder for each file",
      Array.from({ length: 1_000 }, (_, at) => ({ name: `${at}/`.repeat(40) })),
      /has 40000 entries/,
    ],
    ["a password", [{ name: "a", encrypted: true }], /is encrypted \("a"\)/],
    ["an unknown method", [{ name: "a", method: 14 }], /method \(14\) that is not supported/],
    [
      "a declared size beyond all",
      [{ name: "a", declaredBytes: 0xfffffffe }],
      /unpacks to more than the allowed 536870912 bytes/,
    ],
    [
      "many that are too much together",
      Array.from({ length: 6 }, (_, at) => ({ name: `${at}`, declaredBytes: 100 * MB })),
      /more than the allowed 536870912/,
    ],
    [
      "a bomb",
      [{ name: "bomb", content: Buffer.alloc(40 * MB) }],
      /unpacks to 41943040 bytes, more than 200 times its size/,
    ],
    [
      "too many entries",
      Array.from({ length: 10_001 }, (_, at) => ({ name: `${at}` })),
      /has 10001 entries, more than the 10000/,
    ],
  ])("%s", async (_what, entries, sentence) => {
    const outcome = await unpack(entries);
    expect(outcome).toMatchObject({ isError: true, content: expect.stringMatching(sentence) });
    expect(outcome.content).toContain("nothing was written");
    expect(everything()).toEqual([]);
  });

  test("a file that is no archive, or is not there, is one sentence", async () => {
    for (const bytes of [Buffer.from(""), Buffer.from("PK"), Buffer.alloc(100_000, "PK\x05\x06")]) {
      expect(await unpack(bytes)).toMatchObject({
        isError: true,
        content: expect.stringMatching(/not a readable zip archive|is damaged/),
      });
    }
    const missing = await world.call(extractArchive, { path: "none.zip", folder: "out" });
    expect(missing).toMatchObject({ isError: true, content: expect.stringContaining('There is no "none.zip"') });
    expect(everything()).toEqual([]);
  });
});

describe("F4: an archive that lies stops where it is found out, and what was written is told", () => {
  test.each<[string, MadeEntry, RegExp]>([
    [
      "more than is declared",
      { name: "b", content: Buffer.alloc(40 * MB), declaredBytes: 10 },
      /is damaged \(too many bytes/,
    ],
    ["less than is declared", { name: "b", content: "short", declaredBytes: 10 }, /is damaged \(not enough bytes/],
    ["a wrong checksum", { name: "b", content: "text", checksum: 1 }, /checksum does not match/],
    ["no compressed data", { name: "b", content: "\xff\xff\xff", stored: true, method: 8 }, /is damaged/],
  ])("%s", async (_what, entry, sentence) => {
    const outcome = await unpack([{ name: "a", content: "first" }, entry, { name: "c", content: "third" }]);
    expect(outcome).toMatchObject({ isError: true, content: expect.stringMatching(sentence) });
    expect(outcome.content).toContain("1 files with 5 bytes were written before it stopped");
    expect(everything()).toEqual(["workspace/out", "workspace/out/a"]);
  });

  test("a stopped call leaves no half file, and closes the archive", async () => {
    world.write(
      "a.zip",
      makeZip([
        { name: "a", content: "first" },
        { name: "b", content: Buffer.alloc(30 * MB, "b"), stored: true },
      ]),
    );
    const stop = new AbortController();
    const view = { root: world.root, hiddenPaths: [] };
    let pieces = 0;
    const onActivity = () => {
      pieces += 1;
      if (pieces === 3) stop.abort(new Error("stopped by Ann"));
    };
    const unpacking = extractZip(view, "a.zip", "out", { signal: stop.signal, onActivity });
    await expect(unpacking).rejects.toThrow("stopped by Ann");
    expect(everything()).toEqual(["workspace/out", "workspace/out/a"]);
    const open = fs.readdirSync("/proc/self/fd").map((fd) => {
      try {
        return fs.readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    });
    expect(open.filter((target) => target.endsWith("/out") || target.includes("workspace/out"))).toEqual([]);
  });
});

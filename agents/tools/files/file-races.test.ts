/**
 * F1 and F2 of the security model, for every file tool: no path leaves the workspace, whatever is swapped during a
 * call. `BANYAN_FILE_RACES=1000` calls each tool so often; default 200.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ToolOutcome, WorldTool } from "@/agents/tools/contract/tool";
import { createTestWorld, type TestWorld } from "@/agents/tools/testing/world";
import { editFile } from "./edit-file";
import { findFiles } from "./find-files";
import { listDirectory } from "./list-directory";
import { readFile } from "./read-file";
import { searchFiles } from "./search-files";
import { writeFile } from "./write-file";

const SECRET = "secret-value-from-outside";
const OUTSIDE_NAME = "a-name-from-outside";
const UNPRIVILEGED = 64_999;
const isRoot = process.getuid?.() === 0;
const USERS = isRoot ? ["root", "an unprivileged user"] : ["an unprivileged user"];

let world: TestWorld;
let outside: string;
let swapper: ChildProcess | null;

beforeEach(() => {
  world = createTestWorld();
  outside = path.join(world.base, "workspace-outside");
  fs.mkdirSync(outside);
  for (const name of ["x", OUTSIDE_NAME]) fs.writeFileSync(path.join(outside, name), SECRET);
  // For an unprivileged server only the tools' own checks apply.
  fs.chmodSync(world.base, 0o777);
  execFileSync("chmod", ["-R", "a+rwX", outside]);
  swapper = null;
});
afterEach(async () => {
  if (swapper && swapper.exitCode === null) {
    const ended = once(swapper, "exit");
    swapper.kill("SIGKILL");
    await ended;
  }
  world.remove();
});

/** Runs the work as a user; the workspace is that user's. */
async function as<Result>(user: string, work: () => Promise<Result>): Promise<Result> {
  const drops = isRoot && user !== "root";
  execFileSync("chmod", ["-R", "a+rwX", world.root]);
  if (drops) execFileSync("chown", ["-hR", `${UNPRIVILEGED}:${UNPRIVILEGED}`, world.root]);
  if (drops) {
    process.setegid?.(UNPRIVILEGED);
    process.seteuid?.(UNPRIVILEGED);
  }
  try {
    return await work();
  } finally {
    if (drops) {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  }
}

/** Swaps the entry at a path with a link to the outside and back, every few microseconds, until it is killed. */
const SWAP = `
  const fs = require("node:fs");
  const [target, outside, aside] = process.argv.slice(1);
  const link = aside + "-link";
  const pristine = aside + "-pristine";
  const attempt = (step) => { try { step(); } catch {} };
  const spin = () => { for (let left = Math.random() * 50_000; left > 0; left--); };
  fs.cpSync(target, pristine, { recursive: true });
  const probe = fs.statSync(target).isDirectory() ? target + "/x" : target;
  console.log("begun");
  for (;;) {
    // A tool may have replaced the entry, so each round starts with the original.
    if (!fs.existsSync(probe)) {
      attempt(() => fs.rmSync(target, { force: true, recursive: true }));
      attempt(() => fs.cpSync(pristine, target, { recursive: true }));
    }
    attempt(() => fs.rmSync(aside, { force: true, recursive: true }));
    attempt(() => fs.symlinkSync(outside, link));
    attempt(() => fs.renameSync(target, aside));
    attempt(() => fs.renameSync(link, target));
    spin();
    attempt(() => fs.unlinkSync(target));
    attempt(() => fs.renameSync(aside, target));
    spin();
  }`;

async function startSwapping(target: string, place: string): Promise<void> {
  const aside = path.join(world.base, "aside");
  swapper = spawn(process.execPath, ["-e", SWAP, path.join(world.root, target), place, aside], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (swapper.stdout) await once(swapper.stdout, "data");
}

const OFTEN = Number(process.env.BANYAN_FILE_RACES ?? 200);
/** Each reads ten files. */
const SELDOM = Math.ceil(OFTEN / 10);
const CALLS: [string, WorldTool, Record<string, unknown>, number][] = [
  ["read", readFile, { path: "d/x" }, OFTEN],
  ["write", writeFile, { path: "d/x", content: "inside" }, OFTEN],
  ["edit", editFile, { path: "d/x", old_text: "i", new_text: "i", replace_all: true }, OFTEN],
  ["list", listDirectory, { path: "d" }, OFTEN],
  ["glob in the folder", findFiles, { pattern: "*", path: "d" }, OFTEN],
  ["glob from above, in mid-walk", findFiles, { pattern: "*" }, OFTEN],
  ["grep in the folder", searchFiles, { pattern: "inside|secret", path: "d" }, SELDOM],
  ["grep from above, in mid-walk", searchFiles, { pattern: "inside|secret" }, SELDOM],
];

describe.each(USERS)("as %s", (user) => {
  test.each(CALLS)(
    "%s: a folder swapped for a link never leads outside",
    async (_, tool, input, calls) => {
      for (let at = 0; at < 10; at++) world.write(`d/${at === 0 ? "x" : `x${at}`}`, "inside");
      await as(user, async () => {
        await startSwapping("d", outside);
        const { answered, refused } = await race(tool, input, calls);
        expect(answered).toBeGreaterThan(0);
        expect(refused).toBeGreaterThan(0);
      });
      checkOutside();
    },
    120_000,
  );

  test.each(CALLS.slice(0, 3))(
    "%s: a file swapped for a link never leads outside",
    async (_, tool, input, calls) => {
      world.write("d/x", "inside");
      await as(user, async () => {
        await startSwapping("d/x", path.join(outside, "x"));
        const { answered, refused } = await race(tool, input, calls);
        expect(answered).toBeGreaterThan(0);
        expect(refused).toBeGreaterThan(0);
      });
      checkOutside();
    },
    120_000,
  );

  test("pipes, sockets and devices are refused at once, and passed over in a folder", async () => {
    world.write("d/x", "inside");
    execFileSync("mkfifo", [path.join(world.root, "d/pipe")]);
    const special = ["d/pipe"];
    if (isRoot) {
      execFileSync("mknod", [path.join(world.root, "d/zero"), "c", "1", "5"]);
      special.push("d/zero");
    }
    await as(user, async () => {
      for (const given of special) {
        for (const [, tool, input] of CALLS.slice(0, 3)) {
          const outcome = await world.call(tool, { ...input, path: given });
          expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining("not a regular file") });
        }
        const searched = await world.call(searchFiles, { pattern: ".", path: given });
        expect(searched).toMatchObject({ isError: true, content: expect.stringContaining("not a regular file") });
      }
      expect((await world.call(searchFiles, { pattern: "." })).content).toBe("d/x:1: inside");
      expect((await world.call(findFiles, { pattern: "*" })).content).toBe("d/x");
      expect((await world.call(listDirectory, { path: "d" })).content).toContain("pipe  (not a regular file)");
    });
  });

  test("a hidden file is reached by no other name, and not changed through one", async () => {
    world.write("key", SECRET);
    world.write("d/y", "inside");
    fs.linkSync(path.join(world.root, "key"), path.join(world.root, "d/x"));
    const more = { hiddenPaths: [path.join(world.root, "key")] };
    await as(user, async () => {
      for (const [name, tool, input] of CALLS) {
        const outcome = await world.call(tool, input, more);
        expect(outcome.content, name).not.toContain(SECRET);
        const listed = await world.call(tool, { ...input, path: "key" }, more);
        expect(listed, name).toMatchObject({ isError: true, content: expect.stringContaining("hidden") });
      }
      expect((await world.call(listDirectory, {}, more)).content).toBe("d/");
    });
    expect(fs.readFileSync(path.join(world.root, "key"), "utf8")).toBe(SECRET);
  });

  test("every way of naming what is outside is refused", async () => {
    fs.symlinkSync(outside, path.join(world.root, "link"));
    fs.symlinkSync("../workspace-outside/x", path.join(world.root, "file-link"));
    const given = [
      "../workspace-outside/x",
      `${outside}/x`,
      `${world.root}-outside/x`,
      "link/x",
      "file-link",
      "a/../../x",
    ];
    const odd = ["x\0", "link\0/x", "/etc/passwd", "/proc/self/environ", "/workspace/../etc/passwd", "//etc/passwd"];
    await as(user, async () => {
      for (const [name, tool, input] of CALLS) {
        for (const path of [...given, ...odd]) {
          const outcome = await world.call(tool, { ...input, path });
          expect(outcome.content, `${name} ${path}`).not.toContain(SECRET);
          expect(outcome.isError, `${name} ${JSON.stringify(path)}`).toBe(true);
        }
      }
    });
    checkOutside();
  });
});

/** Calls at least this often, and until both states were met, so that the race is real. */
async function race(tool: WorldTool, input: Record<string, unknown>, calls: number) {
  let answered = 0;
  let refused = 0;
  for (let count = 0; count < calls || answered === 0 || refused === 0; count++) {
    if (count > 50 * calls) throw new Error(`In ${count} calls ${answered} were answered and ${refused} refused.`);
    const outcome: ToolOutcome = await world.call(tool, input);
    expect(outcome.content).not.toContain(SECRET);
    expect(outcome.content).not.toContain(OUTSIDE_NAME);
    const isWhole = !outcome.isError && /x|occurrence|inside/.test(outcome.content.replace("No file matches.", ""));
    if (isWhole) answered += 1;
    else refused += 1;
  }
  return { answered, refused };
}

function checkOutside(): void {
  expect(fs.readdirSync(outside).sort()).toEqual([OUTSIDE_NAME, "x"]);
  for (const name of fs.readdirSync(outside)) {
    expect(fs.readFileSync(path.join(outside, name), "utf8")).toBe(SECRET);
  }
}

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FileTree, treeOf } from "@/gates/model/tree";
import type { Users } from "@/gates/source/affected";
import { openBlobs } from "@/gates/source/blobs";
import { treeOfFolder } from "@/gates/source/working-tree";
import { changeSince, testsFrom, testsReached, usersOf } from "./changed-tests";

let base = "";
/** This checkout, as git would commit it. */
let here: FileTree;
let users: Users;
beforeAll(async () => {
  base = mkdtempSync(path.join(tmpdir(), "banyan-changed-"));
  const blobs = openBlobs(path.join(base, "here"));
  here = await treeOfFolder({ root: process.cwd(), exclude: "" }, { paths: new Set(), submodules: new Map() }, blobs);
  users = usersOf({ base: treeOf([]), head: here, blobs });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const reachedBy = (...changed: string[]) => testsFrom(changed, here, users).tests;

test.each([
  ["what is imported", "lib/time/cron.ts", "lib/time/cron.test.ts"],
  ["a module that others import", "core/decide.ts", "agents/scenarios/control/approvals.test.ts"],
  ["a program that a test starts", "tests/agents/crash-main.ts", "agents/scenarios/goals/goal-crashes.test.ts"],
  ["what such a program imports", "server/sides/supervise.ts", "server/sides/sides.test.ts"],
  ["the command line, which is built from its entries", "scripts/cli/program.ts", "scripts/cli/terminal.test.ts"],
  ["a script that a copied folder holds", "scripts/hangup.mjs", "scripts/restart.test.ts"],
  ["a module of the launcher", "launcher/journal.mjs", "launcher/launcher.test.ts"],
  ["a seed, which is read by its folder", "seeds/agents/worker.md", "seeds/load.test.ts"],
  ["a seed behind a scenario", "seeds/agents/worker.md", "agents/scenarios/control/approvals.test.ts"],
  ["a migration", "drizzle/0008_leases.sql", "db/file/client.test.ts"],
])("%s is followed to its tests", (_, changed, reached) => {
  expect([...here.files.keys()]).toContain(changed);
  expect(reachedBy(changed)).toContain(reached);
});

test("a change reaches only the tests that use it; a file that decides how tests run reaches all of them", () => {
  const { all } = testsFrom([], here, users);
  expect(all).toBeGreaterThan(500);
  expect(reachedBy()).toEqual([]);
  expect(reachedBy("lib/time/cron.ts")).not.toContain("lib/zip/zip-stream.test.ts");
  expect(reachedBy("lib/time/cron.test.ts")).toEqual(["lib/time/cron.test.ts"]);
  expect(reachedBy("tests/longest-first.test.ts", "LICENSE")).toEqual(["tests/longest-first.test.ts"]);
  for (const file of ["package-lock.json", "vitest.config.ts", "tests/agents/run-folder.ts"])
    expect(reachedBy(file)).toHaveLength(all);
});

test("a change is everything since the commit: commits, edits, new and deleted files", async () => {
  const folder = path.join(base, "repository");
  mkdirSync(folder);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: folder });
  const put = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
  const modules = ["committed", "edited", "deleted", "kept"];
  git("init", "-q", "-b", "main");
  for (const name of modules) {
    put(`${name}.ts`, "export const one = 1;\n");
    put(`${name}.test.ts`, `import "./${name}";\n`);
  }
  git("add", "-A");
  git("commit", "-q", "-m", "first");
  git("branch", "before");
  put("committed.ts", "export const one = 2;\n");
  git("commit", "-q", "-a", "-m", "second");
  put("edited.ts", "export const one = 2;\n");
  put("new.test.ts", 'import "node:test";\n');
  rmSync(path.join(folder, "deleted.ts"));
  const change = await changeSince(folder, "before", base);
  expect(change.paths.map((path) => `${path.change} ${path.path}`)).toEqual([
    "modified committed.ts",
    "deleted deleted.ts",
    "modified edited.ts",
    "added new.test.ts",
  ]);
  const reached = ["committed.test.ts", "deleted.test.ts", "edited.test.ts", "new.test.ts"];
  const { tests, ...counts } = testsReached(change);
  expect([tests.sort(), counts]).toEqual([reached, { changed: 4, edited: ["new.test.ts"], all: 5 }]);
});

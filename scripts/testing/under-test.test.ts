import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { banyan, buildPrograms, startServerProcess } from "./command-line";
import { folderUnderTest, nodeUnderTest } from "./under-test";

const PROGRAM = (name: string) =>
  `export async function main(argv) { console.log("${name}", ...argv, process.cwd()); return 4; }\n`;
const before = { ...process.env };
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "banyan-under-test-")));
  mkdirSync(path.join(folder, "dist"));
  for (const name of ["banyan", "server"])
    writeFileSync(path.join(folder, `dist/${name}.mjs`), PROGRAM(`candidate's ${name}`));
  process.env.BANYAN_UNDER_TEST = folder;
});
buildPrograms();
afterAll(() => {
  process.env.BANYAN_UNDER_TEST = before.BANYAN_UNDER_TEST ?? "";
  process.env.BANYAN_APART = before.BANYAN_APART ?? "";
  rmSync(folder, { recursive: true, force: true });
});

test("the command line and the server of the named folder are started, and nothing is built there", async () => {
  const ended = { status: 4, stderr: "" };
  expect(await banyan(["trees"])).toEqual({ ...ended, stdout: `candidate's banyan trees ${folder}\n` });
  const { done } = startServerProcess(["--role", "worker"]);
  expect(await done).toEqual({ ...ended, stdout: `candidate's server --role worker ${folder}\n` });
});

test("the gates say how a program is kept apart from the tests", async () => {
  const apart = path.join(folder, "apart");
  writeFileSync(apart, '#!/bin/sh\necho apart\nexec "$@"\n', { mode: 0o755 });
  process.env.BANYAN_APART = apart;
  expect((await banyan(["trees"])).stdout).toBe(`apart\ncandidate's banyan trees ${folder}\n`);
});

test("without a named folder it is this checkout", () => {
  process.env.BANYAN_UNDER_TEST = "";
  expect(folderUnderTest()).toBe(process.cwd());
  expect(nodeUnderTest(["a.mjs"])).toEqual({ file: process.execPath, args: ["a.mjs"] });
});

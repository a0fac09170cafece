import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withTmpInMemory } from "./in-memory.mjs";

const PLENTY = () => 1_000_000;

test("with too little memory, and where nothing can be mounted, a program runs as it is", () => {
  const plain = { file: "node", args: ["--version"] };
  expect(withTmpInMemory("node", ["--version"], { freeMb: () => 4_000, canMount: () => true, cwd: "/" })).toEqual(
    plain,
  );
  expect(withTmpInMemory("node", ["--version"], { freeMb: PLENTY, canMount: () => false, cwd: "/" })).toEqual(plain);
});

test("a checkout below the folder for temporary files stays in sight", () => {
  const cwd = mkdtempSync(path.join(tmpdir(), "banyan-checkout-"));
  onTestFinished(() => rmdirSync(cwd));
  const machine = { freeMb: PLENTY, canMount: () => true, cwd };
  expect(withTmpInMemory("node", [], machine)).toEqual({ file: "node", args: [] });
  expect(withTmpInMemory("node", [], { ...machine, cwd: "/" }).file).toBe("unshare");
});

test("a program gets its arguments and an empty folder in memory; others do not see what it writes there", () => {
  const here = mkdtempSync(path.join(tmpdir(), "banyan-outside-"));
  onTestFinished(() => rmdirSync(here));
  const script = `const { mkdirSync, readdirSync, statfsSync } = require("node:fs");
    const folder = require("node:os").tmpdir();
    const before = readdirSync(folder).filter((name) => name.startsWith("banyan-outside-"));
    mkdirSync(folder + "/banyan-inside-" + process.pid);
    console.log(JSON.stringify([process.argv.slice(1), before, statfsSync(folder).type]));`;
  const { file, args } = withTmpInMemory(process.execPath, ["-e", script, "a b", "$0"], { freeMb: PLENTY, cwd: "/" });
  const [given, before, type] = JSON.parse(execFileSync(file, args, { encoding: "utf8" }));
  expect(given).toEqual(["a b", "$0"]);
  // An account that may not mount runs it as it is.
  if (file === process.execPath) return;
  expect([before, type]).toEqual([[], TMPFS]);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("banyan-inside-"))).toEqual([]);
});

/** As statfs(2) names it. */
const TMPFS = 0x01021994;

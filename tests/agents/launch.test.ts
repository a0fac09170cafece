import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

test("compiled code of a program that sets the flags of `lib/process/heap.ts` is used by the next process", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-launch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = path.join(folder, "program.cjs");
  writeFileSync(
    program,
    `require("node:v8").setFlagsFromString("--heap-growing-percent=40");
    exports.main = (argv) => { console.log(argv.join(" ")); };`,
  );
  const run = () => {
    const args = [path.resolve("tests/agents/launch.cjs"), program, "one", "two"];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("one two\n");
    // The code is written again, as another file, when V8 has rejected it.
    return statSync(`${program}.compiled`).ino;
  };
  const first = run();
  expect(run()).toBe(first);
});

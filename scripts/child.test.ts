/** Programs that an install and a build start. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isAlive } from "@/lib/process/identity";
import { runChild } from "./child.mjs";

function temporary(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-child-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a program begins after its start was written down, reads nothing, and its output is kept", async () => {
  const cwd = temporary();
  const written: number[] = [];
  const script = "echo $$; cat; pwd; exit 3";
  const { status, output } = await runChild("sh", ["-c", script], { cwd, onStart: (pid) => written.push(pid) });
  expect({ status, output }).toEqual({ status: 3, output: `${written[0]}\n${cwd}\n` });
});

test("a program that does not exist has status 127, whether or not its start is written down", async () => {
  const cwd = temporary();
  expect(await runChild("no-such-program", [], { cwd })).toMatchObject({ status: 127 });
  expect(await runChild("no-such-program", [], { cwd, onStart: () => {} })).toMatchObject({ status: 127 });
});

test("whoever is killed before they wrote down that a program runs leaves none behind", async () => {
  const cwd = temporary();
  const script = `
    import { writeFileSync } from "node:fs";
    import { runChild } from ${JSON.stringify(path.resolve("scripts/child.mjs"))};
    const onStart = (pid) => {
      writeFileSync("pid", String(pid));
      process.kill(process.pid, "SIGKILL");
    };
    await runChild("touch", ["begun"], { cwd: process.cwd(), onStart });`;
  const [, signal] = await once(
    spawn(process.execPath, ["--input-type=module", "-e", script], { cwd, stdio: "ignore" }),
    "exit",
  );
  expect(signal).toBe("SIGKILL");
  await expect.poll(() => isAlive(Number(readFileSync(path.join(cwd, "pid"), "utf8")))).toBe(false);
  expect(existsSync(path.join(cwd, "begun"))).toBe(false);
});

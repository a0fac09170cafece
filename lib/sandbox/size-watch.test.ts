import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxRun } from "./port";
import { createSizeWatch } from "./size-watch";
import { ownSandbox } from "./testing/own-sandbox";

const MEGABYTE = 1024 * 1024;
const { sandbox, base } = ownSandbox({ maxWorkspaceBytes: 20 * MEGABYTE });
const soonMeasuring = ownSandbox({ maxWorkspaceBytes: 20 * MEGABYTE, longestUnmeasuredMs: 3_000 }).sandbox;

function folder(owner: "tools" | "server" = "tools"): string {
  const made = fs.mkdtempSync(path.join(base(), "workspace-"));
  if (owner === "tools") giveToTools(made);
  return made;
}

function run(workspace: string, command: string, more: Partial<SandboxRun> = {}, own = sandbox) {
  const signal = new AbortController().signal;
  return own.run({ command, workspace, hiddenPaths: [], timeoutMs: 60_000, signal, ...more });
}

const grow = "i=0; while :; do i=$((i+1)); head -c 1M /dev/urandom > f$i; sleep 0.02; done";
const sentence = "The command was ended, because the workspace is larger than 20 MB; delete files that are not needed.";

test.each(["tools", "server"] as const)(
  "a command that fills a folder of %s is ended, with a sentence",
  async (owner) => {
    const workspace = folder(owner);
    const result = await run(workspace, grow);
    expect(result).toMatchObject({ endedBy: "workspace_full", exitStatus: null, problem: sentence });
    expect(fs.readdirSync(workspace).length).toBeGreaterThanOrEqual(20);
  },
);

test("a program that outlives a call is ended too", async () => {
  const program = await sandbox.start({ command: grow, workspace: folder(), hiddenPaths: [] });
  expect(await program.ended).toEqual({ exitStatus: null, problem: sentence });
});

test("a command that fills the scratch folder of a read-only workspace is ended too", async () => {
  const workspace = folder("server");
  fs.chmodSync(workspace, 0o755);
  const result = await run(workspace, `cd .banyan-scratch; ${grow}`, { readOnlyWorkspace: true });
  expect(result).toMatchObject({ endedBy: "workspace_full" });
});

test("commands too short to be sampled exceed the limit by at most one command", async () => {
  const workspace = folder();
  for (let n = 0; n < 6; n += 1) await run(workspace, `head -c 6M /dev/urandom > f${n}`, {}, soonMeasuring);
  // Slow enough for a measurement, also where other programs free the space that this one takes.
  const slowly = grow.replaceAll("f$i", "g$i").replace("0.02", "0.3");
  const result = await run(workspace, slowly, { timeoutMs: 600_000 }, soonMeasuring);
  expect(result.endedBy).toBe("workspace_full");
  expect(fs.readdirSync(workspace).filter((name) => name.startsWith("g")).length).toBeLessThan(60);
}, 600_000);

test("empty files count, and linked files outside do not", async () => {
  const workspace = folder();
  // Other programs may remove as many files meanwhile, so that only the next measurement in any case finds these.
  const create = "for i in $(seq 1 30); do mkdir d$i; (cd d$i; touch $(seq 1 1000)); done; sleep 590";
  const many = await run(workspace, create, { timeoutMs: 590_000 }, soonMeasuring);
  expect(many.endedBy).toBe("workspace_full");
  const other = folder();
  fs.writeFileSync(path.join(base(), "big"), Buffer.alloc(30 * MEGABYTE, 1));
  fs.symlinkSync(path.join(base(), "big"), path.join(other, "link"));
  fs.symlinkSync(base(), path.join(other, "link-to-folder"));
  expect(await run(other, "sleep 1; echo well")).toMatchObject({ exitStatus: 0, stdout: "well\n" });
}, 600_000);

test("empty files that are there before the first measurement count as new, not as what the folder held", async () => {
  const watch = createSizeWatch({ limitBytes: 20 * MEGABYTE, pollMs: 50, longestUnmeasuredMs: 1_000 });
  const workspace = folder("server");
  const over = new Promise<string>((resolve) => {
    const stop = watch.watch(workspace, (told) => {
      stop();
      resolve(told);
    });
  });
  // The first sample cannot come between, because nothing here waits.
  for (let n = 0; n < 30_000; n += 1) fs.closeSync(fs.openSync(path.join(workspace, `f${n}`), "w"));
  expect(await over).toBe(sentence);
});

test("a folder above the limit can be cleaned up, but not filled further", async () => {
  const workspace = folder();
  // So large that nothing beside the test takes as much while the first command runs, before which nothing was measured.
  execFileSync("fallocate", ["--length", String(300 * MEGABYTE), path.join(workspace, "big")]);
  giveToTools(path.join(workspace, "big"));
  expect(await run(workspace, "head -c 1M /dev/urandom > small; sleep 1")).toMatchObject({ exitStatus: 0 });
  expect(await run(workspace, grow)).toMatchObject({ endedBy: "workspace_full" });
  expect(await run(workspace, "rm -f f* big; sleep 1")).toMatchObject({ exitStatus: 0 });
  expect(await run(workspace, "head -c 5M /dev/urandom > small; sleep 1")).toMatchObject({ exitStatus: 0 });
}, 600_000);

test("many small commands fill a folder above the limit no further than one", async () => {
  const workspace = folder();
  execFileSync("fallocate", ["--length", String(300 * MEGABYTE), path.join(workspace, "big")]);
  giveToTools(path.join(workspace, "big"));
  const ends: (string | undefined)[] = [];
  for (let n = 0; n < 8; n += 1) ends.push((await run(workspace, `head -c 6M /dev/urandom > f${n}; sleep 1`)).endedBy);
  expect(ends.at(-1)).toBe("workspace_full");
  expect(await run(workspace, "rm f*; sleep 1")).toMatchObject({ exitStatus: 0 });
  expect(await run(workspace, "head -c 6M /dev/urandom > again; sleep 1")).toMatchObject({ exitStatus: 0 });
}, 600_000);

test("a folder that is removed while its command runs causes no error", async () => {
  const workspace = folder();
  const running = run(workspace, "touch up; sleep 1; echo well");
  await expect.poll(() => fs.existsSync(path.join(workspace, "up"))).toBe(true);
  fs.rmSync(workspace, { recursive: true });
  expect(await running).toMatchObject({ exitStatus: 0, stdout: "well\n" });
});

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { giveToTools, serverIsRoot } from "@/lib/process/tools-identity";
import { hostileCases } from "./testing/hostile-cases";
import type { HostileReport } from "./testing/hostile-main";
import { ownSandbox, survivors } from "./testing/own-sandbox";

const NOBODY = 64_998;
const names = Object.keys(hostileCases({ file: "", otherWorkspace: "", port: 0, abstractSocket: "" }));
/** Root drops to an unprivileged user, whose sandbox is built in another way. */
const users = serverIsRoot() ? (["root", "an unprivileged user"] as const) : (["an unprivileged user"] as const);

/** What the nested sandbox allows: its own home folder is empty, and user namespaces work in it. */
const NESTED: Record<string, string> = {
  "T1 the host's files and environments": "/home/sandbox\n",
  "other user namespaces": "userns\nroot\n",
};

describe.each(users)("the sandbox of a server that is %s", (user) => {
  let base: string;
  let report: HostileReport;

  beforeAll(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-hostile-")));
    fs.chmodSync(base, 0o755);
    const program = ["--import", "tsx", "lib/sandbox/testing/hostile-main.ts", base];
    const env = { PATH: process.env.PATH, HOME: base, TMPDIR: base } as unknown as NodeJS.ProcessEnv;
    const drop = serverIsRoot() && user !== "root";
    if (drop) fs.chownSync(base, NOBODY, NOBODY);
    const { stdout, stderr } = spawnSync(process.execPath, program, {
      env,
      encoding: "utf8",
      ...(drop && { uid: NOBODY, gid: NOBODY }),
    });
    if (!stdout) throw new Error(stderr);
    report = JSON.parse(stdout);
  }, 600_000);
  afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

  test("is available", () => {
    expect(report.available).toBe("yes");
    expect(Object.keys(report.said)).toEqual(names);
  });

  test.each(names)("%s: gets nothing", (name) => {
    expect(report.said[name]).toEqual({ run: "", start: "", shared: "", nested: NESTED[name] ?? "" });
  });

  test("a server in a shared network answers the commands of that network alone", () => {
    expect(report.answered).toEqual({ own: "answered", other: "", alone: "" });
  });

  test("no case reached the host's sockets", () => {
    expect(report.connections).toBe(0);
  });
});

describe("T2: processes that resist their end", () => {
  const { sandbox, base } = ownSandbox();

  const marker = `4${process.pid}.25`;
  const left = () => survivors(marker);
  /** The first process of the sandbox has the command's user, so the command can trace, stop and control it. */
  const attempts = {
    "daemons that ignore every signal": `trap '' HUP INT TERM; (trap '' HUP INT TERM; setsid nohup sleep ${marker} &) ; echo done; sleep ${marker}`,
    "a shell that starts itself anew": `f() { setsid bash -c "sleep ${marker}; echo again" & sleep 0.01; }; f; f; echo done; while :; do f; sleep 1; done`,
    "the taking over of the sandbox's first process": `perl take-over.pl > said 2>&1 & until [ -s said ]; do sleep 0.02; done; sleep ${marker} & echo done; sleep ${marker}`,
    "the stopping of the sandbox's first process": `sleep ${marker} & perl -e '$| = 1; syscall(101, 16, 1, 0, 0); print "done\\n"; sleep 10000'`,
  };

  function workspaceWithTools(): string {
    const workspace = fs.mkdtempSync(path.join(base(), "workspace-"));
    fs.copyFileSync("lib/sandbox/testing/take-over.pl", path.join(workspace, "take-over.pl"));
    giveToTools(workspace);
    return workspace;
  }

  test.each(Object.entries(attempts))("%s, then a time-out", async (_, command) => {
    const workspace = workspaceWithTools();
    onTestFinished(() => fs.rmSync(workspace, { recursive: true, force: true }));
    const signal = new AbortController().signal;
    const result = await sandbox.run({ command, workspace, hiddenPaths: [], timeoutMs: 2_000, signal });
    expect(result.endedBy).toBe("timeout");
    await expect.poll(left, { timeout: 120_000 }).toEqual([]);
  });

  test.each(Object.entries(attempts))("%s, then a kill", async (_, command) => {
    const workspace = workspaceWithTools();
    onTestFinished(() => fs.rmSync(workspace, { recursive: true, force: true }));
    const program = await sandbox.start({ command, workspace, hiddenPaths: [] });
    await new Promise((resolve) => program.stdout.once("data", resolve));
    await program.kill();
    expect(left()).toEqual([]);
  });
});

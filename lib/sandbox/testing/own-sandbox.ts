/** A sandbox for the tests of one file. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import type { SandboxProcess, SandboxStart } from "../port";
import { createSandbox, type SandboxOptions } from "../sandbox";

type Given = Partial<SandboxStart> & { command: string };

/** Call where the tests are; the sandbox and its folder go after them. */
export function ownSandbox(options: SandboxOptions = {}) {
  const sandbox = createSandbox(options);
  let base = "";
  beforeAll(async () => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-own-sandbox-")));
    fs.chmodSync(base, 0o755);
    expect(await sandbox.status()).toEqual({ available: true });
  });
  afterAll(() => {
    sandbox.close();
    fs.rmSync(base, { recursive: true, force: true });
  });

  /** Starts a program that is killed after the test. */
  async function start(given: Given): Promise<SandboxProcess> {
    const program = await sandbox.start({ workspace: null, hiddenPaths: [], ...given });
    onTestFinished(() => program.kill());
    return program;
  }

  /** The output of a program until it ends, with empty input. */
  async function saying(given: Given) {
    const program = await start(given);
    program.stdin.end();
    const [stdout, stderr, { exitStatus }] = await Promise.all([
      text(program.stdout),
      text(program.stderr),
      program.ended,
    ]);
    return { stdout, stderr, exitStatus };
  }

  return { sandbox, base: () => base, start, saying };
}

/** Returns the living processes with the marker on their command line: `STATE COMMAND`. */
export function survivors(marker: string): string[] {
  return execFileSync("ps", ["-eo", "stat,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(marker) && !line.startsWith("Z"));
}

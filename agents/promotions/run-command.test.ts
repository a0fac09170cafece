/** A command of a target that is not wanted any more by the time it has started. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { SandboxProcess } from "@/lib/sandbox/port";
import { runCommand } from "./run-command";
import type { PromotionSources } from "./sources";

test("a stop while a command starts ends it at once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stopping = new AbortController();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const program = { stdin, stdout, stderr } as Partial<SandboxProcess>;
  const ended = new Promise<{ exitStatus: number }>((resolve) => {
    program.kill = async () => {
      stdout.destroy();
      stderr.destroy();
      resolve({ exitStatus: 137 });
    };
  });
  const sandbox = {
    async start() {
      stopping.abort(new Error("The server stops."));
      return { ...program, ended };
    },
  };
  const running = runCommand({ sandbox, privateHosts: [] } as unknown as PromotionSources, {
    command: "sleep 3600",
    files: join(folder, "files"),
    target: { name: "production", hosts: [] },
    secrets: {},
    commit: "a",
    former: null,
    promotion: { uid: "one" },
    signal: stopping.signal,
    say: () => undefined,
  });
  await expect(running).rejects.toThrow("The server stops.");
}, 10_000);

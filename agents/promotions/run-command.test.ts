/** Commands of targets that do not end by themselves, and ones that are not wanted any more. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test, vi } from "vitest";
import type { SandboxProcess } from "@/lib/sandbox/port";
import { runCommand } from "./run-command";
import type { PromotionSources } from "./sources";

/** Runs a command that ends only when it is killed. `started` is called before the program is there. */
function runEndless(signal: AbortSignal, started: () => void): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
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
      started();
      return { ...program, ended };
    },
  };
  return runCommand({ sandbox, privateHosts: [] } as unknown as PromotionSources, {
    command: "sleep 3600",
    files: join(folder, "files"),
    target: { name: "production", hosts: [] },
    secrets: {},
    commit: "a",
    former: null,
    promotion: { uid: "one" },
    signal,
    requireLead: () => signal.throwIfAborted(),
    say: () => undefined,
  });
}

test("a stop while a command starts ends it at once", async () => {
  const stopping = new AbortController();
  const running = runEndless(stopping.signal, () => stopping.abort(new Error("The server stops.")));
  await expect(running).rejects.toThrow("The server stops.");
}, 10_000);

test("a command that does not end is ended after an hour", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { signal } = new AbortController();
  const running = runEndless(signal, () => vi.advanceTimersByTime(60 * 60_000));
  expect(await running).toBe("took longer than an hour and was ended");
}, 10_000);

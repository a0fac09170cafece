import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { Timers } from "@/lib/time/timers";
import { createMachineCommands } from "./commands";

/** A sandbox whose look prints the next of these texts; null: it hangs after its first line until it is killed. */
function scanning(texts: (string | null)[]) {
  let nowMs = 0;
  let scans = 0;
  const start = async () => {
    const text = texts[scans] ?? null;
    scans += 1;
    const stdout = new PassThrough();
    if (text === null) stdout.write("git\tgit version 2.40.1\n");
    else stdout.end(text);
    return { stdin: new PassThrough(), stdout, stderr: new PassThrough(), kill: async () => void stdout.end() };
  };
  const sandbox = { status: async () => ({ available: true }), start } as unknown as SandboxPort;
  // The time of the look is over at once.
  const after = (_: number, work: () => void) => {
    setImmediate(work);
    return () => undefined;
  };
  const timers = { after } as unknown as Timers;
  const commands = createMachineCommands({ sandbox: async () => sandbox, now: () => nowMs, timers });
  return {
    async find() {
      const { commands: found, problem } = await commands.find();
      return { names: found.map(({ name, version }) => `${name} ${version}`), problem };
    },
    later: (ms: number) => {
      nowMs += ms;
    },
    scans: () => scans,
  };
}

test("a look that was cut short says so, and is repeated soon; a whole one is kept for an hour", async () => {
  const whole = "git\tgit version 2.40.1\njq\tjq-1.7.1\n\n<end>\n";
  const machine = scanning([null, whole]);
  const cut = await machine.find();
  expect(cut.names).toEqual(["git 2.40.1"]);
  expect(cut.problem).toContain("the look for them took too long");
  await machine.find();
  expect(machine.scans()).toBe(1);
  machine.later(61_000);
  expect(await machine.find()).toEqual({ names: ["git 2.40.1", "jq 1.7.1"], problem: null });
  machine.later(3_000_000);
  await machine.find();
  expect(machine.scans()).toBe(2);
});

/**
 * A process that runs one command after another, as `warm-process.ts` asks for: loading the programs costs more than most
 * commands. What a command prints goes to the process's own standard output and error, each ended by the mark of the request.
 * A command ends when nothing is left to wait for, as its own process would. One that leaves anything behind, or a warning, is
 * the last: the process ends with its status.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { Readable } from "node:stream";

/**
 * @typedef {{ args: string[], cwd: string, env: Record<string, string>, stdin: Uint8Array, mark: string }} WarmRequest
 * @typedef {{ mark: string, isSettled: boolean, isWarned: boolean, before: string }} Command
 */

const { main } = await import(process.argv[2] ?? "");
/** @type {Command | null} */
let current = null;

process.on("message", (/** @type {WarmRequest} */ request) => {
  // From here on only the command keeps the process from ending.
  process.channel?.unref();
  void run(request);
});
process.on("beforeExit", endCommand);
process.on("warning", () => {
  if (current) current.isWarned = true;
});

/** @param {WarmRequest} request */
async function run({ args, cwd, env, stdin, mark }) {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  Object.defineProperty(process, "stdin", { value: Readable.from([stdin]), configurable: true });
  process.exitCode = undefined;
  current = { mark, isSettled: false, isWarned: false, before: leftOf() };
  const status = await main(args);
  if (typeof status === "number") process.exitCode = status;
  current.isSettled = true;
}

/** Called when nothing is left to wait for. */
function endCommand() {
  if (!current) return;
  const { mark, isSettled, isWarned, before } = current;
  // As Node ends when the program still waits for something that cannot come.
  if (!isSettled) return process.exit(13);
  // The listeners that each command adds for its own process.
  process.removeAllListeners("uncaughtException");
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners("error");
  if (isWarned || leftOf() !== before) return process.exit();
  current = null;
  process.stdout.write(mark);
  process.stderr.write(mark);
  process.send?.(Number(process.exitCode ?? 0));
  process.channel?.ref();
}

/** Returns what outlives a command in a process: open files and listeners. */
function leftOf() {
  const listeners = process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`);
  return JSON.stringify([openFiles(), listeners.sort()]);
}

/** Empty where the system does not tell. */
function openFiles() {
  try {
    return readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        // The one that lists the folder.
        return [];
      }
    });
  } catch {
    return [];
  }
}

import { type ChildProcessByStdio, type StdioOptions, spawn } from "node:child_process";
import { Duplex, type Readable, type Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { type FirstProcess, firstProcessOf, isThere } from "./first-process";
import type { SandboxProcess } from "./port";
import { FIRST_EXTRA_FD, giveExtraInput } from "./process";

export interface ProgramLaunch {
  file: string;
  args: string[];
  /** Data that the program reads from descriptor 3 upwards. */
  extraInputs: readonly Buffer[];
  /** The descriptor where bubblewrap reports the sandbox's first process. */
  infoFd: number;
  /** The socket where the sandbox's first process reports that it is about to run the command. */
  serverFd: number;
}

/** What happens during and after a program's life. */
export interface ProgramLife {
  synchronise(): Promise<void>;
  /** Starts a check that calls `onOver` to end the program. Returns the function that stops it. */
  guard(onOver: (problem: string) => void, pid: number | undefined): () => void;
  /** Runs when all its processes have ended. A rejection becomes the program's problem. */
  afterwards(): Promise<unknown>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const START_TIMEOUT_MS = 60_000;
const FIRST_POLL_MS = 2;
const LAST_POLL_MS = 50;

/**
 * Starts a sandboxed program with pipes for input and output. Settles when the command is about to run: from then on
 * the sandbox ends with this process. Rejects with the error output when it does not get that far.
 */
export async function startProgram(launch: ProgramLaunch, life: ProgramLife): Promise<SandboxProcess> {
  // Detached, so that a Ctrl-C meant for the server does not reach the program.
  const more = [...launch.extraInputs.map(() => "pipe" as const), "pipe" as const, "pipe" as const];
  const stdio: StdioOptions = ["pipe", "pipe", "pipe", ...more];
  const child = spawn(launch.file, launch.args, {
    cwd: "/",
    env: {} as NodeJS.ProcessEnv,
    stdio,
    detached: true,
  }) as unknown as Child;
  launch.extraInputs.forEach((input, index) => {
    giveExtraInput(child, FIRST_EXTRA_FD + index, input);
  });
  for (const stream of child.stdio) stream?.on("error", () => undefined);
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const first = await firstProcess(child, launch);
  let over: string | undefined;
  /** Kills bubblewrap, and with it the sandbox's first process; the kernel then ends everything else in the sandbox. */
  const killAll = () => {
    child.kill("SIGKILL");
    // The first process is set to die with bubblewrap, and is also killed directly in case it evaded that.
    if (isThere(first) === true) killProcess(first.pid);
  };
  const stopGuarding = life.guard((sentence) => {
    over = sentence;
    killAll();
  }, child.pid);
  const ended = exited.then(async (exitStatus) => {
    stopGuarding();
    await untilGone(first);
    for (const stream of child.stdio.slice(FIRST_EXTRA_FD)) stream?.destroy();
    const unkept = await life.afterwards().then(
      () => undefined,
      (error: unknown) => sentenceOf(error),
    );
    const problem = over ?? unkept;
    return { exitStatus, ...(problem !== undefined && { problem }) };
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    synchronise: life.synchronise,
    async kill() {
      killAll();
      await ended;
    },
  };
}

/** Waits until the command is about to run, and returns the sandbox's first process. */
async function firstProcess(child: Child, { infoFd, serverFd }: ProgramLaunch): Promise<FirstProcess> {
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    const info = readAll(child, infoFd);
    await untilReady(child, serverFd);
    const pid = Number((JSON.parse(await info) as Record<string, unknown>)["child-pid"]);
    return firstProcessOf(pid);
  } catch (error) {
    // Without the start of its first process nobody could see the sandbox end.
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Bubblewrap closes its end of the descriptor after its report. */
function readAll(child: Child, fd: number): Promise<string> {
  return new Promise((resolve) => {
    const stream = child.stdio[fd];
    let text = "";
    if (!(stream instanceof Duplex)) return resolve(text);
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      // The first process inside may keep the descriptor open a little longer.
      if (text.includes("}")) resolve(text);
    });
    stream.on("close", () => resolve(text || "{}"));
  });
}

function untilReady(child: Child, fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    const fail = () => {
      const chunks: Buffer[] = [];
      child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.once("close", (status) => {
        const text = Buffer.concat(chunks).toString("utf8").trim().split("\n").at(-1);
        reject(new Error(`The sandbox could not be started (${text || `exit status ${status}`}).`));
      });
      child.stdout.resume();
      for (const stream of child.stdio.slice(FIRST_EXTRA_FD)) stream?.destroy();
    };
    child.once("exit", fail);
    child.stdio[fd]?.once("data", () => {
      child.off("exit", fail);
      child.off("error", reject);
      child.on("error", () => undefined);
      resolve();
    });
  });
}

/** Bubblewrap itself may end before the sandbox's first process. */
async function untilGone(first: FirstProcess): Promise<void> {
  for (let waitMs = FIRST_POLL_MS; isThere(first) !== false; ) {
    await delay(waitMs);
    waitMs = Math.min(waitMs * 2, LAST_POLL_MS);
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The process has ended already.
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

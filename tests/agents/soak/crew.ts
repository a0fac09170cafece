/** Worker processes that are killed and replaced: some at work, and as many on standby with their program loaded. */
import { type ChildProcess, spawn } from "node:child_process";

export interface Member {
  pid: number;
  child: ChildProcess;
  /** The exit status, or the signal that ended it. */
  ended: Promise<number | string | null>;
}

export interface Crew {
  working: Member[];
  /** Kills a worker by SIGKILL; resolves when it is gone and another worker has been started. */
  kill(member: Member): Promise<void>;
  /** Stops all workers cleanly; resolves with the end of each worker that was at work. */
  stop(): Promise<(number | string | null)[]>;
  /** Returns the workers' standard error. */
  complaints: string[];
}

export function startCrew(program: readonly string[], size: number, env: Record<string, string | undefined>): Crew {
  const complaints: string[] = [];
  const working: Member[] = [];
  const standby: Member[] = [];

  function start(): Member {
    const child = spawn(process.execPath, program, {
      env: env as NodeJS.ProcessEnv,
      stdio: ["pipe", "ignore", "pipe"],
    });
    child.stderr?.on("data", (chunk) => complaints.push(String(chunk)));
    // A killed process no longer reads its input.
    child.stdin?.on("error", () => {});
    const ended = new Promise<number | string | null>((resolve) =>
      child.once("close", (code, signal) => resolve(signal ?? code)),
    );
    return { pid: child.pid ?? 0, child, ended };
  }

  function begin(): void {
    const member = standby.shift() ?? start();
    member.child.stdin?.write("begin\n");
    working.push(member);
    standby.push(start());
  }

  for (let count = 0; count < size; count += 1) begin();
  return {
    working,
    complaints,
    async kill(member) {
      working.splice(working.indexOf(member), 1);
      member.child.kill("SIGKILL");
      await member.ended;
      begin();
    },
    async stop() {
      for (const { child } of [...working, ...standby]) child.stdin?.end();
      const ends = await Promise.all(working.map((member) => member.ended));
      for (const { child } of standby) child.kill("SIGKILL");
      await Promise.all(standby.map((member) => member.ended));
      return ends;
    },
  };
}

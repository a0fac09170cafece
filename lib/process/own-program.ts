/** Starts one of Banyan's own programs in a process of its own, without keys, behind the other programs. */
import { spawn } from "node:child_process";
import { setPriority } from "node:os";

interface OwnProgram {
  /** Arguments of Node. */
  args: readonly string[];
  cwd: string;
  /** Written to its standard input, which is then closed. */
  input?: string;
  signal: AbortSignal;
  /** More of its standard output ends it; null: nobody reads it. */
  mostOutputBytes: number | null;
  /** Called with what it prints on standard error. */
  onError(text: string): void;
}

interface EndedProgram {
  /** null: a signal ended it. */
  status: number | null;
  output: string;
}

/** Other programs go first. */
const NICE = 10;

/** Resolves when it has ended. Rejects with the signal's reason; what it started ends with it. */
export function runOwnProgram(program: OwnProgram): Promise<EndedProgram> {
  const { args, cwd, input, signal, mostOutputBytes, onError } = program;
  signal.throwIfAborted();
  const { PATH, HOME, LANG } = process.env;
  const env = { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(LANG && { LANG }), NODE_ENV: "production" as const };
  return new Promise((resolve, reject) => {
    // A group of its own, so that the processes that it starts end with it.
    const child = spawn(process.execPath, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    const kill = () => {
      try {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    };
    if (child.pid !== undefined) setPriority(child.pid, NICE);
    signal.addEventListener("abort", kill, { once: true });
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      if (mostOutputBytes === null) return;
      size += chunk.length;
      if (size <= mostOutputBytes) chunks.push(chunk);
      else kill();
    });
    child.stderr.setEncoding("utf8").on("data", onError);
    child.once("error", reject);
    child.once("close", (status) => {
      signal.removeEventListener("abort", kill);
      if (signal.aborted) reject(signal.reason);
      else resolve({ status, output: Buffer.concat(chunks).toString("utf8") });
    });
    // A process that has ended says why itself.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

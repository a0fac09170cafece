/** Runs code in a Node process of its own, in the folder of one of the versions. */
import { spawn } from "node:child_process";

/** A child that is still running this long after SIGTERM is killed. */
const LONGEST_END_MS = 5_000;
const KEPT_CHARACTERS = 16_000;

export interface NodeRun {
  status: number | null;
  stdout: string;
  /** The end of its standard error. */
  stderr: string;
}

/**
 * Runs a module's source with these arguments. The child has its own process group, so that everything that it started
 * ends with it when `signal` is aborted; then this rejects with the signal's reason.
 */
export async function runNode(
  source: string,
  args: readonly string[],
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<NodeRun> {
  signal.throwIfAborted();
  const argv = [...process.execArgv, "--input-type=module", "-e", source, "--", ...args];
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production" };
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-KEPT_CHARACTERS);
  });
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    endGroup(child.pid, "SIGTERM");
    timer = setTimeout(() => endGroup(child.pid, "SIGKILL"), LONGEST_END_MS);
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    signal.throwIfAborted();
    return { status, stdout, stderr };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    // A workload that failed may have left processes of its own.
    endGroup(child.pid, "SIGKILL");
  }
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

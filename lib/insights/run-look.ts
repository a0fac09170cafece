/** Starts a look in a process of its own. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { WorkspaceError } from "../workspace/path";
import type { LookRequest, LookResult } from "./request";

const NICE = 10;
const HEAP_MB = 4_096;
const MOST_RESULT = 50_000_000;

/** Resolves with what a look found. Throws a `WorkspaceError` with one sentence when it ended without a result. */
export function runLook(
  request: LookRequest,
  { program, signal }: { program: string; signal: AbortSignal },
): Promise<LookResult> {
  signal.throwIfAborted();
  const { PATH, HOME, LANG } = process.env;
  const env = { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(LANG && { LANG }), NODE_ENV: "production" as const };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, ...programOf(program)], {
      cwd: program,
      env,
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own, so that the processes that parse end with it.
      detached: true,
    });
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
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_RESULT) chunks.push(chunk);
      else kill();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("utf8")).slice(-2_000);
    });
    child.once("error", reject);
    child.once("close", (status) => {
      signal.removeEventListener("abort", kill);
      if (signal.aborted) reject(signal.reason);
      else if (status === 0)
        resolve(JSON.parse(Buffer.concat(chunks).toString("utf8").trim().split("\n").at(-1) ?? "") as LookResult);
      else
        reject(
          new WorkspaceError(
            `The look ended without a result: ${said.trim().split("\n").at(-1) || `status ${status}`}`,
          ),
        );
    });
    // A process that has ended says why itself.
    child.stdin.on("error", () => undefined);
    child.stdin.end(JSON.stringify(request));
  });
}

/**
 * A bundle has the program beside it, also one that a test has built. Sources run as they are, so that a test never runs
 * what was built before an edit.
 */
function programOf(program: string): string[] {
  const own = fileURLToPath(import.meta.url);
  const main = (file: string) => [
    "--input-type=module",
    "-e",
    `process.exitCode = await (await import(${JSON.stringify(pathToFileURL(file).href)})).main([]);`,
  ];
  if (own.endsWith(".ts")) return ["--import", "tsx", ...main(join(dirname(own), "insights-main.ts"))];
  // The code may be in a chunk, one folder below.
  const folders = [dirname(own), dirname(dirname(own))];
  const built = folders.map((folder) => join(folder, "insights.mjs")).find(existsSync);
  if (built !== undefined) return main(built);
  return [join(program, "scripts", "run-ts.mjs"), join(program, "lib", "insights", "insights-main.ts")];
}

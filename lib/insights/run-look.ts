/** Starts a look in a process of its own. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runOwnProgram } from "../process/own-program";
import { WorkspaceError } from "../workspace/path";
import type { LookRequest, LookResult } from "./request";

const HEAP_MB = 4_096;
/** Nearly everything that a look makes stays until its end, so room for new objects saves copying them around. */
const NEW_SPACE_MB = 64;
const MOST_RESULT = 50_000_000;

/** Resolves with what a look found. Throws a `WorkspaceError` with one sentence when it ended without a result. */
export async function runLook(
  request: LookRequest,
  { program, signal }: { program: string; signal: AbortSignal },
): Promise<LookResult> {
  let said = "";
  const { status, output } = await runOwnProgram({
    args: [`--max-old-space-size=${HEAP_MB}`, `--max-semi-space-size=${NEW_SPACE_MB}`, ...programOf(program)],
    cwd: program,
    input: JSON.stringify(request),
    signal,
    mostOutputBytes: MOST_RESULT,
    onError(text) {
      said = (said + text).slice(-2_000);
    },
  });
  if (status === 0) return JSON.parse(output.trim().split("\n").at(-1) ?? "") as LookResult;
  throw new WorkspaceError(`The look ended without a result: ${said.trim().split("\n").at(-1) || `status ${status}`}`);
}

/** A bundle has the program beside it, also one that a test has built. Sources never run what was built before an edit. */
function programOf(program: string): string[] {
  const own = fileURLToPath(import.meta.url);
  const fromSources = (root: string) => [
    join(root, "scripts", "run-ts.mjs"),
    join(root, "lib", "insights", "insights-main.ts"),
  ];
  if (own.endsWith(".ts")) return fromSources(join(dirname(own), "..", ".."));
  // The code may be in a chunk, one folder below.
  const folders = [dirname(own), dirname(dirname(own))];
  const built = folders.map((folder) => join(folder, "insights.mjs")).find(existsSync);
  if (built === undefined) return fromSources(program);
  const start = `process.exitCode = await (await import(${JSON.stringify(pathToFileURL(built).href)})).main([]);`;
  return ["--input-type=module", "-e", start];
}

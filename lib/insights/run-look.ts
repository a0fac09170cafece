/** Starts a look in a process of its own. */
import { lastWords } from "../process/last-words";
import { runOwnProgram } from "../process/own-program";
import { programArguments } from "../process/program-arguments";
import { WorkspaceError } from "../workspace/path";
import type { LookRequest, LookResult } from "./request";

const HEAP_MB = 4_096;
/** Nearly everything that a look makes stays until its end, so room for new objects saves copying them around. */
const NEW_SPACE_MB = 64;
const MOST_RESULT = 50_000_000;

/** An error and its causes, each with its stack. */
const MOST_SAID = 20_000;

/** Resolves with what a look found. Throws a `WorkspaceError` with one sentence when it ended without a result. */
export async function runLook(
  request: LookRequest,
  { program, signal }: { program: string; signal: AbortSignal },
): Promise<LookResult> {
  let said = "";
  const { status, output } = await runOwnProgram({
    args: [
      `--max-old-space-size=${HEAP_MB}`,
      `--max-semi-space-size=${NEW_SPACE_MB}`,
      ...programArguments("insights", "lib/insights/insights-main.ts", program),
    ],
    cwd: program,
    input: JSON.stringify(request),
    signal,
    mostOutputBytes: MOST_RESULT,
    onError(text) {
      said = (said + text).slice(-MOST_SAID);
    },
  });
  if (status === 0) return JSON.parse(output.trim().split("\n").at(-1) ?? "") as LookResult;
  throw new WorkspaceError(`The look ended without a result: ${lastWords(said) || `status ${status}`}`);
}

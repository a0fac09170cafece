/** Starts checks of a running service in a process of their own. */
import type { CheckResult, WantedChecks } from "@/core/shapes/environments/environments";
import { lastWords } from "../process/last-words";
import { runOwnProgram } from "../process/own-program";
import { programArguments } from "../process/program-arguments";
import type { WantedNumber } from "./numbers";

export interface CheckRequest {
  /** Where the service listens, such as http://127.0.0.1:8080. */
  url: string;
  /** The text of its OpenAPI document; null: it has none. */
  document: string | null;
  /** Shown as the document asks for keys; null: none is known. */
  key: string | null;
  /** The numbers of its requirements. */
  numbers: WantedNumber[];
  wanted: WantedChecks;
}

const MOST_RESULT_BYTES = 20_000_000;
const HEAP_MB = 1_024;

/** An error and its causes, each with its stack. */
const MOST_SAID = 20_000;

/** Resolves with what was found. Throws Error with one sentence when they ended without a result. */
export async function runChecks(
  request: CheckRequest,
  { program, signal }: { program: string; signal: AbortSignal },
): Promise<CheckResult> {
  let said = "";
  const { status, output } = await runOwnProgram({
    args: [
      `--max-old-space-size=${HEAP_MB}`,
      ...programArguments("checks", "lib/environments/checks-main.ts", program),
    ],
    cwd: program,
    input: JSON.stringify(request),
    signal,
    mostOutputBytes: MOST_RESULT_BYTES,
    onError(text) {
      said = (said + text).slice(-MOST_SAID);
    },
  });
  if (status === 0) return JSON.parse(output.trim().split("\n").at(-1) ?? "") as CheckResult;
  throw new Error(`The checks ended without a result: ${lastWords(said) || `status ${status}`}`);
}

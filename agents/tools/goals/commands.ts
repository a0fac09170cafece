/** Runs the commands of a goal in a clean room, and reads what they print. */
import type { ToolContext } from "@/agents/tools/contract/tool";
import { linesOf } from "@/core/goals/facts/printed";
import { cut } from "@/core/goals/facts/record";
import type { GoalCriterion } from "@/core/log/goal";
import { markOf } from "@/core/rules/claims";
import { plural } from "@/core/words/figures";
import { withoutSequences } from "@/lib/process/printed";
import { type Counts, countTests } from "@/lib/test-reports/counts";
import type { CommandLive, Room, RoomCommand, RoomRun } from "@/lib/workplace/port";

const OUTPUT_BYTES = 1024 * 1024;
/** The longest that one command may take. */
const COMMAND_MS = 30 * 60_000;

export interface Ran {
  /** null: the host ended it. */
  exitStatus: number | null;
  output: string;
  /** The part of the output that people and agents read. */
  told: string;
  counts: Counts | null;
  /** `host:port`s to which its connections were refused. */
  refused: string[];
}

export interface RunOptions {
  withNetwork?: boolean;
  /** Where the command finds itself, with a home of the room's own; absent: where the commands of agents do. */
  place?: RoomCommand["place"];
}

/** Returns the limits of one command of the check. */
export function limitsOf({ timeoutMs }: ToolContext): RoomRun {
  return { timeoutMs: Math.min(COMMAND_MS, timeoutMs), maxOutputBytes: OUTPUT_BYTES };
}

export function liveOf(context: ToolContext): CommandLive {
  return {
    signal: context.signal,
    onActivity: () => context.onActivity?.(),
    onOutput: (text, stream) => context.onOutput?.(text, stream),
  };
}

/** Runs a command in the room. */
export async function run(
  context: ToolContext,
  room: Room,
  command: string,
  { withNetwork = false, place }: RunOptions = {},
): Promise<Ran> {
  context.onProgress?.(`Runs ${cut(command, 200)}`);
  const { network } = context;
  const result = await room.run(
    {
      command,
      ...limitsOf(context),
      ...(place && { place, home: "own" }),
      ...(withNetwork && network?.allowed && { network }),
    },
    liveOf(context),
  );
  context.signal.throwIfAborted();
  const ended = result.endedBy ? `\n[The host stopped the command: ${result.endedBy}.]` : "";
  const output = withoutSequences(`${result.stdout}${result.stderr}${ended}`);
  return {
    exitStatus: result.exitStatus,
    output,
    told: output,
    // A command may run several runners, and some of them report on standard error.
    counts: countTests(`${result.stdout}\n${result.stderr}`),
    refused: result.network?.refused ?? [],
  };
}

/** Returns whether the output shows the criterion. A run of no test shows nothing, unless the criterion says what it must give. */
export function shows(criterion: GoalCriterion, { exitStatus, output, counts }: Ran): boolean {
  const isSaid = criterion.expect !== undefined && criterion.expect !== "";
  return markOf(criterion, { exitStatus, output }).mark === "shown" && (isSaid || !ranNoTest(counts));
}

/** Whether runners reported, but no test passed or failed. */
export function ranNoTest(counts: Counts | null): boolean {
  return counts !== null && counts.passed + counts.failed === 0;
}

const EVIDENCE_CHARS = 300;

/** Returns how a run ended, in a line. */
export function evidenceOf({ exitStatus, told, counts }: Ran): string {
  const ended = exitStatus === null ? "ended by the host" : `exit status ${exitStatus}`;
  const tests = counts ? `, ${testsOf(counts, exitStatus)}` : "";
  const end = lastOf(told, 160).replace(/\s+/g, " ");
  return cut(`${ended}${tests}${end === "" ? ", no output" : `: ${end}`}`, EVIDENCE_CHARS);
}

function testsOf(counts: Counts, exitStatus: number | null): string {
  if (ranNoTest(counts)) return "no test ran";
  // Something else failed, so a share of the tests would say too much.
  if (exitStatus !== 0 && counts.failed === 0) return `${plural(counts.passed, "test")} passed and none failed`;
  return `${counts.passed} of ${counts.passed + counts.failed} tests passed`;
}

/** Returns the end of an output, where runners and compilers say what failed. */
function lastOf(output: string, most: number): string {
  const text = output.trim();
  return text.length <= most ? text : `…${text.slice(1 - most)}`;
}

/** Patterns of lines where runners and compilers begin to say what failed. */
const FAILURE = /^\s*(not ok\b|✖|×|FAIL\b|FAILED\b|●|E\s{2,})|\b(\w*Error|Exception|Traceback|panicked|error)\b.*:/;
const MOST_NAMES = 10;

/** Returns the beginning of a failure for a planner: the failing tests, and the output from the first failure on. */
export function failureOf({ told: output, counts }: Ran, most: number): string {
  const names = counts?.failing.slice(0, MOST_NAMES) ?? [];
  const head = names.length > 0 ? `Failing: ${cut(names.join("; "), Math.floor(most / 3))}\n` : "";
  const lines = linesOf(output);
  const start = lines.findIndex((line) => FAILURE.test(line));
  const left = most - head.length;
  return head + (start < 0 ? lastOf(output, left) : cut(lines.slice(start).join("\n").trim(), left));
}

/** Returns the beginning and the end of an output: programs that install say first what is wrong, and last how they are used. */
export function bothEndsOf(output: string, most: number): string {
  const text = output.trim();
  if (text.length <= most) return text;
  const first = Math.floor(most / 3);
  return `${text.slice(0, first)}\n[…]\n${text.slice(first - most)}`;
}

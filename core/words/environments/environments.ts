/** How environments are called, and what their states are in words. */
import type {
  CheckResult,
  Environment,
  EnvironmentState,
  MeasuredNumber,
} from "@/core/shapes/environments/environments";
import { plural } from "@/core/words/figures";
import type { ShownStatus } from "@/core/words/status";

/** Words for a person, and the status whose sign stands beside them. */
export const STATE_WORDS: Record<EnvironmentState, { word: string; status: ShownStatus }> = {
  waiting: { word: "Waits for its turn", status: "running" },
  preparing: { word: "Is being prepared", status: "running" },
  starting: { word: "Starts", status: "running" },
  running: { word: "Runs", status: "succeeded" },
  asleep: { word: "Sleeps", status: "paused" },
  failed: { word: "Failed", status: "failed" },
  ending: { word: "Ends", status: "stopped" },
};

export function isSettled({ state }: Pick<Environment, "state">): boolean {
  return state === "running" || state === "asleep" || state === "failed";
}

/** One line: what it is and what it does now. */
export function environmentLine({ name, state, why, commit, branch, pull }: Environment): string {
  const of = pull === null ? (branch === null ? "" : ` of ${branch}`) : ` of pull request ${pull}`;
  const at = commit === null ? "" : ` at ${commit.slice(0, 7)}`;
  return `${name}${of}${at}: ${STATE_WORDS[state].word.toLowerCase()}${why === null ? "" : `. ${why}`}`;
}

/** What checks found, the unmeasured first: one line each. */
export function checkLines({ contract, load, numbers, not_measured }: CheckResult): string[] {
  const found = contract?.findings ?? [];
  return [
    ...not_measured.map((sentence) => `Not measured: ${sentence}`),
    ...numbers.flatMap((one) => (one.why === null ? [] : [`Not measured: ${numberTitle(one)}. ${one.why}`])),
    ...numbers.flatMap((one) => (one.why === null ? [numberLine(one)] : [])),
    ...(contract === null ? [] : [contractLine(contract)]),
    ...found.flatMap(({ text, show }) => [`  ${text}`, ...(show === "" ? [] : [`    ${show}`])]),
    ...(load === null ? [] : [loadLine(load)]),
  ];
}

const LIMIT = { at_most: "at most", at_least: "at least", exactly: "exactly" } as const;

function numberTitle({ requirement, what, operation, is, number, unit, at }: MeasuredNumber): string {
  const load = at === null ? "" : ` at ${at}`;
  return `${requirement}: ${what} of ${operation ?? "the service"} ${LIMIT[is]} ${number} ${unit}${load}`;
}

function numberLine(one: MeasuredNumber): string {
  return `${numberTitle(one)}: ${one.measured} ${one.unit}${one.holds ? "" : ", which does not hold"}.`;
}

function contractLine({ requests, operations, accepted, found }: NonNullable<CheckResult["contract"]>): string {
  const asked = `${plural(requests, "generated request")} to ${plural(operations, "operation")}`;
  if (found > 0) return `Contract: ${asked} found ${found} that the document does not allow.`;
  if (accepted.length === 0) return `Contract: no operation accepted one of ${asked}, so nothing is shown.`;
  const some = accepted.length < operations ? ` ${accepted.length} of the operations accepted one.` : "";
  return `Contract: all answers to ${asked} are as the document says.${some}`;
}

function loadLine({ path, connections, requests, errors, seconds, ms, p95_ms }: NonNullable<CheckResult["load"]>) {
  const limit = p95_ms === null ? "" : ` (at most ${p95_ms} ms)`;
  return `Load of ${path}: p95 ${ms.p95} ms${limit}, p50 ${ms.p50} ms, ${plural(errors, "error")} in ${plural(requests, "request")} of ${plural(connections, "connection")} in ${seconds} s.`;
}

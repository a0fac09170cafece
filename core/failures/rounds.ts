/** Finds failures in the record of a goal's round, compared with the records of earlier rounds. Pure. */
import type { RoundRecord } from "@/core/goals/facts/record";
import type { FailureKey } from "./kinds";

export function failuresOfRound(record: RoundRecord, earlier: readonly RoundRecord[]): FailureKey[] {
  const { verdict, stop, ended, doubts, put_back = [] } = record;
  // A person ended the round; the goal's own log says so.
  if (ended) return [];
  if (stop !== undefined) return ["planner_stuck"];
  const sameFiles = earlier.filter(({ files }) => files !== "" && files === record.files);
  const isIdle = verdict === "failed" && earlier.at(-1)?.files === record.files;
  const found: [FailureKey, boolean][] = [
    ["round_failed", verdict === "failed"],
    ["round_worse", verdict === "worse"],
    ["round_repeated", verdict !== "better" && !record.done && !isIdle && sameFiles.length > 0],
    ["same_error", verdict !== "better" && hasSameError(record, earlier)],
    ["flaky_check", sameFiles.some(({ valid }) => valid !== null && record.valid !== null && valid !== record.valid)],
    ["outside_scope", put_back.length > 0],
    // A change that was put back is one of the doubts.
    ["pass_in_doubt", doubts.length > (put_back.length > 0 ? 1 : 0)],
  ];
  return found.flatMap(([kind, isShown]) => (isShown ? [kind] : []));
}

function hasSameError({ error_signature }: RoundRecord, earlier: readonly RoundRecord[]): boolean {
  return error_signature !== null && earlier.some((record) => record.error_signature === error_signature);
}

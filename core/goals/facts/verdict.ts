import type { Check, RoundVerdict } from "./record";

/**
 * Returns the verdict of a round. `seen`: the names of earlier states of the files; `worked`: whether a step succeeded.
 */
export function verdictOf(of: {
  scoreBefore: number;
  score: number;
  files: string;
  seen: readonly string[];
  worked: boolean;
}): RoundVerdict {
  if (of.score > of.scoreBefore) return "better";
  if (!of.worked) return "failed";
  if (of.seen.includes(of.files)) return "repeated";
  return of.score < of.scoreBefore ? "worse" : "same";
}

/** Returns the checks with the judges' verdicts in place: a judge that cannot tell, or gives no answer, says no. */
export function judged(
  checks: readonly Check[],
  verdicts: ReadonlyMap<number, { met: boolean; evidence: string }>,
): Check[] {
  return checks.map((check, at) => {
    const verdict = verdicts.get(at);
    return verdict ? { ...check, met: verdict.met, share: verdict.met ? 1 : 0, evidence: verdict.evidence } : check;
  });
}

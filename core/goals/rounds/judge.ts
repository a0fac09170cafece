import { TRIES } from "@/core/goals/facts/answers";
import { readChecked } from "@/core/goals/facts/checked";
import { type Check, cut } from "@/core/goals/facts/record";
import type { ModelMessage } from "@/core/log/model";
import { type Answer, readConversation } from "@/core/programs/conversation";
import { answerTo, idOfCall, resultOf } from "@/core/programs/program";
import { parseVerdict } from "@/core/rules/verdict";

/** Returns the key of the call that has a criterion judged. `at`: its place among the checks. */
export function judgeKey(at: number): string {
  return `judge-${at}`;
}

/** Returns a judge's verdict. Only a clear yes of a judge that ended well counts. */
export function readVerdict(answer: Answer): { met: boolean; evidence: string } {
  const { ok, summary } = resultOf(answer);
  if (!ok) return { met: false, evidence: "The judge ended without a verdict." };
  const { outcome, reasons } = parseVerdict(summary);
  return { met: outcome === "pass", evidence: cut(reasons.join(" "), 300) };
}

/**
 * The findings of a round, from its conversation: the host's checks, and the judges' words by the place of the check.
 */
export interface RoundChecks {
  checks: Check[];
  said: Map<number, string>;
}

/** Returns null for a round that was not checked yet. */
export function checksOfRound(messages: readonly ModelMessage[]): RoundChecks | null {
  const conversation = readConversation(messages);
  const answerOf = (key: string) => answerTo(conversation, idOfCall(conversation, key));
  const checked = TRIES.map((again) => readChecked(answerOf(`check${again}`)?.content ?? "")).find((text) => text);
  if (!checked) return null;
  const said = new Map<number, string>();
  for (const at of checked.checks.keys()) {
    const answer = answerOf(judgeKey(at));
    if (answer) said.set(at, readVerdict(answer).evidence);
  }
  return { checks: checked.checks, said };
}

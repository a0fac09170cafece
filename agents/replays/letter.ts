/** What the proposing task reads about the replays. It sees only the half that does not decide. */
import type { LetterBody } from "@/core/facts";
import { seenReplays } from "@/core/words/trials";
import { pairsOf, type Replay } from "@/db/configuration/replay-rows";
import type { Trial } from "@/db/configuration/trials";

export function replayLetter(trial: Trial, replays: readonly Replay[], isRefused: boolean): LetterBody {
  const { kind, name, version } = trial;
  const what = isRefused
    ? "is refused: it did worse than the live version when ended trees were replayed with both"
    : "was replayed on ended trees, and goes on trial now";
  const text = `Version ${version} of the ${kind} ${name}, which you proposed, ${what}. ${seenReplays(pairsOf(replays, false))}`;
  return { kind: "configured", tools: [], servers: [], by: "Banyan", text };
}

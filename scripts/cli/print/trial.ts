/** A trial as text: both versions, the odds, what decides next, and the commands that end it. */
import type { ShownReplay, Trial, TrialReplays } from "@/core/shapes/improving/trials";
import {
  halfText,
  METRIC_WORDS,
  nextLook,
  oddsText,
  replaysState,
  replayText,
  sideText,
  trialState,
} from "@/core/words/trials";
import { paint } from "./output";
import { oneLine } from "./text";
import { short } from "./words";

export function titleOf({ kind, name, candidate }: Trial): string {
  return `version ${candidate.version} of the ${kind} ${oneLine(name)}`;
}

export function trialLines(trial: Trial): string[] {
  const next = nextLook(trial);
  const isOpen = trial.status === "trial" || trial.status === "replaying";
  return [
    paint("bold", `Trial of ${titleOf(trial)}`),
    oneLine(trialState(trial)),
    `  live       ${sideText(trial.live)}`,
    `  candidate  ${sideText(trial.candidate)}`,
    ...oddsText(trial).map((line) => `  ${line}`),
    METRIC_WORDS[trial.metric],
    ...(trial.replays ? replayLines(trial.replays) : []),
    ...(next ? [next] : []),
    ...(trial.status === "trial" ? [`Without a result it goes back on ${trial.ends_at.slice(0, 10)}.`] : []),
    ...(isOpen ? [`End it: banyan trials take ${short(trial.id)}, or banyan trials back ${short(trial.id)}`] : []),
  ];
}

function replayLines(replays: TrialReplays): string[] {
  if (replays.trees.length === 0) return [replaysState(replays)];
  return [
    replaysState(replays),
    `  ${halfText("decide", replays.decides)}`,
    `  ${halfText("seen by the proposer", replays.shown)}`,
    ...replays.trees.map(({ source_id, decides, live, candidate }) => {
      const of = (replay: ShownReplay) => `${replayText(replay)}${replay.tree_id ? ` (${short(replay.tree_id)})` : ""}`;
      return `  ${short(source_id)}  ${decides ? "decides" : "seen"}  live ${of(live)}, candidate ${of(candidate)}`;
    }),
  ];
}

/** The words of evolution: why no cycle begins, how a cycle stands, and what its agents are told. */
import { isEverywhere } from "@/core/evolution/rules";
import type { CycleState, EvolutionRules, Hold, InsightOfCycle } from "@/core/shapes/evolution";
import type { ProjectInsight } from "@/core/shapes/insights";
import { exactMoney, plural } from "../figures";
import { withoutDisguise } from "../visible";
import { placeOf } from "./insights";
import { type ToldInsight, taskOf } from "./task";

export const CYCLE_WORDS: Record<CycleState, string> = {
  working: "Working",
  open: "Waits for you",
  accepted: "Accepted",
  rejected: "Rejected",
  failed: "Failed",
  stopped: "Stopped",
};

/** Returns why no cycle can begin, as a sentence. */
export function holdSentence(hold: Hold, rules: EvolutionRules): string {
  const sentences: Record<Hold, string> = {
    stopped: "It is stopped: a person resumes it.",
    switched_off: 'Changes of Banyan by agents are switched off: "banyan self" says why.',
    quiet: `No cycle begins between ${rules.quiet?.from} and ${rules.quiet?.until} (${rules.quiet?.zone}).`,
    open: `${plural(rules.most_open, "change")} ${rules.most_open === 1 ? "waits" : "wait"} for a person, as many as the rules allow.`,
    day_cap: `Another cycle could pass the cap of ${exactMoney(rules.day_usd)} for the cycles of a day (UTC).`,
    busy: "A cycle works already.",
    no_check: "The project has no confirmed check, so no cycle could show that its change works.",
    not_looked: "Nobody has looked for insights yet.",
    nothing: "No insight is left that the rules allow and no cycle has tried.",
  };
  return sentences[hold];
}

const MOST_TITLE = 150;

/** Returns what the tree of a cycle is asked. Its first line is the title of the tree. */
export function cycleTask(insight: ToldInsight, { paths }: Pick<EvolutionRules, "paths">, isSelf: boolean): string {
  // Whoever decides about the proposal sees its files; other changes are judged by the host.
  const within = isEverywhere(paths) ? "" : `Change only files that match ${paths.map(line).join(", ")}. `;
  const after = isSelf
    ? `${within}When the change is finished, judge it with check_change and propose it with propose_change.`
    : "Do not commit, push or open anything: Banyan judges the files as you leave them, and delivers them.";
  return `Improve: ${cycleTitle(insight).slice(0, MOST_TITLE)}\n\n${taskOf(insight)}\n\nChange as little as this needs, and nothing else. ${after}`;
}

/** Returns the statement that shows that an insight is dealt with, beside the project's check. */
export function cycleCriterion({ title }: Pick<ProjectInsight, "title">): string {
  return `This is dealt with, and the program does everything else as before: ${line(title)}`;
}

export function cycleTitle({ title, path }: Pick<InsightOfCycle, "title" | "path">): string {
  return line(path === "" ? title : `${title} (${path})`);
}

/** Returns what a change deals with, for the person who decides about it. */
export function cycleReason(insight: InsightOfCycle): string {
  return `Banyan found it: ${line(insight.title)}. Where: ${line(placeOf(insight))}. Score ${insight.score.toFixed(2)}, insight ${insight.id}.`;
}

/** Returns the words with which a refused try goes on. */
export function tryAgainWords(refusal: string, { next, most }: { next: number; most: number }): string {
  return `Banyan has judged the files and does not deliver them yet. ${refusal} Go on in the same folder: this is try ${next} of ${most}.`;
}

function line(text: string): string {
  return withoutDisguise(text).replace(/\s+/g, " ").trim();
}

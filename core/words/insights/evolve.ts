/** How an evolution stands, in the words of the page and of the command line. */
import { MOST_TRIES } from "@/core/evolution/rules";
import type { ChangeKind, EvolutionCycle, EvolutionOfProject, EvolutionRules } from "@/core/shapes/evolution";
import { money, plural } from "../figures";
import type { ShownStatus } from "../status";

export const CYCLE_STATUSES: Record<EvolutionCycle["state"], ShownStatus> = {
  working: "running",
  open: "you",
  accepted: "succeeded",
  rejected: "stopped",
  failed: "failed",
  stopped: "stopped",
};

/** Returns how it stands: what runs, what waits, why no cycle can begin, and what today's cycles cost. */
export function standSentence(evolution: EvolutionOfProject): string {
  const { stopped } = evolution;
  const stop =
    stopped === null ? null : `${stopped.why ?? "It is stopped."} No cycle begins until a person resumes it.`;
  return [stop, goingSentence(evolution), waitSentence(evolution), holdOf(evolution), costSentence(evolution)]
    .filter((sentence) => sentence !== null)
    .join(" ");
}

/** Returns what today's cycles cost of the day's cap. */
export function costSentence({ today_usd, reserved_usd, rules }: EvolutionOfProject): string {
  const reserved = reserved_usd > 0 ? `, and ${money(reserved_usd)} is reserved` : "";
  return `Today’s cycles cost ${money(today_usd)} of ${money(rules.day_usd)}${reserved}.`;
}

/** Returns which trees a stop ends: 2 trees that work stop at once. */
export function stopSentence({ cycles }: Pick<EvolutionOfProject, "cycles">): string {
  // A cycle that waits to begin has no tree.
  const working = cycles.filter(({ state, tree }) => state === "working" && tree !== null).length;
  if (working === 0) return "No tree works now.";
  return working === 1 ? "1 tree that works stops at once." : `${working} trees that work stop at once.`;
}

function goingSentence({ runs, cycles }: EvolutionOfProject): string | null {
  const working = cycles.find(({ state }) => state === "working");
  if (working !== undefined)
    return working.tree === null && working.why !== null ? `A cycle waits to begin: ${working.why}` : "A cycle works.";
  const going = runs.find(({ state }) => state !== "ended");
  if (going === undefined) return runs[0]?.fault ? "The last run failed." : null;
  return going.state === "looking" ? "A run looks for insights." : "A run goes on.";
}

function waitSentence({ cycles, hold }: EvolutionOfProject): string | null {
  // The reason why no cycle can begin says it already.
  if (hold?.code === "open") return null;
  const waiting = cycles.filter(({ state }) => state === "open").length;
  if (waiting === 0) return null;
  return `${plural(waiting, "change")} ${waiting === 1 ? "waits" : "wait"} for you.`;
}

function holdOf({ hold, runs }: EvolutionOfProject): string | null {
  if (hold === null) return runs.every(({ state }) => state === "ended") ? "The next cycle can begin." : null;
  return hold.code === "busy" || hold.code === "stopped" ? null : hold.sentence;
}

/** Returns the rules as names with values, in the order of the form. */
export function rulesShown(rules: EvolutionRules): readonly (readonly [string, string])[] {
  const { quiet, stop_after: after } = rules;
  return [
    ["A cycle costs at most", money(rules.cycle_usd)],
    ["A day (UTC) costs at most", money(rules.day_usd)],
    ["Changes that may wait", String(rules.most_open)],
    ["May change", rules.paths.length === 1 && rules.paths[0] === "**" ? "all files" : rules.paths.join(", ")],
    ["Least score", rules.least_score.toFixed(2)],
    ["Quiet hours", quiet === null ? "none" : `${quiet.from} to ${quiet.until}, ${quiet.zone}`],
    ["Stops after", `${plural(after, "rejection")} in a row`],
  ];
}

/** Returns what a cycle has used: `2 of 3 tries, $0.41 of $2.00`. The gates of a release count no tries of a proposal. */
export function usedText({ tries, cost_usd, cap_usd }: EvolutionCycle, kind: ChangeKind): string {
  const cost = `${money(cost_usd)} of ${money(cap_usd)}`;
  return kind === "proposal" ? cost : `${tries} of ${MOST_TRIES} tries, ${cost}`;
}

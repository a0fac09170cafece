/** What a terminal says of an evolution. Pure. */
import type { EvolutionCycle, EvolutionOfProject, EvolutionRun } from "@/core/shapes/evolution";
import { CYCLE_WORDS } from "@/core/words/insights/evolution";
import { standSentence, usedText } from "@/core/words/insights/evolve";
import { placeOf } from "@/core/words/insights/insights";
import { forgeWords } from "@/core/words/projects";
import { oneLine } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";

const CYCLES_SHOWN = 10;

/** A line that is printed once. */
interface Step {
  key: string;
  line: string;
}

/** Returns everything that has happened in a run so far, oldest first. Later calls return the same steps and more. */
export function stepsOf(evolution: EvolutionOfProject, runId: string): Step[] {
  const { runs, cycles } = evolution;
  const run = runs.find(({ id }) => id === runId);
  const steps = cycles
    .filter((cycle) => cycle.run === runId)
    .toReversed()
    .flatMap((cycle, at) => cycleSteps(cycle, at + 1, evolution));
  if (run?.state !== "ended") return steps;
  return [...steps, { key: "ended", line: `The run ${endOf(run)}. ${oneLine(run.sentence ?? "")}` }];
}

function endOf({ fault }: Pick<EvolutionRun, "fault">): string {
  return fault === null ? "has ended" : "has failed";
}

function cycleSteps(cycle: EvolutionCycle, number: number, evolution: EvolutionOfProject): Step[] {
  const { id, insight, tree, refusals } = cycle;
  const begun = { key: id, line: `Cycle ${number}: ${oneLine(insight.title)} (${oneLine(placeOf(insight))})` };
  const works = tree === null ? [] : [{ key: `${id} tree`, line: `  Tree ${short(tree)} works on it.` }];
  const refused = refusals.map((refusal, at) => ({
    key: `${id} refusal ${at}`,
    line: `  Try ${at + 1} refused: ${oneLine(refusal)}`,
  }));
  if (cycle.state === "working") return [begun, ...works, ...refused];
  const lines = cycle.state === "open" ? waitLines(cycle, evolution) : [endLine(cycle, evolution.change)];
  const ends = lines.map((line) => ({ key: `${id} ${cycle.state} ${line}`, line: `  ${line}` }));
  return [begun, ...works, ...refused, ...ends];
}

function endLine(cycle: EvolutionCycle, kind: EvolutionOfProject["change"]): string {
  const why = cycle.why === null ? "" : ` ${oneLine(cycle.why)}`;
  const { change } = cycle;
  // The id of a review item says nothing to people once it is decided.
  const name = change === null || change.kind === "proposal" ? "" : ` ${oneLine(change.name)}.`;
  return `${CYCLE_WORDS[cycle.state]}.${name}${why} ${usedText(cycle, kind)}.`;
}

/** Returns where a change that waits is, and how a person decides. */
function waitLines(
  { id, tree, change, why }: EvolutionCycle,
  { project, change: kind, folder, forge }: EvolutionOfProject,
): string[] {
  const reason = why === null ? [] : [oneLine(why)];
  const read = tree === null ? [] : [`Read it with: npx banyan diff ${short(tree)}`];
  if (kind === "proposal") {
    const item = change === null ? "" : ` ${short(change.name)}`;
    return [`Its proposal waits in Review: npx banyan reviews${item}`, ...reason];
  }
  if (kind === "pull_request") {
    const at = change?.url ?? change?.name;
    const { pull } = forgeWords(forge);
    return [at ? `Merge or close its ${pull}: ${oneLine(at)}` : `Its ${pull} is being opened.`, ...reason];
  }
  const accept = folder === null ? `accept ${id} --repository FOLDER` : `accept ${id}`;
  return [
    `Its change waits for you: npx banyan evolve ${project} ${accept}, or reject ${id} --reason "…"`,
    ...read,
    ...reason,
  ];
}

export function statusLines(evolution: EvolutionOfProject): string[] {
  const { next, cycles, change, runs } = evolution;
  const waiting = cycles.filter(({ state }) => state === "open");
  const others = cycles.filter(({ state }) => state !== "open").slice(0, CYCLES_SHOWN);
  const about = ({ insight }: Pick<EvolutionCycle, "insight">) =>
    `${oneLine(insight.title)} (${oneLine(placeOf(insight))})`;
  const [last] = runs;
  return [
    oneLine(standSentence(evolution)),
    ...(next === null ? [] : [`Next: ${about({ insight: next })}`]),
    ...waiting.flatMap((cycle) => [
      `${CYCLE_WORDS.open}: ${about(cycle)}, ${usedText(cycle, change)}`,
      ...waitLines(cycle, evolution).map((line) => `  ${line}`),
    ]),
    ...others.map((cycle) => `${CYCLE_WORDS[cycle.state]}: ${about(cycle)}, ${usedText(cycle, change)}`),
    ...(last?.state === "ended" ? [`The last run ${endOf(last)}. ${oneLine(last.sentence ?? "")}`] : []),
  ];
}

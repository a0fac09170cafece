/** KPIs of the work: whether cycles succeed, whether people have to step in, what they cost, and what memory saves. Pure. */
import { LEAST_GOALS } from "@/core/lessons/lift";
import { percentile } from "@/core/percentile";
import type { Counted } from "@/core/shapes/kpis";
import { exactMoney, plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import type { Cycle, KpiFacts, MemoryGoal } from "./facts";
import { FEW, type KpiDefinition, meanOf, shareOf, sumOf, within } from "./measure";
import type { Span } from "./spans";

/** Goals that are compared with and without memory ended in so many days, as on the page Memory. */
const MEMORY_DAYS = 90;

export const WORK: KpiDefinition[] = [
  {
    id: "cycles_succeeded",
    group: "work",
    name: "Cycles that succeed",
    formula:
      "cycles that succeeded ÷ (succeeded + failed), of those that ended in the period; stopped ones count neither way",
    source: "the log's entry that ended the root of each goal; the state of each issue of a forge",
    unit: "share",
    target: { at: "above", value: 0.85 },
    least: FEW,
    measure(facts, span) {
      const judged = endedIn(facts, span).filter(({ end }) => end !== "stopped");
      if (judged.length === 0) return { missing: "no_cycle" };
      const sorted = judged.toSorted((a, b) => Number(a.end === "succeeded") - Number(b.end === "succeeded"));
      return shareOf(
        sorted,
        "cycle",
        ({ end }) => end === "succeeded",
        (cycle) => [countedAs(cycle, cycle.end)],
      );
    },
  },
  {
    id: "cycles_with_person",
    group: "work",
    name: "Cycles that needed a person",
    formula:
      "cycles in which a person wrote to a task, retried, resumed, changed or granted more, or decided a review item ÷ cycles that ended in the period",
    source: "the log's entries of people; decided review items",
    unit: "share",
    target: { at: "below", value: 0.1 },
    least: FEW,
    measure(facts, span) {
      const ended = bySteps(endedIn(facts, span));
      if (ended.length === 0) return { missing: "no_cycle" };
      return shareOf(
        ended,
        "cycle",
        ({ steps }) => steps > 0,
        ({ steps, ...cycle }) => (steps > 0 ? [countedAs(cycle, plural(steps, "step"))] : []),
      );
    },
  },
  {
    id: "steps_per_cycle",
    group: "work",
    name: "Steps by people for each cycle",
    formula:
      "messages, retries, resumptions, changes, grants and decisions by people ÷ cycles that ended in the period",
    source: "the log's entries of people; decided review items",
    unit: "number",
    target: { at: "most", value: 2 },
    least: FEW,
    measure(facts, span) {
      const ended = bySteps(endedIn(facts, span));
      if (ended.length === 0) return { missing: "no_cycle" };
      const amount = sumOf(ended.map(({ steps }) => steps));
      return {
        value: amount / ended.length,
        basis: { amount, unit: "number", of: ended.length, noun: "cycle" },
        counted: ended.filter(({ steps }) => steps > 0).map((cycle) => countedAs(cycle, plural(cycle.steps, "step"))),
      };
    },
  },
];

export const COST: KpiDefinition[] = [
  {
    id: "cost_per_cycle",
    group: "cost",
    name: "Cost of a cycle",
    formula: "what the trees of cycles cost ÷ cycles that ended in the period, stopped ones too",
    source: "the cost of each model call and tool, added up by tree",
    unit: "usd",
    target: { at: "below", value: 10 },
    least: FEW,
    measure(facts, span) {
      const ended = endedIn(facts, span).toSorted((a, b) => b.microUsd - a.microUsd);
      if (ended.length === 0) return { missing: "no_cycle" };
      const amount = sumOf(ended.map(({ microUsd }) => microUsd)) / 1_000_000;
      return {
        value: amount / ended.length,
        basis: { amount, unit: "usd", of: ended.length, noun: "cycle" },
        counted: ended.map((cycle) => countedAs(cycle, exactMoney(cycle.microUsd / 1_000_000))),
      };
    },
  },
  {
    id: "rounds_saved",
    group: "cost",
    name: "Rounds saved by memory",
    formula:
      "(mean rounds of goals that were held out − mean rounds with memory) ÷ mean rounds held out, of goals that succeeded in the 90 days before the end of the period",
    source: "how goals ended, with and without lessons",
    unit: "share",
    target: { at: "above", value: 0.3 },
    least: 2 * LEAST_GOALS,
    days: MEMORY_DAYS,
    measure(facts, span) {
      const reached = within(facts.memory, span).filter(({ succeeded }) => succeeded);
      const arm = (name: MemoryGoal["arm"]) => reached.filter((goal) => goal.arm === name);
      const [held, helped] = [arm("without"), arm("with")];
      // As on the page Memory: fewer goals on a side show no difference.
      if (held.length < LEAST_GOALS || helped.length < LEAST_GOALS) {
        const lack = (goals: MemoryGoal[]) => Math.max(0, LEAST_GOALS - goals.length);
        return { missing: "few_goals", lacks: { with: lack(helped), without: lack(held) } };
      }
      const rounds = (goals: MemoryGoal[]) => meanOf(goals.map((goal) => goal.rounds));
      return {
        value: (rounds(held) - rounds(helped)) / rounds(held),
        basis: { amount: null, unit: "number", of: reached.length, noun: "goal" },
        counted: reached.toSorted((a, b) => b.rounds - a.rounds).map(countedGoal),
      };
    },
  },
  {
    id: "time_to_service",
    group: "cost",
    name: "Requirement to running service",
    formula:
      "median of the time from the first task of a project, or from when it was added if that was earlier, to its first promotion to production that was done in the period",
    source: "promotions of services",
    unit: "ms",
    target: { at: "most", value: 86_400_000 },
    least: FEW,
    measure(facts, span) {
      const times = within(facts.services, span).map(({ beganAtMs, endedAtMs }) => endedAtMs - beganAtMs);
      if (times.length === 0) return { missing: "no_services" };
      return {
        value: percentile(times, 0.5),
        basis: { amount: null, unit: "ms", of: times.length, noun: "project" },
        counted: [],
      };
    },
  },
];

/** Cycles that ended in a span. */
export function endedIn({ cycles }: KpiFacts, span: Span): Cycle[] {
  return within(cycles, span);
}

function bySteps(cycles: Cycle[]): Cycle[] {
  return cycles.toSorted((a, b) => b.steps - a.steps);
}

export function countedAs({ tree, title }: Pick<Cycle, "tree" | "title">, says: string): Counted {
  return { kind: "tree", id: tree, title: withoutDisguise(title), says };
}

function countedGoal({ tree, title, rounds, arm }: MemoryGoal): Counted {
  return countedAs({ tree, title }, `${plural(rounds, "round")} ${arm} memory`);
}

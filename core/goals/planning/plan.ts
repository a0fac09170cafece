/**
 * Reads the answers of goal_planner, goal_strategist and judges. A language model may wrap or break its JSON, so
 * reading is lenient.
 */
import { z } from "zod";
import { cut } from "@/core/goals/facts/record";
import type { Goal } from "@/core/log/goal";
import { UNIT_KINDS } from "@/core/log/plans";
import { MOST_RISK, type Unit } from "@/core/plans/unit";
import { jsonIn } from "@/core/programs/json";

/** A unit of a round's plan, with what its executor is told. */
export interface Step extends Unit {
  instruction: string;
  /** What it is expected to change. */
  expects: string;
  /** The criterion that it is for. */
  criterion: string | null;
}

export interface Plan {
  summary: string;
  steps: Step[];
  /** A question to look up first. */
  research: string | null;
  /** What must be possible, in words, and perhaps is not. */
  needs: string[];
  /** Why the goal cannot be reached from here. */
  stop: string | null;
  /** The files outside its scope that the work has to change; null for none. */
  widen: { globs: string[]; why: string } | null;
}

const text = z.string().trim().min(1);
const StepShape = z.object({
  title: text,
  instruction: text,
  executor: text.optional(),
  expects: z.string().optional(),
  criterion: z.string().nullish(),
  after: z.array(z.string()).optional(),
  // An odd estimate or risk is no reason to treat the whole answer as one step.
  deliverable: z.string().nullish().catch(null),
  shown_by: z.string().nullish().catch(null),
  kind: z.enum(UNIT_KINDS).nullish().catch(null),
  minutes: z.number().positive().nullish().catch(null),
  risk: z.int().min(1).max(MOST_RISK).nullish().catch(null),
  risk_why: z.string().nullish().catch(null),
});
const PlanShape = z.object({
  plan: z.string().optional(),
  steps: z.array(StepShape).optional(),
  research: z.string().nullish(),
  // When the plan itself is usable, odd needs are no reason to treat the whole answer as one step.
  needs: z.array(z.string()).nullish().catch(null),
  stop: z.string().nullish(),
  widen: z.array(text.max(200)).max(20).nullish().catch(null),
  widen_why: z.string().nullish().catch(null),
});

/** Returns the plan. An answer that is no plan is one step with the whole answer. */
export function readPlan(answer: string, executor: string): Plan {
  const read = PlanShape.safeParse(jsonIn(answer));
  const given = read.success ? read.data : { plan: answer };
  const stop = given.stop?.trim() || null;
  const steps = (given.steps ?? []).map((step) => stepOf(step, executor));
  const whole: Step = { title: "Work", instruction: answer, executor, expects: "", criterion: null, after: [] };
  return {
    summary: cut((given.plan || steps.map(({ title }) => title).join("; ") || answer).replace(/\s+/g, " ").trim(), 400),
    steps: steps.length > 0 || stop !== null ? steps : [whole],
    research: given.research?.trim() || null,
    needs: given.needs ?? [],
    stop,
    widen: given.widen?.length ? { globs: given.widen, why: cut(given.widen_why?.trim() ?? "", 600) } : null,
  };
}

/** Characters of what a unit says beside its instruction. */
const MOST_TOLD = 600;

function stepOf(step: z.infer<typeof StepShape>, executor: string): Step {
  const { deliverable, shown_by, kind, minutes, risk, risk_why } = step;
  const told = { deliverable, shown_by, risk_why };
  const texts = Object.entries(told).flatMap(([name, text]) => {
    const words = text?.trim();
    return words ? [[name, cut(words, MOST_TOLD)]] : [];
  });
  return {
    title: titleOf(step.title),
    instruction: step.instruction,
    executor: step.executor ?? executor,
    expects: cut(step.expects ?? "", MOST_TOLD),
    criterion: step.criterion ?? null,
    after: (step.after ?? []).map(titleOf),
    ...(Object.fromEntries(texts) as Pick<Step, keyof typeof told>),
    ...(kind && { kind }),
    ...(minutes && { minutes }),
    ...(risk && { risk }),
  };
}

function titleOf(title: string): string {
  return cut(title.replace(/\s+/g, " ").trim(), 150);
}

/**
 * Returns the plan as versions before plans were checked took it: with unique titles, and without predecessors that come
 * later or do not exist.
 */
export function mended(plan: Plan): Plan {
  const titles = new Set<string>();
  const steps = plan.steps.map((step) => {
    const title = titles.has(step.title) ? `${step.title} (${titles.size + 1})` : step.title;
    const after = step.after.filter((other) => titles.has(other));
    titles.add(title);
    return { ...step, title, after };
  });
  return { ...plan, steps };
}

/**
 * Returns the units that a person gives in an answer, as JSON; null when the answer holds none, so that it is words. Fields
 * that a unit leaves out are those of the unit with its title.
 */
export function editedSteps(
  answer: string,
  plan: Plan,
  executor: string,
): { steps: Step[] } | { problem: string } | null {
  const given = jsonIn(answer);
  if (given === null && answer.trim().startsWith("{")) return { problem: "The answer is not whole JSON." };
  if (given === null || typeof given !== "object" || !("steps" in given)) return null;
  const read = EditedShape.safeParse(given);
  if (!read.success) return { problem: problemIn(read.error) };
  const steps = read.data.steps.map((step) => {
    const before = plan.steps.find(({ title }) => title === titleOf(step.title));
    return stepOf({ ...before, ...step, instruction: step.instruction ?? before?.instruction ?? step.title }, executor);
  });
  return { steps };
}

/** What a person edits is read strictly: a value that is ignored would not be noticed. */
const EditedShape = z.object({
  steps: z.array(
    z.strictObject({
      title: text,
      instruction: text.optional(),
      executor: text.optional(),
      expects: z.string().optional(),
      criterion: z.string().nullish(),
      after: z.array(z.string()).optional(),
      deliverable: z.string().nullish(),
      shown_by: z.string().nullish(),
      kind: z.enum(UNIT_KINDS).nullish(),
      minutes: z.number().positive().nullish(),
      risk: z.int().min(1).max(MOST_RISK).nullish(),
      risk_why: z.string().nullish(),
    }),
  ),
});

/** Unit 2 cannot be read: risk: Too big. */
function problemIn({ issues: [issue] }: z.ZodError): string {
  const [, at, ...field] = issue?.path ?? [];
  const unit = typeof at === "number" ? `Unit ${at + 1}` : "The list of units";
  return `${unit} cannot be read: ${[...field, issue?.message].join(": ")}.`;
}

const CriteriaShape = z.object({
  criteria: z
    .array(
      z.object({
        statement: text,
        command: text.nullish(),
        expect: z.union([z.string(), z.number()]).nullish(),
        weight: z.number().positive().nullish(),
      }),
    )
    .min(1)
    .max(30),
  validation_command: z.string().nullish(),
  setup_command: z.string().nullish(),
});

/** Returns the criteria that goal_planner proposes; null when it proposes none. */
export function readCriteria(answer: string): Pick<Goal, "criteria" | "validation_command" | "setup_command"> | null {
  const read = CriteriaShape.safeParse(jsonIn(answer));
  if (!read.success) return null;
  const criteria = read.data.criteria.map(({ statement, command, expect, weight }) => ({
    statement,
    ...(command && { command }),
    ...(command && isGiven(expect) && { expect }),
    weight: weight ?? 1,
  }));
  const { validation_command, setup_command } = read.data;
  return {
    criteria,
    validation_command: validation_command?.trim() || null,
    setup_command: setup_command?.trim() || null,
  };
}

/** Models fill the field with an empty text, which each output contains. */
function isGiven(expect: string | number | null | undefined): expect is string | number {
  return typeof expect === "string" ? expect.trim() !== "" : typeof expect === "number";
}

const StrategyShape = z.object({ strategy: z.string().nullish(), unreachable: z.string().nullish() });

/** Returns what goal_strategist says: another strategy, or why the goal cannot be reached. */
export function readStrategy(answer: string): { strategy: string } | { unreachable: string } {
  const read = StrategyShape.safeParse(jsonIn(answer));
  const unreachable = read.success ? read.data.unreachable?.trim() : "";
  if (unreachable) return { unreachable: cut(unreachable, 400) };
  return { strategy: cut(((read.success && read.data.strategy?.trim()) || answer).replace(/\s+/g, " ").trim(), 400) };
}

/** Whether a strategy is worded differently from those that were tried. */
export function isNewStrategy(strategy: string, tried: readonly string[]): boolean {
  const words = wordsOf(strategy);
  return tried.every((other) => {
    const known = wordsOf(other);
    const shared = [...words].filter((word) => known.has(word)).length;
    return shared / Math.max(1, Math.min(words.size, known.size)) < 0.8;
  });
}

/** Kept, because each turn of a goal compares every look at the strategy with all before it. */
const wordsKept = new Map<string, ReadonlySet<string>>();
const MOST_KEPT = 2_000;

function wordsOf(strategy: string): ReadonlySet<string> {
  const kept = wordsKept.get(strategy);
  if (kept) return kept;
  const words = new Set(strategy.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
  if (wordsKept.size >= MOST_KEPT) wordsKept.clear();
  wordsKept.set(strategy, words);
  return words;
}

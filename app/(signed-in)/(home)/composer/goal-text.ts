/** Reads the fields of a goal in the composer, and writes them. It loads with these fields. Pure. */
import { globsIn } from "@/components/text/globs";
import { DELIVERIES, GOAL_MODES, type GoalFields } from "@/core/log/goal";
import { EMPTY_GOAL, type GoalDraft } from "./empty-goal";

interface GoalProblem {
  problem: { field: keyof GoalDraft; sentence: string };
}

const wrong = (field: keyof GoalDraft, sentence: string): GoalProblem => ({ problem: { field, sentence } });

/** Returns the fields that were set, or the first problem. */
export function goalOf(draft: GoalDraft): { fields: GoalFields } | GoalProblem {
  const criteria = criteriaOf(draft.shows);
  if (typeof criteria === "string") return wrong("shows", criteria);
  const threshold = numberOf(draft.threshold.replace("%", ""));
  if (threshold === undefined || (threshold ?? 1) > 100)
    return wrong("threshold", "The score must be above 0 and at most 100 %.");
  const rounds = numberOf(draft.rounds);
  if (!isWhole(rounds, 10_000)) return wrong("rounds", "Rounds must be a whole number from 1 to 10,000.");
  const minutes = numberOf(draft.minutes);
  if (minutes === undefined || (minutes ?? 1) > 100_000)
    return wrong("minutes", "Minutes must be a number above 0, at most 100,000.");
  const reflectEvery = numberOf(draft.reflectEvery);
  if (!isWhole(reflectEvery, 1_000))
    return wrong("reflectEvery", "The rounds between two looks must be a whole number from 1 to 1,000.");
  const askEvery = numberOf(draft.askEvery);
  if (!isWhole(askEvery, 1_000))
    return wrong("askEvery", "The rounds from one question to the next must be a whole number from 1 to 1,000.");
  const hiddenShare = shareOf(draft.hiddenShare);
  if (hiddenShare === undefined)
    return wrong("hiddenShare", "The hidden share must be a percentage from 0 to below 100, such as 20 %.");
  const delivery = draft.delivery.trim();
  if (draft.onSuccess === "command" && !delivery)
    return wrong("delivery", "Write the command that delivers the files.");
  const fields = {
    mode: GOAL_MODES.find((one) => one === draft.mode),
    executor: draft.executor.trim() || undefined,
    validation_command: draft.check.trim() || undefined,
    setup_command: draft.setup.trim() || undefined,
    criteria: criteria.length > 0 ? criteria : undefined,
    success_threshold: threshold === null ? undefined : threshold / 100,
    max_iterations: rounds ?? undefined,
    max_minutes: minutes ?? undefined,
    scope: globsOf(draft.scope),
    protect: globsOf(draft.protect),
    may_change: globsOf(draft.mayChange),
    hidden: globsOf(draft.hidden),
    hidden_share: hiddenShare ?? undefined,
    reflect_every: reflectEvery ?? undefined,
    ask_every: draft.mode === "supervised" ? (askEvery ?? undefined) : undefined,
    ask: draft.ask === "yes" || undefined,
    on_success: DELIVERIES.find((one) => one === draft.onSuccess),
    delivery_command: draft.onSuccess === "command" ? delivery : undefined,
  };
  return { fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) };
}

/** Returns null for an empty field, undefined for text that is not a number above 0. */
function numberOf(text: string): number | null | undefined {
  const plain = text.replace(/[\s,_]/g, "");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Reads "20 %", "20" or "0.2". Returns null for an empty field and for none, undefined for text that is not a share. */
function shareOf(text: string): number | null | undefined {
  if (/^\s*0\s*%?\s*$/.test(text)) return null;
  const value = numberOf(text.replace("%", ""));
  if (value === null || value === undefined) return value;
  // Without the digits that 33.3 ÷ 100 adds.
  const share = value < 1 && !text.includes("%") ? value : Number((value / 100).toPrecision(12));
  return share < 1 ? share : undefined;
}

function isWhole(value: number | null | undefined, most: number): value is number | null {
  return value === null || (value !== undefined && Number.isInteger(value) && value <= most);
}

type Criteria = NonNullable<GoalFields["criteria"]>;
const MOST_CRITERIA = 50;
/** Before a criterion's expected text or exit status. */
const EXPECTS = "expect ";

/** Reads `statement :: command :: expect TEXT :: weight`, of which only the statement is needed, or returns what is wrong. */
export function criteriaOf(text: string): Criteria | string {
  const criteria: Criteria = [];
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "") continue;
    // With spaces, because commands and names such as `foo::bar` hold colons.
    const [statement = "", command = "", ...rest] = line.split(/\s::(?=\s|$)/).map((part) => part.trim());
    if (!statement || line.startsWith("::")) return "Each line of the criteria begins with what must hold.";
    const extra = extraOf(rest);
    if (typeof extra === "string") return `“${statement.slice(0, 60)}”: ${extra}`;
    if (extra.expect !== undefined && !command)
      return `“${statement.slice(0, 60)}”: an expected output needs a command before it.`;
    criteria.push({ statement, ...(command && { command }), ...extra });
  }
  return criteria.length > MOST_CRITERIA ? `There are at most ${MOST_CRITERIA} criteria.` : criteria;
}

function extraOf(parts: string[]): Pick<Criteria[number], "expect" | "weight"> | string {
  const extra: Pick<Criteria[number], "expect" | "weight"> = {};
  for (const part of parts) {
    if (part.startsWith(EXPECTS)) {
      const expected = part.slice(EXPECTS.length).trim();
      extra.expect = /^\d{1,3}$/.test(expected) ? Number(expected) : expected;
    } else if (Number(part) > 0 && Number.isFinite(Number(part))) extra.weight = Number(part);
    else return "after the command comes a weight above 0, such as 2.";
  }
  return extra;
}

function lineOf({ statement, command, expect, weight }: Criteria[number]): string {
  const hasWeight = weight !== undefined && weight !== 1;
  return [
    statement.replace(/\s+/g, " "),
    ...(command || hasWeight ? [command ?? ""] : []),
    ...(expect === undefined ? [] : [`${EXPECTS}${expect}`]),
    ...(hasWeight ? [String(weight)] : []),
  ].join(" :: ");
}

function globsOf(text: string): string[] | undefined {
  const globs = globsIn(text);
  return globs.length > 0 ? globs : undefined;
}

/** Returns a goal as text. */
export function goalDraftOf(goal: GoalFields | undefined): GoalDraft {
  if (!goal) return EMPTY_GOAL;
  const text = (value: number | undefined) => (value === undefined ? "" : String(value));
  return {
    check: goal.validation_command ?? "",
    shows: (goal.criteria ?? []).map(lineOf).join("\n"),
    mode: goal.mode === "iterative" ? "supervised" : (goal.mode ?? ""),
    executor: goal.executor ?? "",
    threshold: goal.success_threshold === undefined ? "" : String(Math.round(goal.success_threshold * 1_000) / 10),
    rounds: text(goal.max_iterations),
    minutes: text(goal.max_minutes),
    scope: (goal.scope ?? []).join(", "),
    protect: (goal.protect ?? []).join(", "),
    mayChange: (goal.may_change ?? []).join(", "),
    hidden: (goal.hidden ?? []).join(", "),
    // Without the digits that 0.29 × 100 adds.
    hiddenShare: goal.hidden_share ? `${Number((goal.hidden_share * 100).toPrecision(12))} %` : "",
    setup: goal.setup_command ?? "",
    reflectEvery: text(goal.reflect_every),
    askEvery: text(goal.ask_every),
    ask: goal.ask ? "yes" : "",
    onSuccess: goal.on_success ?? "",
    delivery: goal.delivery_command ?? "",
  };
}

/** A plan while a person edits it, and what is wrong with it. Pure. */
import { UNIT_KINDS, type UnitKind } from "@/core/log/plans";
import { faultsOf, type PlanFault } from "@/core/plans/faults";
import type { Unit } from "@/core/plans/unit";
import type { OpenPlan } from "@/core/shapes/plans";
import { faultText } from "@/core/words/plans/plans";

export interface DraftUnit {
  /** Stays the same while the title changes. */
  key: number;
  title: string;
  instruction: string;
  executor: string;
  kind: UnitKind;
  /** As it is typed; empty: Banyan estimates it. */
  minutes: string;
  /** 0: not said. */
  risk: number;
  risk_why: string;
  deliverable: string;
  shown_by: string;
  /** Keys of the units that it waits for. */
  after: number[];
}

export function draftOf({ units, instructions }: OpenPlan): DraftUnit[] {
  return units.map((unit, at) => ({
    key: unit.number,
    title: unit.title,
    instruction: instructions[at] ?? "",
    executor: unit.agent,
    kind: unit.kind,
    minutes: unit.estimate_from === "given" ? String(unit.minutes) : "",
    risk: unit.risk ?? 0,
    risk_why: unit.risk_why,
    deliverable: unit.deliverable,
    shown_by: unit.shown_by,
    after: unit.after,
  }));
}

/** Returns a new unit that waits for nothing. */
export function newUnit(units: readonly DraftUnit[], agent: string): DraftUnit {
  const key = Math.max(0, ...units.map((unit) => unit.key)) + 1;
  const [, kind] = UNIT_KINDS;
  const empty = { title: "", instruction: "", minutes: "", risk: 0, risk_why: "", deliverable: "", shown_by: "" };
  return { key, executor: agent, kind, after: [], ...empty };
}

/** Returns the units as the goal takes them in an answer. */
export function answerOf(units: readonly DraftUnit[]): string {
  const steps = units.map(({ key: _, after, minutes, risk, title, ...unit }, at) => ({
    ...unit,
    title: title.trim(),
    after: unitsOf(units)[at]?.after ?? [],
    minutes: minutes.trim() === "" ? null : Number(minutes),
    risk: risk === 0 ? null : risk,
  }));
  return JSON.stringify({ steps });
}

export interface Problem {
  /** The unit; null for the whole plan. */
  key: number | null;
  field: "title" | "minutes" | "after" | "executor" | "instruction";
  sentence: string;
}

/** Returns what is wrong, by the rules by which the goal checks the plan. */
export function problemsOf(
  units: readonly DraftUnit[],
  { agents, done }: Pick<OpenPlan, "agents" | "done">,
): Problem[] {
  const own = units.flatMap(({ key, title, instruction, minutes }): Problem[] => [
    ...(title.trim() === "" ? [{ key, field: "title" as const, sentence: "The unit has no title." }] : []),
    ...(instruction.trim() === ""
      ? [{ key, field: "instruction" as const, sentence: "The unit has no instruction: say what its agent is to do." }]
      : []),
    ...(minutes.trim() !== "" && !(Number(minutes) > 0)
      ? [{ key, field: "minutes" as const, sentence: `“${minutes}” is no number of minutes above 0.` }]
      : []),
  ]);
  const faults = faultsOf(unitsOf(units), { agents: new Set(agents), done: new Set(done) });
  const keyOf = (title: string) => units.findLast((unit) => unit.title.trim() === title)?.key ?? null;
  return [...own, ...faults.map((fault) => ({ ...placeOf(fault, keyOf), sentence: faultText(fault) }))];
}

function unitsOf(units: readonly DraftUnit[]): Unit[] {
  const titles = new Map(units.map(({ key, title }) => [key, title.trim()]));
  return units.map(({ title, executor, after, minutes }) => ({
    title: title.trim(),
    executor,
    after: after.flatMap((key) => titles.get(key) ?? []),
    ...(Number(minutes) > 0 && { minutes: Number(minutes) }),
  }));
}

function placeOf(fault: PlanFault, keyOf: (title: string) => number | null): Pick<Problem, "key" | "field"> {
  switch (fault.kind) {
    case "no_units":
    case "too_many":
      return { key: null, field: "title" };
    case "cycle":
      return { key: keyOf(fault.units[0] ?? ""), field: "after" };
    case "unknown_predecessor":
      return { key: keyOf(fault.unit), field: "after" };
    case "too_long":
      return { key: keyOf(fault.unit), field: "minutes" };
    case "unknown_agent":
      return { key: keyOf(fault.unit), field: "executor" };
    case "duplicate":
    case "done":
      return { key: keyOf(fault.unit), field: "title" };
  }
}

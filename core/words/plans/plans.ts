/** Plans in words: estimates, what is wrong with a plan, and how it went. Pure. */
import type { Minutes, UnitKind } from "@/core/log/plans";
import { ifItFails } from "@/core/plans/failure";
import type { PlanFault } from "@/core/plans/faults";
import { MOST_MINUTES, MOST_UNITS } from "@/core/plans/unit";
import type { MissedEstimates, PlanUnit, PlanView, UnitState } from "@/core/shapes/plans";
import { money, plural } from "@/core/words/figures";

export const UNIT_STATE_WORDS: Record<UnitState, string> = {
  planned: "Planned",
  running: "Runs",
  done: "Done",
  failed: "Failed",
  stopped: "Stopped",
  not_begun: "Not begun",
};

const KIND_PLURALS: Record<UnitKind, string> = {
  contract: "contracts",
  code: "units of code",
  tests: "units of tests",
  migration: "migrations",
  integration: "integrations",
  documentation: "units of documentation",
  research: "units of research",
  repair: "repairs",
};

/** Returns what is wrong with a plan, as a sentence that says what to do. */
export function faultText(fault: PlanFault): string {
  switch (fault.kind) {
    case "no_units":
      return "The plan has no unit: add one.";
    case "too_many":
      return `The plan has ${fault.count} units, and ${MOST_UNITS} is the most: leave the rest to the next round.`;
    case "duplicate":
      return `Two units have the title “${fault.unit}”: give each its own.`;
    case "unknown_predecessor":
      return `“${fault.unit}” waits for “${fault.after}”, and no unit has that title.`;
    case "cycle":
      return fault.units.length === 2
        ? `“${fault.units[0]}” waits for itself.`
        : `These units wait for each other in a circle: ${fault.units.map((title) => `“${title}”`).join(" → ")}.`;
    case "too_long":
      return `“${fault.unit}” takes ${minutesText(fault.minutes)}, and ${minutesText(MOST_MINUTES)} is the most: split it.`;
    case "unknown_agent":
      return `“${fault.unit}” names the agent ${fault.agent}, and no such agent takes units.`;
    case "done":
      return `“${fault.unit}” is done since an earlier round: leave it out, or plan its repair under another title.`;
  }
}

/** 0.4 · 35 · 255: minutes where there is little room */
export function shortMinutes(minutes: number): string {
  if (minutes < 0.1) return "<0.1";
  return String(minutes < 10 ? Math.round(minutes * 10) / 10 : Math.round(minutes));
}

/** <0.1 min · 0.4 min · 35 min · 4 h 15 min */
export function minutesText(minutes: number): string {
  if (minutes < 10) return `${shortMinutes(minutes)} min`;
  const whole = Math.round(minutes);
  if (whole < 60) return `${whole} min`;
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} h${rest === 0 ? "" : ` ${String(rest).padStart(2, "0")} min`}`;
}

/** 25 to 50 min · 3 h to 6 h 35 min */
export function rangeText({ low, high }: Pick<Minutes, "low" | "high">): string {
  const [from, to] = [minutesText(low), minutesText(high)];
  if (from === to) return to;
  return high < 60 ? `${from.replace(" min", "")} to ${to}` : `${from} to ${to}`;
}

/** $1.10 to $2.60 · $0.40; null while no cost is known */
export function costText({ cost_usd_low: low, cost_usd_high: high }: Costs): string | null {
  if (low === null || high === null) return null;
  const [from, to] = [money(low), money(high)];
  return from === to ? to : `${from} to ${to}`;
}

type Costs = Pick<PlanUnit, "cost_usd_low" | "cost_usd_high">;

/** $7.80 to $14.20 · $3.10 to $5.20 for 4 of 6 units · no cost known yet */
export function planCostText({ units, cost_units, ...costs }: Costs & { units: number; cost_units: number }): string {
  const text = costText(costs);
  if (text === null) return "no cost known yet";
  return cost_units === units ? text : `${text} for ${cost_units} of ${plural(units, "unit")}`;
}

/** 3 units, 55 min (40 min to 1 h 30 min), $1.10 to $2.60, 1 h 20 min of work */
export function planTotals({ units, minutes, minutes_low, minutes_high, work_minutes, ...costs }: PlanView): string {
  const range = rangeText({ low: minutes_low, high: minutes_high });
  return [
    plural(units.length, "unit"),
    `${minutesText(minutes)} (${range})`,
    planCostText({ ...costs, units: units.length }),
    `${minutesText(work_minutes)} of work`,
    ...(costs.spent_usd ? [`${money(costs.spent_usd)} spent`] : []),
  ].join(", ");
}

/** $3.31 instead of $1.10 to $2.60; null where nothing was charged */
export function chargedText({ spent_usd, ...costs }: Costs & Pick<PlanUnit, "spent_usd">): string | null {
  if (!spent_usd) return null;
  const expected = costText(costs);
  return expected === null ? money(spent_usd) : `${money(spent_usd)} instead of ${expected}`;
}

/** Returns what an estimate rests on: from 6 finished integrations here */
export function basisText({
  estimate_from,
  estimate_count,
  kind,
}: Pick<PlanUnit, "estimate_from" | "estimate_count" | "kind">): string {
  const here = `${estimate_count} finished ${KIND_PLURALS[kind]} here`;
  if (estimate_from === "history") return `from ${here}`;
  if (estimate_from === "table") return "from a table: this project has too few finished units of this kind";
  return estimate_count > 0 ? `as planned; its range from ${here}` : "as planned; its range from a table";
}

/** 5 min instead of 8 min, in range */
export function tookText({
  took_minutes,
  minutes,
  minutes_low,
  minutes_high,
}: Pick<PlanUnit, "took_minutes" | "minutes" | "minutes_low" | "minutes_high">): string {
  if (took_minutes === null) return "";
  const place =
    took_minutes < minutes_low
      ? "faster than its range"
      : took_minutes > minutes_high
        ? "outside its range"
        : "in range";
  return `${minutesText(took_minutes)} instead of ${minutesText(minutes)}, ${place}`;
}

/** Only 4, 6 and 9 are planned again. 1, 2, 3 and 5 go on. */
export function ifItFailsText(units: PlanView["units"], number: number): string {
  const { again, rest } = ifItFails(units, number);
  const planned = `${again.length === 1 ? "is" : "are"} planned again.`;
  if (rest.length === 0) return `${again.length === 1 ? "It" : "All units"} ${planned}`;
  return `Only ${listText(again)} ${planned} ${listText(rest)} ${rest.length === 1 ? "goes" : "go"} on.`;
}

/** 4, 6 and 9 */
function listText(numbers: readonly number[]): string {
  const [last, ...others] = numbers.toReversed();
  return others.length === 0 ? String(last) : `${others.toReversed().join(", ")} and ${last}`;
}

/** Returns that a person cannot have the plan of a round made again any more. */
export function mostReplansText(most: number): string {
  return `This round was planned again ${most} times, which is the most`;
}

/** missed by ± 24 %, 96 of 118 units in range */
export function missedText({ share, units, in_range }: MissedEstimates): string {
  return `missed by ± ${Math.round(share * 100)} %, ${in_range} of ${plural(units, "unit")} in range`;
}

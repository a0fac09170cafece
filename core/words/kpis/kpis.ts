/** The words of KPIs: values, targets, changes, and what is said of all of them. */
import type { Kpi, KpiGroup, Kpis, KpiTarget, KpiUnit, Period } from "@/core/shapes/kpis";
import { duration, exactMoney, money, percent, plural, shortDuration } from "../figures";

const DAY_MS = 86_400_000;

export const GROUP_WORDS: Record<KpiGroup, string> = {
  work: "Work",
  quality: "Quality",
  cost: "Cost and time",
  operations: "Operations",
};

export const VERDICT_WORDS: Record<Exclude<Kpi["verdict"], "none">, string> = {
  met: "Met",
  missed: "Missed",
  few: "Too few to say",
};

const AT_WORDS: Record<KpiTarget["at"], string> = {
  least: "at least",
  most: "at most",
  above: "above",
  below: "below",
};

/**
 * 91 % · +2.1 points · $1.48 · 1.9 · 3 h 42 m. `at`: how its target is meant, so that a value that has just missed it does
 * not look as if it had not.
 */
export function valueText(unit: KpiUnit, value: number, at?: KpiTarget["at"]): string {
  if (unit === "share") return percent(value, 1, at === "most" || at === "above");
  if (unit === "points") return `${signed(beside(value * 100, 0.1, at))} points`;
  if (unit === "usd") {
    if (value > 0 && value < 0.01) return exactMoney(value);
    return money(beside(value, value < 1_000 ? 0.01 : 1, at));
  }
  if (unit === "ms") {
    const ms = beside(value, stepOf(value), at);
    if (ms < 1_000) return `${Math.round(ms)} ms`;
    return ms < 60_000 ? shortDuration(ms) : duration(ms);
  }
  return decimal(beside(value, 0.1, at));
}

/** Rounds to whole steps, away from the side of the target; without a target, whoever shows the value rounds it. */
function beside(value: number, step: number, at: KpiTarget["at"] | undefined): number {
  if (at === undefined) return value;
  // What is a whole number of steps but for the arithmetic of floating point stays what it is.
  const [steps, slip] = [value / step, 1e-6];
  return (at === "most" || at === "above" ? Math.ceil(steps - slip) : Math.floor(steps + slip)) * step;
}

/** The smallest part of a time that its text shows, in milliseconds. */
function stepOf(ms: number): number {
  if (ms < 1_000) return 1;
  if (ms < 10_000) return 100;
  if (ms < 60_000) return 1_000;
  return ms < DAY_MS ? 60_000 : 3_600_000;
}

/** at least 90 % */
export function targetText(unit: KpiUnit, { at, value }: KpiTarget): string {
  return `${AT_WORDS[at]} ${unit === "ms" ? timeText(value) : unit === "points" ? String(value) : valueText(unit, value)}`;
}

/** 200 ms · 1 day */
function timeText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms % DAY_MS === 0 ? plural(ms / DAY_MS, "day") : duration(ms);
}

/** The change since the period before: +4 points · −$0.22; null where there is none to tell. */
export function changeText({ unit, change }: Pick<Kpi, "unit" | "change">): string | null {
  if (change === null) return null;
  if (unit === "share" || unit === "points") return `${signed(change * 100)} points`;
  if (unit === "number") return signed(change);
  const sign = change > 0 ? "+" : change < 0 ? "−" : "±";
  return `${sign}${valueText(unit, Math.abs(change))}`;
}

/** 142 ÷ 156 cycles · 156 tasks */
export function basisText({ basis }: Pick<Kpi, "basis">): string {
  if (basis === null) return "nothing";
  const { amount, unit, of, noun } = basis;
  const counted = `${decimal(of)} ${of === 1 ? noun : pluralOf(noun)}`;
  return amount === null ? counted : `${unit === "number" ? decimal(amount) : valueText(unit, amount)} ÷ ${counted}`;
}

/** 7 of 9 targets are met. */
export function verdictSentence({ items }: Pick<Kpis, "items">): string {
  const judged = items.filter(({ verdict }) => verdict === "met" || verdict === "missed");
  const met = judged.filter(({ verdict }) => verdict === "met").length;
  if (judged.length === 0) return "No target can be judged yet.";
  return `${met} of ${judged.length} ${judged.length === 1 ? "target is" : "targets are"} met.`;
}

/** The KPIs without a figure; those that have a target first. */
export function notMeasured({ items }: Pick<Kpis, "items">): Kpi[] {
  const without = items.filter(({ value }) => value === null);
  return without.toSorted((a, b) => Number(a.target === null) - Number(b.target === null));
}

/** What a time line shows, for people who do not see it. */
export function weeksLabel({ name, unit, weeks, target }: Pick<Kpi, "name" | "unit" | "weeks" | "target">): string {
  const values = weeks.map(({ value }) => (value === null ? "not measured" : valueText(unit, value, target?.at)));
  return `${name} in the last ${weeks.length} weeks, oldest first: ${values.join(", ")}`;
}

/** 2026-10-28 to 2026-11-27; the last day is in it. */
export function periodText({ from, until }: Period): string {
  const last = new Date(Math.max(Date.parse(from), Date.parse(until) - 1)).toISOString();
  return `${from.slice(0, 10)} to ${last.slice(0, 10)}`;
}

/** 12 · 3.4 */
function decimal(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function signed(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return rounded === 0 ? "±0" : rounded > 0 ? `+${rounded}` : `−${-rounded}`;
}

function pluralOf(noun: string): string {
  return /sh$/.test(noun) ? `${noun}es` : `${noun}s`;
}

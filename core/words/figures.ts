/** Figures as people read them. Pure; times are milliseconds. */
import type { Amounts } from "@/core/shapes/shapes";

/** What is a whole number but for the arithmetic of floating point stays what it is. */
const SLIP = 1e-6;

/**
 * $4.10 · $999.99 · $1,234 · $0.0026 · <$0.0001. Rounded down, so that nobody counts on more than there is, and with more
 * decimals below a cent, so that only nothing is $0.00.
 */
export function money(dollars: number): string {
  if (dollars > 0 && dollars < 0.0001) return "<$0.0001";
  const scale = dollars < 0.01 ? 10_000 : 100;
  const down = Math.floor(dollars * scale + SLIP) / scale;
  return down < 1_000 ? decimalMoney(down) : `$${exactCount(Math.floor(down))}`;
}

/** To the micro-dollar, for exact spend, and at least to the cent: $0.00 · $0.25 · $0.000001 */
export function exactMoney(dollars: number): string {
  return decimalMoney(Math.round(dollars * 1e6) / 1e6);
}

function decimalMoney(dollars: number): string {
  return `$${dollars.toFixed(6).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/**
 * 91 % · 99.9 %. Rounded down, so that a share just below the whole, or below what is wanted, does not look like it.
 * `up` rounds the other way, for a share of which little is wanted.
 */
export function percent(share: number, decimals = 0, up = false): string {
  const scale = 10 ** decimals;
  const scaled = share * 100 * scale;
  return `${(up ? Math.ceil(scaled - SLIP) : Math.floor(scaled + SLIP)) / scale} %`;
}

/** 950 · 1.2k · 22k · 200k · 1.3M */
export function count(value: number): string {
  if (value < 1_000) return String(value);
  if (value < 999_500) return `${(value / 1_000).toFixed(value < 9_950 ? 1 : 0)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}

/** 5 s · 12 m · 1 h 05 m · 3 d 4 h */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** <0.1 s · 3.2 s · 12 s · 12 m: how long a call took. */
export function shortDuration(ms: number): string {
  if (ms >= 10_000) return duration(ms);
  return ms < 100 ? "<0.1 s" : `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
}

/** Returns the money spent, or the tokens when nothing was charged. */
export function spentText(spent: Pick<Amounts, "cost_usd" | "tokens">): string {
  const dollars = spent.cost_usd ?? 0;
  const tokens = spent.tokens ?? 0;
  return dollars > 0 || tokens === 0 ? money(dollars) : `${count(tokens)} tokens`;
}

/** $0.25 of $5.00 · 22k tokens. Tokens of a model that costs nothing use up no dollars. */
export function spentOfText(spent: Pick<Amounts, "cost_usd" | "tokens">, cap: number | null): string {
  const isFree = !spent.cost_usd && !!spent.tokens;
  return isFree || cap === null ? spentText(spent) : `${spentText(spent)} of ${money(cap)}`;
}

/** $5.00, 20,000 tokens · no cap */
export function grantText({ cost_usd, tokens, tasks, depth, seconds }: Partial<Amounts>): string {
  const said = <Amount>(amount: Amount | null | undefined, words: (amount: Amount) => string) =>
    amount === null || amount === undefined ? [] : [words(amount)];
  const parts = [
    ...said(cost_usd, money),
    ...said(tokens, (most) => `${exactCount(most)} tokens`),
    ...said(tasks, (most) => plural(most, "task")),
    ...said(depth, (most) => `${plural(most, "level")} of subtasks`),
    ...said(seconds, (most) => duration(most * 1_000)),
  ];
  return parts.join(", ") || "no cap";
}

/** Returns the used share of the cap that is nearest to its end; null without a cap. */
export function spentPart(spent: Amounts, grant: Amounts): number | null {
  const parts: number[] = [];
  for (const unit of ["tokens", "cost_usd"] as const) {
    const cap = grant[unit];
    if (cap !== null && cap > 0) parts.push((spent[unit] ?? 0) / cap);
  }
  return parts.length > 0 ? Math.max(...parts) : null;
}

const EXACT = new Intl.NumberFormat("en-US");

/** 12,345 */
export function exactCount(value: number): string {
  return EXACT.format(value);
}

export function plural(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}

/** 12 B · 4.0 KB · 300 KB · 2.5 MB · 31 GB */
export function bytes(length: number): string {
  let value = length;
  let unit = "B";
  for (const larger of ["KB", "MB", "GB", "TB"]) {
    if (value < 1_024) break;
    value /= 1_024;
    unit = larger;
  }
  return unit === "B" ? `${value} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

const BEGINS_JSON = /^\s*[{[](?:\s*["{[\d\]}]|\s*(?:true|false|null)|\s*$)/;

/** Like `plain`; "" for the JSON of an agent that answers programs, which says nothing to a reader. */
export function plainSentence(line: string): string {
  return BEGINS_JSON.test(line) ? "" : plain(line);
}

/** Returns a line of Markdown without its marks, for one line of plain text. */
export function plain(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d+\.)\s+/, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(`+|\*\*|__)(.+?)\1/g, "$2");
}

/** Whether memory helps, as sentences: the page and the command line show the same. Pure. */
import { LEAST_GOALS, type Lift, type LiftFigure, type LiftFigureName } from "@/core/lessons/lift";
import type { MemoryArm } from "@/core/log/lessons";
import type { Memory } from "@/core/shapes/memory";
import { money, percent, plural } from "./figures";

export const SHOWS_WORDS: Record<LiftFigure["shows"], string> = {
  helps: "Helps",
  harms: "Harms",
  cannot_say: "Cannot say yet",
  not_enough: "Not enough yet",
};

const ARM_WORDS: Record<MemoryArm, string> = { with: "with memory", without: "without memory" };

/** Success is more when it is better; of the other figures less is better. */
const MORE_IS_BETTER: Record<LiftFigureName, boolean> = {
  success: true,
  rounds: false,
  cost: false,
  errors_again: false,
};

/** What a figure says when it helps and when it harms. */
const VERDICTS: Record<LiftFigureName, (helps: boolean, left: string, right: string) => string> = {
  rounds: (helps, left, right) =>
    `Memory ${helps ? "saves" : "costs"} rounds: goals with it need ${left} instead of ${right}.`,
  success: (helps, left, right) =>
    `${helps ? "More" : "Fewer"} goals succeed with memory: ${left} instead of ${right}.`,
  cost: (helps, left, right) => `Goals with memory cost ${helps ? "less" : "more"}: ${left} instead of ${right}.`,
  errors_again: (helps, left, right) =>
    `With memory, goals meet an error again ${helps ? "less" : "more"} often: ${left} times instead of ${right}.`,
};

/** What counts most comes first. */
const ORDER: readonly LiftFigureName[] = ["success", "rounds", "cost", "errors_again"];

/** Returns the answer to "Does it help?" in one or two sentences. Below the least number of goals there is none. */
export function verdictOf({ on, holdout, lift }: Pick<Memory, "on" | "holdout" | "lift">): string {
  const short = shortSide(lift);
  if (short === null) return verdictOfFigures(lift);
  if (!on) return "Memory is off: tasks are shown no lessons.";
  if (holdout === 0 && short === "without")
    return "Nobody can say whether memory helps: no goal runs without it, so there is nothing to compare with.";
  return notEnough(lift, short);
}

/** Returns the side that has too few goals; null when both have enough. */
export function shortSide({ missing }: Pick<Lift, "missing">): MemoryArm | null {
  if (missing.without > 0) return "without";
  return missing.with > 0 ? "with" : null;
}

function notEnough({ goals }: Lift, arm: MemoryArm): string {
  return `Not enough yet: ${goals[arm]} of ${LEAST_GOALS} goals have run ${ARM_WORDS[arm]}.`;
}

/** Returns the same for one project. */
export function shortSentence(lift: Lift): string | null {
  const short = shortSide(lift);
  return short && notEnough(lift, short);
}

function verdictOfFigures({ figures }: Lift): string {
  const known = ORDER.flatMap((name) => figures.filter(({ figure }) => figure === name));
  const said = known.filter(({ shows }) => shows === "harms" || shows === "helps");
  const success = known.find(({ figure }) => figure === "success");
  const open = success?.shows === "cannot_say" ? " Whether more of them succeed cannot be said yet." : "";
  const strongest = said.find(({ shows }) => shows === "harms") ?? said[0];
  if (!strongest) return "It cannot be said yet whether memory helps: no difference is clear enough.";
  const also = strongest.shows === "harms" ? said.find(({ shows }) => shows === "helps") : undefined;
  return [strongest, ...(also ? [also] : [])].map(sentenceOf).join(" ") + open;
}

function sentenceOf({ figure, shows, with: left, without: right }: LiftFigure): string {
  return VERDICTS[figure](shows === "helps", figureText(figure, left), figureText(figure, right));
}

/** 92.3 % · 3.1 · $1.42 */
export function figureText(figure: LiftFigureName, value: number | null): string {
  if (value === null) return "–";
  if (figure === "success") return percent(value, 1);
  return figure === "cost" ? money(value) : tenths(value);
}

/** −1.5 · −$0.56 · +9.9 points */
export function differenceText(figure: LiftFigureName, value: number): string {
  return `${value < 0 ? "−" : "+"}${amountText(figure, value)}${figure === "success" ? " points" : ""}`;
}

/** Returns the interval in words: "0.7 to 2.3 rounds fewer", or "2.6 points fewer to 23.8 more". */
export function intervalText(figure: LiftFigureName, { low, high }: { low: number; high: number }): string {
  const [less, more] = figure === "cost" ? ["less", "more"] : ["fewer", "more"];
  const unit = { success: " points", rounds: " rounds", cost: "", errors_again: " times" }[figure];
  const [from, to] = [amountText(figure, low), amountText(figure, high)];
  if (low >= 0) return `${from} to ${to}${unit} ${more}`;
  if (high <= 0) return `${to} to ${from}${unit} ${less}`;
  return `${from}${unit} ${less} to ${to} ${more}`;
}

function amountText(figure: LiftFigureName, value: number): string {
  const size = Math.abs(value);
  if (figure === "success") return tenths(size * 100);
  return figure === "cost" ? money(size) : tenths(size);
}

function tenths(value: number): string {
  return value.toFixed(1);
}

/** Returns where a difference and its interval stand on a line from worse (0) to better (1); 0.5 is no difference. */
export function placesOf(figure: LiftFigureName, { value, low, high }: NonNullable<LiftFigure["difference"]>) {
  const most = Math.max(Math.abs(low), Math.abs(high), Number.EPSILON) * 1.1;
  const place = (number: number) => 0.5 + (MORE_IS_BETTER[figure] ? number : -number) / most / 2;
  return { value: place(value), from: Math.min(place(low), place(high)), to: Math.max(place(low), place(high)) };
}

/** Returns how goals are held out, and how many were compared. */
export function basisSentence({ on, holdout, lift, days }: Memory): string {
  const { goals } = lift;
  const how = !on
    ? "Memory is off, so goals run without it."
    : holdout === 0
      ? "No goal is held out."
      : `One goal in ${holdout} runs without memory, chosen by a hash of its id before anybody knows how it goes.`;
  const all = goals.with + goals.without;
  return `${how} ${plural(all, "goal")} in ${days} days: ${goals.with} with, ${goals.without} without.`;
}

/** Returns what is known though it proves nothing: what followed after lessons were shown. */
export function knownSentence({ known: { lessons, shown, helped, harmed } }: Pick<Memory, "known">): string {
  if (shown === 0) return "No lesson has been shown yet.";
  return `${plural(lessons, "lesson")} shown ${plural(shown, "time")}; after ${helped} of them a command showed that the task got further, after ${harmed} that it did not.`;
}

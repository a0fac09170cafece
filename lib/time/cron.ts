/** Reads cron expressions, and computes the times that they name in a time zone. */
import { Cron } from "croner";
import cronstrue from "cronstrue";

/** An expression or a time zone that cannot be used, in one sentence. */
export class CronError extends Error {
  override name = "CronError";
  constructor(
    readonly field: "cron" | "zone",
    message: string,
  ) {
    super(message);
  }
}

/** See `ClockChange` in core/shapes/schedules.ts. */
type Odd = "moved" | "first_of_two" | "each_of_two";

export interface Cadence {
  /** The expression in English. */
  words: string;
  /** Returns the times after that moment, at most `most` of them, in order. */
  after(ms: number, most: number): number[];
  /** Returns the last time at or before that moment, or null. */
  latest(ms: number): number | null;
  /** Returns why the wall clock shows another time than the expression, or shows this one twice; null for most times. */
  oddityOf(ms: number): Odd | null;
  /** Returns the times with an oddity in a span, at most two for each change of the clocks. */
  oddTimes(fromMs: number, toMs: number): number[];
}

const EXAMPLE = "`0 9 * * 1-5` for 09:00 on weekdays";
const MOST_CHARACTERS = 200;
const NICKNAMES = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];
const FIELDS = [
  ["minute", "0 to 59"],
  ["hour", "0 to 23"],
  ["day of the month", "1 to 31, or L for the last day"],
  ["month", "1 to 12, or JAN to DEC"],
  ["day of the week", "0 to 7, or SUN to SAT; 0 and 7 are Sunday"],
] as const;
const DAY_MS = 86_400_000;
/** Longer than clocks go back anywhere. */
const SHIFT_MS = 3 * 3_600_000;

/** Returns the times of an expression. Throws CronError. */
export function readCron(given: string, givenZone: string): Cadence {
  const zone = checkedZone(givenZone);
  const expression = checkedExpression(given);
  const cron = open(expression, zone);
  // An hour with a `*` counts real hours, so it begins in each of two equal ones.
  const isFixed = !/[*/]/.test(expression.split(" ").slice(0, 2).join(" ")) && !expression.startsWith("@");
  const offset = offsetsIn(zone);
  const after = (ms: number, most: number) => cron.nextRuns(most, new Date(ms)).map((nextRun) => nextRun.getTime());
  const oddityOf = (ms: number): Odd | null => {
    if (!cron.match(new Date(ms))) return "moved";
    // The same wall clock comes again after the clocks have gone back, or was there before.
    if (offset(ms) > offset(ms + SHIFT_MS) && offset(ms + offset(ms) - offset(ms + SHIFT_MS)) < offset(ms))
      return isFixed ? "first_of_two" : "each_of_two";
    if (offset(ms - SHIFT_MS) > offset(ms) && offset(ms - (offset(ms - SHIFT_MS) - offset(ms))) > offset(ms))
      return isFixed ? null : "each_of_two";
    return null;
  };
  return {
    words: wordsOf(expression),
    after,
    latest: (ms) => cron.previousRuns(1, new Date(ms + 1))[0]?.getTime() ?? null,
    oddityOf,
    oddTimes: (fromMs, toMs) =>
      changesOf(offset, fromMs, toMs).flatMap((changeMs) =>
        after(changeMs - SHIFT_MS, 400)
          .filter((ms) => ms >= fromMs && ms <= changeMs + SHIFT_MS && oddityOf(ms) !== null)
          .slice(0, 2),
      ),
  };
}

/** Returns the time zone of this process. */
export function ownZone(): string {
  // For TZ=:/etc/localtime and others Node names none, or one that it does not know itself, and goes by UTC.
  const zone: string | undefined = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === "Etc/Unknown" ? "UTC" : zone;
}

/** Returns the date and time in a zone, such as “Sun 28 Mar 2027, 03:00”. */
export function localTime(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(ms);
  const part = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${part("weekday")} ${part("day")} ${part("month")} ${part("year")}, ${part("hour")}:${part("minute")}`;
}

function checkedZone(given: string): string {
  const zone = given.trim();
  try {
    // An offset such as +01:00 knows no daylight saving time, so that 09:00 would be 10:00 in summer.
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError();
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    const shown = zone.slice(0, 60);
    throw new CronError("zone", `There is no time zone “${shown}”: give a name such as Europe/Berlin or UTC.`);
  }
  return zone;
}

/** Returns the expression with single spaces. */
function checkedExpression(given: string): string {
  const text = given.trim().replace(/\s+/g, " ");
  const refuse = (sentence: string) => new CronError("cron", sentence);
  if (text === "") throw refuse(`The cron expression is empty: write five parts, such as ${EXAMPLE}.`);
  if (text.length > MOST_CHARACTERS)
    throw refuse(`The cron expression is longer than ${MOST_CHARACTERS} characters: shorten it.`);
  if (text.startsWith("@")) {
    if (NICKNAMES.includes(text.toLowerCase())) return text.toLowerCase();
    throw refuse(`There is no “${text}”: use ${NICKNAMES.join(", ")}, or five parts, such as ${EXAMPLE}.`);
  }
  const parts = text.split(" ");
  if (parts.length !== FIELDS.length) {
    const count = `“${text}” has ${parts.length} ${parts.length === 1 ? "part" : "parts"}`;
    throw refuse(
      `${count}, and a cron expression has five: minute, hour, day of the month, month, day of the week, such as ${EXAMPLE}.`,
    );
  }
  for (const [place, part] of parts.entries()) {
    if (isPart(part, place)) continue;
    const [name, allowed] = FIELDS[place] ?? FIELDS[0];
    throw refuse(`The ${name} “${part}” is not valid: use ${allowed}, with * , - and / as in */15 or 9-17.`);
  }
  return text;
}

/** Whether the part is valid at its place, which names the wrong one without reading a message of the library. */
function isPart(part: string, place: number): boolean {
  // The library puts the present time in place of a question mark.
  if (part.includes("?")) return false;
  try {
    new Cron(FIELDS.map((_, other) => (other === place ? part : "*")).join(" "), { mode: "5-part", paused: true });
    return true;
  } catch {
    return false;
  }
}

function open(expression: string, zone: string): Cron {
  const cron = new Cron(expression, { timezone: zone, mode: "5-part", fixedTimeRule: "no-wildcard" });
  if (cron.nextRun() !== null) return cron;
  throw new CronError("cron", `No day fits “${expression}”: check the day of the month and the month.`);
}

function wordsOf(expression: string): string {
  try {
    return cronstrue.toString(expression, { use24HourTimeFormat: true, verbose: false });
  } catch {
    // It knows fewer of the rare forms.
    return expression;
  }
}

/** Returns a function that tells how many milliseconds the zone is ahead of UTC at a moment. */
function offsetsIn(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (ms) => {
    const name = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
    const [, sign = "+", hours = "0", minutes = "0"] = /^GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };
}

/** Returns the moments at which the offset changes. */
function changesOf(offset: (ms: number) => number, fromMs: number, toMs: number): number[] {
  const found: number[] = [];
  for (let day = fromMs - DAY_MS; day < toMs; day += DAY_MS) {
    if (offset(day) === offset(day + DAY_MS)) continue;
    let [before, after] = [day, day + DAY_MS];
    while (after - before > 60_000) {
      const middle = Math.floor((before + after) / 2);
      if (offset(middle) === offset(day)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

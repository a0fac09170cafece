/** Turns what people choose (“weekdays at 09:00”) into a cron expression, and back where it was made that way. */

export const PATTERNS = ["hour", "day", "weekdays", "week", "month", "cron"] as const;
export type Pattern = (typeof PATTERNS)[number];

export interface Repeat {
  pattern: Pattern;
  /** `HH:MM`; of each hour only the minutes count. */
  time: string;
  /** 0 is Sunday. */
  weekday: string;
  /** 1 to 31, or `L` for the last day. */
  day: string;
  /** The expression of the pattern `cron`. */
  cron: string;
}

export const NEW_REPEAT: Repeat = { pattern: "day", time: "09:00", weekday: "1", day: "1", cron: "0 9 * * *" };

export function cronOf({ pattern, time, weekday, day, cron }: Repeat): string {
  if (pattern === "cron") return cron.trim();
  const [hour = "9", minute = "0"] = time.split(":").map((part) => String(Number(part)));
  switch (pattern) {
    case "hour":
      return `${minute} * * * *`;
    case "day":
      return `${minute} ${hour} * * *`;
    case "weekdays":
      return `${minute} ${hour} * * 1-5`;
    case "week":
      return `${minute} ${hour} * * ${weekday}`;
    case "month":
      return `${minute} ${hour} ${day} * *`;
  }
}

const FORMS: readonly [Pattern, RegExp][] = [
  ["hour", /^(?<minute>\d{1,2}) \* \* \* \*$/],
  ["day", /^(?<minute>\d{1,2}) (?<hour>\d{1,2}) \* \* \*$/],
  ["weekdays", /^(?<minute>\d{1,2}) (?<hour>\d{1,2}) \* \* 1-5$/],
  ["week", /^(?<minute>\d{1,2}) (?<hour>\d{1,2}) \* \* (?<weekday>[0-6])$/],
  ["month", /^(?<minute>\d{1,2}) (?<hour>\d{1,2}) (?<day>L|[12]?\d|3[01]) \* \*$/],
];

/** Returns the choice that makes this expression; the pattern `cron` for any other. */
export function repeatOf(cron: string): Repeat {
  for (const [pattern, form] of FORMS) {
    const { minute, hour = "9", weekday = "1", day = "1" } = form.exec(cron)?.groups ?? {};
    if (minute === undefined || Number(minute) > 59 || Number(hour) > 23) continue;
    return { pattern, time: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`, weekday, day, cron };
  }
  return { ...NEW_REPEAT, pattern: "cron", cron };
}

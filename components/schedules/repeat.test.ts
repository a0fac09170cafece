import { expect, test } from "vitest";
import { cronOf, NEW_REPEAT, repeatOf } from "./repeat";

test("each choice makes an expression that reads back as the same choice", () => {
  const made = [
    [{ pattern: "hour", time: "09:05" }, "5 * * * *"],
    [{ pattern: "day", time: "02:30" }, "30 2 * * *"],
    [{ pattern: "weekdays", time: "09:00" }, "0 9 * * 1-5"],
    [{ pattern: "week", time: "18:45", weekday: "0" }, "45 18 * * 0"],
    [{ pattern: "month", time: "00:00", day: "L" }, "0 0 L * *"],
  ] as const;
  for (const [choice, cron] of made) {
    expect(cronOf({ ...NEW_REPEAT, ...choice })).toBe(cron);
    const { pattern, time } = repeatOf(cron);
    expect([pattern, time.slice(-2)]).toEqual([choice.pattern, choice.time.slice(-2)]);
    expect(cronOf(repeatOf(cron))).toBe(cron);
  }
});

test("any other expression is kept as it is", () => {
  for (const cron of ["*/15 * * * *", "0 9 1 1 *", "0 9 * * 1,3", "@daily", "99 * * * *", ""]) {
    expect(repeatOf(cron)).toMatchObject({ pattern: "cron", cron });
    expect(cronOf(repeatOf(cron))).toBe(cron);
  }
});

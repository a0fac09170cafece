import { expect, test } from "vitest";
import { clockTime } from "./clock-time";

test("a time of day is cut to its minute, and midnight is 00:00", () => {
  const at = (hours: number, minutes: number, seconds: number, ms: number) =>
    clockTime(new Date(2026, 0, 1, hours, minutes, seconds, ms));
  expect(at(17, 27, 59, 999)).toBe("17:27");
  expect(at(17, 28, 0, 0)).toBe("17:28");
  expect(at(0, 5, 0, 0)).toBe("00:05");
  expect(clockTime(new Date(2026, 0, 1, 0, 0, 9), true)).toBe("00:00:09");
});

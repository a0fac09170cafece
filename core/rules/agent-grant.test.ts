import { expect, test } from "vitest";
import { NO_CAPS } from "@/core/log/amounts";
import { withinGrantOf } from "./agent-grant";

test("an agent's own grant can only lower the given grant", () => {
  const given = { tokens: 1_000, microUsd: 5_000_000, tasks: null, depth: 4, seconds: null };
  expect(withinGrantOf(given, null)).toBe(given);
  expect(withinGrantOf(given, {})).toBe(given);
  expect(withinGrantOf(given, { grant: { tokens: 9_000, costUsd: 1.15, depth: 0, seconds: 60 } })).toEqual({
    tokens: 1_000,
    microUsd: 1_150_000,
    tasks: null,
    depth: 0,
    seconds: 60,
  });
  expect(withinGrantOf(NO_CAPS, { grant: { tasks: 3 } })).toEqual({ ...NO_CAPS, tasks: 3 });
});

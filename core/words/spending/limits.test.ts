import { expect, test } from "vitest";
import { USUAL_LIMITS } from "@/core/rules/governor";
import type { LimitEvent } from "@/core/shapes/limits";
import { claimingSentence, limitAmount, limitEventText, limitRemedy, limitSentence, limitSubject } from "./limits";

const DISK = { name: "disk", kind: "level", level: "limit", was: "warning", used: 98.4, max: 98, of: null } as const;

test.each<[Partial<LimitEvent>, string, string]>([
  [
    {},
    "Limit reached: Disk, 98.4 % of 98 %. No task starts until it is below 90 % of the limit.",
    "Disk: Warning → At the limit, 98.4 % of 98 %",
  ],
  [
    { level: "warning", was: "notice", used: 91 },
    "Near the limit: Disk, 91 % of 98 %.",
    "Disk: Notice → Warning, 91 % of 98 %",
  ],
  [
    { level: "notice", was: "limit", used: 80 },
    "Below the limit again: Disk, 80 % of 98 %.",
    "Disk: At the limit → Notice, 80 % of 98 %",
  ],
  [{ level: "ok", was: "notice", used: 10 }, "Back to normal: Disk, 10 % of 98 %.", "Disk: Notice → OK, 10 % of 98 %"],
  [
    { kind: "stop", was: "limit" },
    "Emergency stop: the limit was exceeded 5 times within 10 minutes: Disk, 98.4 % of 98 %. Delete old trees with npx banyan delete TREE, or make the disk larger.",
    "Disk: emergency stop, everything paused, 98.4 % of 98 %",
  ],
  [
    { name: "quota", used: 100, max: 100, of: "anthropic" },
    "Limit reached: Provider quota of anthropic, 100 % of 100 %. Tasks of this provider wait until it returns.",
    "Provider quota of anthropic: Warning → At the limit, 100 % of 100 %",
  ],
  [
    { name: "cost", used: 20, max: 20 },
    "Limit reached: Cost today, $20.00 of $20.00. Tasks park until tomorrow.",
    "Cost today: Warning → At the limit, $20.00 of $20.00",
  ],
])("what happened: %j", (given, sentence, text) => {
  const event = { ...DISK, ...given };
  expect(limitSentence(event, USUAL_LIMITS, null)).toBe(sentence);
  expect(limitEventText(event)).toBe(text);
});

test("where a setting sets the daily cap, the remedy is that setting, because the command is refused", () => {
  expect(limitRemedy("cost", "BANYAN_MAX_USD_PER_DAY")).toBe(
    "Raise BANYAN_MAX_USD_PER_DAY, or wait until tomorrow (UTC).",
  );
  expect(limitRemedy("cost", null)).toContain("npx banyan caps --day USD");
  const stop = { ...DISK, name: "cost", kind: "stop", used: 20, max: 20 } as const;
  expect(limitSentence(stop, USUAL_LIMITS, "BANYAN_MAX_USD_PER_DAY")).toMatch(/of \$20\.00\. Raise BANYAN_MAX_USD_/);
});

test("amounts, subjects, and whether tasks start", () => {
  expect([limitAmount("tokens", 22_000), limitAmount("rounds", 1), limitAmount("cpu", 99.96)]).toEqual([
    "22k tokens",
    "1 round",
    "100 %",
  ]);
  expect(limitSubject({ name: "own_memory", level: "stopped" })).toBe("Banyan's memory: everything is paused");
  expect(claimingSentence({ claiming: "none", held_by: ["disk", "rounds"] })).toBe(
    "No task starts. Limit reached: Disk, Rounds of goals today. Running tasks stop after their turn.",
  );
  expect(claimingSentence({ claiming: "one", held_by: ["memory"] })).toBe(
    "Each worker runs one task at a time. Limit reached: Memory.",
  );
});

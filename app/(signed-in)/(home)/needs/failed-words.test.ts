import { expect, test } from "vitest";
import { remedyOf } from "./failed-words";

const grant = { tokens: null, cost_usd: 1, tasks: null, depth: null, seconds: 1_800 };
const tree = (active_seconds: number, cost_usd: number) => ({
  reason: "out_of_grant" as const,
  grant,
  active_seconds,
  totals: { tasks: 1, ended: 1, tokens_in: 0, tokens_out: 0, cost_usd },
  created_at: "2026-11-01T00:00:00.000Z",
  ended_at: "2026-11-02T00:00:00.000Z",
});

test("a tree that waited for a day gets no more time than it lacks", () => {
  expect(remedyOf(tree(60, 1)).more).toEqual({ usd: 1 });
  expect(remedyOf(tree(1_800, 0.1)).more).toEqual({ seconds: 1_800 });
});

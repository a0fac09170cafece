import { expect, test } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import { packTasks, unpackTasks } from "./packed-tasks";

test("unpacking restores the packed rows", () => {
  const task: Task = {
    id: "t1",
    tree_id: "tree",
    parent_id: "t0",
    role: "work",
    title: 'A "title" </script>',
    agent: "coder",
    model: "anthropic/claude",
    instruction: "",
    status: "waiting",
    reason: "timeout",
    reason_detail: "It took too long.",
    waiting_for: { kind: "answer", tasks: ["t2"], reviews: ["r1"] },
    depends_on: ["t3"],
    parked_until: "2026-01-01T00:00:00.000Z",
    parked_by: "daily_cap",
    switch_to: null,
    paused_by: { name: "Mara", since: "2026-01-01T00:00:01.000Z", is_stepping: false },
    depth: 1,
    attempt: 2,
    tries: 2,
    turns: 3,
    headline: "Reads",
    refused_subtasks: 2,
    result: null,
    summary: null,
    verdict: null,
    grant: { tokens: 1, cost_usd: 2, tasks: 3, depth: 4, seconds: null },
    grant_needed: { tokens: 10, cost_usd: null },
    spent: { tokens: 5, cost_usd: 6, tasks: 7, depth: 8, seconds: 9 },
    created_at: "2026-01-01T00:00:02.000Z",
    started_at: "2026-01-01T00:00:03.000Z",
    ended_at: null,
  };
  expect(unpackTasks(packTasks([task]), "tree")).toEqual([task]);
});

import { expect, test } from "vitest";
import { createCounts } from "./counts";
import { BEYOND_MS, boundOf, FAMILIES, NO_BOUND } from "./families";

test("equal events are one row with their number and sum; taking begins anew", () => {
  const counts = createCounts();
  const labels = { provider: "openai", model: "gpt", direction: "in" };
  counts.add("banyan_model_tokens_total", labels, 1_000);
  // The order of the given labels does not count.
  counts.add("banyan_model_tokens_total", { direction: "in", model: "gpt", provider: "openai" }, 500);
  counts.observe("banyan_queue_wait_seconds", {}, 0.3);
  counts.observe("banyan_queue_wait_seconds", {}, 0.4);
  const tokens = {
    name: "banyan_model_tokens_total",
    labels: '["openai","gpt","in"]',
    up_to_ms: NO_BOUND,
    events: 2,
    sum: 1_500,
  };
  const waits = { name: "banyan_queue_wait_seconds", labels: "[]", up_to_ms: 500, events: 2, sum: 0.7 };
  const taken = counts.take();
  expect(taken).toEqual([tokens, waits]);
  expect(counts.take()).toEqual([]);
  counts.giveBack(taken);
  counts.observe("banyan_queue_wait_seconds", {}, 0.3);
  expect(counts.take()).toEqual([tokens, { ...waits, events: 3, sum: 1 }]);
});

test("a time falls in the first bucket that it does not exceed; a clock that was set back counts as 0", () => {
  const bounds = [0, 0.25, 0.251, 7_200, 7_201].map((seconds) => boundOf("banyan_queue_wait_seconds", seconds));
  expect(bounds).toEqual([250, 250, 500, 7_200_000, BEYOND_MS]);
  const counts = createCounts();
  counts.observe("banyan_queue_wait_seconds", {}, -5);
  expect(counts.take()).toMatchObject([{ up_to_ms: 250, sum: 0 }]);
});

test("after 500 different labels of a family further ones count as other; known ones still count as themselves", () => {
  const counts = createCounts();
  const observe = (tool: string) => counts.observe("banyan_tool_call_duration_seconds", { tool, outcome: "ok" }, 1);
  for (let tool = 0; tool < 510; tool += 1) observe(`tool_${tool}`);
  observe("tool_0");
  const taken = counts.take();
  expect(taken).toHaveLength(501);
  expect(taken.find(({ labels }) => labels === '["other","other"]')?.events).toBe(10);
  expect(taken.find(({ labels }) => labels === '["tool_0","ok"]')?.events).toBe(2);
  // Each family has its own limit.
  counts.add("banyan_tasks_ended_total", { status: "failed" });
  expect(counts.take()).toMatchObject([{ labels: '["failed"]' }]);
});

test("each label of a family is given by its callers, in the order in which it is stored", () => {
  expect(FAMILIES.banyan_http_request_duration_seconds.labels).toEqual(["route", "method", "status"]);
  const counts = createCounts();
  counts.observe("banyan_http_request_duration_seconds", { status: "2xx", route: "/", method: "GET" }, 0.02);
  expect(counts.take()).toMatchObject([{ labels: '["/","GET","2xx"]', up_to_ms: 25 }]);
});

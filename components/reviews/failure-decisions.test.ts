import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dismissTree, failureId, retryTask, retryTree } from "./failure-decisions";
import { HOLD_MS } from "./held-decisions";
import { heldDecisions } from "./use-held-decisions";

const sent: { path: string; body: unknown; key: string | null }[] = [];
const answers: (Response | Error)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (path: string, { body, headers }: RequestInit) => {
    const key = new Headers(headers).get("idempotency-key");
    sent.push({ path, body: JSON.parse(String(body)), key });
    const answer = answers.shift() ?? Response.json({ sentence: "Attempt 2 starts." });
    if (answer instanceof Error) throw answer;
    return answer;
  });
});
afterEach(() => {
  sent.length = 0;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const tree = { id: "t1", root_task_id: "k1", ended_at: "2026-01-01T00:00:00.000Z" };

test("a retry can be undone before it is sent; a repeated try has the same key, so that it starts one attempt", async () => {
  retryTree(tree, { usd: 2 }, "mara");
  expect(heldDecisions().snapshot().get(failureId(tree))).toMatchObject({ state: "held", sentence: "Retried." });
  expect(heldDecisions().undo()).toEqual([failureId(tree)]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(sent).toEqual([]);

  answers.push(new Error("gone"));
  retryTree(tree, { usd: 2 }, "mara");
  await vi.advanceTimersByTimeAsync(HOLD_MS * 2);
  expect(sent.map(({ path, body }) => [path, body])).toEqual([
    ["/api/v1/trees/t1/retry", { cost_usd: 2 }],
    ["/api/v1/trees/t1/retry", { cost_usd: 2 }],
  ]);
  expect(sent[0]?.key).toBe(sent[1]?.key);
  expect(heldDecisions().snapshot().get(failureId(tree))).toMatchObject({
    state: "done",
    sentence: "Attempt 2 starts. To end it, stop the task.",
  });
  // The next failure of the same tree is decided by itself.
  const again = { ...tree, ended_at: "2026-01-01T01:00:00.000Z" };
  dismissTree(again, "mara");
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(sent.at(-1)).toMatchObject({ path: "/api/v1/trees/t1/seen", body: {} });
});

test("a refused retry says why, and quotes the message that was not sent", async () => {
  answers.push(Response.json({ detail: "The task has not ended." }, { status: 409 }));
  retryTask({ id: "k2", ended_at: null }, { message: "Look in readme.md.", model: "a/b" }, "mara");
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(sent[0]).toMatchObject({
    path: "/api/v1/tasks/k2/retry",
    body: { message: "Look in readme.md.", model: "a/b" },
  });
  expect(heldDecisions().snapshot().get("k2@null")).toMatchObject({
    state: "failed",
    sentence: "The task has not ended. Your text was not sent: “Look in readme.md.”",
  });
});

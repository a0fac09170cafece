/** Waits for tasks of other agents that do not end. */
import { TaskState } from "@a2a-js/sdk";
import { ServerCallContext } from "@a2a-js/sdk/server";
import { expect, onTestFinished, test, vi } from "vitest";
import type { A2aTask } from "@/core/a2a/records";
import type { Caller } from "./caller";
import { type Cards, createHandler } from "./handler";

test("a cancel of a task that goes on is answered after 20 seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const task: A2aTask = {
    id: "t1",
    context: "c1",
    refused: null,
    accepts: null,
    ended: null,
    createdAtMs: 0,
    tree: null,
    question: null,
  };
  const app = {
    actor: { id: "1" },
    check: async () => {},
    commands: { stop: async () => {} },
    live: { onTree: () => () => {} },
  };
  const records = { task: () => task, messages: () => [], questions: () => [] };
  const { signal } = new AbortController();
  const caller = { app, records, base: "http://127.0.0.1", signal } as unknown as Caller;
  const handler = createHandler(caller, {} as Cards, { isForbidden: false });
  const canceled = handler.cancelTask({ tenant: "", id: "t1", metadata: undefined }, new ServerCallContext());
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await canceled).status?.state).toBe(TaskState.TASK_STATE_SUBMITTED);
}, 10_000);

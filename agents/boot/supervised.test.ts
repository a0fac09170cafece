/** How a worker stops with the watches beside it. */
import { expect, test, vi } from "vitest";
import type { ModelPort } from "@/core/log/model";
import { startTrial } from "@/tests/agents/trial";

const schedules = vi.hoisted(() => {
  let stopped = () => {};
  const isStopped = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  return { isStopped, stopped: () => stopped() };
});

vi.mock("./on-schedule", () => ({
  beginOnSchedule: () => ({ check: async () => {}, stop: () => schedules.isStopped }),
}));

test("turns have their grace from the beginning of a stop, and the worker leaves after the watches", async () => {
  let asked = () => {};
  let ended = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const isEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const models: ModelPort = {
    respond(_request, { signal }) {
      asked();
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          ended();
          reject(signal.reason);
        }),
      );
    },
  };
  const trial = await startTrial({ runtime: { models, worldTools: [] } });
  await trial.submit({ task: "Do it", agent: "worker", model: "anthropic/test" });
  await isAsked;
  const stopping = trial.worker?.stop(1);
  await isEnded;
  await expect.poll(() => trial.worker?.active()).toBe(0);
  expect(trial.runtime.store.workers.list()).toHaveLength(1);
  schedules.stopped();
  await stopping;
  expect(trial.runtime.store.workers.list()).toEqual([]);
  await trial.close();
}, 30_000);

import { expect, test } from "vitest";
import { trialsOfThisFile } from "@/agents/testing/scenario";
import { healthOf } from "./health";

const start = trialsOfThisFile();

test("it is well while a worker gives signs, and says what is wrong when none does", async () => {
  const now = Date.now();
  const trial = await start(null, { work: false, runtime: { now: () => now } });
  const { store } = trial.runtime;
  expect(healthOf(store, now)).toMatch(/^No worker runs/);
  const worker = await trial.runtime.startWorker({ role: "all" });
  expect(healthOf(store, now)).toBeNull();
  expect(healthOf(store, now + 60_000)).toMatch(/^No worker has given a sign of life for \d+ seconds/);
  await worker.stop(0);
  expect(healthOf(store, now)).toMatch(/^No worker runs/);
});

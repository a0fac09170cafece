import { expect, test } from "vitest";
import { healthOf } from "./health";
import { trialsOfThisFile } from "./testing/scenario";

const start = trialsOfThisFile();

test("it is well while a worker gives signs, and says what is wrong when none does", async () => {
  const trial = await start(null, { work: false });
  const { store } = trial.runtime;
  expect(healthOf(store, Date.now())).toMatch(/^No worker runs/);
  const worker = await trial.runtime.startWorker({ role: "all" });
  expect(healthOf(store, Date.now())).toBeNull();
  expect(healthOf(store, Date.now() + 60_000)).toMatch(/^No worker has given a sign for \d+ seconds/);
  await worker.stop(0);
  expect(healthOf(store, Date.now())).toMatch(/^No worker runs/);
});

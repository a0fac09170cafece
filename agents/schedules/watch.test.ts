/** What a stop does to trees that are just being created. */
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { realTimers } from "@/lib/time/timers";
import { type ScheduleWatchOptions, startScheduleWatch } from "./watch";

test("a stop waits for no clone, and the time stays pending for the next start", async () => {
  const done: string[] = [];
  const run = { id: 1, tree: "t", dueAtMs: 0 };
  const schedule = { uid: "s", name: "Tidy", submission: { task: "Tidy up" }, maker: ownerCalled("tester") };
  let submitted = () => {};
  const isSubmitted = new Promise<void>((resolve) => {
    submitted = resolve;
  });
  const watch = startScheduleWatch({
    store: {
      schedules: {
        ahead: () => [],
        all: () => [],
        due: () => [],
        settleLost: async () => {},
        pending: () => [{ run, schedule }],
        stillPending: () => ({ run, schedule }),
        hasTree: () => false,
        begun: async () => done.push("begun"),
        failed: async () => done.push("failed"),
      },
      halts: { current: () => null },
      people: {},
    },
    submit() {
      submitted();
      return new Promise(() => {});
    },
    timers: realTimers,
    now: () => 0,
    leads: () => true,
    report: (message: string) => done.push(message),
  } as unknown as ScheduleWatchOptions);
  void watch.check();
  await isSubmitted;
  await watch.stop();
  expect(done).toEqual([]);
}, 10_000);

/** How long turns and calls have before a release takes over. */
import { expect, onTestFinished, test, vi } from "vitest";
import { createOrders } from "./launcher-orders";

test("a drain lasts no longer when the clock is set back", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const drained = vi.fn();
  const orders = createOrders({
    commands: {},
    store: {},
    worker: { active: () => 1, drain: () => {} },
    activities: { all: () => [] },
    terminals: { running: () => ["t1"] },
    drained,
    report: () => {},
  } as unknown as Parameters<typeof createOrders>[0]);
  orders.drain({ turnMs: 1_000, callMs: 10_000 });
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(9_000);
  expect(drained).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2_000);
  expect(drained.mock.calls).toEqual([[expect.stringContaining("A background command of task t1 runs")]]);
});

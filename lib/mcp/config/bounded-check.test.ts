import { expect, test } from "vitest";
import { threadCpuMs } from "@/lib/process/cpu-time";
import { inCpuTime } from "./bounded-check";

/** Waits without using the CPU, as a thread does whose turn comes late. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function work(cpuMs: number): void {
  const begun = threadCpuMs();
  while (threadCpuMs() - begun < cpuMs);
}

test("work that has to wait for the CPU has its whole time", () => {
  let tries = 0;
  const done = inCpuTime(() => {
    tries += 1;
    if (tries === 1) pause(400);
    for (;;) {
      work(1);
      if (tries > 1) return "done";
    }
  }, 300);
  expect(done).toEqual({ result: "done" });
});

test("work that uses its time is interrupted", () => {
  const begun = threadCpuMs();
  const done = inCpuTime(() => {
    for (;;);
  }, 100);
  expect(done).toBeNull();
  expect(threadCpuMs() - begun).toBeGreaterThanOrEqual(90);
});

test("what the work throws is passed on", () => {
  const fail = () => {
    throw new RangeError("no");
  };
  expect(() => inCpuTime(fail, 1_000)).toThrow("no");
});

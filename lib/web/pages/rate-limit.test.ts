import { expect, test } from "vitest";
import type { Timers } from "@/lib/time/timers";
import { createRateLimit } from "./rate-limit";

/** A clock that the test advances. */
function clock() {
  let nowMs = 1_000_000;
  const due: { atMs: number; run: () => void }[] = [];
  const timers: Timers = {
    after(ms, run) {
      const entry = { atMs: nowMs + ms, run };
      due.push(entry);
      return () => due.splice(due.indexOf(entry), 1);
    },
    every: () => expect.fail("nothing is repeated"),
  };
  return {
    timers,
    now: () => nowMs,
    waiting: () => due.map(({ atMs }) => atMs - nowMs),
    async pass(ms: number) {
      nowMs += ms;
      for (const entry of due.filter(({ atMs }) => atMs <= nowMs)) {
        due.splice(due.indexOf(entry), 1);
        entry.run();
      }
      await Promise.resolve();
    },
  };
}

const { signal } = new AbortController();

test("sixty requests go out immediately; the next wait a second each, and further ones are told when to retry", async () => {
  const time = clock();
  const limit = createRateLimit({ perMinute: 60, perHostPerMinute: 60, longestWaitMs: 10_000, ...time });
  for (let at = 0; at < 60; at += 1) await limit.take("a.example", signal);
  const late = Array.from({ length: 10 }, (_, at) => limit.take(`host${at}.example`, signal));
  expect(time.waiting()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seconds) => seconds * 1000));
  await expect(limit.take("b.example", signal)).rejects.toThrow(/at most 60.*try again in 11 s/);
  await time.pass(3_000);
  await Promise.all(late.slice(0, 3));
  expect(time.waiting().length).toBe(7);
  await time.pass(70_000);
  await Promise.all(late);
  for (let at = 0; at < 60; at += 1) await limit.take("a.example", signal);
  expect(time.waiting()).toEqual([]);
});

test("each host has its own limit, and a stopped call stops waiting", async () => {
  const time = clock();
  const limit = createRateLimit({ perMinute: 60, perHostPerMinute: 30, longestWaitMs: 3_000, ...time });
  for (let at = 0; at < 30; at += 1) await limit.take("a.example", signal);
  await limit.take("b.example", signal);
  expect(time.waiting()).toEqual([]);
  const stop = new AbortController();
  const stopped = limit.take("a.example", stop.signal);
  expect(time.waiting()).toEqual([2_000]);
  stop.abort(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  await expect(limit.take("a.example", stop.signal)).rejects.toThrow("stopped");
  expect(time.waiting()).toEqual([]);
});

test("thousands of hosts are forgotten again, without raising any host's limit", async () => {
  const time = clock();
  const limit = createRateLimit({ perMinute: 1_000_000, perHostPerMinute: 1, longestWaitMs: 0, ...time });
  for (let at = 0; at < 3_000; at += 1) await limit.take(`host${at}.example`, signal);
  await expect(limit.take("host0.example", signal)).rejects.toThrow("try again in 60 s");
  await time.pass(60_000);
  await limit.take("host0.example", signal);
});

test("a clock that is set back stops nobody", async () => {
  const time = clock();
  const limit = createRateLimit({ perMinute: 60, perHostPerMinute: 1, longestWaitMs: 0, ...time });
  await limit.take("a.example", signal);
  await time.pass(-3_600_000);
  await limit.take("a.example", signal);
  await expect(limit.take("a.example", signal)).rejects.toThrow("try again in 60 s");
});

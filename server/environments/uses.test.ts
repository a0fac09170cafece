/** An environment counts as used while somebody is connected with it. */
import { expect, onTestFinished, test, vi } from "vitest";
import { createUses } from "./uses";

test("an open connection is a visit again and again, until the last one ends", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const used: string[] = [];
  const uses = createUses(async (uid) => void used.push(uid), Date.now);
  const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);
  const told = () => used.splice(0).length;
  expect([uses.begin("a"), uses.begin("a")]).toEqual([null, null]);
  await uses.visit("a");
  await uses.visit("a");
  expect(told()).toBe(1);
  await minutes(20);
  expect(told()).toBeGreaterThanOrEqual(20);
  uses.end("a");
  await minutes(20);
  expect(told()).toBeGreaterThanOrEqual(20);
  uses.end("a");
  await minutes(20);
  expect(told()).toBe(0);
});

test("more than a hundred requests to one environment, or two hundred to all, are refused", () => {
  const uses = createUses(async () => undefined, Date.now);
  const begin = (uid: string, count: number) => Array.from({ length: count }, () => uses.begin(uid)).filter(Boolean);
  expect(begin("a", 101)).toEqual(["More than 100 requests to it"]);
  expect(begin("b", 100)).toEqual([]);
  expect(begin("c", 1)).toEqual(["More than 200 requests to environments"]);
  uses.end("a");
  expect(begin("c", 1)).toEqual([]);
  for (const [uid, count] of [
    ["a", 99],
    ["b", 100],
    ["c", 1],
  ] as const)
    for (let at = 0; at < count; at += 1) uses.end(uid);
});

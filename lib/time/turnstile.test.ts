import { expect, test } from "vitest";
import { createTurnstile } from "./turnstile";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("a limited number of callers pass per turn of the event loop, the others in order in later turns", async () => {
  const pass = createTurnstile(3);
  const through: number[] = [];
  for (let caller = 0; caller < 8; caller += 1) void pass().then(() => through.push(caller));
  await Promise.resolve();
  expect(through).toEqual([0, 1, 2]);
  const counts: number[] = [];
  while (through.length < 8) {
    await nextTurn();
    counts.push(through.length);
  }
  expect(through).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(counts.every((count, at) => count - (counts[at - 1] ?? 3) <= 3)).toBe(true);
});

test("after a pause callers pass immediately again", async () => {
  const pass = createTurnstile(1);
  await pass();
  await pass();
  await nextTurn();
  await nextTurn();
  let isThrough = false;
  void pass().then(() => {
    isThrough = true;
  });
  await Promise.resolve();
  expect(isThrough).toBe(true);
});

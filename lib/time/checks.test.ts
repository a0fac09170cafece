import { expect, test } from "vitest";
import { checkFromNowOn } from "./checks";
import type { Timers } from "./timers";

/** Timers that ring when the test says so, until they are cancelled. */
function bell(): { timers: Timers; ring(): void } {
  let run: (() => void) | null = null;
  const timers: Timers = {
    after: () => () => {},
    every(_ms, given) {
      run = given;
      return () => {
        run = null;
      };
    },
  };
  return { timers, ring: () => run?.() };
}

test("checks at once and at each interval, one at a time, also after a failure, and reports nothing after its end", async () => {
  const { timers, ring } = bell();
  const begun: { settle(error?: Error): void; mayGoOn(): boolean }[] = [];
  const told: unknown[] = [];
  const check = (mayGoOn: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      begun.push({ settle: (error) => (error ? reject(error) : resolve()), mayGoOn });
    });
  const end = checkFromNowOn({ timers, everyMs: 1_000, check, failed: (error) => void told.push(error) });
  ring();
  expect(begun).toHaveLength(1);
  begun[0]?.settle(new Error("full"));
  await expect.poll(() => told).toEqual([new Error("full")]);
  ring();
  expect([begun.length, begun[1]?.mayGoOn()]).toEqual([2, true]);
  end();
  expect(begun[1]?.mayGoOn()).toBe(false);
  begun[1]?.settle(new Error("cut short"));
  await new Promise(setImmediate);
  ring();
  expect([begun.length, told.length]).toEqual([2, 1]);
});

import { expect, test } from "vitest";
import { firstProcessOf, isThere } from "./first-process";

const own = firstProcessOf(process.pid);

test("a living process is there, an ended one and another one with its id are not", () => {
  expect(isThere(own)).toBe(true);
  expect(isThere(own, () => null)).toBe(false);
  expect(isThere(own, () => ({ parent: 1, start: "1" }))).toBe(false);
  expect(isThere({ pid: process.pid, start: null })).toBe(false);
});

test("a process that cannot be looked at without a file descriptor has not ended", () => {
  const short = () => {
    throw Object.assign(new Error("too many open files"), { code: "EMFILE" });
  };
  expect(isThere(own, short)).toBe("unknown");
});

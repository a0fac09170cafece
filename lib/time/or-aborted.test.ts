import { expect, test } from "vitest";
import { orAborted } from "./or-aborted";

test("it settles as the work does", async () => {
  const { signal } = new AbortController();
  expect(await orAborted(async () => 1, signal)).toBe(1);
  await expect(orAborted(() => Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
});

test("an abort leaves the work, whose later failure is nobody's", async () => {
  const ending = new AbortController();
  let fail = () => {};
  const left = orAborted(
    () =>
      new Promise((_, reject) => {
        fail = () => reject(new Error("too late"));
      }),
    ending.signal,
  );
  ending.abort(new Error("The server stops."));
  await expect(left).rejects.toThrow("The server stops.");
  fail();
});

test("nothing begins after the abort", async () => {
  let begun = 0;
  const work = async () => {
    begun += 1;
  };
  await expect(orAborted(work, AbortSignal.abort(new Error("The server stops.")))).rejects.toThrow("stops");
  expect(begun).toBe(0);
});

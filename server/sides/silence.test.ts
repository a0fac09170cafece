import { expect, test } from "vitest";
import type { SideProcess } from "./side-process";
import { watchSilence } from "./silence";

function watched() {
  let clock = 0;
  const ended: string[] = [];
  const sideOf = (name: string) =>
    ({ name, hasEnded: () => ended.includes(name), kill: () => void ended.push(name) }) as unknown as SideProcess;
  const told: number[] = [];
  const watch = watchSilence(
    { silentMs: 60_000, startMs: 600_000 },
    () => clock,
    (_, seconds) => void told.push(seconds),
  );
  const pass = (ms: number, beating: SideProcess[] = []) => {
    for (const endMs = clock + ms; clock < endMs; ) {
      clock += 2_000;
      for (const side of beating) watch.heard(side);
      watch.check();
    }
  };
  const jump = (ms: number) => {
    clock += ms;
  };
  return { watch, ended, told, sideOf, pass, jump };
}

test("a side that is silent beyond the limit is ended once; a side that gives signs of life is not", () => {
  const { watch, ended, told, sideOf, pass } = watched();
  const [web, worker] = [sideOf("web"), sideOf("worker")];
  for (const side of [web, worker]) {
    watch.begin(side);
    watch.ready(side);
  }
  pass(60_000, [web]);
  expect(ended).toEqual([]);
  pass(120_000, [web]);
  expect([ended, told]).toEqual([["worker"], [62]]);
});

test("a start may take long, and a supervisor that was stopped ends no side", () => {
  const { watch, ended, sideOf, pass, jump } = watched();
  const side = sideOf("worker");
  watch.begin(side);
  pass(500_000);
  watch.heard(side);
  watch.ready(side);
  jump(3_600_000);
  pass(50_000);
  expect(ended).toEqual([]);
  pass(20_000);
  expect(ended).toEqual(["worker"]);
});

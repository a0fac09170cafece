import { expect, test } from "vitest";
import { createGlances } from "./glance";

function glancing() {
  const state = { nowMs: 1_000, isWriting: false, value: 1, reads: 0 };
  const glances = createGlances({ now: () => state.nowMs, isWriting: () => state.isWriting });
  const look = glances.of(() => {
    state.reads += 1;
    return state.value;
  });
  return { state, glances, look };
}

test("a glance reads again after 20 ms, after a change, and when the clock was set back", () => {
  const { state, glances, look } = glancing();
  expect([look(), look()]).toEqual([1, 1]);
  state.value = 2;
  state.nowMs += 19;
  expect([look(), state.reads]).toEqual([1, 1]);
  state.nowMs += 1;
  expect([look(), state.reads]).toEqual([2, 2]);
  state.value = 3;
  glances.forget();
  expect(look()).toBe(3);
  state.value = 4;
  state.nowMs -= 3_600_000;
  expect(look()).toBe(4);
});

test("a transaction that writes sees its own value, and nobody sees it after it was rolled back", () => {
  const { state, glances, look } = glancing();
  expect(look()).toBe(1);
  state.isWriting = true;
  state.value = 2;
  expect(look()).toBe(2);
  state.value = 1;
  state.isWriting = false;
  expect(look()).toBe(1);
  glances.forget();
  expect(look()).toBe(1);
});

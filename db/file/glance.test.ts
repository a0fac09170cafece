import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { createGlances } from "./glance";

function glancing() {
  const state = { nowMs: 1_000, isWriting: false, value: 1, reads: 0 };
  const glances = createGlances({ now: () => state.nowMs, isWriting: () => state.isWriting });
  const glance = glances.of(() => {
    state.reads += 1;
    return state.value;
  });
  return { state, glances, look: glance };
}

test("a glance reads again after 20 ms, after a change, and when the clock was set back", () => {
  const { state, glances, look: glance } = glancing();
  expect([glance(), glance()]).toEqual([1, 1]);
  state.value = 2;
  state.nowMs += 19;
  expect([glance(), state.reads]).toEqual([1, 1]);
  state.nowMs += 1;
  expect([glance(), state.reads]).toEqual([2, 2]);
  state.value = 3;
  glances.forget();
  expect(glance()).toBe(3);
  state.value = 4;
  state.nowMs -= 3_600_000;
  expect(glance()).toBe(4);
});

test("a transaction that writes sees its own value, and nobody sees it after it was rolled back", () => {
  const { state, glances, look: glance } = glancing();
  expect(glance()).toBe(1);
  state.isWriting = true;
  state.value = 2;
  expect(glance()).toBe(2);
  state.value = 1;
  state.isWriting = false;
  expect(glance()).toBe(1);
  glances.forget();
  expect(glance()).toBe(1);
});

test("what another connection has committed counts from the next record on, whatever the clock says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-glance-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const open = () => openStore(join(folder, "banyan.db"), { migrations: "drizzle", now: () => 1_000 });
  const [own, other] = [open(), open()];
  await other.spendCaps.change({ dayMicroUsd: 5 }, "somebody");
  await own.log.append(NOBODYS);
  expect(own.spendCaps.read().dayMicroUsd).toBe(5);
  await other.spendCaps.change({ dayMicroUsd: 7 }, "somebody");
  // As long as nothing is written here, a glance is all there is.
  expect(own.spendCaps.read().dayMicroUsd).toBe(5);
  await own.log.append(NOBODYS);
  expect(own.spendCaps.read().dayMicroUsd).toBe(7);
  await Promise.all([own.close(), other.close()]);
});

/** A record of a task that does not exist: its transaction is one like any other, and the fence refuses it. */
const NOBODYS = {
  task: { id: 9, uid: "9", treeId: 9, treeUid: "9", parentId: null },
  lease: 1,
  length: 1,
  entries: [],
  row: {
    agent: "a",
    model: "m",
    attempt: 0,
    turns: 0,
    headline: "",
    tokensIn: 0,
    tokensOut: 0,
    microUsd: 0,
    refused: 0,
    neededTokens: null,
    neededMicroUsd: null,
  },
  spend: { tokensIn: 0, tokensOut: 0, microUsd: 0 },
};

/** Calls to outside agents: how many a minute allows, by a clock that may have been wrong. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";

const NOW = Date.parse("2026-05-01T12:00:00Z");
const YEAR_MS = 365 * 86_400_000;

function opened() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-outside-calls-"));
  let nowMs = NOW;
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle", now: () => nowMs });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  let calls = 0;
  return {
    beginAt(atMs: number) {
      nowMs = atMs;
      calls += 1;
      return store.outsideCalls.begin({ uid: `call-${calls}`, tree: "t", agent: "acme" }, 10);
    },
  };
}

test("ten calls a minute, also after the clock was a year ahead", async () => {
  const { beginAt } = opened();
  for (let at = 0; at < 10; at += 1) expect(await beginAt(NOW + YEAR_MS + at)).toEqual({ kind: "new" });
  for (let at = 0; at < 10; at += 1) expect(await beginAt(NOW + at)).toEqual({ kind: "new" });
  expect(await beginAt(NOW + 20)).toEqual({ kind: "limited", againInMs: 59_980 });
  expect(await beginAt(NOW + 60_000)).toEqual({ kind: "new" });
});

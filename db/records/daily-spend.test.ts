import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { NO_CAPS } from "@/core/log/amounts";
import type { Assignment, Setup } from "@/core/log/entries";
import { openStore } from "@/db/store";
import { task } from "@/tests/agents/specification";
import { createDailySpend, NO_DAILY_CAPS } from "./daily-spend";

const folder = mkdtempSync(join(tmpdir(), "banyan-days-"));
const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a reservation counts against the daily cap until it is settled, even while no worker has its task", async () => {
  const [setup, assignment] = task().map((entry) => entry.content) as [Setup, Assignment];
  await store.trees.insert({
    uid: "tree",
    rootUid: "root",
    title: "root",
    workspace: folder,
    inPlace: false,
    priority: 0,
    createdBy: "anna",
    caps: NO_CAPS,
    setup,
    assignment,
    events: [],
  });
  const { sqlite } = store.client;
  const none = { tokens: null, microUsd: null };
  const nothing = { tokens: 0, microUsd: 0 };
  const days = createDailySpend(sqlite, { all: { tokens: 10_000, microUsd: null }, person: none });
  const { id } = store.queries.trees.findTask("root");
  const treeId = store.queries.trees.findTask("root").treeId;
  expect(days.left(treeId, nothing, 0).tokens).toBe(10_000);
  // The call's worker died and its leases were freed: the next worker charges the reservation.
  for (const status of ["running", "ready"]) {
    sqlite.prepare("UPDATE tasks SET status = ?, reserved_tokens = 8000 WHERE id = ?").run(status, id);
    expect([status, days.left(treeId, nothing, 0).tokens]).toEqual([status, 2_000]);
    expect(days.refusal(treeId, { tokens: 3_000, microUsd: 0 }, 0)?.cap).toEqual({
      unit: "tokens",
      amount: 10_000,
      person: null,
      isHeld: true,
    });
  }
});

test("a person's spend is that of the requested day, whatever the machine's clock shows", () => {
  const days = createDailySpend(store.client.sqlite, NO_DAILY_CAPS);
  const { treeId } = store.queries.trees.findTask("root");
  const noonMs = Date.UTC(2031, 4, 5, 12);
  days.add(treeId, { tokensIn: 40, tokensOut: 2, microUsd: 0 }, noonMs);
  expect(store.supervision.tokensToday("anna", noonMs).spent).toBe(42);
  expect(store.supervision.tokensToday("anna", noonMs + 86_400_000).spent).toBe(0);
});

test("only spend blocks until tomorrow; reservations of calls in flight are free again soon", async () => {
  const { sqlite } = store.client;
  const { id, treeId } = store.queries.trees.findTask("root");
  const days = createDailySpend(sqlite, {
    all: { tokens: 10_000, microUsd: null },
    person: { tokens: null, microUsd: null },
  });
  const noon = 12 * 3_600_000;
  const until = () => days.refusal(treeId, { tokens: 3_000, microUsd: 0 }, noon)?.untilMs;
  sqlite.prepare("UPDATE tasks SET status = 'running', reserved_tokens = 8000 WHERE id = ?").run(id);
  expect(until()).toBe(noon + 15_000);
  sqlite.prepare("UPDATE tasks SET reserved_tokens = 0 WHERE id = ?").run(id);
  expect(until()).toBeUndefined();
  days.add(treeId, { tokensIn: 8_000, tokensOut: 0, microUsd: 0 }, noon);
  expect(until()).toBe(24 * 3_600_000);
});

test("a model that costs nothing is not refused when the money of the day is spent", () => {
  const { treeId } = store.queries.trees.findTask("root");
  const days = createDailySpend(store.client.sqlite, {
    all: { tokens: null, microUsd: 1_000 },
    person: { tokens: null, microUsd: null },
  });
  const noonMs = Date.UTC(2032, 4, 5, 12);
  days.add(treeId, { tokensIn: 40, tokensOut: 2, microUsd: 5_000 }, noonMs);
  expect(days.refusal(treeId, { tokens: 3_000, microUsd: 1 }, noonMs)?.cap.unit).toBe("microUsd");
  expect(days.refusal(treeId, { tokens: 3_000, microUsd: 0 }, noonMs)).toBeNull();
});

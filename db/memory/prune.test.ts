/** Pruning keeps the file level, and keeps what helps. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { LessonReason, LessonStatus } from "@/core/lessons/lesson";
import { EVERY_LESSON } from "@/db/memory/listed";
import { openStore } from "@/db/store";
import { createLessonPruning } from "./prune";

const DAY_MS = 86_400_000;

function opened() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-prune-"));
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle", now: () => nowMs });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { lessons } = store;
  let atMs = 0;
  const add = async (uid: string, status: LessonStatus = "candidate", hasHelped = false) => {
    atMs += 1;
    const reason: LessonReason | null = status === "candidate" ? "imported" : null;
    const text = { kind: "fact", scope: "everywhere", place: null, trigger: `about ${uid}`, signature: null } as const;
    const source = { tree: uid, task: uid, evidence: {}, hasHelped };
    const made = { ...text, uid, advice: `Advice ${uid}`, maker: "host", isTainted: false, reason, by: null } as const;
    await lessons.add([{ ...made, atMs: nowMs + atMs, source }]);
    if (status === "retired") {
      const retired = { to: "retired", reason: "by_person" } as const;
      await lessons.change(uid, { status: retired }, { by: "person", action: "retired", detail: {} });
    }
  };
  const left = () =>
    lessons
      .list(EVERY_LESSON, 100, 0)
      .map(({ uid }) => uid)
      .sort();
  return { store, lessons, add, left, pass: (days: number) => (nowMs += days * DAY_MS) };
}

test("candidates that nobody changed are removed after 180 days, the oldest first, down to the limit", async () => {
  const { store, lessons, add, left, pass } = opened();
  for (const uid of ["old", "older", "oldest"].reverse()) await add(uid);
  await add("live", "live");
  pass(179);
  expect(await lessons.prune(1)).toBe(0);
  pass(2);
  await add("young");
  expect(await lessons.prune(4)).toBe(1);
  expect(left()).toEqual(["live", "old", "older", "young"]);
  expect(await lessons.prune(0)).toBe(2);
  expect(left()).toEqual(["live", "young"]);
  expect(lessons.search("oldest", EVERY_LESSON, 10, 0)).toEqual([]);
  const rows = store.client.sqlite.prepare("SELECT count(*) FROM lesson_sources").pluck().get();
  expect(rows).toBe(2);
});

test("a lesson that a person approves while others are removed stays", async () => {
  const { store, lessons, add, left, pass } = opened();
  for (const uid of ["first", "second", "third"]) await add(uid);
  pass(200);
  let isChosen = false;
  const approvesOne: typeof store.log.write = async (work) => {
    const done = await store.log.write(work);
    if (!isChosen) {
      isChosen = true;
      const live = { status: { to: "live", reason: null }, isApproved: true } as const;
      await lessons.change("second", live, { by: "mara", action: "approved", detail: {} });
    }
    return done;
  };
  expect(await createLessonPruning(store.client.sqlite, { write: approvesOne }).prune(0)).toBe(2);
  expect(left()).toEqual(["second"]);
  expect(lessons.search("second", EVERY_LESSON, 10, 0)).toHaveLength(1);
});

test("nothing is removed below the limit", async () => {
  const { lessons, add, left, pass } = opened();
  await add("old");
  pass(400);
  expect(await lessons.prune(1)).toBe(0);
  expect(left()).toEqual(["old"]);
});

test("retired lessons are removed after a year without a use; those that helped or that a person approved stay", async () => {
  const { lessons, add, left, pass } = opened();
  await add("retired", "retired");
  await add("retired and helpful", "retired", true);
  await add("candidate and helpful", "candidate", true);
  await add("approved", "retired");
  await lessons.change("approved", { isApproved: true }, { by: "person", action: "approved", detail: {} });
  pass(200);
  expect(await lessons.prune(0)).toBe(0);
  pass(166);
  expect(await lessons.prune(0)).toBe(1);
  expect(left()).toEqual(["approved", "candidate and helpful", "retired and helpful"]);
});

test("it is known when lessons were last pruned", async () => {
  const { lessons } = opened();
  expect(lessons.prunedAtMs()).toBeNull();
  await lessons.prune(10);
  expect(lessons.prunedAtMs()).toBe(Date.parse("2026-01-01T00:00:00Z"));
});

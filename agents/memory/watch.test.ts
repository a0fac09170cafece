/** The watch over lessons prunes once a day, and only in the worker that leads. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EVERY_LESSON } from "@/db/memory/listed";
import { openStore } from "@/db/store";
import { startLessonWatch } from "./watch";

const DAY_MS = 86_400_000;
const nothing = () => () => {};

test("lessons are pruned once a day, by the worker that leads", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-lesson-watch-"));
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  let leads = false;
  const now = () => nowMs;
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle", now });
  const watch = startLessonWatch({
    store,
    now,
    maxLessons: 1,
    leads: () => leads,
    timers: { after: nothing, every: nothing },
    redactor: { redact: (text) => text },
    snapshots: { diff: () => Promise.reject(new Error("There are no snapshots.")) },
    report: (message) => expect.unreachable(message),
  });
  onTestFinished(async () => {
    await watch.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const text = { kind: "fact", scope: "everywhere", place: null, signature: null, maker: "import" } as const;
  const add = (uid: string) =>
    store.lessons.add([
      {
        ...text,
        uid,
        trigger: `about ${uid}`,
        advice: `Do ${uid}`,
        isTainted: true,
        reason: "imported",
        by: null,
        atMs: nowMs,
        source: null,
      },
    ]);
  const left = () => store.lessons.list(EVERY_LESSON, 10, 0).map(({ uid }) => uid);
  await add("first");
  await add("second");
  await add("third");
  nowMs += 181 * DAY_MS;
  await watch.check();
  expect(left()).toHaveLength(3);
  leads = true;
  await watch.check();
  expect(left()).toEqual(["third"]);
  await add("fourth");
  nowMs += 181 * DAY_MS;
  await watch.check();
  expect(left()).toEqual(["fourth"]);
  await add("fifth");
  await watch.check();
  expect(left()).toEqual(["fifth", "fourth"]);
});

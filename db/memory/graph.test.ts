/** What lessons belong to, read from rows. No statement reads all lessons. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Sqlite } from "@/db/file/client";
import { createLessonFinder } from "@/db/memory/find-lessons";
import { createLessonGraphReader } from "@/db/memory/graph";
import type { NewLesson } from "@/db/memory/keep";
import { createLessonLists, EVERY_LESSON } from "@/db/memory/listed";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const folder = mkdtempSync(join(tmpdir(), "banyan-graph-"));
const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
const { lessons } = store;
const { sqlite } = store.client;
const NOW = Date.UTC(2026, 10, 26);
let made = 0;
let upTo = 1_000_000;

beforeEach(() => void sqlite.exec("DELETE FROM lessons; INSERT INTO lessons_fts (lessons_fts) VALUES ('delete-all')"));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Adds a lesson. Without given words its advice is unlike any other. */
async function added(uid: string, more: Partial<NewLesson> = {}): Promise<void> {
  made += 1;
  const text = { kind: "error_fix", scope: "repository", place: "/src/shop", signature: "read ECONNRESET" } as const;
  const advice = `Number${made} ${"abcdefgh".slice(made % 8)}${made} does it`;
  const given = { ...text, trigger: "read ECONNRESET", advice, maker: "host", isTainted: false, reason: null } as const;
  const kept = await lessons.add([{ ...given, uid, by: null, atMs: NOW, source: null, ...more }]);
  expect(kept).toEqual([{ uid, isNew: true }]);
}

/** Says that a task was shown a lesson. */
async function showed(uid: string, task: string, why: "signature" | "words" = "signature"): Promise<void> {
  upTo += 1;
  const shown = [{ lesson: uid, unit: task, task, tree: task, seq: 1, why, atMs: NOW + upTo }];
  await lessons.learn({ shown, counted: [], lessons: [], goals: [], upTo });
}

async function taskOf(agent: string, uid: string): Promise<string> {
  await insertSmallTree(store, { uid, instruction: uid, workspace: folder });
  sqlite.prepare("UPDATE tasks SET agent = ? WHERE uid = ?").run(agent, `${uid}-root`);
  return `${uid}-root`;
}

const uids = (found: { uid: string }[]) => found.map(({ uid }) => uid);

test("a lesson's agents are those of the tasks and rounds that made it or were shown it", async () => {
  const [coder, other] = [await taskOf("coder", "a1"), await taskOf("researcher", "a2")];
  const source = { tree: "a1", task: coder, evidence: {}, hasHelped: true };
  await added("one", { source });
  await showed("one", other);
  await showed("one", "a task that is gone");
  expect(lessons.agentsOf("one")).toEqual([
    { agent: "coder", made: 1, shown: 0 },
    { agent: "researcher", made: 0, shown: 1 },
  ]);
  expect(uids(lessons.list({ ...EVERY_LESSON, of: { agent: "researcher" } }, 10, 0))).toEqual(["one"]);
  expect(uids(lessons.list({ ...EVERY_LESSON, of: { agent: "coder" } }, 10, 0))).toEqual(["one"]);
  expect(uids(lessons.list({ ...EVERY_LESSON, of: { agent: "nobody" } }, 10, 0))).toEqual([]);
});

test("an error was met where a lesson for it was made, and where one was shown because of it", async () => {
  const source = { tree: "t", task: "round1", evidence: {}, hasHelped: true };
  await added("one", { source });
  await added("two");
  for (const uid of ["one", "two"]) await showed(uid, "round2");
  await showed("one", "round3", "words");
  expect(lessons.metError("read ECONNRESET")).toEqual({ lessons: 2, met: 2, lastMetMs: NOW + upTo - 1 });
  expect(lessons.metError("another")).toEqual({ lessons: 0, met: 0, lastMetMs: null });
});

test("neighbours share the error, the tasks or the place", async () => {
  await added("middle");
  await added("same error", { place: "/src/other" });
  await added("same place", { signature: null, kind: "fact" });
  await added("same task", { signature: "x", place: "/src/third" });
  await added("everywhere", { signature: "y", place: null, scope: "everywhere" });
  for (const uid of ["middle", "same task"]) await showed(uid, "task1");
  expect(uids(lessons.ofError("read ECONNRESET", 10))).toEqual(["middle", "same error"]);
  expect(uids(lessons.inPlace("/src/shop", 10))).toEqual(["middle", "same place"]);
  expect(uids(lessons.inPlace(null, 10))).toEqual(["everywhere"]);
  expect(uids(lessons.together("middle", 10))).toEqual(["same task"]);
  expect([lessons.countIn("/src/shop"), lessons.countIn(null), lessons.places()]).toEqual([
    2,
    1,
    ["/src/other", "/src/shop", "/src/third"],
  ]);
});

test("lists are narrowed to an error or a place, with their counts", async () => {
  await added("here");
  await added("waits", { reason: "imported" });
  await added("there", { place: "/src/other", signature: "x" });
  const ofShop = { ...EVERY_LESSON, of: { place: "/src/shop" } };
  expect(uids(lessons.list(ofShop, 10, 0))).toEqual(["waits", "here"]);
  expect(uids(lessons.list({ ...ofShop, status: "live" }, 10, 0))).toEqual(["here"]);
  expect(uids(lessons.search("econnreset", { ...EVERY_LESSON, of: { error: "x" } }, 10, 0))).toEqual(["there"]);
  expect(lessons.counted(ofShop).counts).toEqual({ candidate: 1, live: 1, retired: 0 });
  expect(lessons.counted({ ...EVERY_LESSON, of: { error: "x" } }).kinds).toEqual({ error_fix: 1 });
});

test("lessons that mention words: first those with all of them, in a place and everywhere", async () => {
  await added("shop", { advice: "Keep the agent of sockets alive." });
  await added("waits", { reason: "imported", advice: "Open sockets again." });
  await added("all", { place: null, scope: "everywhere", advice: "Try sockets twice." });
  await added("other", { place: "/src/other", advice: "Wait before sockets close." });
  const among = (places: string[] | null) => ({ places, agent: null });
  const found = lessons.mentioning(["econnreset", "sockets"], among(["/src/shop"]), 10);
  expect([uids(found.lessons), found.hasAll]).toEqual([["shop", "all", "waits"], true]);
  const some = lessons.mentioning(["econnreset", "alive", "unheard"], among(null), 1);
  expect([uids(some.lessons).length, some.hasAll]).toEqual([1, false]);
  expect(uids(lessons.mentioning(["sockets"], { places: null, agent: "nobody" }, 10).lessons)).toEqual([]);
});

/** Returns the statements that are prepared. */
function statementsOf(create: (sqlite: Sqlite) => unknown, use: (made: never) => void = () => undefined): string[] {
  const seen: string[] = [];
  const spy = new Proxy(sqlite, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (name === "prepare") seen.push(String(given[0]));
        return Reflect.apply(value, target, given);
      };
    },
  });
  use(create(spy) as never);
  return seen;
}

/** Statements that read from one end of a table and stop at their limit. */
const READ_FROM_AN_END = [
  /ORDER BY lesson\.id DESC LIMIT @limit$/,
  /FROM lesson_uses ORDER BY rowid DESC LIMIT 5000\)/,
];

test("the graph, its lists and its search use indexes: no statement reads all lessons or all their uses", () => {
  const lists = statementsOf(createLessonLists, (made: ReturnType<typeof createLessonLists>) => {
    for (const of of [{ error: "x" }, { place: null }, { agent: "x" }]) made.list({ ...EVERY_LESSON, of }, 1, 0);
  });
  const statements = [
    ...statementsOf(createLessonGraphReader),
    ...statementsOf(createLessonFinder).filter((sql) => sql.includes("MATCH @query")),
    ...lists.filter((sql) => sql.includes("@of")),
  ];
  expect(statements.length).toBeGreaterThan(20);
  const scans = statements.flatMap((sql) => {
    const plan = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({
      limit: 1,
      offset: 0,
      uid: "",
      signature: "",
      place: "",
      places: "[]",
      of: "",
      query: "x",
      repository: null,
      agent: "",
      status: null,
      kind: null,
      isSeed: null,
      most: 1,
    }) as { detail: string }[];
    const read = plan
      .map(({ detail }) => detail)
      .filter((detail) => /^SCAN (lessons?|lesson_\w+|use|other|tasks?|part|source)\b/.test(detail));
    return READ_FROM_AN_END.some((end) => end.test(sql)) ? [] : read.map((detail) => `${detail}: ${sql}`);
  });
  expect(scans).toEqual([]);
});

test("lessons for an error are found by its signature, not among all live lessons", () => {
  const known = statementsOf(createLessonFinder).filter((one) => one.includes("WHERE signature ="));
  const plans = known.map((sql) => {
    const given = sql.includes("@") ? { signature: "x", repository: null, agent: "" } : "x";
    const plan = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(given) as { detail: string }[];
    return plan[0]?.detail.replace(/ lessons? /, " ");
  });
  expect(plans).toEqual(known.map(() => "SEARCH USING INDEX lessons_of_signature (signature=?)"));
  expect(known).toHaveLength(3);
});

test("lists of all lessons read the ends of one index, and counts read only that index", () => {
  const plansOf = (use: (made: ReturnType<typeof createLessonLists>) => void, shown: RegExp) =>
    statementsOf(createLessonLists, use)
      .filter((sql) => shown.test(sql))
      .map((sql) => {
        const given = { limit: 1, offset: 0, most: 1, isSeed: null };
        const plan = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(given) as { detail: string }[];
        return plan.map(({ detail }) => detail).filter((detail) => /lessons|TEMP B-TREE/.test(detail));
      });
  const one = "SEARCH lessons USING COVERING INDEX lessons_by_kind (status=? AND kind=?)";
  const [list = []] = plansOf((made) => made.list(EVERY_LESSON, 1, 0), /LIMIT @most/);
  // Each status and kind reads one end of the index; only the rows that are found are sorted.
  expect(list).toEqual([...Array.from({ length: 18 }, () => one), "USE TEMP B-TREE FOR ORDER BY"]);
  const facts = { ...EVERY_LESSON, status: "live", kind: "fact" } as const;
  expect(plansOf((made) => made.list(facts, 1, 0), /LIMIT @most/)).toEqual([[one, "USE TEMP B-TREE FOR ORDER BY"]]);
  expect(plansOf(() => {}, /GROUP BY status, kind/)).toEqual([
    ["SCAN lessons USING COVERING INDEX lessons_by_kind"],
    ["SCAN lessons USING COVERING INDEX lessons_seeded"],
  ]);
});

/** The graph around a lesson, and answers to questions, from a real database. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NewLesson } from "@/db/memory/keep";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { answerTo, examplesFor } from "./lesson-answer";
import { graphAround, middleOf } from "./lesson-graph";
import { createLessonQueries } from "./lessons";

const folder = mkdtempSync(join(tmpdir(), "banyan-lesson-graph-"));
const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
const NOW = Date.UTC(2026, 10, 26);
const DAY_MS = 86_400_000;
const sources = { store, redactor: { redact: (text: string) => text }, now: () => NOW };
const SHOP = { scope: "repository", place: "https://git.example/team/shop.git" } as const;
let upTo = 1_000_000;

function lesson(uid: string, more: Partial<NewLesson>): NewLesson {
  const text = { kind: "error_fix", scope: "everywhere", place: null, trigger: uid, signature: null } as const;
  const kept = { maker: "host", isTainted: false, reason: null, by: null, atMs: NOW, source: null } as const;
  return { ...text, ...kept, uid, advice: uid, ...more };
}

/** A round or task in which a lesson was shown some days ago, with the outcome by a command. */
async function used(uid: string, task: string, outcome: "helped" | "harmed" | null, days = 0): Promise<void> {
  upTo += 1;
  const atMs = NOW - days * DAY_MS;
  const shown = [{ lesson: uid, unit: task, task, tree: task, seq: 1, why: "signature" as const, atMs }];
  const counted = outcome === null ? [] : [{ lesson: uid, unit: task, outcome, atMs }];
  await store.lessons.learn({ shown, counted, lessons: [], goals: [], upTo });
}

beforeAll(async () => {
  await insertSmallTree(store, { uid: "t1", instruction: "One", workspace: folder });
  store.client.sqlite.exec("UPDATE tasks SET agent = 'coder'");
  const reset = { signature: "read ECONNRESET", trigger: "read ECONNRESET" };
  await store.lessons.add([
    lesson("keep", { ...SHOP, ...reset, advice: "Keep sockets alive between requests." }),
    lesson("retry", { ...reset, advice: "Send the request again once." }),
    lesson("other", { scope: "repository", place: "/src/other", ...reset, advice: "Make the pool larger." }),
    lesson("port", { ...SHOP, signature: "EADDRINUSE", trigger: "EADDRINUSE", advice: "Ask for a free port." }),
    lesson("changelog", { ...SHOP, kind: "approach", trigger: "write a changelog", advice: "Breaking changes first." }),
    lesson("waits", { ...SHOP, ...reset, reason: "imported", advice: "Turn on keepalive in the agent." }),
    lesson("for coder", {
      scope: "agent",
      place: "coder",
      kind: "fact",
      trigger: "tests",
      advice: "Run one file first.",
    }),
    lesson("seed", { kind: "approach", maker: "seed", reason: "seeded", advice: "Read the failing test." }),
  ]);
  for (const task of ["t1-root", "b", "c"]) await used("keep", task, "helped");
  for (const task of ["d", "e", "f", "g"]) await used("retry", task, "helped", 90);
  await used("retry", "h", "harmed", 90);
  await used("port", "i", null);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const ids = (found: { items: { lesson: { id: string } }[] }) => found.items.map(({ lesson: { id } }) => id);

test("the lesson that helped most lately is in the middle, with what it belongs to and its neighbours", () => {
  // "retry" helped more often, but three months ago.
  const middle = middleOf(sources);
  const graph = graphAround(sources, middle);
  expect(graph.total).toBe(8);
  expect(graph.lessons.map(({ id }) => id)).toEqual(["keep", "retry", "port", "other", "changelog", "waits"]);
  expect(graph.errors).toEqual([
    { signature: "read ECONNRESET", lessons: 4, met: 8, last_met_at: new Date(NOW).toISOString() },
    { signature: "EADDRINUSE", lessons: 1, met: 1, last_met_at: new Date(NOW).toISOString() },
  ]);
  expect(graph.agents).toEqual([{ agent: "coder", made: 0, shown: 1 }]);
  expect(graph.links).toEqual([{ lesson: "keep", agent: "coder", made: 0, shown: 1 }]);
  expect(graph.repositories).toEqual([
    { place: SHOP.place, lessons: 4 },
    { place: null, lessons: 2 },
    { place: "/src/other", lessons: 1 },
  ]);
  expect(graph.more).toEqual({ of_error: 0, of_place: 0, agents: 0 });
  expect(examplesFor(graph)).toEqual([
    "what helped with ECONNRESET in shop?",
    "what failed in shop?",
    "what does coder know about ECONNRESET?",
  ]);
});

test("a column holds eight, and the rest is a number", async () => {
  const many = Array.from({ length: 20 }, (_, at) =>
    lesson(`many${at}`, { place: "/src/many", scope: "repository", advice: `Check number${at}` }),
  );
  await store.lessons.add(many);
  const graph = graphAround(sources, store.lessons.get("many3"));
  expect([graph.lessons.length, graph.lessons[0]?.id, graph.more]).toEqual([
    8,
    "many3",
    { of_error: 0, of_place: 12, agents: 0 },
  ]);
});

test("a lesson for one agent belongs to the agent and to no repository", () => {
  const graph = graphAround(sources, store.lessons.get("for coder"));
  expect([graph.repositories, graph.links]).toEqual([[], [{ lesson: "for coder", agent: "coder", made: 0, shown: 0 }]]);
});

test("what helped: live lessons of the repository and of all, best first, each with the reason why it was found", () => {
  const answer = answerTo(sources, "What helped with ECONNRESET in shop?");
  expect(answer).toMatchObject({ asks: "helped", need: "ECONNRESET", place: "shop", agent: null });
  expect(answer.sentence).toBe("3 lessons for “ECONNRESET” in shop, best first.");
  expect(answer.items.map(({ lesson: { id }, why }) => [id, why])).toEqual([
    ["keep", "Its error has “econnreset”. It applies in shop."],
    ["retry", "Its error has “econnreset”. It applies everywhere."],
    ["waits", "Its error has “econnreset”. It applies in shop."],
  ]);
  expect(ids(answerTo(sources, "ECONNRESET pool"))).toEqual(["other"]);
  expect(answerTo(sources, "ports").sentence).toBe("No lesson was found for “ports”.");
  expect(answerTo(sources, "a free port").sentence).toBe("1 lesson for “a free port”. It has not helped yet.");
});

test("what failed: the errors of a repository, the most frequent first", () => {
  const answer = answerTo(sources, "what failed in shop");
  expect(answer.sentence).toBe("2 errors with a lesson in shop, the most frequent first.");
  expect(answer.items.map(({ lesson: { id }, why }) => [id, why])).toEqual([
    ["keep", "Its error was met 8 times. It applies in shop."],
    ["port", "Its error was met 1 time. It applies in shop."],
  ]);
  expect(ids(answerTo(sources, "what went wrong with EADDRINUSE?"))).toEqual(["port"]);
  expect(ids(answerTo(sources, "what failed?"))).toEqual(["keep", "port"]);
});

test("what an agent knows: the lessons that it has worked with", () => {
  const answer = answerTo(sources, "what does coder know about ECONNRESET?");
  expect(answer.sentence).toBe("coder has worked with 1 lesson about “ECONNRESET”.");
  expect(answer.items.map(({ lesson: { id }, why }) => [id, why])).toEqual([
    ["keep", "Its error has “econnreset”. Where coder worked it was shown 1 time."],
  ]);
  expect(ids(answerTo(sources, "what does coder know?"))).toEqual(["keep", "for coder"]);
  expect(answerTo(sources, "what does nobody know about ports?").sentence).toBe(
    "nobody has worked with no lesson about “ports” lately.",
  );
});

test("a name that is no repository counts as words, and another question gets one sentence", () => {
  expect(answerTo(sources, "what helped with sockets in jest?").sentence).toBe(
    "No lesson applies only in “jest”, so its name was searched as words. No lesson has all of the words; these have some of them. 1 lesson for “sockets in jest”.",
  );
  expect(answerTo(sources, "why is the sky blue?")).toMatchObject({
    asks: null,
    items: [],
    sentence:
      "This question is not understood. Ask what helped with an error, what failed in a repository, or what an agent knows.",
  });
});

test("a lesson that was shown often says how often, and a file of lessons how many it has no room for", async () => {
  const { sqlite } = store.client;
  const queries = createLessonQueries({ ...sources, ids: { task: (id) => id } });
  expect(await queries.exportLessons()).not.toHaveProperty("left_out");
  const { uses_total: before } = await queries.getLesson("keep");
  const numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)";
  sqlite.exec(`
    ${numbers} INSERT INTO lesson_uses (lesson_id, unit, task, tree, seq, why, at_ms)
    SELECT id, 'often' || n, 'often' || n, 'often', 1, 'words', n FROM lessons, numbers WHERE uid = 'keep' AND n <= 300;
    ${numbers} INSERT INTO lessons (uid, kind, scope, trigger, advice, status, maker, twin, created_at_ms, changed_at_ms)
    SELECT 'crowd' || n, 'fact', 'everywhere', '', '', 'live', 'host', 'crowd' || n, 0, 0 FROM numbers`);
  const { uses, uses_total } = await queries.getLesson("keep");
  expect([uses.length, uses_total]).toEqual([200, before + 300]);
  const { lessons, left_out } = await queries.exportLessons();
  expect([lessons.length, left_out]).toEqual([10_000, store.lessons.counts().live - 10_000]);
});

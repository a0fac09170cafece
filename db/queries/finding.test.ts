import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "@/db/store";

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-finding-"));
  store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Inserts rows directly, because only titles matter here. The first task is the root. */
function insert(tree: string, titles: string[], isSystem = 0): void {
  const { sqlite } = store.client;
  const key = sqlite
    .prepare(
      `INSERT INTO trees (uid, title, workspace, in_place, created_by, created_at_ms, is_system)
       VALUES (?, ?, '', 0, 'tester', 0, ?) RETURNING id`,
    )
    .pluck()
    .get(tree, titles[0], isSystem);
  const task = sqlite.prepare(
    `INSERT INTO tasks (uid, tree_id, role, agent, model, title, depth, status, created_at_ms)
     VALUES (?, ?, 'work', 'worker', 'runbook', ?, 0, 'running', 0)`,
  );
  const ids = titles.map((title, index) => task.run(`${tree}-${index}`, key, title).lastInsertRowid);
  sqlite.prepare("UPDATE trees SET root_id = ? WHERE id = ?").run(ids[0], key);
}

const trees = (text: string) => store.queries.finding.trees(text, 5).map((tree) => tree.id);
const tasks = (text: string) => store.queries.finding.tasks(text, 5).map((task) => task.id);

test("A title contains every word in any order; titles that begin with the text come first, then the newest", () => {
  insert("one", ["Migrate the parser", "Parser tests", "Move 100% of it"]);
  insert("two", ["The parser is slow", "Profile the parser"]);
  insert("system", ["Supervise the parser", "parser"], 1);
  expect(trees("parser")).toEqual(["two", "one"]);
  expect(trees("parser migrate")).toEqual(["one"]);
  expect(trees("the p")).toEqual(["two", "one"]);
  expect(tasks("parser")).toEqual(["one-1", "two-1"]);
  expect(tasks("100%")).toEqual(["one-2"]);
  expect(tasks("_")).toEqual([]);
});

test("A title with the text as whole words comes before one that goes on after it", () => {
  insert("nine", ["Root", "Root.9", "Test root.9 (again)"]);
  insert("ninety", ["root.90 and – more", "root.90", "root.91"]);
  expect(tasks("root.9")).toEqual(["nine-1", "nine-2", "ninety-2", "ninety-1"]);
  expect(trees("root")).toEqual(["ninety", "nine"]);
  expect(tasks("root.*")).toEqual([]);
  // Without words there is nothing to match, and the newest come first.
  insert("newest", ["Newest"]);
  expect(trees("")).toEqual(["newest", "ninety", "nine"]);
});

test("Trees with given ids are returned in their order, without those that are gone", () => {
  insert("one", ["One"]);
  insert("two", ["Two"]);
  const of = (ids: string[]) => store.queries.finding.treesOf(ids).map(({ id }) => id);
  expect(of(["two", "gone", "one"])).toEqual(["two", "one"]);
  expect(of([])).toEqual([]);
});

test("The beginning of an id is found, and no words return the trees that changed last", () => {
  insert("b1c2d3", ["One", "Below"]);
  insert("e4f5", ["Two"]);
  expect(trees("b1c")).toEqual(["b1c2d3"]);
  expect(tasks("b1c2d3-1")).toEqual(["b1c2d3-1"]);
  expect(trees("")).toEqual(["e4f5", "b1c2d3"]);
  insert("late", ["Three"]);
  insert("early", ["Four"]);
  const end = store.client.sqlite.prepare("UPDATE tasks SET ended_at_ms = ? WHERE uid = ?");
  end.run(20, "late-0");
  end.run(10, "early-0");
  expect(trees(" ")).toEqual(["e4f5", "b1c2d3", "late", "early"]);
  expect(tasks(" ")).toEqual([]);
  expect(store.queries.finding.trees("", 5)[0]).toMatchObject({ title: "Two", status: "running" });
});

test("capital letters of other alphabets are found in the list of trees, the palette and decided items too", () => {
  insert("one", ["Über die Größe", "ПРОВЕРКА отчёта"]);
  insert("two", ["Uber", "check"]);
  const listed = (search: string) => store.queries.trees.listTrees({ search, limit: 5 }, 0).items.map(({ id }) => id);
  for (const words of ["über", "ÜBER die", "GRÖSSE".replace("SS", "ß")])
    expect([words, trees(words), listed(words)]).toEqual([words, ["one"], ["one"]]);
  expect([trees("UBER"), listed("UBER")]).toEqual([["two"], ["two"]]);
  expect(tasks("проверка ОТЧЁТА")).toEqual(["one-1"]);
  store.client.sqlite.exec(`
    INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, status, created_at_ms, decided_by, decided_at_ms)
    SELECT 'review', tree_id, id, 'question', 'Änderung?', 'Which', 'answered', 0, 'ÉMILE', 1 FROM tasks WHERE uid = 'one-0'`);
  const decided = (query: { text?: string; by?: string }) =>
    store.queries.decided.list({ ...query, limit: 5 }).items.map(({ id }) => id);
  for (const query of [{ text: "änderung" }, { text: "ÄNDERUNG" }, { by: "émile" }, { text: "WHICH" }])
    expect([query, decided(query)]).toEqual([query, ["review"]]);
  expect(decided({ text: "anderung" })).toEqual([]);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Entry } from "@/core/log/entries";
import { openStore, type Store } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { startIndexer } from "./search";

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-search-"));
  store = open();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): Store {
  return openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
}

const insertTree = (uid: string, instruction: string, events: Entry[] = []) =>
  insertSmallTree(store, { uid, instruction, events, workspace: join(folder, uid) });

const steer = (text: string): Entry => ({ kind: "steer", turn: 0, content: { text, by: "tester" } });

async function indexAll(): Promise<number> {
  let slices = 0;
  while (await store.search.indexNext()) slices += 1;
  return slices;
}

function found(text: string, treeId?: string): string[] {
  const hits = store.search.search(text, { limit: 50, ...(treeId && { treeId }) });
  return hits.map((hit) => hit.task_id);
}

test("Every word must occur; the last may be a prefix; accents and case do not matter", async () => {
  await insertTree("one", "Survey the harbour of Malmö");
  await insertTree("two", "Survey the village");
  expect(found("survey")).toEqual([]);
  await indexAll();
  expect(found("SURVEY the")).toEqual(["two-root", "one-root"]);
  expect(found("survey har")).toEqual(["one-root"]);
  expect(found("malmo")).toEqual(["one-root"]);
  expect(found("har survey")).toEqual([]);
  expect(found("survey", "two")).toEqual(["two-root"]);
  expect(found("survey", "nowhere")).toEqual([]);
});

test("Query syntax has no effect", async () => {
  await insertTree("one", 'Mend the "quoted-name" of src/index.ts');
  await indexAll();
  for (const text of ['"quoted-name"', "src/index.ts", "mend NOT", "text:mend", "mend*", "(mend", "quoted-name"]) {
    expect(() => found(text)).not.toThrow();
  }
  expect(found("quoted-name")).toEqual(["one-root"]);
  expect(found("src/index.ts")).toEqual(["one-root"]);
  expect(found("mend NOT")).toEqual([]);
  expect(found(" – ! ")).toEqual([]);
});

test("Slices end after a hundred messages or much text, and the progress survives a restart", async () => {
  await insertTree(
    "one",
    "Many short ones",
    Array.from({ length: 250 }, (_, index) => steer(`short${index}`)),
  );
  await insertTree(
    "two",
    "Few long ones",
    Array.from({ length: 8 }, () => steer("long ".repeat(20_000))),
  );
  await store.search.indexNext();
  expect(found("short97")).toEqual(["one-root"]);
  expect(found("short98")).toEqual([]);
  await store.close();
  store = open();
  expect(await indexAll()).toBe(4);
  expect(found("short249")).toEqual(["one-root"]);
  expect(store.search.search("long", { limit: 50 }).length).toBe(9);
  expect(store.search.search("long", { limit: 3 }).map((hit) => hit.seq)).toEqual([262, 261, 260]);
});

test("A deleted tree is not found, whether it was indexed before or not", async () => {
  await insertTree("one", "Find the treasure");
  await indexAll();
  await insertTree("two", "Find the treasure too");
  for (const uid of ["one", "two"]) expect(await store.trees.delete(store.queries.trees.treeKey(uid))).toBe(true);
  await indexAll();
  expect(found("treasure")).toEqual([]);
  await insertTree("three", "Find the treasure at last");
  await indexAll();
  expect(found("treasure")).toEqual(["three-root"]);
  expect(
    store.client.sqlite.prepare("SELECT count(*) FROM messages_fts WHERE messages_fts MATCH 'treasure'").pluck().get(),
  ).toBe(1);
});

const call = (input: unknown): Entry => ({
  kind: "tool_call",
  turn: 1,
  content: { input, mode: "once" },
  tool: "use_terminal",
  callId: "c1",
});

test("The input and the tool of a call are found", async () => {
  await insertTree("one", "Look around", [call({ command: "rg --files", options: { cwd: "src/harbour" } })]);
  await indexAll();
  for (const text of ["rg", "harbour", "use_terminal rg"]) expect(found(text)).toEqual(["one-root"]);
});

test("A log is searched with its newest messages, before they are indexed", async () => {
  await insertTree("one", "Light the lantern", [steer("a lantern"), steer("nothing"), steer("Lanterns again")]);
  await insertTree("two", "Another lantern");
  const inLog = (text: string, limit = 10) => store.search.searchTask(text, { taskId: "one-root", limit });
  const before = inLog("lantern");
  expect(before.seqs).toHaveLength(3);
  await indexAll();
  expect(inLog("lantern")).toEqual(before);
  expect(inLog("the lantern").seqs).toEqual(before.seqs.slice(0, 1));
  expect(inLog("lantern", 2)).toEqual({ seqs: before.seqs.slice(1), more: true });
  expect(inLog("nowhere")).toEqual({ seqs: [], more: false });
  expect(inLog(" – ")).toEqual({ seqs: [], more: false });
});

test("A search of a tree goes on where its page ended", async () => {
  await insertTree("one", "Light the lantern");
  store.client.sqlite.exec(`
    INSERT INTO tasks (uid, tree_id, parent_id, role, agent, model, title, depth, status, created_at_ms)
    SELECT 'below-' || value, root.tree_id, root.id, 'work', 'worker', 'runbook', '', 1, 'running', 0
    FROM tasks root, json_each('[1, 2, 3, 4]');
    INSERT INTO messages (tree_id, task_id, turn, kind, body, created_at_ms)
    SELECT task.tree_id, task.id, 0, message.kind, message.body, 0 FROM messages message, tasks task
    WHERE task.uid <> 'one-root' ORDER BY task.id`);
  await indexAll();
  const read: string[][] = [];
  let after: string | undefined;
  do {
    const page = store.search.searchTree("lantern", { treeId: "one", after, limit: 2 });
    read.push(page.items.map(({ task_id }) => task_id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(read).toEqual([["below-4", "below-3"], ["below-2", "below-1"], ["one-root"]]);
  expect(store.search.searchTree("nowhere", { treeId: "one", limit: 2 })).toEqual({ items: [], next: null });
});

test("A search of everything returns each task once, with the text around the words", async () => {
  await insertTree("one", "Light the lantern", [steer("the lantern glows")]);
  await insertTree("two", "Another lantern");
  await indexAll();
  const found = store.search.searchAll("lantern", 5);
  expect(found.map(({ task_id, excerpt }) => [task_id, excerpt.trim()])).toEqual([
    ["two-root", "Another lantern Another lantern"],
    ["one-root", "the lantern glows"],
  ]);
  expect(store.search.searchAll("lantern", 1)).toHaveLength(1);
});

test.each([
  "path/of/many/different/folders/with/a/lantern/in/them.json and more",
  '{"place":"a-long-name-of-a-place","lantern":true} end',
])("an excerpt of text without spaces holds the words: %s", async (text) => {
  await insertTree("one", "Light it", [steer(`It says ${text}`)]);
  await indexAll();
  expect(store.search.searchAll("lantern", 5)).toMatchObject([{ excerpt: expect.stringContaining("lantern") }]);
});

test("An index of an older version is filled again", async () => {
  await insertTree("one", "Look around", [call({ command: "rg harbour" })]);
  const { sqlite } = store.client;
  sqlite.prepare("INSERT INTO messages_fts (rowid, text) VALUES (1, 'outdated')").run();
  sqlite.prepare("INSERT INTO facts (name, value) VALUES ('search_cursor', '1000')").run();
  await indexAll();
  expect(found("outdated")).toEqual([]);
  expect(found("harbour")).toEqual(["one-root"]);
});

test("The indexer follows new messages, and stops on request", async () => {
  const faults: string[] = [];
  const indexer = startIndexer(store, { intervalMs: 5, report: (message) => faults.push(message) });
  await insertTree("one", "First light");
  await expect.poll(() => found("first light")).toEqual(["one-root"]);
  await insertTree(
    "two",
    "Second light",
    Array.from({ length: 300 }, () => steer("lantern")),
  );
  await expect.poll(() => store.search.search("lantern", { limit: 500 }).length).toBe(300);
  await indexer.stop();
  await insertTree("three", "Third light");
  await store.log.drain();
  expect(found("third")).toEqual([]);
  expect(faults).toEqual([]);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Entry } from "@/core/log/entries";
import type { TreeListOptions } from "@/core/shapes/trees";
import type { Sqlite } from "@/db/file/client";
import { openStore, type Store } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { createTreeList } from "./tree-list";

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-tree-list-"));
  store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Returns how SQLite looks for the trees of a list, step by step. */
function planOf(options: TreeListOptions): string[] {
  const { sqlite } = store.client;
  const steps: string[] = [];
  const explaining = {
    function: () => {},
    prepare(sql: string) {
      const statement = sqlite.prepare(sql);
      if (!sql.includes("LIMIT")) return statement;
      const plan = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`);
      return {
        all(parameters: object) {
          steps.push(...(plan.all(parameters) as { detail: string }[]).map(({ detail }) => detail));
          return statement.all(parameters);
        },
      };
    },
  } as unknown as Sqlite;
  createTreeList(explaining).page({ limit: 30, ...options }, Date.now());
  return steps.filter((step) => /\btree\b|TEMP/.test(step));
}

test.each<[string, TreeListOptions, string]>([
  ["open", { status: "open" }, "SCAN tree USING INDEX trees_open"],
  ["parked", { status: "parked" }, "SCAN tree USING INDEX trees_open"],
  ["ended last", { status: "ended", sort: "ended" }, "SEARCH tree USING INDEX trees_by_end (ended_at_ms>?)"],
  ["failed", { unseenBy: "ann", sort: "ended" }, "SEARCH tree USING INDEX trees_by_end (ended_at_ms>?)"],
])("a list of trees that %s reads no others, and sorts none", (_, options, step) => {
  expect(planOf(options)).toEqual([step]);
});

test("a list of ended trees goes on where its page ended", () => {
  const insert = store.client.sqlite.prepare(
    `INSERT INTO trees (uid, title, workspace, in_place, created_by, created_at_ms, root_id, ended_at_ms)
     VALUES (?, '', '', 0, 'ann', 0, ?, ?)`,
  );
  const root = store.client.sqlite.prepare(
    `INSERT INTO tasks (uid, tree_id, role, agent, model, title, depth, status, created_at_ms, ended_at_ms)
     VALUES (?, ?, 'work', 'worker', 'runbook', '', 0, 'succeeded', 0, 1)`,
  );
  // Two ended in the same millisecond, and one has not ended.
  [5, 7, 7, null, 6].forEach((endedAtMs, at) => {
    insert.run(`t${at}`, at + 1, endedAtMs);
    root.run(`k${at}`, at + 1);
  });
  const list = createTreeList(store.client.sqlite);
  const read: number[] = [];
  let after: string | undefined;
  do {
    const page = list.page({ status: "ended", sort: "ended", limit: 1, after }, 10);
    read.push(...page.ids);
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(read).toEqual([3, 2, 5, 1]);
});

/** Reads a list page by page, and returns the ids of each page. */
function pagesOf<Row>(read: (after: string | undefined) => { rows: Row[]; next: string | null }, id: keyof Row) {
  const pages: Row[keyof Row][][] = [];
  let after: string | undefined;
  do {
    const { rows, next } = read(after);
    pages.push(rows.map((row) => row[id]));
    after = next ?? undefined;
  } while (after !== undefined);
  return pages;
}

test("a list of failed tasks goes on where its page ended", async () => {
  await insertSmallTree(store, { uid: "tree", instruction: "Try", workspace: folder });
  // Two failed in the same millisecond.
  store.client.sqlite.exec(`
    INSERT INTO tasks (uid, tree_id, parent_id, role, agent, model, title, depth, status, created_at_ms, ended_at_ms, result_seq)
    SELECT 'k' || key, root.tree_id, root.id, 'work', 'worker', 'runbook', '', 1, 'failed', 0, value, 1000
    FROM tasks root, json_each('[5, 7, 7, 9, 6]');
    UPDATE tasks SET status = 'waiting' WHERE uid = 'tree-root'`);
  const failed = store.queries.failedTasks;
  expect(pagesOf((after) => failed.list({ after, limit: 2 }), "taskUid")).toEqual([["k3", "k2"], ["k1", "k4"], ["k0"]]);
  expect(pagesOf((after) => failed.list({ after, limit: 5 }), "taskUid")).toHaveLength(1);
});

test("the own forks of a fork come before those of its origin, however old they are, on all pages", () => {
  const insert = store.client.sqlite.prepare(
    `INSERT INTO trees (uid, title, workspace, in_place, created_by, created_at_ms, forked_from, fork_seq)
     VALUES (?, '', '', 0, 'ann', 0, ?, 1)`,
  );
  const made: [string, string | null][] = [
    ["origin", null],
    ["fork", "origin"],
    ["own1", "fork"],
    ["own2", "fork"],
  ];
  for (const [uid, from] of [...made, ["other1", "origin"], ["other2", "origin"]] as const) insert.run(uid, from);
  const family = (uid: string) => pagesOf((after) => store.queries.forks.familyOf(uid, { after, limit: 3 }), "uid");
  expect(family("fork")).toEqual([["own2", "own1", "other2"], ["other1"]]);
  expect(family("origin")).toEqual([["other2", "other1", "fork"]]);
  expect(family("own1")).toEqual([["own2"]]);
});

const FAILED: Entry = {
  kind: "event",
  turn: 0,
  content: {
    type: "ended",
    status: "failed",
    reason: "by_agent",
    detail: null,
    result: null,
    summary: "",
    verdict: null,
  },
};

test("a failure is new in a tree that has the key of a deleted one, and in one that was tried again", async () => {
  const { sqlite } = store.client;
  const list = createTreeList(sqlite);
  const unseen = () => list.page({ unseenBy: "ann", sort: "ended", limit: 10 }, Date.now()).ids;
  const fail = async (uid: string) => {
    await insertSmallTree(store, { uid, instruction: uid, workspace: folder, events: [FAILED] });
    sqlite.prepare("UPDATE trees SET ended_at_ms = ? WHERE uid = ?").run(Date.now(), uid);
    sqlite.prepare("UPDATE tasks SET status = 'failed', ended_at_ms = ? WHERE uid = ?").run(Date.now(), `${uid}-root`);
    return sqlite.prepare("SELECT id FROM trees WHERE uid = ?").pluck().get(uid) as number;
  };
  const [first, second] = [await fail("a"), await fail("b")];
  await store.seen.mark("ann", first);
  await store.seen.mark("ann", second);
  expect(unseen()).toEqual([]);
  expect(await store.trees.delete(second)).toBe(true);
  expect(await fail("c")).toBe(second);
  expect(unseen()).toEqual([second]);

  const root = store.queries.trees.findTask("a-root");
  expect(await store.trees.retry(root, "bob")).toBe(2);
  sqlite.exec("UPDATE tasks SET status = 'failed', ended_at_ms = 1; UPDATE trees SET ended_at_ms = 1");
  sqlite.prepare("UPDATE trees SET ended_at_ms = ?").run(Date.now());
  expect(unseen().sort()).toEqual([first, second]);
  expect(sqlite.prepare("SELECT seen_at_ms FROM trees WHERE id = ?").pluck().get(first)).toBeNull();
});

import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import { ownerCalled } from "@/core/rules/roles";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, taskScript } from "@/tests/agents/scenario";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { queryDatabase } from "./query-database";
import { createTreeSql, type TreeSql } from "./tree-sql";

const OWN = "canary-of-the-own-tree";
const FOREIGN = "canary-of-another-tree";
const SECRET = "canary-of-a-secret";

let trial: Trial;
let treeSql: TreeSql;
let own: { treeId: string; rootId: string };
let foreign: { treeId: string; rootId: string };
const sandbox = createSandbox({ tested: testedSandbox });

/** A tree whose instruction, calls, reviews, interventions and result all hold its canary. */
async function runTree(canary: string): Promise<typeof own> {
  const { id } = await trial.submit({ task: `${canary}\nLook at the agents.`, agent: "worker" });
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const { interventions } = trial.runtime.store;
  await interventions.add(tree.root_task_id, { rule: "orphan", action: "none", evidence: canary });
  return { treeId: id, rootId: tree.root_task_id };
}

beforeAll(async () => {
  const flag = (canary: string) => call("flag_for_review", { issue: canary, evidence: canary });
  trial = await startTrial({
    script: taskScript({
      [OWN]: [flag(OWN), call("list_agents", {}), endTask(OWN)],
      [FOREIGN]: [flag(FOREIGN), call("list_agents", {}), endTask(FOREIGN)],
    }),
  });
  own = await runTree(OWN);
  foreign = await runTree(FOREIGN);
  const { sqlite } = trial.runtime.store.client;
  const bytes = Buffer.from(SECRET);
  const insert = (table: string, values: unknown[]) =>
    sqlite.prepare(`INSERT INTO ${table} VALUES (${values.map(() => "?").join(", ")})`).run(values);
  insert("secrets", ["key", "k1", bytes, bytes, SECRET, SECRET, 1]);
  insert("users", [1, SECRET, SECRET, SECRET, "admin", 1, null]);
  insert("sessions", [SECRET, 1, 1]);
  insert("api_tokens", [1, SECRET, SECRET, SECRET, "admin", null, SECRET, 1, null, null, null, null, SECRET]);
  treeSql = createTreeSql({ client: trial.runtime.store.client, sandbox, program: process.cwd() });
});
afterAll(async () => {
  await treeSql.close();
  sandbox.close();
  await trial.close();
});

function contextOf(tree: typeof own, more: Partial<ToolContext> = {}): ToolContext {
  return {
    treeId: tree.treeId,
    taskId: tree.rootId,
    workplace: null,
    cacheDir: trial.runtime.world.cacheDirOf(tree.treeId),
    signal: new AbortController().signal,
    timeoutMs: 15_000,
    ...more,
  };
}

async function query(sql: string, more?: Partial<ToolContext>): Promise<ToolOutcome> {
  const tool = queryDatabase(treeSql);
  const parsed = tool.input.safeParse({ sql });
  if (!parsed.success) return { content: parsed.error.issues.map((issue) => issue.message).join(), isError: true };
  return tool.run(parsed.data, contextOf(own, more));
}

interface Table {
  columns: string[];
  rows: (string | number | null)[][];
  truncated: boolean;
}

async function table(sql: string): Promise<Table> {
  const outcome = await query(sql);
  expect(outcome.isError ?? false, outcome.content).toBe(false);
  return JSON.parse(outcome.content);
}

async function rows(sql: string): Promise<Record<string, string | number | null>[]> {
  const { columns, rows: found } = await table(sql);
  return found.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
}

describe("what a tree reads of itself", () => {
  test("messages as the JSON shapes show them", async () => {
    const shown = await logOf(trial, own.rootId);
    const read = await rows("SELECT * FROM messages ORDER BY seq");
    const parsed = read.map((row) => ({
      ...row,
      content: JSON.parse(String(row.content)),
      usage: row.usage && JSON.parse(String(row.usage)),
    }));
    const ofRoot = parsed.filter((row) => (row as unknown as { task_id: string }).task_id === own.rootId);
    expect(ofRoot).toEqual(shown);
    expect(shown.length).toBeGreaterThan(8);
  });

  test("tasks, attempts, reviews and interventions as the JSON shapes show them", async () => {
    const { queries } = trial.runtime.application;
    const task = await queries.getTask(own.rootId);
    const [read] = await rows(`SELECT * FROM tasks WHERE parent_id IS NULL`);
    for (const name of ["id", "tree_id", "role", "title", "agent", "instruction", "status", "reason", "turns"] as const)
      expect(read?.[name], name).toBe(task[name]);
    for (const name of ["depth", "attempt", "headline", "result", "summary", "created_at", "ended_at"] as const)
      expect(read?.[name], name).toBe(task[name]);
    expect(JSON.parse(String(read?.verdict))).toEqual(task.verdict);
    const tree = await queries.getTree(own.treeId);
    const [sums] = await rows(
      "SELECT count(*) AS tasks, sum(tokens_in) AS tokens_in, sum(cost_usd) AS cost FROM tasks",
    );
    expect([sums?.tasks, sums?.tokens_in]).toEqual([tree.tasks.length, tree.totals.tokens_in]);
    expect(sums?.cost).toBeCloseTo(tree.totals.cost_usd, 9);
    const [review] = await rows("SELECT * FROM reviews");
    const [item] = (await queries.listReviews({ treeId: own.treeId })).items;
    expect(review).toEqual(Object.fromEntries(Object.keys(review ?? {}).map((key) => [key, Object(item)[key]])));
    const [attempt] = await rows("SELECT * FROM attempts WHERE task_id = (SELECT id FROM tasks WHERE depth = 0)");
    expect(attempt).toMatchObject({ task_id: own.rootId, attempt: 1, status: "succeeded", ended_at: task.ended_at });
    const [found] = await queries.listInterventions({ treeId: own.treeId });
    expect((await rows("SELECT * FROM interventions"))[0]).toEqual(found);
  });

  test("at most 200 rows and 64 KB, and it says when there are more", async () => {
    const many = await table("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n");
    expect([many.rows.length, many.rows.at(-1), many.truncated]).toEqual([200, [200], true]);
    const exact = await table(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200) SELECT i FROM n",
    );
    expect([exact.rows.length, exact.truncated]).toEqual([200, false]);
    const wide = await query(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT printf('%.*c', 1000, 'é') FROM n",
    );
    expect(Buffer.byteLength(wide.content)).toBeLessThan(65 * 1024);
    expect(JSON.parse(wide.content)).toMatchObject({ truncated: true });
    const long = await table("SELECT printf('%.*c', 1000000, '\"'), 7");
    expect(String(long.rows[0]?.[0])).toMatch(/^"{16000,}…$/);
    expect([long.rows[0]?.[1], long.truncated]).toEqual([7, true]);
  });

  test("numbers that JSON cannot hold, and blobs, are told in words", async () => {
    const { rows: read } = await table(
      "SELECT 9223372036854775807, -9007199254740991, 9e999, x'00ff', NULL, 1.5, 'é🌳'",
    );
    expect(read).toEqual([
      ["9223372036854775807", -9007199254740991, "Infinity", "<blob of 2 bytes>", null, 1.5, "é🌳"],
    ]);
  });
});

/** Q1: what a model could try after an injected instruction to read other data. */
const main = () => trial.runtime.store.client.file;
const HOSTILE: Record<string, () => string> = {
  "another tree, by its id": () =>
    `SELECT * FROM tasks WHERE tree_id = '${foreign.treeId}' OR id = '${foreign.rootId}'`,
  "everything there is of each table": () => "SELECT group_concat(content) FROM messages",
  secrets: () => "SELECT * FROM secrets",
  sessions: () => "SELECT * FROM main.sessions",
  tokens: () => "SELECT * FROM api_tokens",
  people: () => "SELECT * FROM users",
  trees: () => "SELECT * FROM trees",
  blobs: () => "SELECT * FROM blobs",
  "the search index": () => "SELECT * FROM message_search WHERE message_search MATCH 'canary*'",
  ATTACH: () => `ATTACH '${main()}' AS other`,
  "ATTACH behind a comment": () => `-- harmless\n/* quite */ ATTACH '${main()}' AS other`,
  "ATTACH after a SELECT": () => `SELECT 1; ATTACH '${main()}' AS other; SELECT * FROM other.secrets`,
  "ATTACH in a WITH": () => `WITH a AS (ATTACH '${main()}' AS other) SELECT * FROM a`,
  "a file as a table": () => `SELECT * FROM "${main()}".secrets`,
  "PRAGMA that tells": () => "PRAGMA table_info(tasks)",
  "PRAGMA that sets": () => "PRAGMA writable_schema = ON",
  "PRAGMA as a function": () => "SELECT * FROM pragma_database_list",
  "the schema": () => "SELECT * FROM sqlite_master",
  "the temporary schema": () => "SELECT * FROM sqlite_temp_master",
  "a changed schema": () => `UPDATE sqlite_master SET sql = 'x'`,
  "a temporary table": () => "CREATE TEMP TABLE t AS SELECT * FROM tasks",
  "a table over a module": () => "CREATE VIRTUAL TABLE t USING fts5(x)",
  "a trigger": () => "CREATE TRIGGER t AFTER INSERT ON tasks BEGIN SELECT 1; END",
  "INSERT that returns": () => "INSERT INTO tasks (id) VALUES ('x') RETURNING id",
  "DELETE behind a WITH": () => "WITH x AS (SELECT 1) DELETE FROM tasks RETURNING id",
  "VACUUM INTO": () => "VACUUM INTO '/tmp/copy.db'",
  "a library": () => "SELECT load_extension('/usr/lib/libc.so.6')",
  "a file by a function": () => "SELECT readfile('/etc/passwd')",
  "a file written by a function": () => "SELECT writefile('/banyan/snapshots/x', 'x')",
  "pages of the file": () => "SELECT data FROM sqlite_dbpage",
  "a tokenizer": () => "SELECT fts3_tokenizer('simple', x'0000000000000001')",
  NUL: () => `SELECT 1\0; ATTACH '${main()}' AS other`,
  "a megabyte of SQL": () => `SELECT '${"x".repeat(1024 * 1024)}'`,
  "a deep expression": () => `SELECT ${"(".repeat(20_000)}1${")".repeat(20_000)}`,
  "many columns": () => `SELECT ${Array.from({ length: 5_000 }, () => "1").join(",")}`,
  "comments without an end": () => `${"/**/".repeat(10_000)}/* SELECT 1`,
};
/** These may be answered; all others are errors. */
const ANSWERED = [
  "another tree, by its id",
  "everything there is of each table",
  "PRAGMA as a function",
  "the schema",
  "the temporary schema",
];

describe("Q1: what a tree does not read", () => {
  test.each(Object.keys(HOSTILE))("%s", async (name) => {
    const outcome = await query(HOSTILE[name]?.() ?? "");
    if (name !== "everything there is of each table") expect(outcome.content).not.toContain(OWN);
    for (const canary of [FOREIGN, SECRET, foreign.treeId]) {
      // SQLite's errors may repeat the statement, so only a successful answer can contain the data.
      if (!outcome.isError) expect(outcome.content).not.toContain(canary);
    }
    expect(outcome.isError ?? false, outcome.content).toBe(!ANSWERED.includes(name));
    if (outcome.isError) {
      expect(outcome.content).toMatch(/^[^\n]{5,900}$/);
      expect(outcome.content).not.toMatch(/ at .*\.(ts|mjs|js):\d/);
    }
    // After every attempt, the next query is answered.
    expect((await table("SELECT count(*) FROM tasks")).rows[0]?.[0]).toBeGreaterThan(0);
  });

  test("nothing of another tree and no secret stands in the file, whatever SQL could be made to do", async () => {
    await table("SELECT 1");
    const folder = path.join(trial.runtime.world.cacheDirOf(own.treeId), "sql");
    const files = fs.readdirSync(folder);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const bytes = fs.readFileSync(path.join(folder, file));
      expect(bytes.includes(OWN)).toBe(true);
      for (const canary of [FOREIGN, SECRET, foreign.treeId, foreign.rootId])
        expect(bytes.includes(canary)).toBe(false);
      expect(fs.statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
    }
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  });

  test.each([
    ["hello, who are you?", /^The query failed: near "hello": syntax error\. The tables are tasks, messages, /],
    ["-- nothing", /^The query failed: .*no statements/],
    ["SELECT * FROM secrets", /^The query failed: no such table: secrets\. The tables are tasks, /],
    ["SELECT nonsense FROM tasks", /^The query failed: no such column: nonsense/],
    ["SELECT 1; SELECT 2", /^The query failed: .*more than one statement/],
    ["DROP TABLE tasks", /^The query failed: only one statement that reads is allowed here/],
    ["SELECT ?", /^The query failed: .*parameter/],
    ["SELECT 1\0", /^The SQL contains a NUL character; leave it out\.$/],
  ])("%s: one sentence", async (sql, sentence) => {
    const outcome = await query(sql);
    expect(outcome.isError).toBe(true);
    expect(outcome.content).toMatch(sentence);
  });
});

describe("a query that takes everything", () => {
  const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";

  test.each([
    ["a recursion that never ends", `${ENDLESS} SELECT count(*) FROM n`],
    ["a cross join", "SELECT count(*) FROM messages a, messages b, messages c, messages d, messages e, messages f"],
    ["work in every row", "SELECT sum(instr(hex(randomblob(10000000)), 'nowhere')) FROM messages a, messages b"],
  ])("%s is ended, and the next one is answered", async (_name, sql) => {
    const outcome = await query(sql);
    expect(outcome.isError).toBe(true);
    expect(outcome.content).toMatch(/took longer than 2 seconds and was ended|pattern too complex/);
    expect((await table("SELECT 1")).rows).toEqual([[1]]);
  });

  test.each([
    ["a gigabyte of random bytes", "SELECT length(randomblob(1000000000))"],
    ["a gigabyte of text", "SELECT length(printf('%.*c', 1000000000, 'x'))"],
    ["zeroes", "SELECT zeroblob(1000000000)"],
    ["hexadecimal", "SELECT hex(hex(zeroblob(200000000)))"],
    ["replaced text", "SELECT length(replace(printf('%.*c', 100000, 'x'), 'x', printf('%.*c', 10000, 'y')))"],
    ["a sum of texts", `${ENDLESS} SELECT length(group_concat(printf('%.*c', 10000000, 'x'))) FROM n`],
    ["a sort", `${ENDLESS} SELECT printf('%.*c', 1000000, i) AS t FROM n ORDER BY t`],
  ])("%s: refused or ended", async (_name, sql) => {
    const outcome = await query(sql);
    expect(outcome.isError, outcome.content).toBe(true);
    expect(outcome.content).toMatch(/out of memory|too big|too much memory|took longer/);
    expect((await table("SELECT 1")).rows).toEqual([[1]]);
  });

  test("a call that is stopped ends its query, and rejects with the reason of the stop", async () => {
    const stop = new AbortController();
    const running = query(`${ENDLESS} SELECT count(*) FROM n`, { signal: stop.signal });
    stop.abort(new Error("stopped by a test"));
    await expect(running).rejects.toThrow("stopped by a test");
    expect((await table("SELECT 1")).rows).toEqual([[1]]);
  });

  test("queries of one tree at the same time are each answered with what they asked for", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => table(`SELECT ${at}`)));
    expect(answers.map((answer) => answer.rows[0]?.[0])).toEqual(Array.from({ length: 20 }, (_, at) => at));
  });
});

test("without a sandbox it is off, with the reason, and nothing is copied", async () => {
  const none = createSandbox({ searchPath: "/nonexistent" });
  const off = createTreeSql({ client: trial.runtime.store.client, sandbox: none, program: process.cwd() });
  const context = contextOf(own, { cacheDir: path.join(trial.dataDir, "cache", "off") });
  const outcome = await queryDatabase(off).run({ sql: "SELECT 1" }, context);
  expect(outcome).toEqual({ isError: true, content: expect.stringMatching(/^SQL is off, because .*bwrap/) });
  expect(fs.existsSync(context.cacheDir)).toBe(false);
  await off.close();
});

test("with the tree its snapshots are deleted", async () => {
  const { id } = await trial.submit({ task: `${OWN}\nonce more`, agent: "worker" });
  const tree = await trial.ended(id);
  const context = contextOf({ treeId: id, rootId: tree.root_task_id });
  const tool = queryDatabase(treeSql);
  expect((await tool.run({ sql: "SELECT 1" }, context)).isError).toBeUndefined();
  expect(fs.existsSync(context.cacheDir)).toBe(true);
  await trial.runtime.application.commands.deleteTree({ id }, ownerCalled("tester"));
  expect(fs.existsSync(context.cacheDir)).toBe(false);
  const outcome = await tool.run({ sql: "SELECT 1" }, context);
  expect(outcome).toMatchObject({
    isError: true,
    content: "The query could not be run: The tree no longer exists.",
  });
});

import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, openClient } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { createSqlSnapshots, SNAPSHOT_TABLES, type SqlSnapshots } from "./sql-snapshot";

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 67);

let base: string;
let folder: string;
let client: Client;
let snapshots: SqlSnapshots;

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-test-"));
  folder = path.join(base, "cache", "sql");
  client = openClient(path.join(base, "main.db"), { migrations: "drizzle" });
  snapshots = createSqlSnapshots(client);
  addTree(1, "one");
  addTree(2, "two");
});
afterEach(() => {
  client.close();
  fs.rmSync(base, { recursive: true, force: true });
});

function insert(table: string, values: Record<string, unknown>): void {
  const names = Object.keys(values);
  const places = names.map(() => "?").join(", ");
  client.sqlite.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`).run(Object.values(values));
}

function addTree(id: number, uid: string): void {
  const more = { workspace: "/w", in_place: 0, created_by: "tester", created_at_ms: START_MS };
  insert("trees", { id, uid, title: uid, root_id: id * 10, ...more });
  addTask(id, id * 10, `${uid}-root`);
  addMessage(id, "instruction", { instruction: `Do ${uid}.` });
}

function addTask(tree: number, id: number, uid: string, more: Record<string, unknown> = {}): void {
  const names = { role: "work", agent: "worker", model: "test/model", title: uid, depth: 0, status: "running" };
  insert("tasks", { id, uid, tree_id: tree, ...names, created_at_ms: START_MS, ...more });
}

function addMessage(tree: number, kind: (typeof KINDS)[number], content: unknown, more: object = {}): void {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  const at = { turn: 0, created_at_ms: START_MS };
  insert("messages", { tree_id: tree, task_id: tree * 10, kind: KINDS.indexOf(kind), body, ...at, ...more });
}

function addLarge(tree: number, content: unknown, data?: Buffer): void {
  const body = Buffer.from(JSON.stringify(content));
  const hash = randomBytes(32);
  insert("blobs", { hash, size_bytes: body.length, uses: 1, data: data ?? deflateRawSync(body) });
  const blob = client.sqlite.prepare("SELECT id FROM blobs WHERE hash = ?").pluck().get(hash);
  addMessage(tree, "tool_response", "", { body: null, blob_id: blob });
}

function read(file: string, sql: string): unknown[] {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** Reads everything in a snapshot. */
function dump(file: string): Record<string, unknown[]> {
  return Object.fromEntries(Object.keys(SNAPSHOT_TABLES).map((table) => [table, read(file, `SELECT * FROM ${table}`)]));
}

const contents = (file: string) =>
  (read(file, "SELECT content FROM messages ORDER BY seq") as { content: string }[]).map((row) =>
    JSON.parse(row.content),
  );

describe("the file", () => {
  test("stays the same while the tree has no newer message, whatever happens in other trees", async () => {
    const first = await snapshots.take("one", folder);
    addMessage(2, "steer", { text: "in another tree" });
    expect(await snapshots.take("one", folder)).toBe(first);
    addMessage(1, "steer", { text: "here" });
    const second = await snapshots.take("one", folder);
    expect(second).not.toBe(first);
    expect(contents(second)).toEqual([{ instruction: "Do one." }, { text: "here" }]);
  });

  test("that extends the last one equals one built from scratch", async () => {
    for (let at = 0; at < 5; at++) {
      addMessage(1, "agent_response", { parts: [{ type: "text", text: `${at}` }], u: [1, 2, 3, 4, 5_000_000] });
      addLarge(1, { text: "x".repeat(40_000 + at) });
      addTask(1, 100 + at, `one-${at}`, { parent_id: 10, status: "waiting", wait_kind: "answer" });
      addMessage(2, "steer", { text: "another tree's" });
      await snapshots.take("one", folder);
    }
    const row = { tree_id: 1, task_id: 10, created_at_ms: START_MS };
    insert("interventions", { ...row, rule: "orphan", action: "none", evidence: "e" });
    insert("reviews", { ...row, uid: "review", kind: "flag", title: "t", detail: "d", status: "open" });
    addMessage(1, "event", { type: "ended", status: "succeeded", result: "done", summary: "short", verdict: null });
    const seq = client.sqlite.prepare("SELECT max(id) FROM messages").pluck().get();
    client.sqlite
      .prepare("UPDATE tasks SET status = 'succeeded', ended_at_ms = ?, result_seq = ? WHERE id = 10")
      .run(START_MS, seq);
    insert("attempts", {
      task_id: 10,
      tree_id: 1,
      attempt: 1,
      status: "succeeded",
      result_seq: seq,
      ended_at_ms: START_MS,
    });
    const grown = dump(await snapshots.take("one", folder));
    const fresh = dump(await snapshots.take("one", path.join(base, "fresh")));
    expect(grown).toEqual(fresh);
    expect(Object.entries(grown).map(([table, rows]) => [table, rows.length])).toEqual([
      ["tasks", 6],
      ["messages", 12],
      ["reviews", 1],
      ["attempts", 1],
      ["interventions", 1],
    ]);
    expect(grown.tasks?.[0]).toMatchObject({
      id: "one-root",
      tree_id: "one",
      parent_id: null,
      instruction: "Do one.",
      result: "done",
      summary: "short",
      status: "succeeded",
      created_at: "2026-01-02T03:04:05.067Z",
      ended_at: "2026-01-02T03:04:05.067Z",
    });
    expect(grown.tasks?.[1]).toMatchObject({ parent_id: "one-root", status: "waiting", waiting_for: "answer" });
  });

  test("is readable by the server only, is handed over before it has its name, and only two are kept", async () => {
    const given: string[] = [];
    const giving = createSqlSnapshots(client, (file) => void given.push(path.extname(file)));
    for (let at = 0; at < 5; at++) {
      addMessage(1, "steer", { text: `${at}` });
      const file = await giving.take("one", folder);
      expect(fs.statSync(file).mode & 0o777).toBe(0o600);
      expect(fs.readdirSync(folder).length).toBeLessThanOrEqual(2);
    }
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(given).toEqual([".new", ".new", ".new", ".new", ".new"]);
  });

  test("from before the machine's start, or of another format, is not used; files of a crash are deleted", async () => {
    fs.mkdirSync(folder, { recursive: true });
    const leftovers = ["0-00000000-1.db", "1-00000000-999.db", "old.new"].map((name) => path.join(folder, name));
    const young = path.join(folder, "young.new");
    for (const file of [...leftovers, young]) fs.writeFileSync(file, "nonsense");
    fs.utimesSync(path.join(folder, "old.new"), START_MS / 1_000, START_MS / 1_000);
    const file = await snapshots.take("one", folder);
    expect(contents(file)).toEqual([{ instruction: "Do one." }]);
    addMessage(1, "steer", { text: "more" });
    const next = await snapshots.take("one", folder);
    expect(fs.readdirSync(folder).sort()).toEqual([file, next, young].map((file) => path.basename(file)).sort());
  });

  test("is not reused from another database at the same path, as after a restore", async () => {
    const folders = [folder, path.join(base, "fresh")];
    addMessage(1, "steer", { text: "will be undone" });
    await snapshots.take("one", folder);
    const { file } = client;
    client.close();
    for (const ending of ["", "-wal", "-shm"]) fs.rmSync(file + ending, { force: true });
    client = openClient(file, { migrations: "drizzle" });
    addTree(1, "one");
    addTree(2, "two");
    for (const text of ["afterwards", "and more"]) addMessage(1, "steer", { text });
    const again = createSqlSnapshots(client);
    for (const folder of folders) {
      expect(contents(await again.take("one", folder)).map((content) => content.text)).toEqual([
        undefined,
        "afterwards",
        "and more",
      ]);
    }
  });

  test("that cannot be written is an error and leaves no files", async () => {
    fs.mkdirSync(folder, { recursive: true });
    const failing = createSqlSnapshots(client, () => {
      throw new Error("not given");
    });
    await expect(failing.take("one", folder)).rejects.toThrow("not given");
    expect(fs.readdirSync(folder)).toEqual([]);
    await expect(snapshots.take("one", path.join(base, "main.db"))).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(snapshots.take("none", folder)).rejects.toThrow("The tree no longer exists.");
    // A failure does not affect the next snapshot.
    expect(contents(await failing.take("one", folder).catch(() => snapshots.take("one", folder)))).toHaveLength(1);
  });
});

describe("bodies", () => {
  test("large bodies are whole; very large and damaged bodies are left out, with a note", async () => {
    addLarge(1, { text: "y".repeat(500_000) });
    addLarge(1, { text: randomBytes(1024 * 1024).toString("hex") });
    addLarge(1, { text: "z".repeat(40_000) }, Buffer.from("no deflated data"));
    addMessage(1, "steer", "{ no JSON");
    const file = await snapshots.take("one", folder);
    const rows = read(file, "SELECT content, length(content) AS length FROM messages ORDER BY seq") as {
      content: string;
      length: number;
    }[];
    expect(rows[1]?.length).toBe(500_011);
    expect(JSON.parse(rows[2]?.content ?? "")).toEqual({ truncated: true, size_bytes: 2 * 1024 * 1024 + 11 });
    expect(JSON.parse(rows[3]?.content ?? "")).toEqual({ truncated: true, size_bytes: 40_011 });
    expect(rows[4]?.content).toBe("{ no JSON");
  });

  test("a damaged instruction does not hide its task", async () => {
    client.sqlite.prepare("UPDATE messages SET body = '7' WHERE task_id = 10").run();
    const file = await snapshots.take("one", folder);
    expect(read(file, "SELECT id, instruction FROM tasks")).toEqual([{ id: "one-root", instruction: "" }]);
    client.sqlite.prepare("UPDATE messages SET body = 'null' WHERE task_id = 10").run();
    const other = await snapshots.take("one", path.join(base, "other"));
    expect(read(other, "SELECT id, instruction FROM tasks")).toEqual([{ id: "one-root", instruction: "" }]);
  });
});

describe("at the same time", () => {
  test("copying many messages does not block the event loop", async () => {
    client.sqlite.transaction(() => {
      for (let at = 0; at < 5_000; at++) addMessage(1, "tool_response", { text: `message ${at}`, isError: false });
    })();
    let rounds = 0;
    let isOver = false;
    const round = () => {
      rounds += 1;
      if (!isOver) setImmediate(round);
    };
    setImmediate(round);
    const file = await snapshots.take("one", folder);
    isOver = true;
    expect(contents(file)).toHaveLength(5_001);
    expect(rounds).toBeGreaterThan(15);
  });

  test("of one process share one build, and a later request sees later messages", async () => {
    const early = [snapshots.take("one", folder), snapshots.take("one", folder)];
    addMessage(1, "steer", { text: "later" });
    const late = await snapshots.take("one", folder);
    const [first, second] = await Promise.all(early);
    expect(first).toBe(second);
    expect(contents(late)).toHaveLength(2);
    expect(fs.readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
  });

  test("of several processes get complete files while messages come", async () => {
    const clients = [1, 2, 3].map(() => openClient(client.file, { migrations: "drizzle" }));
    const takers = clients.map((client) => createSqlSnapshots(client));
    for (let at = 0; at < 20; at++) {
      addMessage(1, "steer", { text: `${at}` });
      const files = await Promise.all(takers.map((taker) => taker.take("one", folder)));
      for (const file of files) expect(contents(file)).toHaveLength(at + 2);
    }
    for (const client of clients) client.close();
  });

  test("a snapshot does not prevent recycling of the write-ahead log", async () => {
    addMessage(1, "steer", { text: "more" });
    await snapshots.take("one", folder);
    const [result] = client.sqlite.pragma("wal_checkpoint(TRUNCATE)") as { busy: number; log: number }[];
    expect(result).toMatchObject({ busy: 0, log: 0 });
  });
});

/**
 * The gate `replay`: records what this release makes of the same trees: prompts, log entries, rows, audit and log lines,
 * one line each. `banyan gates` compares the record of the base with that of a change.
 *   node scripts/run-ts.mjs scripts/check/releases/replay.ts FILE
 * One task runs at a time, so that the order is always the same. Ids, times and places get names.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { withNames } from "./names";
import { buildRelease, type Ended, type Release, startProgram } from "./programs";
import { replyTo, TREES } from "./story";

/** Tables whose rows say what happened, without configuration and measurements. */
const TABLES = [
  "trees",
  "tasks",
  "messages",
  "attempts",
  "dependencies",
  "reviews",
  "letters",
  "pauses",
  "approval_rules",
  "interventions",
  "outputs",
  "folders",
  "proposals",
  "audit",
];
/** Columns that differ from run to run. */
const UNSTEADY = /_ms$|^(id|hash|worker_id|blob_id)$/;
const DEADLINE_MS = 240_000;
const POLL_MS = 100;
/** A worker counts as idle after this many checks without work. */
const QUIET_POLLS = 5;

interface Stage {
  release: Release;
  folder: string;
  file: string;
  providerUrl: string;
  lines: string[];
}

/** Returns the record of the release in `root`. */
export async function recordOf(root: string): Promise<string[]> {
  const release = await buildRelease("base", root);
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-replay-"));
  mkdirSync(path.join(folder, "data"));
  const lines: string[] = [];
  const provider = await startScriptedProvider(replyTo, {
    onRequest: (request) => lines.push(...promptLines(request)),
    record: false,
  });
  try {
    const file = path.join(folder, "data", "banyan.db");
    const stage: Stage = { release, folder, file, providerUrl: provider.url, lines };
    await play(stage);
    const sqlite = new Database(file, { readonly: true });
    try {
      const all = [
        ...new Set(systemsIn(lines)),
        ...lines.filter((line) => !line.startsWith("system ")),
        ...rowsIn(sqlite),
      ];
      return withNames(all, sqlite, { [folder]: "FOLDER", [release.programs]: "PROGRAMS", [root]: "ROOT" });
    } finally {
      sqlite.close();
    }
  } finally {
    await provider.close();
    release.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function play(stage: Stage): Promise<void> {
  // Seeds that somebody edited are named in the log.
  const edited = path.join(stage.folder, "edited.md");
  const seed = path.join(stage.release.root, "seeds/agents/summary_agent.md");
  for (const [task, ...more] of TREES) {
    const agent = more.includes("--runbook") ? [] : ["--agent", "worker"];
    await person(stage, "run", task, ...agent, ...more, "--detach", "--json");
  }
  writeFileSync(edited, `${readFileSync(seed, "utf8").trimEnd()}\n\nBe brief.\n`);
  await person(stage, "agents", "import", edited);
  await work(stage);
  damage(stage);
  await decide(stage);
  await work(stage);
  await decide(stage);
  await work(stage);
  await person(stage, "retry", uidOf(stage, "ends in failure"), "Try again.");
  await person(stage, "continue", uidOf(stage, "ends at once"), "And now more.", "--detach");
  await person(stage, "fork", uidOf(stage, "writes and reads a file"), "--detach");
  await work(stage);
}

/** Breaks the log of one task, as a damaged disk would, so that the worker has something to report. */
function damage(stage: Stage): void {
  const sqlite = new Database(stage.file);
  const last = "SELECT max(id) FROM messages WHERE task_id = (SELECT id FROM tasks WHERE uid = ?)";
  sqlite.prepare(`UPDATE messages SET body = '{' WHERE id = (${last})`).run(uidOf(stage, "is broken"));
  sqlite.close();
}

/** Does what a person does when everything waits. */
async function decide(stage: Stage): Promise<void> {
  for (const { uid, kind, title } of reviewsIn(stage)) {
    if (title === "is stopped") await person(stage, "stop", uidOf(stage, title), "--reason", "Enough.");
    else if (kind === "question") await person(stage, "answer", uid, "This way.");
    else await person(stage, "approve", uid);
  }
  await person(stage, "steer", uidOf(stage, "is stepped by hand"), "Go on.");
  await person(stage, "resume", uidOf(stage, "is stepped by hand"), "--detach");
}

/** A person's command. Its output is for people, and not part of the record. */
async function person(stage: Stage, ...args: string[]): Promise<void> {
  const { status } = await start(stage, "banyan", args).ended;
  stage.lines.push(`command ${args.join(" ")}: ${status}`);
}

/** Lets a worker work until only people can continue. */
async function work(stage: Stage): Promise<void> {
  const worker = start(stage, "server", ["--role", "worker"]);
  const deadline = Date.now() + DEADLINE_MS;
  let isOver = false;
  void worker.ended.then(() => {
    isOver = true;
  });
  await worker.said("works on");
  for (let quiet = 0; quiet < QUIET_POLLS && !isOver; ) {
    if (Date.now() > deadline) throw new Error("The replay does not come to rest.");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    quiet = busyTasks(stage) === 0 ? quiet + 1 : 0;
  }
  worker.child.kill("SIGTERM");
  stage.lines.push(...logLines(await worker.ended));
}

function start({ folder, file, release, providerUrl }: Stage, program: "banyan" | "server", args: readonly string[]) {
  const more = { MAX_CONCURRENT_AGENTS: "1" };
  const places = { home: path.join(folder, "home"), providerUrl, more };
  return startProgram(release, program, [...args, "--data", path.dirname(file)], places);
}

function read<Row>({ file }: Stage, sql: string, ...values: unknown[]): Row[] {
  const sqlite = new Database(file, { readonly: true });
  try {
    return sqlite.prepare(sql).all(...values) as Row[];
  } finally {
    sqlite.close();
  }
}

function busyTasks(stage: Stage): number {
  return read(stage, "SELECT 1 FROM tasks WHERE status IN ('ready', 'running') AND holds = 0").length;
}

function reviewsIn(stage: Stage): { uid: string; kind: string; title: string }[] {
  return read(
    stage,
    `SELECT reviews.uid, reviews.kind, tasks.title FROM reviews JOIN tasks ON tasks.id = reviews.task_id
      WHERE reviews.status = 'open' ORDER BY reviews.id`,
  );
}

/** The root with that title. */
function uidOf(stage: Stage, title: string): string {
  const [root] = read<{ uid: string }>(
    stage,
    "SELECT uid FROM tasks WHERE title = ? AND parent_id IS NULL ORDER BY id",
    title,
  );
  if (!root) throw new Error(`The replay has no tree “${title}”.`);
  return root.uid;
}

/** Returns the system prompt line by line, which is the same for each task of an agent, and the new part of the conversation. */
function promptLines({ agent, instruction, turn, system, messages, tools }: ScriptedRequest): string[] {
  const of = `${agent} “${instruction.split("\n", 1)[0]}” ${turn}`;
  const last = messages.findLastIndex((message) => message.role === "assistant");
  return [
    ...system.split("\n").map((line) => `system ${agent}: ${line}`),
    `prompt ${of}: tools ${tools.join(" ")}`,
    ...messages.slice(last + 1).map((message) => `prompt ${of}: ${JSON.stringify(message)}`),
  ];
}

function systemsIn(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith("system "));
}

function logLines({ stdout, stderr, status }: Ended): string[] {
  const said = `${stdout}\n${stderr}`.split("\n").filter(Boolean);
  return [...said.map((line) => `log ${withoutProcess(line)}`), `worker ended with ${status}`];
}

/** A line of the program's log without what names the process and the moment. */
function withoutProcess(line: string): string {
  try {
    const { level, msg, err } = JSON.parse(line) as { level: number; msg: string; err?: { message?: string } };
    return `${level} ${msg}${err?.message ? ` ${err.message}` : ""}`;
  } catch {
    return line;
  }
}

function rowsIn(sqlite: Database.Database): string[] {
  return TABLES.flatMap((table) => {
    const columns = sqlite.prepare("SELECT name, dflt_value AS empty FROM pragma_table_info(?)").all(table) as {
      name: string;
      empty: string | null;
    }[];
    // A new column without a value changes no line.
    const steady = columns.filter(({ name }) => !UNSTEADY.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const order = columns.some(({ name }) => name === "task_id") ? "task_id, rowid" : "rowid";
    const rows = sqlite.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).all() as Record<string, unknown>[];
    return rows.map((row) => {
      const filled = steady.filter(({ name, empty }) => row[name] !== null && String(row[name]) !== (empty ?? ""));
      return `row ${table} ${JSON.stringify(Object.fromEntries(filled.map(({ name }) => [name, row[name]])))}`;
    });
  });
}

export async function main([file = "replay.txt"]: string[]): Promise<void> {
  const lines = await recordOf(process.cwd());
  writeFileSync(file, `${lines.join("\n")}\n`);
  process.stdout.write(`${lines.length} lines of ${TREES.length} trees.\n`);
}

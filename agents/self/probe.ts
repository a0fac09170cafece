/**
 * The probe of a release: a program that the launcher runs beside a release on trial. It reads rows of the database, which
 * the release on trial also writes, and never asks that release. Each command prints one JSON object.
 */
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { fold } from "@/core/evolve";
import { addWholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { levelOf } from "@/db/file/data-level";
import { expandOnlyProblems } from "@/db/file/expand-only";
import { schemaDigest } from "@/db/file/installation";
import { applyMigrations, readMigrations } from "@/db/file/migrations";
import { finishRestore, placeToKeep } from "@/db/file/restore-mark";
import { uniteDatabase } from "@/db/file/union";
import { createLoader } from "@/db/log/load";
import { isNoCanary } from "@/db/people/canary";
import { treeToWatch } from "@/db/people/watcher";
import { HALTED } from "@/db/records/halt";
import { readSettings, type Settings } from "@/lib/env";
import { placesOf } from "@/lib/places";
import { canaryOf } from "./canary-log";
import { sentenceOfUnion } from "./probe-words";
import { signIn, type Walked } from "./walk";

const BUSY_MS = 5_000;
const POLL_MS = 100;
/** Logs that are folded at each look, so that a look ends. */
const MOST_FOLDED = 200;
const FOLD_MS = 20_000;
/** Only people's work shows how well a release works. */
const OF_PEOPLE = isNoCanary("tree");

/** @returns the exit status */
export async function main(argv: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      canary: { type: "string" },
      wait: { type: "string" },
      audit: { type: "string" },
      since: { type: "string" },
      cursor: { type: "string" },
      schema: { type: "string" },
      snapshot: { type: "string" },
    },
  });
  const [command, path = ""] = positionals;
  const places = placesOf(import.meta.url, process.env);
  const settings = readSettings(process.env, places.checkout);
  const file = settings.databaseFile;
  let said: object;
  try {
    if (command === "snapshot") said = snapshot(file, path);
    else if (command === "expand") said = expand(file, join(places.program, "drizzle"), join(path, "drizzle"));
    else if (command === "mend") said = mend(file, values);
    else said = await inspectAndWalk(file, path, values, settings);
  } catch (error) {
    said = { fault: (error as Error).message };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
  return 0;
}

function open(file: string, readonly: boolean): Sqlite {
  const sqlite = new Database(file, { readonly, fileMustExist: true, timeout: BUSY_MS });
  addWholeBody(sqlite);
  return sqlite;
}

/** Copies the database while it is in use, and reads the copy once. */
function snapshot(file: string, to: string): object {
  rmSync(to, { force: true });
  const source = open(file, true);
  try {
    source.prepare("VACUUM INTO ?").run(to);
  } finally {
    source.close();
  }
  chmodSync(to, 0o600);
  const copy = open(to, true);
  const verdict = String(copy.pragma("integrity_check(1)", { simple: true }));
  copy.close();
  return verdict === "ok" ? {} : { fault: `The copy of the database is damaged: ${verdict}` };
}

/** Applies the candidate's migrations, which may only add. */
function expand(file: string, own: string, theirs: string): object {
  const candidate = readMigrations(theirs);
  const [problem] = expandOnlyProblems(readMigrations(own), candidate);
  if (problem !== undefined) return { refused: problem };
  const sqlite = open(file, false);
  try {
    applyMigrations(sqlite, file, candidate);
    return { schema: schemaDigest(sqlite), level: levelOf(sqlite) };
  } finally {
    sqlite.close();
  }
}

interface Given {
  canary?: string;
  wait?: string;
  audit?: string;
  since?: string;
  cursor?: string;
  schema?: string;
  snapshot?: string;
}

/** `address`: of the server whose pages are opened first; an older launcher gives none. */
async function inspectAndWalk(file: string, address: string, given: Given, settings: Settings): Promise<object> {
  if (!address) return inspect(file, given, settings, null);
  const sqlite = open(file, false);
  try {
    const watcher = signIn(sqlite, address);
    try {
      const pages = await watcher?.walk(treeToWatch(sqlite, OF_PEOPLE));
      const pressed: Walked[] = [];
      const approve = watcher && (async (review: string) => void pressed.push(await watcher.approve(review)));
      const seen = await inspect(file, given, settings, approve);
      return { ...seen, pages: pages ? [...pages, ...pressed] : null };
    } finally {
      watcher?.signOut();
    }
  } finally {
    sqlite.close();
  }
}

type Approve = ((review: string) => Promise<void>) | null;

async function inspect(file: string, given: Given, settings: Settings, approve: Approve): Promise<object> {
  const sqlite = open(file, true);
  try {
    const untilMs = Date.now() + Number(given.wait ?? 0);
    let seen = canaryOf(sqlite, given.canary);
    let asked: string | null = null;
    while (seen.canary === "open" || seen.canary === "missing") {
      // While everything is paused, it is not claimed.
      if (given.canary === undefined || isHalted(sqlite) || Date.now() > untilMs) break;
      if (approve && seen.waitsFor !== null && seen.waitsFor !== asked) {
        asked = seen.waitsFor;
        await approve(asked);
      } else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      seen = canaryOf(sqlite, given.canary);
    }
    const { waitsFor: _, ...canary } = seen;
    const sinceMs = Number(given.since ?? 0);
    return {
      ...canary,
      schema: schemaDigest(sqlite),
      level: levelOf(sqlite),
      ...auditIn(sqlite, given.audit),
      ...countsIn(sqlite, sinceMs, settings.maxConcurrentAgents),
      ...grownSince(sqlite, given.cursor),
    };
  } finally {
    sqlite.close();
  }
}

/** Returns the head of the audit log, and whether the given one is still in it. */
function auditIn(sqlite: Sqlite, given: string | undefined): object {
  const head = sqlite.prepare("SELECT id AS seq, hex(hash) AS hash FROM audit ORDER BY id DESC LIMIT 1").get() ?? null;
  if (given === undefined) return { audit: head, auditHolds: true };
  const [seq, hash] = given.split(":");
  const found = sqlite.prepare("SELECT hex(hash) FROM audit WHERE id = ?").pluck().get(Number(seq));
  return { audit: head, auditHolds: found === hash };
}

function isHalted(sqlite: Sqlite): boolean {
  return sqlite.prepare(`SELECT ${HALTED}`).pluck().get() === 1;
}

function countsIn(sqlite: Sqlite, sinceMs: number, slots: number): object {
  const count = (condition: string, ...values: number[]) =>
    sqlite
      .prepare(
        `SELECT count(*) FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE ${OF_PEOPLE} AND ${condition}`,
      )
      .pluck()
      .get(...values) as number;
  const ended = (reason: string) => count(`task.reason = '${reason}' AND task.ended_at_ms >= ?`, sinceMs);
  return {
    ready: count(`task.status = 'ready' AND task.holds + ${HALTED} = 0`),
    halted: isHalted(sqlite),
    free: Math.max(0, slots - count("task.status = 'running'")),
    claims: sqlite
      .prepare(`SELECT total(task.lease) FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE ${OF_PEOPLE}`)
      .pluck()
      .get(),
    internal: ended("internal"),
    broken: ended("broken_log"),
  };
}

/** Folds the logs that have grown since the cursor. */
function grownSince(sqlite: Sqlite, given: string | undefined): object {
  const cursor = (sqlite.prepare("SELECT ifnull(max(id), 0) FROM messages").pluck().get() as number) ?? 0;
  if (given === undefined) return { cursor, unfolded: null };
  const grown = sqlite
    .prepare(
      `SELECT DISTINCT task.id, task.uid FROM messages message JOIN tasks task ON task.id = message.task_id
       WHERE message.id > ? AND message.id <= ? LIMIT ${MOST_FOLDED}`,
    )
    .all(Number(given), cursor) as { id: number; uid: string }[];
  const loader = createLoader(sqlite);
  const lengthOf = sqlite.prepare("SELECT length FROM tasks WHERE id = ?").pluck();
  // In one transaction, because the log of a task that runs grows between two reads. A deleted task has none.
  const entriesOf = sqlite.transaction((id: number) => {
    const length = lengthOf.get(id) as number | undefined;
    return length === undefined ? [] : loader.entries(id, length);
  });
  const untilMs = Date.now() + FOLD_MS;
  const unfolded = grown.find(({ id }) => {
    if (Date.now() > untilMs) return false;
    try {
      const entries = entriesOf(id);
      if (entries.length > 0) fold(entries);
      return false;
    } catch {
      return true;
    }
  });
  return { cursor, unfolded: unfolded?.uid ?? null };
}

/** Unites the database with the snapshot when its tables are not as expected, or its file is damaged. */
function mend(file: string, { schema, snapshot: from }: Given): object {
  // A kill may have interrupted the one before.
  finishRestore(file);
  if (isWhole(file, schema)) return { mended: null };
  if (from === undefined) return { fault: "There is no copy of the database from before the trial." };
  const kept = placeToKeep(file, `replaced-trial-${Date.now()}.db`);
  return { mended: sentenceOfUnion(uniteDatabase(file, from, kept), kept) };
}

function isWhole(file: string, schema: string | undefined): boolean {
  try {
    const sqlite = open(file, true);
    try {
      return schemaDigest(sqlite) === schema && sqlite.pragma("quick_check(1)", { simple: true }) === "ok";
    } finally {
      sqlite.close();
    }
  } catch {
    return false;
  }
}

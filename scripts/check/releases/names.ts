/** Replaces ids, times, places and digests, which differ from run to run; ids get names in the order of their rows. */
import type { Database } from "better-sqlite3";

const WITH_IDS = ["trees", "tasks", "reviews", "approval_rules", "audit"];
const DIGEST = /\b[0-9a-f]{64}\b|\b[0-9a-f]{40}\b/g;
/** Ids of calls of a runbook begin with a digest of the task's id. */
const CALL = /\b[0-9a-f]{8}(?=-\d+-\d+\b|-end-\d+\b)/g;
const MOMENT_MS = /\b1[6-9]\d{11}\b/g;
const MOMENT = /\b20\d\d-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?/g;
const LENGTH = /\b\d+(\.\d+)? (ms|seconds?|s)\b/g;
/** The audit of a tool's use ends with its milliseconds and its cost. */
const USE = /\b((?:read|write|network|host|change) (?:ok|failed|ended) [0-9a-f]{16}) \d+ (\d+)/g;
const LOOPBACK = /(127\.0\.0\.1|localhost):\d+/g;

/** `places` are texts with their names. */
export function withNames(lines: readonly string[], sqlite: Database, places: Record<string, string>): string[] {
  const names = new Map(Object.entries(places).sort(([a], [b]) => b.length - a.length));
  for (const table of WITH_IDS) {
    const has = sqlite.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = 'uid'").get(table);
    if (!has) continue;
    const ids = sqlite.prepare(`SELECT uid FROM ${table} ORDER BY rowid`).pluck().all() as string[];
    for (const [at, uid] of ids.entries()) names.set(uid, `${table}-${at + 1}`);
  }
  const known = new RegExp([...names.keys()].map(escaped).join("|"), "g");
  return lines.map((line) =>
    line
      .replace(known, (found) => names.get(found) ?? found)
      .replace(DIGEST, "DIGEST")
      .replace(CALL, "CALL")
      .replace(MOMENT_MS, "MOMENT")
      .replace(MOMENT, "MOMENT")
      .replace(LENGTH, "LENGTH")
      .replace(USE, "$1 LENGTH $2")
      .replace(LOOPBACK, "LOOPBACK"),
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Writes all rows of a backup as JSON, as they are stored, for a program that recounts figures from them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/** Returns JSON: `tables` with the rows of each table, and `gates` with the reports of the gates in the data folder. */
export function exportTables(backup: string, dataDir: string): string {
  const sqlite = new Database(backup, { readonly: true });
  const names = sqlite
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND sql NOT LIKE '%VIRTUAL%'",
    )
    .pluck()
    .all() as string[];
  const tables = Object.fromEntries(names.map((name) => [name, sqlite.prepare(`SELECT * FROM "${name}"`).all()]));
  sqlite.close();
  const evidence = join(dataDir, "self", "evidence");
  const runs = existsSync(evidence) ? readdirSync(evidence) : [];
  return JSON.stringify({
    tables,
    gates: runs.map((run) => JSON.parse(readFileSync(join(evidence, run, "report.json"), "utf8"))),
  });
}

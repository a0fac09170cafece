/** The files that make the tables of a service. */
import type { SqlDialect } from "@/core/services/blueprints/blueprints";
import { fileName, freeName } from "@/core/services/document/names";
import type { Resource } from "@/core/services/document/resources";

/** Returns a migration for each table and for each unique value. A file never changes, so a new version only adds some. */
export function migrationFiles(resources: readonly Resource[], dialect: SqlDialect): Map<string, string> {
  const files = new Map<string, string>();
  for (const { file, unique } of resources) {
    files.set(`migrations/001-create-${file}.sql`, `${TABLES[dialect](file).join("\n")}\n`);
    const taken = new Set<string>();
    for (const name of unique) {
      const index = sqlName(`${file} ${name}`);
      files.set(
        `migrations/002-unique-${file}-${freeName(fileName(name, "value"), taken)}.sql`,
        `CREATE UNIQUE INDEX ${index} ON "${file}" (within, ${VALUES[dialect](name)});\n`,
      );
    }
  }
  return files;
}

const TABLES: Record<SqlDialect, (table: string) => string[]> = {
  sqlite: (table) => [
    `CREATE TABLE "${table}" (`,
    "  position INTEGER PRIMARY KEY AUTOINCREMENT,",
    "  within TEXT NOT NULL,",
    "  id TEXT NOT NULL,",
    "  body TEXT NOT NULL CHECK (json_valid(body)),",
    "  UNIQUE (within, id)",
    ") STRICT;",
  ],
  postgres: (table) => [
    `CREATE TABLE "${table}" (`,
    "  position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,",
    "  within TEXT NOT NULL,",
    "  id TEXT NOT NULL,",
    "  body JSONB NOT NULL,",
    "  UNIQUE (within, id)",
    ");",
    `CREATE SEQUENCE "${table} number";`,
  ],
};

/** The expression of one value of an item. */
const VALUES: Record<SqlDialect, (name: string) => string> = {
  sqlite: (name) => `body ->> ${sqlText(`$.${JSON.stringify(name)}`)}`,
  postgres: (name) => `(body ->> ${sqlText(name)})`,
};

const sqlName = (text: string) => `"${text.replaceAll('"', '""')}"`;
const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`;

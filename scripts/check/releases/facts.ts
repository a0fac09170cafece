/** The facts of a release's data: migrations, levels, and the words that it may store. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { createGenerator } from "ts-json-schema-generator";
import type { DataLevels } from "@/db/file/data-level";
import { type Migration, readMigrations } from "@/db/file/migrations";

export interface DataFacts {
  migrations: Migration[];
  levels: DataLevels;
  /** Kinds of entries, in the order of their numbers. */
  kinds: string[];
  /** Each word that an entry or a column may hold, with its place: `entry.content.type=asked`, `tasks.status=ready`. */
  stored: Set<string>;
}

/** A program that asks a release's own code; it runs in a process of its own. */
function askingProgram(root: string): string {
  const files = readdirSync(path.join(root, "db/schema")).filter((file) => /^[^.]+\.ts$/.test(file));
  return `
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { DATA_LEVELS as levels } from "./db/file/data-level";
import { KINDS as kinds } from "./db/file/rows";
${files.map((file, at) => `import * as file${at} from "./db/schema/${file.slice(0, -3)}";`).join("\n")}
const all = [${files.map((_, at) => `file${at}`).join(", ")}].flatMap((file) => Object.values(file));
const tables = all.filter((value) => is(value, SQLiteTable)).map((table) => getTableConfig(table));
const columns = tables.flatMap(({ name, columns }) =>
  columns.flatMap((column) => (column.enumValues ?? []).map((value) => name + "." + column.name + "=" + value)));
process.stdout.write(JSON.stringify({ levels, kinds, columns }));
`;
}

/** Throws when the release's files cannot be read as those of a release. */
export async function dataFactsOf(root: string): Promise<DataFacts> {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: askingProgram(root), resolveDir: root, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    logLevel: "silent",
    tsconfig: path.join(root, "tsconfig.json"),
    external: ["better-sqlite3"],
  });
  const program = outputFiles[0]?.text ?? "";
  const answer = JSON.parse(execFileSync(process.execPath, ["-"], { cwd: root, input: program, encoding: "utf8" })) as {
    levels: DataLevels;
    kinds: string[];
    columns: string[];
  };
  const { levels, kinds, columns } = answer;
  const migrations = readMigrations(path.join(root, "drizzle"));
  return { migrations, levels, kinds, stored: new Set([...columns, ...storedInEntries(root)]) };
}

/** Returns the words of the types of entries, which are what the log stores as JSON. */
function storedInEntries(root: string): string[] {
  const generator = createGenerator({
    path: path.join(root, "core/log/entries.ts"),
    tsconfig: path.join(root, "tsconfig.json"),
    type: "Entry",
    // The type check is a gate of its own.
    skipTypeCheck: true,
    expose: "export",
    topRef: true,
    jsDoc: "none",
    additionalProperties: true,
  });
  const definitions = generator.createSchema("Entry").definitions ?? {};
  const found = new Set<string>();
  /** Places are names of properties, so that a type may get another name. */
  const walk = (value: unknown, place: string, within: readonly string[]): void => {
    if (Array.isArray(value)) for (const child of value) walk(child, place, within);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "$ref") {
        const name = decodeURIComponent(String(inner).replace("#/definitions/", ""));
        if (!within.includes(name)) walk(definitions[name], place, [...within, name]);
      } else if (key === "const" || key === "enum") {
        for (const text of [inner].flat()) if (typeof text === "string") found.add(`${place}=${text}`);
      } else if (key === "properties") {
        for (const [name, shape] of Object.entries(inner as object)) walk(shape, `${place}.${name}`, within);
      } else if (key !== "required") walk(inner, place, within);
    }
  };
  walk(definitions.Entry, "entry", []);
  return [...found];
}

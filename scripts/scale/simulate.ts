/**
 * `npm run simulate`: prints the tables of docs/scale.md. `--set NAME=VALUE` (repeatable) changes a figure, `--write` writes
 * the tables into the page.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { figuresWith } from "./figures";
import { tablesOf } from "./tables";

const PAGE = "docs/scale.md";
const WRONG_USE = 2;

export function main(argv: string[]): number {
  try {
    const { set = [], write = false } = parseArgs({
      args: argv,
      options: { set: { type: "string", multiple: true }, write: { type: "boolean" } },
    }).values;
    if (write && set.length > 0)
      throw new Error("--write goes without --set: the page has the figures of the project.");
    const tables = tablesOf(figuresWith(set));
    if (write) {
      const file = join(process.cwd(), PAGE);
      writeFileSync(file, pageWith(readFileSync(file, "utf8"), tables));
    } else for (const [name, table] of Object.entries(tables)) console.log(`${name}\n\n${table}\n`);
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return WRONG_USE;
  }
}

/** Returns the page with each table between its two marks. */
export function pageWith(page: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [begin, end] = [`<!-- table ${name} -->\n`, `\n<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the table ${name}.`);
    return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
  }, page);
}

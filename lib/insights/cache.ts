/** Keeps the facts of files by the ids of their contents, so that a later look reads only what changed. */
import fs from "node:fs";
import path from "node:path";
import type { FileFacts } from "@/core/insights/facts";
import { FACTS_VERSION } from "../structure/facts-of";

export interface Kept {
  /** As text, because most of them are only passed on. */
  facts: Map<string, string>;
  /** When notes were written, in seconds by `oid:line`. */
  noteTimes: Map<string, number>;
}

const FILE = `facts-${FACTS_VERSION}`;
const NOTES = "notes.json";

/** Two files of the same content differ where they are of different languages. */
export function keyOf(oid: string, language: FileFacts["language"]): string {
  return `${oid} ${language}`;
}

/** Returns what was kept in a folder; a file that cannot be read is as good as none. */
export function readKept(folder: string): Kept {
  const facts = new Map<string, string>();
  for (const line of textOf(path.join(folder, FILE)).split("\n")) {
    const tab = line.indexOf("\t");
    // A line that was cut does not end as an object does.
    if (tab > 0 && line.endsWith("}")) facts.set(line.slice(0, tab), line.slice(tab + 1));
  }
  let times: unknown = {};
  try {
    times = JSON.parse(textOf(path.join(folder, NOTES)) || "{}");
  } catch {
    // They are found again.
  }
  const noteTimes = new Map(
    Object.entries(times ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
  return { facts, noteTimes };
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Keeps what is needed, in the place of what was kept before. */
export function keep(folder: string, { facts, noteTimes }: Kept): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  replace(path.join(folder, NOTES), (fd) => fs.writeSync(fd, JSON.stringify(Object.fromEntries(noteTimes))));
  replace(path.join(folder, FILE), (fd) => {
    let lines: string[] = [];
    const write = () => {
      fs.writeSync(fd, lines.join(""));
      lines = [];
    };
    for (const [key, text] of facts) if (lines.push(`${key}\t${text}\n`) >= LINES_AT_ONCE) write();
    write();
  });
  for (const name of fs.readdirSync(folder))
    if (name.startsWith("facts-") && name !== FILE) fs.rmSync(path.join(folder, name), { force: true });
}

const LINES_AT_ONCE = 2_000;

function replace(file: string, write: (fd: number) => void): void {
  const temporary = `${file}.new`;
  const fd = fs.openSync(temporary, "w", 0o600);
  try {
    write(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, file);
}

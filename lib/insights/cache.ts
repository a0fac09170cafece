/**
 * Keeps what files say by the ids of their contents, so that a later look parses only what changed. A file holds it: the
 * numbers of all files in a row, which are used where they lie, their details one after the other, and the rest as JSON. A
 * sum over everything shows a file that was damaged or not written whole: it is as good as none. Beside it stands a file of
 * the same kind with what was added since, because to write everything again takes longer than to read it.
 */
import fs from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { BRIEF_VERSION } from "@/core/insights/brief";
import type { CodeLanguage } from "@/core/insights/facts";
import { FACTS_VERSION } from "../structure/facts-of";
import { KeptFile, type Rows } from "./kept-file";

/** By the ending of the name, because the same content says something else in another language, and by the content's id. */
export type KeptFiles = Map<string, Map<string, KeptFile>>;

export interface Kept {
  files: KeptFiles;
  /** When notes were written, in seconds by `oid:line`. */
  noteTimes: Map<string, number>;
}

/** What was kept, and with it what only the file of additions holds. */
export interface Known extends Kept {
  added: Kept;
}

const FILE = `files-${FACTS_VERSION}.${BRIEF_VERSION}.2`;
const ADDED = `${FILE}.added`;
/** The sum, then the bytes of numbers, details and the rest, as numbers of 8 bytes. */
const HEAD_BYTES = 32;

interface Rest {
  oids: string[];
  endings: string[];
  languages: CodeLanguage[];
  packages: string[];
  imports: string[][];
  noteTimes: [string, number][];
}

/** A file as a commit has it. */
export interface Content {
  path: string;
  oid: string;
}

export function keptOf(files: KeptFiles, { path: name, oid }: Content): KeptFile | undefined {
  return files.get(endingOf(name))?.get(oid);
}

export function addKept(files: KeptFiles, { path: name, oid }: Content, file: KeptFile): void {
  add(files, endingOf(name), [oid, file]);
}

function add(files: KeptFiles, ending: string, [oid, file]: [string, KeptFile]): void {
  const known = files.get(ending);
  if (known === undefined) files.set(ending, new Map([[oid, file]]));
  else known.set(oid, file);
}

function endingOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** Returns what was kept in a folder. */
export function readKept(folder: string): Known {
  const { files, noteTimes } = readFile(path.join(folder, FILE));
  const added = files.size === 0 ? nothing() : readFile(path.join(folder, ADDED));
  for (const [ending, byOid] of added.files) for (const entry of byOid) add(files, ending, entry);
  for (const [note, seconds] of added.noteTimes) noteTimes.set(note, seconds);
  return { files, noteTimes, added };
}

function nothing(): Kept {
  return { files: new Map(), noteTimes: new Map() };
}

function readFile(name: string): Kept {
  const bytes = bytesOf(name);
  const sections = bytes === null ? null : sectionsOf(bytes);
  const files: KeptFiles = new Map();
  if (sections === null) return nothing();
  const { rows, rest } = sections;
  const { oids, endings, languages, packages, imports, noteTimes } = JSON.parse(rest.toString("utf8")) as Rest;
  // Another layout under the same name, which only a build between two versions writes.
  if ([endings, languages, packages, imports].some((list) => list?.length !== oids.length)) return nothing();
  let number = 0;
  let byte = 0;
  for (const [at, language] of languages.entries()) {
    const texts = { language, packageName: packages[at] ?? "", imports: imports[at] ?? [] };
    const file = new KeptFile(texts, { rows, number, byte });
    add(files, endings[at] ?? "", [oids[at] ?? "", file]);
    number = file.nextNumber;
    byte = file.nextByte;
  }
  return { files, noteTimes: new Map(noteTimes) };
}

/** Returns the parts of the kept file; null for one that is not whole. */
function sectionsOf(bytes: Buffer): { rows: Rows; rest: Buffer } | null {
  if (bytes.length < HEAD_BYTES) return null;
  const [sum = 0, ...lengths] = new Float64Array(bytes.buffer, 0, HEAD_BYTES / 8);
  const [numbers = 0, details = 0, rest = 0] = lengths;
  if (bytes.length !== HEAD_BYTES + numbers + details + rest || crc32(bytes.subarray(8)) !== sum) return null;
  const from = HEAD_BYTES + numbers;
  return {
    rows: {
      numbers: new Uint32Array(bytes.buffer, HEAD_BYTES, numbers / 4),
      details: bytes.subarray(from, from + details),
    },
    rest: bytes.subarray(from + details),
  };
}

/** Returns a file's bytes in memory of their own, in which numbers are aligned; null for a file that cannot be read. */
function bytesOf(file: string): Buffer | null {
  try {
    const fd = fs.openSync(file, "r");
    try {
      const bytes = Buffer.from(new ArrayBuffer(fs.fstatSync(fd).size));
      for (let read = 0; read < bytes.length; ) {
        const count = fs.readSync(fd, bytes, read, bytes.length - read, null);
        if (count === 0) return null;
        read += count;
      }
      return bytes;
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** Keeps what is needed, in the place of what was kept before. `dir` is a folder for a temporary file. */
export function keep(folder: string, dir: string, kept: Kept): void {
  write(path.join(folder, FILE), dir, bytesFor(kept));
  for (const name of fs.readdirSync(folder)) if (name !== FILE) fs.rmSync(path.join(folder, name), { force: true });
}

/** Keeps what was added since everything was kept, in the place of earlier additions. */
export function keepAdded(folder: string, dir: string, added: Kept): void {
  write(path.join(folder, ADDED), dir, bytesFor(added));
}

export function countOf(files: KeptFiles): number {
  return [...files.values()].reduce((sum, byOid) => sum + byOid.size, 0);
}

/** Returns the sections of a file. */
function bytesFor({ files, noteTimes }: Kept): Buffer[] {
  const entries = [...files].flatMap(([ending, byOid]) => [...byOid].map(([oid, file]) => ({ ending, oid, file })));
  const kept = entries.map(({ file }) => file);
  const rest: Rest = {
    oids: entries.map(({ oid }) => oid),
    endings: entries.map(({ ending }) => ending),
    languages: kept.map(({ language }) => language),
    packages: kept.map(({ packageName }) => packageName),
    imports: kept.map(({ imports }) => imports),
    noteTimes: [...noteTimes],
  };
  const rows = kept.map(({ row }) => row);
  const numbers = new Uint32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    numbers.set(row, at);
    at += row.length;
  }
  const details = Buffer.concat(kept.map(({ detailBytes }) => detailBytes));
  return [Buffer.from(numbers.buffer), details, Buffer.from(JSON.stringify(rest))];
}

/** A kill leaves the file of before, and a half-written one that the caller removes with `dir`. */
function write(file: string, dir: string, sections: readonly Buffer[]): void {
  const lengths = Buffer.from(Float64Array.from(sections, ({ length }) => length).buffer);
  const sum = [lengths, ...sections].reduce((before, one) => crc32(one, before), 0);
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = path.join(dir, path.basename(file));
  fs.rmSync(temporary, { force: true });
  for (const part of [Buffer.from(Float64Array.of(sum).buffer), lengths, ...sections])
    fs.appendFileSync(temporary, part, { mode: 0o600 });
  fs.renameSync(temporary, file);
}

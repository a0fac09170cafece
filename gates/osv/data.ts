/** Reads known vulnerabilities from a folder of JSON files, or from zips as osv.dev exports them. */
import fs from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Ecosystem, LockedPackage } from "@/gates/packages/locked";
import { normalized } from "@/gates/packages/python";
import { openZipFile } from "@/lib/archive/open-zip";
import { ecosystemOf, Osv } from "./shape";

export interface KnownVulnerabilities {
  /** By `keyOf` of each package that was asked for. */
  byPackage: ReadonlyMap<string, Osv[]>;
  /** The ecosystems about which there is data. */
  ecosystems: ReadonlySet<Ecosystem>;
  /** When the newest entry was last changed; "" where none says it. */
  newest: string;
  /** Files that are no vulnerability. */
  damaged: number;
}

const MOST_FILE_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 2_000_000;
const MOST_DEPTH = 10;
const MOST_ZIP_BYTES = 4 * 1024 ** 3;
const ZIP_LIMITS = { entries: MOST_FILES, totalBytes: 32 * 1024 ** 3, ratio: 200, ratioFromBytes: 1024 ** 3 };

export function keyOf({ ecosystem, name }: Pick<LockedPackage, "ecosystem" | "name">): string {
  return `${ecosystem} ${ecosystem === "PyPI" ? normalized(name) : name}`;
}

/** Keeps the vulnerabilities of these packages. Throws an error with one sentence where there is no data. */
export async function readOsv(place: string, packages: readonly LockedPackage[]): Promise<KnownVulnerabilities> {
  const byPackage = new Map<string, Osv[]>(packages.map((each) => [keyOf(each), []]));
  const ecosystems = new Set<Ecosystem>();
  let [newest, damaged, count] = ["", 0, 0];
  for await (const text of textsIn(place)) {
    // Hundreds of thousands of files take a while, and other work gets a turn.
    if (++count % 1000 === 0) await nextTurn();
    const entry = entryIn(text);
    if (entry === null) {
      damaged += 1;
      continue;
    }
    if ((entry.modified ?? "") > newest) newest = entry.modified ?? "";
    const keys = new Set<string>();
    for (const { package: of } of entry.affected ?? []) {
      const ecosystem = of && ecosystemOf(of.ecosystem);
      if (!of || !ecosystem) continue;
      ecosystems.add(ecosystem);
      keys.add(keyOf({ ecosystem, name: of.name }));
    }
    if (!entry.withdrawn) for (const key of keys) byPackage.get(key)?.push(entry);
  }
  return { byPackage, ecosystems, newest, damaged };
}

function entryIn(text: string | null): Osv | null {
  try {
    return Osv.parse(JSON.parse(text ?? ""));
  } catch {
    return null;
  }
}

/** Yields null for a file that is too large to be one. */
async function* textsIn(place: string): AsyncGenerator<string | null> {
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (stat?.isFile()) yield* place.endsWith(".zip") ? textsInZip(place) : textsInFile(place);
  else if (stat?.isDirectory()) yield* textsInFolder(place, 0);
  else throw new Error(`There is no folder and no zip ${place}.`);
}

async function* textsInFolder(folder: string, depth: number): AsyncGenerator<string | null> {
  if (depth > MOST_DEPTH) return;
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  if (entries.length > MOST_FILES) throw new Error(`${folder} has more than ${MOST_FILES} files.`);
  for (const entry of entries) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* textsInFolder(at, depth + 1);
    else if (entry.isFile() && entry.name.endsWith(".json")) yield* textsInFile(at);
    else if (entry.isFile() && entry.name.endsWith(".zip")) yield* textsInZip(at);
  }
}

function* textsInFile(file: string): Generator<string | null> {
  yield fs.statSync(file).size > MOST_FILE_BYTES ? null : fs.readFileSync(file, "utf8");
}

async function* textsInZip(file: string): AsyncGenerator<string | null> {
  const zip = await openZipFile(file, MOST_ZIP_BYTES, ZIP_LIMITS);
  try {
    for (const [name, entry] of zip.entries) {
      if (!name.endsWith(".json")) continue;
      if (entry.uncompressedSize > MOST_FILE_BYTES) {
        yield null;
        continue;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of zip.read(entry)) chunks.push(chunk);
      yield Buffer.concat(chunks).toString("utf8");
    }
  } finally {
    zip.close();
  }
}

/** Makes a service again from its document, if it has one, and a newer blueprint, and keeps what a person changed. */
import { lstatSync, rmSync } from "node:fs";
import path from "node:path";
import { UserError, wrongField } from "@/agents/application";
import type { ServiceModel } from "@/core/services/model/model";
import {
  DOCUMENT_FILE,
  type FileVersions,
  MADE_FILE,
  madeFiles,
  RECORD_FILE,
  recordFiles,
  type ServiceRecord,
  serviceRecord,
  stepFor,
} from "@/core/services/record";
import { mergeTexts } from "@/lib/git/merge-file";
import { readPlainFile } from "@/lib/workspace/plain-file";
import { blueprintFolders, composed, partsCalled, readModel, type ServiceSource, variablesOf } from "./compose";
import { readDocumentText } from "./document";
import { writeFiles } from "./place";

const MOST_BYTES = 20_000_000;
/** Where a service keeps blueprints of its own. */
export const OWN_BLUEPRINTS = ".banyan/blueprints";

export interface Upgraded {
  /** The versions of the blueprint. */
  from: number;
  to: number;
  written: string[];
  merged: string[];
  /** Files with marked parts that a person has to settle. */
  conflicts: string[];
  removed: string[];
  /** What the blueprint says about the versions between. */
  notes: string[];
}

export interface UpgradeSources {
  /** The folder with the blueprints of Banyan. */
  blueprints: string;
  /** Throws UserError for a folder that the person may not use: the record is a file that anybody may have changed. */
  requireAllowed(folder: string): void;
}

/** A service as it is made again, before anything of it is written. */
export interface Again extends Upgraded {
  /** What is written, the record of it last: from then on this version counts as made. */
  texts: Map<string, string>;
  /** The files as they were read. */
  read: ReadonlyMap<string, string | null>;
  /** Null: the blueprint needs no document. */
  model: ServiceModel | null;
  /** All files as the blueprint makes them. */
  made: ReadonlyMap<string, string>;
  setup: string;
  check: string;
}

/**
 * Writes what `madeAgain` returns. Throws UserError, and has then changed nothing. `requireFree` throws one when a tree works
 * in the folder.
 */
export async function makeAgain(
  folder: string,
  { requireFree, ...sources }: UpgradeSources & { requireFree(): void },
): Promise<Upgraded> {
  const again = await madeAgain(folder, sources);
  const { texts, read, model: _model, made: _made, setup: _setup, check: _check, ...told } = again;
  requireFree();
  for (const [file, text] of read)
    if (readPlain(folder, file) !== text)
      throw new UserError("conflict", `Nothing was written: ${file} was saved meanwhile. Try again.`);
  // Once the record is written, nothing knows any more what is still to be removed.
  for (const file of told.removed) rmSync(path.join(folder, file));
  writeFiles(folder, texts);
  return told;
}

/** Resolves with the files of a service in a folder as they are made now. Throws UserError. */
export async function madeAgain(folder: string, { blueprints, requireAllowed }: UpgradeSources): Promise<Again> {
  const record = recordIn(folder);
  if (record.blueprint.folder !== undefined) requireAllowed(record.blueprint.folder);
  const made = jsonIn(folder, MADE_FILE, madeFiles.parse);
  const { folders, blueprint } = blueprintFolders(record.blueprint.folder ?? record.blueprint.name, [
    path.join(folder, OWN_BLUEPRINTS),
    blueprints,
  ]);
  const { described } = blueprint;
  const parts = partsCalled(record.parts, described, folders);
  const known = new Set(Object.keys(variablesOf(described, parts, {})));
  const kept = Object.fromEntries(Object.entries(record.variables).filter(([name]) => known.has(name)));
  const variables = variablesOf(described, parts, kept);
  const source = described.from === "document" ? await sourceIn(folder) : null;
  const files = await composed({ name: record.name, blueprint, parts, variables, source });
  const { texts, bases, read, ...lists } = await mergedFiles(folder, new Map(Object.entries(made)), files);
  const about = { ...record, blueprint: { ...record.blueprint, version: described.version }, variables };
  const between = described.upgrades.filter(({ version }) => version > record.blueprint.version);
  return {
    from: record.blueprint.version,
    to: described.version,
    ...lists,
    notes: between.map(({ notes }) => notes),
    texts: new Map([...texts, ...recordFiles(about, bases)]),
    read,
    model: source?.model ?? null,
    made: files,
    setup: described.setup,
    check: described.check,
  };
}

/** Resolves with the document from which a service is made. Throws UserError. */
async function sourceIn(folder: string): Promise<ServiceSource> {
  const text = readPlain(folder, DOCUMENT_FILE);
  if (text === null)
    throw wrongField("folder", `There is no ${DOCUMENT_FILE} in ${folder}, from which the service was made.`);
  return { text, model: readModel(await readDocumentText(text)) };
}

async function mergedFiles(folder: string, made: ReadonlyMap<string, string>, files: ReadonlyMap<string, string>) {
  const texts = new Map<string, string>();
  const bases = new Map(files);
  const read = new Map<string, string | null>();
  const lists = { written: [] as string[], merged: [] as string[], conflicts: [] as string[], removed: [] as string[] };
  for (const file of new Set([...made.keys(), ...files.keys()])) {
    if (file === DOCUMENT_FILE) continue;
    const versions: FileVersions = {
      mine: readPlain(folder, file),
      base: made.get(file) ?? null,
      now: files.get(file) ?? null,
    };
    read.set(file, versions.mine);
    // Marks of an earlier merge are settled first: merged once more, they would be nested.
    if (versions.mine !== null && hasMarks(versions.mine)) {
      lists.conflicts.push(file);
      // This version has not arrived in it: the next upgrade has to compare with the one that has.
      if (versions.base === null) bases.delete(file);
      else bases.set(file, versions.base);
      continue;
    }
    const step = stepFor(versions);
    if (step.kind === "write") {
      texts.set(file, step.text);
      lists.written.push(file);
    } else if (step.kind === "remove") lists.removed.push(file);
    else if (step.kind === "merge") {
      const merged = await mergeTexts(versions.mine ?? "", versions.base ?? "", versions.now ?? "");
      texts.set(file, merged.text);
      lists[merged.hasConflicts ? "conflicts" : "merged"].push(file);
    }
  }
  return { texts, bases, read, ...lists };
}

/** Whether git has marked in a text what both sides changed. */
function hasMarks(text: string): boolean {
  const marks = ["<<<<<<< ", "=======", ">>>>>>> "];
  let next = 0;
  for (const line of text.split("\n")) if (next < marks.length && line.startsWith(marks[next] ?? "")) next += 1;
  return next === marks.length;
}

/** Whether Banyan made the service in a folder, and remembers how. */
export function wasMade(folder: string): boolean {
  return lstatSync(path.join(folder, RECORD_FILE), { throwIfNoEntry: false }) !== undefined;
}

/** Throws UserError about `folder` when no service was made there. */
export function recordIn(folder: string): ServiceRecord {
  return jsonIn(folder, RECORD_FILE, serviceRecord.parse);
}

function jsonIn<T>(folder: string, file: string, checked: (value: unknown) => T): T {
  const text = readPlain(folder, file);
  if (text === null)
    throw wrongField("folder", `There is no ${file} in ${folder}: only a service that Banyan made can be upgraded.`);
  try {
    return checked(JSON.parse(text));
  } catch {
    throw new UserError("conflict", `${path.join(folder, file)} is damaged: take it from the repository's history.`);
  }
}

/** Returns the text of a plain file below the folder; null when there is none. Links are not followed. */
function readPlain(folder: string, file: string): string | null {
  const parts = file.split("/");
  if (parts.includes("..") || parts.includes(".git") || path.isAbsolute(file))
    throw new UserError("conflict", `${JSON.stringify(file)} is no file of a service.`);
  for (let count = 1; count <= parts.length; count += 1) {
    const found = lstatSync(path.join(folder, ...parts.slice(0, count)), { throwIfNoEntry: false });
    if (!found) return null;
    const isRight = count === parts.length ? found.isFile() && found.size <= MOST_BYTES : found.isDirectory();
    if (!isRight)
      throw new UserError("conflict", `${file} is no plain file: an upgrade changes only files that Banyan made.`);
  }
  return readPlainFile(path.join(folder, file), MOST_BYTES)?.toString("utf8") ?? null;
}

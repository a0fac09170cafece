/** Reads blueprints and parts from folders: `<name>/blueprint.yaml` or `parts/<name>/part.yaml`, each with `files/` beside it. */
import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import {
  type Blueprint,
  type BlueprintPart,
  blueprintFile,
  extendedBy,
  faultsIn,
  isRecord,
  partFile,
} from "@/core/services/blueprints/blueprints";
import { isTooDeep } from "../net/bounded-yaml";
import { readPlainFile } from "../workspace/plain-file";

const MOST_CHARACTERS = 200_000;
/** A character takes at most four bytes in UTF-8. */
const MOST_YAML_BYTES = 4 * MOST_CHARACTERS;
const MOST_FILES = 500;
/** Blueprints that one extends, directly or through others. */
const MOST_BASES = 5;
const BASES = "bases";
const MOST_FILE_BYTES = 500_000;

/** A fault in the files of a blueprint, as sentences that name file and field. */
export class BlueprintError extends Error {
  override name = "BlueprintError";
}

export interface Stored<Described> {
  described: Described;
  /** The templates, by their path in `files/`. */
  files: ReadonlyMap<string, string>;
}

/** Returns the names of the blueprints in a folder; none when there is no such folder. */
export function blueprintNames(folder: string): string[] {
  return foldersIn(folder).filter((name) => isFile(path.join(folder, name, "blueprint.yaml")));
}

/**
 * Reads one blueprint from its own folder, with the files of the blueprint that it extends. That one is looked for beside
 * it, then in `others`: folders with blueprints, whose folder `bases` has those that are only extended. Throws
 * BlueprintError.
 */
export function readBlueprint(folder: string, others: readonly string[] = []): Stored<Blueprint> {
  return readExtended(folder, [path.dirname(folder), ...others], 0);
}

function readExtended(folder: string, others: readonly string[], depth: number): Stored<Blueprint> {
  const file = path.join(folder, "blueprint.yaml");
  requireFolder(folder);
  const value = readYaml(file);
  const files = readFiles(path.join(folder, "files"));
  const described = (whole: unknown) =>
    checked(whole, (given) => faultsIn(blueprintFile, file, given), blueprintFile.parse);
  if (!isRecord(value) || typeof value.extends !== "string") return { described: described(value), files };
  if (depth >= MOST_BASES)
    throw new BlueprintError(`${file}: extends is the start of a chain of more than ${MOST_BASES}, or of a circle.`);
  const base = readExtended(baseFolder(file, value.extends, others), others, depth + 1);
  return { described: described(extendedBy(base.described, value)), files: new Map([...base.files, ...files]) };
}

function baseFolder(file: string, name: string, others: readonly string[]): string {
  const folder = others
    .flatMap((one) => [one, path.join(one, BASES)])
    .find((one) => blueprintNames(one).includes(name));
  if (folder !== undefined) return path.join(folder, name);
  throw new BlueprintError(`${file}: extends names ${JSON.stringify(name.slice(0, 100))}, which is no blueprint.`);
}

/** Reads the parts of a folder with blueprints. Throws BlueprintError. */
export function readParts(folder: string): Map<string, Stored<BlueprintPart>> {
  const parts = path.join(folder, "parts");
  return new Map(
    foldersIn(parts).map((name) => {
      const file = path.join(parts, name, "part.yaml");
      const described = checked(readYaml(file), (value) => faultsIn(partFile, file, value), partFile.parse);
      if (described.name !== name)
        throw new BlueprintError(`${file}: name is ${described.name}, but its folder is ${name}.`);
      return [name, { described, files: readFiles(path.join(parts, name, "files")) }];
    }),
  );
}

function checked<T>(value: unknown, faults: (value: unknown) => string[], parsed: (value: unknown) => T): T {
  const found = faults(value);
  if (found.length > 0) throw new BlueprintError(found.join(" "));
  return parsed(value);
}

function readYaml(file: string): unknown {
  const text = readPlainFile(file, MOST_YAML_BYTES)?.toString("utf8");
  if (text === undefined)
    throw new BlueprintError(
      `${file} cannot be read: a blueprint has a blueprint.yaml, and each of its parts a part.yaml, of at most ${MOST_YAML_BYTES} bytes and no link.`,
    );
  if (text.length > MOST_CHARACTERS) throw new BlueprintError(`${file} has more than ${MOST_CHARACTERS} characters.`);
  if (isTooDeep(text)) throw new BlueprintError(`${file} is not valid YAML: it is nested too deeply.`);
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new BlueprintError(`${file} is not valid YAML: ${String((error as Error).message).split("\n")[0]}.`);
  }
}

/** Agents and strangers write blueprints: a link would bring files from elsewhere into a service, and a pipe never ends. */
function notPlain(given: string): BlueprintError {
  return new BlueprintError(`${given} is no plain file: a blueprint has only files and folders.`);
}

function readFiles(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const walk = (below: string) => {
    for (const name of namesIn(path.join(root, below))) {
      const relative = below === "" ? name : `${below}/${name}`;
      const full = path.join(root, relative);
      const found = lstatSync(full);
      if (found.isDirectory()) walk(relative);
      else if (!found.isFile()) throw notPlain(full);
      else if (found.size > MOST_FILE_BYTES)
        throw new BlueprintError(`${full} has more than ${MOST_FILE_BYTES} bytes.`);
      else files.set(relative, textOf(full));
      if (files.size > MOST_FILES) throw new BlueprintError(`${root} has more than ${MOST_FILES} files.`);
    }
  };
  walk("");
  return files;
}

function textOf(file: string): string {
  const bytes = readPlainFile(file, MOST_FILE_BYTES);
  if (bytes === null) throw notPlain(file);
  return bytes.toString("utf8");
}

function foldersIn(folder: string): string[] {
  return namesIn(folder).filter((name) => lstatSync(path.join(folder, name)).isDirectory() && name !== "parts");
}

/** Returns none for a folder that is missing or cannot be read. */
function namesIn(folder: string): string[] {
  requireFolder(folder);
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Throws BlueprintError for a link or a file in the place of a folder. */
function requireFolder(folder: string): void {
  if (isOther(folder)) throw notPlain(folder);
}

function isOther(folder: string): boolean {
  try {
    return !lstatSync(folder).isDirectory();
  } catch {
    // Nothing is there.
    return false;
  }
}

function isFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

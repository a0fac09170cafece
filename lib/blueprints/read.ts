/** Reads blueprints and parts from folders: `<name>/blueprint.yaml` or `parts/<name>/part.yaml`, each with `files/` beside it. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import {
  type Blueprint,
  type BlueprintPart,
  blueprintFile,
  faultsIn,
  partFile,
} from "@/core/services/blueprints/blueprints";

const MOST_CHARACTERS = 200_000;
const MOST_FILES = 500;
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

/** Reads one blueprint from its own folder. Throws BlueprintError. */
export function readBlueprint(folder: string): Stored<Blueprint> {
  const file = path.join(folder, "blueprint.yaml");
  const described = readChecked(file, (value) => faultsIn(blueprintFile, file, value), blueprintFile.parse);
  return { described, files: readFiles(path.join(folder, "files")) };
}

/** Reads the parts of a folder with blueprints. Throws BlueprintError. */
export function readParts(folder: string): Map<string, Stored<BlueprintPart>> {
  const parts = path.join(folder, "parts");
  return new Map(
    foldersIn(parts).map((name) => {
      const file = path.join(parts, name, "part.yaml");
      const described = readChecked(file, (value) => faultsIn(partFile, file, value), partFile.parse);
      if (described.name !== name)
        throw new BlueprintError(`${file}: name is ${described.name}, but its folder is ${name}.`);
      return [name, { described, files: readFiles(path.join(parts, name, "files")) }];
    }),
  );
}

function readChecked<T>(file: string, faults: (value: unknown) => string[], checked: (value: unknown) => T): T {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new BlueprintError(
      `${file} cannot be read: a blueprint has a blueprint.yaml, and each of its parts a part.yaml.`,
    );
  }
  if (text.length > MOST_CHARACTERS) throw new BlueprintError(`${file} has more than ${MOST_CHARACTERS} characters.`);
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new BlueprintError(`${file} is not valid YAML: ${String((error as Error).message).split("\n")[0]}.`);
  }
  const found = faults(value);
  if (found.length > 0) throw new BlueprintError(found.join(" "));
  return checked(value);
}

/** Links are refused: they would bring files from elsewhere into a service. */
function readFiles(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const walk = (below: string) => {
    for (const name of namesIn(path.join(root, below))) {
      const relative = below === "" ? name : `${below}/${name}`;
      const full = path.join(root, relative);
      const found = lstatSync(full);
      if (found.isDirectory()) walk(relative);
      else if (!found.isFile())
        throw new BlueprintError(`${full} is no plain file: a blueprint has only files and folders.`);
      else if (found.size > MOST_FILE_BYTES)
        throw new BlueprintError(`${full} has more than ${MOST_FILE_BYTES} bytes.`);
      else files.set(relative, readFileSync(full, "utf8"));
      if (files.size > MOST_FILES) throw new BlueprintError(`${root} has more than ${MOST_FILES} files.`);
    }
  };
  walk("");
  return files;
}

function foldersIn(folder: string): string[] {
  return namesIn(folder).filter((name) => lstatSync(path.join(folder, name)).isDirectory() && name !== "parts");
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** What tests reach: by the last coverage report, or else by imports and names. */
import { hash32, unpacked } from "./hash";
import type { CodeFile, Repository } from "./repository";
import { createResolver, folderOf } from "./resolve";

export interface Reach {
  /** The files that tests import, also through others, and the tests themselves. */
  files: ReadonlySet<string>;
  /** Imported by another file. */
  imported: ReadonlySet<string>;
  /** Returns in how many files a name stands. */
  mentionedIn(name: string): number;
  /** Returns in how many of the reached files a name stands. */
  reachedIn(name: string): number;
}

/** `names` are the names that are asked for. */
export function reachIn(repository: Repository, names: Iterable<string>): Reach {
  const uses = usesIn(repository);
  const imported = new Set<string>();
  for (const targets of uses.values()) for (const target of targets) imported.add(target);
  const files = reachedFrom(repository, uses);
  const wanted = new Map([...names].map((name) => [hash32(name), { all: 0, reached: 0 }]));
  for (const { path, facts } of repository.files) {
    const isReached = files.has(path);
    for (const word of unpacked(facts.words)) {
      const count = wanted.get(word);
      if (count === undefined) continue;
      count.all += 1;
      if (isReached) count.reached += 1;
    }
  }
  return {
    files,
    imported,
    mentionedIn: (name) => wanted.get(hash32(name))?.all ?? 0,
    reachedIn: (name) => wanted.get(hash32(name))?.reached ?? 0,
  };
}

function usesIn(repository: Repository): Map<string, readonly string[]> {
  const resolver = createResolver(repository);
  const uses = new Map<string, readonly string[]>();
  for (const file of repository.files) {
    const targets = new Set(file.facts.imports.flatMap((imported) => resolver.of(file, imported)));
    targets.delete(file.path);
    if (targets.size > 0) uses.set(file.path, [...targets]);
  }
  return uses;
}

function reachedFrom(repository: Repository, uses: ReadonlyMap<string, readonly string[]>): Set<string> {
  const byPath = new Map(repository.files.map((file) => [file.path, file]));
  const beside = besideIn(repository);
  const reached = new Set<string>();
  const open = repository.files.filter(({ isTest, facts }) => isTest || facts.hasTests).map(({ path }) => path);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    const file = byPath.get(path);
    open.push(...(uses.get(path) ?? []), ...(file ? beside(file) : []));
  }
  return reached;
}

/** A package of Go is one unit, and files of one package of Java need no import. */
function besideIn({ files }: Repository): (file: CodeFile) => string[] {
  const packages = new Map<string, CodeFile[]>();
  const keyOf = ({ path, facts }: CodeFile) => {
    if (facts.language === "go") return `go ${folderOf(path)}`;
    return facts.language === "java" ? `java ${facts.packageName}` : null;
  };
  for (const file of files) {
    const key = keyOf(file);
    if (key === null) continue;
    const list = packages.get(key);
    if (list === undefined) packages.set(key, [file]);
    else list.push(file);
  }
  return (file) => {
    const key = keyOf(file);
    const others = key === null ? [] : (packages.get(key) ?? []);
    if (file.facts.language === "go") return others.map(({ path }) => path);
    if (others.length === 0) return [];
    const words = new Set(unpacked(file.facts.words));
    return others.map(({ path }) => path).filter((path) => words.has(hash32(classOf(path))));
  };
}

function classOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1, -".java".length);
}

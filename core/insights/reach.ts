/** What tests reach: by the last coverage report, or else by imports and names. */
import { hash32 } from "./hash";
import { createNameCounts } from "./name-counts";
import type { CodeFile, Repository } from "./repository";
import { createResolver, folderOf } from "./resolve";

export interface Reach {
  /** The files that tests import, also through others, and the tests themselves. */
  files: ReadonlySet<string>;
  /** Imported by another file. */
  imported: ReadonlySet<string>;
  /** Returns in how many files a name stands that a brief has as `untested` or `unused`. */
  mentionedIn(name: number): number;
  /** Returns in how many of the reached files such a name stands. */
  reachedIn(name: number): number;
}

export function reachIn(repository: Repository): Reach {
  const uses = usesIn(repository);
  const imported = new Set<string>();
  for (const targets of uses.values()) for (const target of targets) imported.add(target);
  const files = reachedFrom(repository, uses);
  const code = repository.files.filter(({ isTest }) => !isTest);
  const all = createNameCounts(code.flatMap(({ brief }) => [brief.untested, brief.unused]));
  const reached = all.empty();
  for (const { path, brief } of repository.files) {
    all.add(brief.words);
    if (files.has(path)) reached.add(brief.words);
  }
  return {
    files,
    imported,
    mentionedIn: all.of,
    reachedIn: reached.of,
  };
}

function usesIn(repository: Repository): Map<string, readonly string[]> {
  const resolver = createResolver(repository);
  const uses = new Map<string, readonly string[]>();
  for (const file of repository.files) {
    const targets: string[] = [];
    for (const imported of file.brief.imports)
      for (const target of resolver.of(file, imported)) if (target !== file.path) targets.push(target);
    if (targets.length > 0) uses.set(file.path, targets);
  }
  return uses;
}

function reachedFrom(repository: Repository, uses: ReadonlyMap<string, readonly string[]>): Set<string> {
  const byPath = new Map(repository.files.map((file) => [file.path, file]));
  const beside = besideIn(repository);
  const reached = new Set<string>();
  const open = repository.files.filter(({ isTest, brief }) => isTest || brief.hasTests).map(({ path }) => path);
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
  const keyOf = ({ path, brief }: CodeFile) => {
    if (brief.language === "go") return `go ${folderOf(path)}`;
    return brief.language === "java" ? `java ${brief.packageName}` : null;
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
    if (file.brief.language === "go") return others.map(({ path }) => path);
    if (others.length === 0) return [];
    const words = new Set(file.brief.words);
    return others.map(({ path }) => path).filter((path) => words.has(hash32(classOf(path))));
  };
}

function classOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1, -".java".length);
}

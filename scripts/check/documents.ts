import path from "node:path";
import type { Fault } from "./fault";
import type { SourceFile } from "./sources";

/** Decisions are dated, so they may name files that have moved since. */
const DATED = "docs/decisions/";
/** Only names below these folders belong to the project; others belong to a task, a user or another program. */
const ROOMS = "agents|app|components|core|db|docs|drizzle|eval|gates|launcher|lib|scripts|seeds|server|tests";
/** A folder, or a file that the rules read. */
const OWN = new RegExp(String.raw`^(${ROOMS})/([\w./()[\]-]*/)?([a-z0-9-]*|[\w.-]+\.(ts|tsx|mjs|md|json|sql|css))$`);
const SPAN = /`([^`\n]+)`/g;
const LINK = /\]\(([^)\s#]+)[^)\s]*\)/g;

/** Finds files and folders that a document names in a code span or a link, and that do not exist. */
export function checkDocuments(sources: readonly SourceFile[]): Fault[] {
  const known = new Set(sources.flatMap(({ file }) => [file, ...foldersOf(file)]));
  return sources.filter(({ file }) => file.endsWith(".md")).flatMap((document) => missingIn(document, known));
}

function missingIn({ file, text }: SourceFile, known: ReadonlySet<string>): Fault[] {
  return text.split("\n").flatMap((line, at) => {
    const spans = file.startsWith(DATED) ? [] : found(line, SPAN).filter((name) => OWN.test(name));
    const links = found(line, LINK)
      .filter((target) => target.endsWith(".md") && !/^[a-z]+:/.test(target))
      .map((target) => path.posix.join(path.posix.dirname(file), target));
    return [...spans, ...links]
      .filter((name) => !known.has(name.replace(/\/$/, "")))
      .map((name) => ({ file, line: at + 1, message: `names ${name}, which does not exist` }));
  });
}

function found(line: string, pattern: RegExp): string[] {
  return [...line.matchAll(pattern)].map((match) => match[1] ?? "");
}

/** `a/b/c.ts` is in "a" and "a/b". */
function foldersOf(file: string): string[] {
  const names = file.split("/").slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join("/"));
}

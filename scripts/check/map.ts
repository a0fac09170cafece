/**
 * Follows the map in ARCHITECTURE.md: the table that answers "where is …?". A place of a row is `file` or `folder/`, or
 * `name` in `file` for a name that the file declares. Places joined by → lead from one to the next: the first imports
 * the second, uses a name that the map gives in the second, or starts it as a program. A semicolon or a comma begins
 * another way. A file without a folder is in the folder of the place before it.
 */
import path from "node:path";
import { type ImportEdge, importEdges } from "./edges";
import type { Fault } from "./fault";
import { isCode, type SourceFile } from "./sources";
import { type Node, syntaxOf } from "./syntax";

const MAP = "ARCHITECTURE.md";
const SECTION = "## Where to find";
/** A reader who has followed this many places knows where they are. */
const MOST_PLACES = 3;

/** A place of a row, with the names that the map gives in it. */
interface Place {
  written: string;
  files: SourceFile[];
  names: string[];
}

interface Row {
  line: number;
  ways: Place[][];
  problems: string[];
}

/** Facts about the project that the rules use. */
interface Project {
  sources: readonly SourceFile[];
  edges: ImportEdge[];
}

export function checkMap(sources: readonly SourceFile[]): Fault[] {
  const map = sources.find(({ file }) => file === MAP);
  if (!map) return [];
  const project = { sources, edges: importEdges([...sources]) };
  const rows = rowsOf(map, sources);
  if (rows.length === 0) return [{ file: MAP, message: `has no table below “${SECTION}”` }];
  return rows.flatMap(({ line, ways, problems }) =>
    [...problems, ...ways.flatMap((way) => problemsOf(way, project))].map((message) => ({ file: MAP, line, message })),
  );
}

function rowsOf(map: SourceFile, sources: readonly SourceFile[]): Row[] {
  const lines = map.text.split("\n");
  const start = lines.indexOf(SECTION);
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("## "));
  return rest.slice(0, end < 0 ? undefined : end).flatMap((line, at) => {
    const [question = "", places] = line.split("|").slice(1, 3);
    const isHead = question.trim() === "question" || /^[ -]*$/.test(question);
    return places === undefined || isHead ? [] : [readRow(places, start + at + 2, sources)];
  });
}

/** Reads the cell of a row that holds its ways. */
function readRow(cell: string, line: number, sources: readonly SourceFile[]): Row {
  const row: Row = { line, ways: [], problems: [] };
  let folder = "";
  for (const text of cell.split(";")) {
    let way: Place[] = [];
    let names: string[] = [];
    // The texts between code spans stand at even places.
    const parts = text.split("`");
    for (let at = 1; at < parts.length; at += 2) {
      const written = parts[at] ?? "";
      const before = parts[at - 1] ?? "";
      if (!isPlace(written)) {
        names.push(written);
        continue;
      }
      if (names.length > 0 && !/\bin $/.test(before)) row.problems.push(withoutFile(names));
      const found = placeAt(written, folder, sources);
      folder = found.folder;
      if (found.files.length === 0) row.problems.push(`names ${written}, which does not exist`);
      const isNext = (parts[at - 1 - 2 * names.length] ?? "").trim() === "→";
      if (!isNext) way = [];
      if (way.length === 0) row.ways.push(way);
      way.push({ written, files: found.files, names });
      names = [];
    }
    if (names.length > 0) row.problems.push(withoutFile(names));
  }
  if (row.ways.length === 0 && !cell.includes("](")) row.problems.push("has a row that names no place");
  return row;
}

function withoutFile(names: string[]): string {
  return `names ${names.join(", ")} without a file: write \`name\` in \`file\``;
}

function isPlace(written: string): boolean {
  return /\/|\.(ts|tsx|mjs|md|json)$/.test(written);
}

/** Returns the files of a place, and the folder that a bare file name after it is in. */
function placeAt(
  written: string,
  folder: string,
  sources: readonly SourceFile[],
): { files: SourceFile[]; folder: string } {
  const name = written.includes("/") ? written : path.posix.join(folder, written);
  if (name.endsWith("/")) return { files: sources.filter(({ file }) => file.startsWith(name)), folder: name };
  // `<noun>` stands for each file's own name.
  const pattern = new RegExp(
    `^${name
      .split(/<[a-z]+>/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^/]+")}$`,
  );
  return { files: sources.filter(({ file }) => pattern.test(file)), folder: path.posix.dirname(name) };
}

function problemsOf(way: Place[], project: Project): string[] {
  const missing = way.flatMap(({ written, files, names }) =>
    names
      .filter((name) => !files.some((file) => declaredIn(file).has(name)))
      .map((name) => `says that \`${name}\` is in ${written}, which does not declare it`),
  );
  const cut = way.flatMap((place, at) => {
    const next = way[at + 1];
    if (!next || leadsTo(place, next, project)) return [];
    const fix = "name a function of it that is called (`name` in `file`), or the file between";
    return [`leads from ${place.written} to ${next.written}, which it neither imports nor calls: ${fix}`];
  });
  const long =
    way.length > MOST_PLACES
      ? [`has a way of ${way.length} places, and the limit is ${MOST_PLACES}: name those that the question is about`]
      : [];
  return [...missing, ...cut, ...long];
}

function leadsTo(from: Place, to: Place, { edges }: Project): boolean {
  const origins = new Set(from.files.map(({ file }) => file));
  const targets = new Set(to.files.map(({ file }) => file));
  return (
    edges.some((edge) => origins.has(edge.from) && targets.has(edge.to)) ||
    from.files.some((file) => to.names.some((name) => usedIn(file).has(name)) || starts(file, to.files))
  );
}

/** Whether a file names a program that it starts: `path.join(folder, "rehearse.mjs")`. */
function starts(source: SourceFile, programs: readonly SourceFile[]): boolean {
  if (!isCode(source.file)) return false;
  const names = new Set<unknown>(programs.map(({ file }) => path.posix.basename(file)));
  return syntaxOf(source).places.some(({ node }) => node.type === "Literal" && names.has(node.value));
}

/** Returns the names that a file declares: its functions, types and variables, and the methods and fields of its tables. */
function declaredIn(source: SourceFile): Set<string> {
  return namesOf(source, (node) => {
    switch (node.type) {
      case "FunctionDeclaration":
      case "ClassDeclaration":
      case "TSInterfaceDeclaration":
      case "TSTypeAliasDeclaration":
      case "VariableDeclarator":
        return node.id;
      case "Property":
      case "MethodDefinition":
      case "TSMethodSignature":
      case "TSPropertySignature":
        return node.key;
      default:
        return undefined;
    }
  });
}

/** Returns the names that a file calls or passes on: `name(…)`, `table.name(…)`, `table.name`. */
function usedIn(source: SourceFile): Set<string> {
  return namesOf(source, (node) => {
    if (node.type === "CallExpression") return node.callee;
    return node.type === "MemberExpression" && !node.computed ? node.property : undefined;
  });
}

function namesOf(source: SourceFile, nameOf: (node: Node) => Node | null | undefined): Set<string> {
  if (!isCode(source.file)) return new Set();
  return new Set(
    syntaxOf(source).places.flatMap(({ node }) => {
      const name = nameOf(node);
      return name?.type === "Identifier" ? [name.name] : [];
    }),
  );
}

import path from "node:path";
import { isCode, type SourceFile } from "./sources";
import { lineOf, syntaxOf } from "./syntax";

export interface ImportEdge {
  from: string;
  /** The imported file, relative to the root, or the name of a package. */
  to: string;
  isPackage: boolean;
  isTypeOnly: boolean;
  line: number;
}

interface Import {
  specifier: string;
  start: number;
  isTypeOnly: boolean;
}

/** Returns every import in the project's code: relative, with `@/`, and of packages. */
export function importEdges(sources: SourceFile[]): ImportEdge[] {
  const known = new Set(sources.map((source) => source.file));
  return sources.filter((source) => isCode(source.file)).flatMap((source) => edgesOf(source, known));
}

function edgesOf(source: SourceFile, known: Set<string>): ImportEdge[] {
  return [...importStatements(source), ...importExpressions(source)].map(({ specifier, start, isTypeOnly }) => {
    const target = resolveImport(source.file, specifier, known);
    return {
      from: source.file,
      to: target ?? packageName(specifier),
      isPackage: !target,
      isTypeOnly,
      line: lineOf(source, start),
    };
  });
}

/** `import … from "…"` and `export … from "…"`. */
function importStatements(source: SourceFile): Import[] {
  const { staticImports, staticExports } = syntaxOf(source).module;
  const imports = staticImports.map(({ start, entries, moduleRequest }) => ({
    specifier: moduleRequest.value,
    start,
    isTypeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  const exports = staticExports.flatMap(({ start, entries }) => {
    const specifier = entries[0]?.moduleRequest?.value;
    const isTypeOnly = entries.every((entry) => entry.isType);
    return specifier === undefined ? [] : [{ specifier, start, isTypeOnly }];
  });
  return [...imports, ...exports].sort((a, b) => a.start - b.start);
}

/** Returns the imports written `import("…")`, of values and of types. */
function importExpressions(source: SourceFile): Import[] {
  // Searching for the word first avoids parsing most files.
  if (!/\bimport\s*\(/.test(source.text)) return [];
  return syntaxOf(source).places.flatMap(({ node }) => {
    if (node.type !== "ImportExpression" && node.type !== "TSImportType") return [];
    if (node.source.type !== "Literal" || typeof node.source.value !== "string") return [];
    const isTypeOnly = node.type === "TSImportType";
    return [{ specifier: node.source.value, start: node.start, isTypeOnly }];
  });
}

/** Returns the file that an import refers to, or undefined for a package. `known` holds the files of the project. */
export function resolveImport(
  from: string,
  specifier: string,
  known: { has(file: string): boolean },
): string | undefined {
  if (!specifier.startsWith(".") && !specifier.startsWith("@/")) return undefined;
  const target = specifier.startsWith("@/")
    ? path.posix.normalize(specifier.slice(2))
    : path.posix.join(path.posix.dirname(from), specifier);
  const endings = ["", ".ts", ".tsx", ".mts", ".mjs", ".js", ".d.ts", "/index.ts", "/index.tsx"];
  const found = endings.map((ending) => target + ending).find((file) => known.has(file));
  return found ?? target;
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

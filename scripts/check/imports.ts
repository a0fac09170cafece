import path from "node:path";
import type { Fault } from "./fault";
import { blank, isCode, isTest, lineAt, type SourceFile } from "./sources";

/**
 * Who may import whom, written once. A rule holds for the files below its folder, and the longest folder that fits
 * a file counts. `values` may be imported in every way, `types` only with `import type`. Own folders are always
 * allowed. Packages are free except where `packages` names the only ones.
 */
interface Rule {
  folder: string;
  values: string[];
  types?: string[];
  packages?: string[];
}

export const IMPORT_TABLE: Rule[] = [
  { folder: "agents/core", values: [], packages: ["zod"] },
  // Files of entries have the layout of the seeds, whoever writes them.
  { folder: "agents", values: ["agents", "db", "lib", "seeds/load", "seeds/shapes", "seeds/write"] },
  { folder: "db", values: ["agents/core", "lib/env"] },
  // The port to models is defined in the core; adapters implement it and throw its errors.
  { folder: "lib", values: ["agents/core/model"], types: ["agents/core"] },
  {
    folder: "components",
    values: ["agents/core/shapes", "agents/core/reasons", "agents/offered-answers"],
    types: ["agents/core"],
  },
  {
    folder: "app",
    values: ["components", "agents/application", "agents/guard", "agents/core/shapes", "agents/core/reasons", "lib"],
    types: ["agents/core"],
  },
  {
    folder: "app/mcp",
    values: ["app", "components", "agents/application", "agents/guard", "agents/tools", "lib"],
    types: ["agents/core"],
  },
  { folder: "seeds", values: ["db", "agents/core"] },
];

/** Nothing imports these, except themselves and tests. */
const ENTRY_POINTS = "scripts";

export interface ImportEdge {
  from: string;
  /** The file that is meant, relative to the root, or the name of a package. */
  to: string;
  isPackage: boolean;
  isTypeOnly: boolean;
  /** Inside a function: `await import("…")`. Runs later, so that it makes no cycle at load. */
  isLazy: boolean;
  line: number;
}

const STATIC =
  /(?:^|[;}\n])\s*(import|export)\s+(type\s+)?((?:[\w*$\s,]|\{[^}]*\})*?)\s*(?:from\s*)?(["'])([^"'\n]+)\4/g;
const DYNAMIC = /\bimport\s*\(\s*(["'])([^"'\n]+)\1/g;

/** Every import of the project's code, relative or by `@/`, and of packages. */
export function importEdges(sources: SourceFile[]): ImportEdge[] {
  const known = new Set(sources.map((source) => source.file));
  return sources.filter((source) => isCode(source.file)).flatMap((source) => edgesOf(source, known));
}

function edgesOf({ file, text }: SourceFile, known: Set<string>): ImportEdge[] {
  const code = blank(text, { strings: false });
  const edges: ImportEdge[] = [];
  const add = (index: number, specifier: string, isTypeOnly: boolean, isLazy: boolean) => {
    const target = resolveImport(file, specifier, known);
    edges.push({
      from: file,
      to: target ?? packageName(specifier),
      isPackage: !target,
      isTypeOnly,
      isLazy,
      line: lineAt(code, index),
    });
  };
  for (const match of code.matchAll(STATIC)) {
    const [whole, keyword, type, names = "", , specifier = ""] = match;
    // `export const a = "…"` and the like: only `export … from` names a module.
    if (keyword === "export" && !/\bfrom\s*["'][^"']*["']$/.test(whole)) continue;
    add(match.index + whole.indexOf(keyword ?? ""), specifier, Boolean(type) || namesOnlyTypes(names), false);
  }
  // `typeof import("…")` and `import("…").Name` in a type are types; a call that is awaited or passed on is a value.
  for (const match of code.matchAll(DYNAMIC)) add(match.index, match[2] ?? "", isTypeImport(code, match.index), true);
  return edges;
}

/** `{ type A, type B }`: nothing of it is left when the types are gone. */
function namesOnlyTypes(names: string): boolean {
  const inner = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
  const list = inner?.split(",").filter((name) => name.trim());
  return list !== undefined && list.length > 0 && list.every((name) => /^\s*type\s/.test(name));
}

function isTypeImport(code: string, index: number): boolean {
  return /(\btypeof|[:<|&]|\bas)\s*$/.test(code.slice(Math.max(0, index - 40), index));
}

function resolveImport(from: string, specifier: string, known: Set<string>): string | undefined {
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

/** Imports that the table forbids, and cycles among imports of values. */
export function checkImports(sources: SourceFile[]): Fault[] {
  const edges = importEdges(sources);
  return [...edges.flatMap(forbidden), ...cycles(edges)];
}

function forbidden(edge: ImportEdge): Fault[] {
  if (isTest(edge.from)) return [];
  const fault = (message: string): Fault[] => [{ file: edge.from, line: edge.line, message }];
  if (!edge.isPackage && isBelow(edge.to, ENTRY_POINTS) && edge.from.includes("/") && !isBelow(edge.from, ENTRY_POINTS))
    return fault(`imports ${edge.to}, but nothing may import ${ENTRY_POINTS}/ except itself and tests`);
  const rule = IMPORT_TABLE.filter((candidate) => isBelow(edge.from, candidate.folder)).sort(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
  if (!rule) return [];
  if (edge.isPackage) {
    if (!rule.packages || rule.packages.includes(edge.to) || edge.isTypeOnly) return [];
    return fault(`imports the package ${edge.to}, but ${rule.folder}/ may only import: ${rule.packages.join(", ")}`);
  }
  if (isTest(edge.to)) return fault(`imports ${edge.to}, which is there for tests only`);
  if ([rule.folder, ...rule.values].some((folder) => isBelow(edge.to, folder))) return [];
  const isType = (rule.types ?? []).some((folder) => isBelow(edge.to, folder));
  if (isType && edge.isTypeOnly) return [];
  if (isType)
    return fault(
      `imports a value of ${edge.to}, but ${rule.folder}/ may only import types from there (\`import type\`)`,
    );
  return fault(`imports ${edge.to}, but ${rule.folder}/ may only import: ${describe(rule)}`);
}

function describe(rule: Rule): string {
  return [`${rule.folder} itself`, ...rule.values, ...(rule.types ?? []).map((folder) => `types of ${folder}`)].join(
    ", ",
  );
}

/** `lib/env` stands for the file lib/env.ts and for a folder lib/env/. */
function isBelow(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`) || file.replace(/\.[a-z.]+$/, "") === folder;
}

/** One fault for each group of files that import each other in a circle, found depth first. */
function cycles(edges: ImportEdge[]): Fault[] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.isPackage || edge.isTypeOnly || edge.isLazy) continue;
    next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  }
  const faults: Fault[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: string[]) => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      faults.push({ file, message: `imports itself in a circle: ${[...trail.slice(start), file].join(" → ")}` });
      return;
    }
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return faults;
}

import { type ImportEdge, importEdges } from "./edges";
import type { Fault } from "./fault";
import { isTest, type SourceFile } from "./sources";

/**
 * Which folder may import which. A rule applies to the files below its folder; for each file the rule with the longest
 * folder wins. `values` may be imported in every way, `types` only with `import type`. A folder may always import from
 * itself. Packages are free unless `packages` lists the allowed ones. `rooms.ts` finds folders that import each other,
 * so a rule only says which other folders a folder may know.
 */
interface Rule {
  folder: string;
  values: string[];
  types?: string[];
  packages?: string[];
}

/** Folders that all of `agents/` may import. */
const BELOW_AGENTS = ["agents/application", "core", "db", "lib"];

/** Folders of `agents/` that know no other one. */
const BY_THEMSELVES = [
  "webhooks",
  "files",
  "backups",
  "retention",
  "archives",
  "schedules",
  "projects",
  "insights",
  "services",
  "specification",
];

const IMPORT_TABLE: Rule[] = [
  // `core` is pure; of Node's modules only hashing is, and of packages these parsers.
  { folder: "core", values: [], packages: ["zod", "node:crypto", "shell-quote"] },
  // `core` defines the interface to models; adapters in `lib` implement it and throw its errors. Both sides of A2A
  // share the parts of a result in `core/a2a/parts`.
  {
    folder: "lib",
    values: [
      "core/a2a/parts",
      "core/contract",
      "core/log/model",
      "core/ids",
      "core/insights",
      "core/programs",
      "core/rules/api-operation",
      "core/services/blueprints",
      "core/words/visible",
      "core/shapes/webhooks",
    ],
    types: ["core"],
  },
  { folder: "db", values: ["core", "lib/env"] },
  { folder: "seeds", values: ["db", "core"] },
  // A separate program, so that it also judges changes of the rest. Gates and launcher agree on what is guarded.
  { folder: "gates", values: ["core", "lib", "launcher/guarded"] },
  // Runs from its own copy, outside of everything else.
  {
    folder: "launcher",
    values: [],
    packages: [
      "node:child_process",
      "node:crypto",
      "node:dns",
      "node:fs",
      "node:http",
      "node:net",
      "node:os",
      "node:path",
      "node:util",
      "node:url",
      "node:v8",
    ],
  },
  ...agentsTable(),
  // A page may use the shapes, the terms of a log and the words for both; decisions stay on the server. The editor of a
  // plan says by the host's own rules what is wrong before it is sent.
  { folder: "components", values: ["core/shapes", "core/log", "core/words", "core/offered-answers"], types: ["core"] },
  {
    folder: "app",
    values: [
      "components",
      "agents/application",
      "agents/guard",
      "core/shapes",
      "core/log",
      "core/plans",
      "core/words",
      "lib",
    ],
    types: ["core"],
  },
  {
    folder: "server",
    values: ["agents/application", "agents/guard", "agents/commands/operations", "agents/operations", "core", "lib"],
  },
  // These wire the process together.
  ...["main", "serve", "stopping"].map((file) => ({
    folder: `server/${file}`,
    values: ["server", "agents", "core", "db", "lib", "seeds"],
  })),
];

/** The folders of `agents/`, from the bottom to the top. A new one may import all others until it gets a row. */
function agentsTable(): Rule[] {
  const room = (name: string, ...rooms: string[]): Rule => ({
    folder: `agents/${name}`,
    values: [...BELOW_AGENTS, ...rooms.map((other) => (other.startsWith("seeds/") ? other : `agents/${other}`))],
  });
  /** What people look at and change. */
  const seen = [
    "self",
    "improvement",
    "memory",
    "tools",
    "providers",
    "configuration",
    "servers",
    "capabilities",
    ...BY_THEMSELVES,
  ];
  seen.push("governor", "forges", "evolution", "environments", "promotions", "runners");
  return [
    { folder: "agents", values: BELOW_AGENTS },
    room("gates"),
    room("self", "gates"),
    room("tools", "self", "specification"),
    room("providers"),
    room("measuring", "gates"),
    room("runners"),
    room("governor", "providers"),
    // Exported entries have the file format of the seeds.
    room("configuration", "tools", "providers", "seeds/load", "seeds/shapes", "seeds/write"),
    ...["servers", "capabilities"].map((name) => room(name, "tools", "configuration")),
    room("improvement", "self", "tools", "configuration"),
    room("memory"),
    room("traces", "tools", "servers"),
    room("forges", "files", "gates", "projects", "schedules"),
    room("evolution", "files", "forges", "gates", "insights", "schedules"),
    room("environments", "configuration", "insights", "specification"),
    room("promotions", "environments", "specification"),
    room("replays", "self", "configuration"),
    ...BY_THEMSELVES.map((name) => room(name)),
    room("a2a", "configuration", "schedules", "webhooks"),
    room("queries", ...seen),
    room("turn", "self", "tools", "providers", "configuration", "servers", "capabilities", "memory", "runners"),
    room("operations", "queries"),
    room("commands", ...seen, "queries", "operations", "replays", "turn"),
    room("worker", "configuration", "turn", "commands"),
    // The code of the operations stays out of the bundle of the pages.
    { ...room("guard", "operations"), types: ["agents/commands/operations"] },
    room(
      "boot",
      ...seen,
      "measuring",
      "a2a",
      "queries",
      "turn",
      "operations",
      "commands",
      "replays",
      "worker",
      "guard",
      "traces",
    ),
    // Holds tests.
    { folder: "agents/scenarios", values: ["agents", ...BELOW_AGENTS] },
  ];
}

/** These folders may import anything, but only tests and the folder itself may import them. */
const ENTRY_POINTS = ["scripts", "eval"];

/** Node's readline ends a line at U+2028 and U+2029, too, which JSON leaves as they are. These read what a person types. */
const READLINE = /^(node:)?readline(\/|$)/;
const OF_A_PERSON = ["scripts/cli"];
/** Scripts that hear a line or two of a program of their own. */
const OF_OWN_PROGRAMS = ["scripts/bench", "scripts/film", "scripts/end-demo"];

const FIX = "Move the code that you need into one of these, or move this file to a folder that may import it";

const FIX_CYCLE = "Move the type or function that both need into the file that is imported";

/** Finds imports that the table forbids, and files that import each other: values or types, static or dynamic. */
export function checkImports(sources: SourceFile[]): Fault[] {
  const edges = importEdges(sources);
  return [...edges.flatMap(forbidden), ...cycles(edges)];
}

function forbidden(edge: ImportEdge): Fault[] {
  if (isTest(edge.from)) return [];
  const fault = (message: string): Fault[] => [{ file: edge.from, line: edge.line, message }];
  const entry = edge.isPackage ? undefined : ENTRY_POINTS.find((folder) => isBelow(edge.to, folder));
  if (entry && edge.from.includes("/") && !isBelow(edge.from, entry))
    return fault(`imports ${edge.to}, but only ${entry}/ itself and tests may import ${entry}/`);
  if (edge.isPackage && READLINE.test(edge.to)) {
    const mayRead = [...OF_A_PERSON, ...OF_OWN_PROGRAMS].some((folder) => isBelow(edge.from, folder));
    return mayRead
      ? []
      : fault("imports readline, which also ends a line at U+2028: use eachLine of lib/process/lines");
  }
  const rule = IMPORT_TABLE.filter((candidate) => isBelow(edge.from, candidate.folder)).sort(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
  if (!rule) return [];
  if (edge.isPackage) {
    if (!rule.packages || rule.packages.includes(edge.to) || edge.isTypeOnly) return [];
    return fault(`imports the package ${edge.to}, but ${rule.folder}/ may only import: ${rule.packages.join(", ")}`);
  }
  if (isTest(edge.to)) return fault(`imports ${edge.to}, which is for tests only`);
  if ([rule.folder, ...rule.values].some((folder) => isBelow(edge.to, folder))) return [];
  const isType = (rule.types ?? []).some((folder) => isBelow(edge.to, folder));
  if (isType && edge.isTypeOnly) return [];
  if (isType)
    return fault(
      `imports a value of ${edge.to}, but ${rule.folder}/ may only import types from there (\`import type\`)`,
    );
  return fault(`imports ${edge.to}, but ${rule.folder}/ may only import: ${describe(rule)}. ${FIX}`);
}

function describe(rule: Rule): string {
  return [`${rule.folder} itself`, ...rule.values, ...(rule.types ?? []).map((folder) => `types of ${folder}`)].join(
    ", ",
  );
}

/** `lib/env` means both the file lib/env.ts and the folder lib/env/. */
function isBelow(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`) || file.replace(/\.[a-z.]+$/, "") === folder;
}

/** Returns one fault for each import cycle, found depth first. */
function cycles(edges: ImportEdge[]): Fault[] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.isPackage) continue;
    next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  }
  const faults: Fault[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: string[]) => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      const cycle = [...trail.slice(start), file].join(" → ");
      faults.push({ file, message: `is part of an import cycle: ${cycle}. ${FIX_CYCLE}` });
      return;
    }
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return faults;
}

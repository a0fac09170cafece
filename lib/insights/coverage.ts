/** The last coverage report of a folder: which lines the tests have run. */
import fs from "node:fs";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { Coverage } from "@/core/insights/repository";
import { readTextFile } from "../workspace/files";
import { openFileForReading } from "../workspace/open";
import { WorkspaceError } from "../workspace/path";

/** Where tools leave their reports, the most exact first. */
const REPORTS = [
  "coverage/lcov.info",
  "lcov.info",
  "coverage/coverage-final.json",
  "coverage.xml",
  "coverage/cobertura-coverage.xml",
  "coverage/cobertura.xml",
  "target/site/jacoco/jacoco.xml",
  "build/reports/jacoco/test/jacocoTestReport.xml",
];
const MOST_BYTES = 50_000_000;
const DAY_MS = 86_400_000;

type Hits = Map<string, Map<number, number>>;

/** Returns the first report that can be read; null for none. `paths` are the files of the repository. */
export async function coverageIn(
  root: string,
  paths: ReadonlySet<string>,
  commitAtMs: number,
): Promise<Coverage | null> {
  const view = { root, hiddenPaths: [] };
  for (const report of REPORTS) {
    try {
      const { fd, stat } = openFileForReading(view, report);
      fs.closeSync(fd);
      const hits = hitsIn(report, await readTextFile(view, report, MOST_BYTES));
      if (hits === null || hits.size === 0) continue;
      const ageDays = Math.max(0, Math.floor((commitAtMs - stat.mtimeMs) / DAY_MS));
      return { report, ageDays, files: ofRepository(hits, root, paths) };
    } catch (error) {
      // It is not there, or too large.
      if (!(error instanceof WorkspaceError)) throw error;
    }
  }
  return null;
}

/** Reads a report by its name. Returns null for one that cannot be read. */
export function hitsIn(report: string, text: string): Hits | null {
  try {
    if (report.endsWith(".info")) return lcov(text);
    return report.endsWith(".json") ? istanbul(text) : xml(text);
  } catch {
    return null;
  }
}

/** A report names files from the root of the machine, from that of the repository, or from where its sources begin. */
function ofRepository(hits: Hits, root: string, paths: ReadonlySet<string>): Hits {
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  const found: Hits = new Map();
  for (const [named, lines] of hits) {
    const plain = named.startsWith(`${root}/`) ? named.slice(root.length + 1) : named.replace(/^\.?\//, "");
    const same = byName.get(plain.slice(plain.lastIndexOf("/") + 1)) ?? [];
    const path = same.find((one) => one === plain) ?? same.find((one) => one.endsWith(`/${plain}`));
    if (path !== undefined) found.set(path, lines);
  }
  return found;
}

function add(hits: Hits, path: string, line: number, count: number): void {
  if (!Number.isSafeInteger(line) || !Number.isFinite(count)) return;
  const lines = hits.get(path) ?? new Map<number, number>();
  hits.set(path, lines);
  lines.set(line, Math.max(lines.get(line) ?? 0, count));
}

function lcov(text: string): Hits {
  const hits: Hits = new Map();
  let path = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("SF:")) path = line.slice("SF:".length).trim();
    if (!line.startsWith("DA:")) continue;
    const [at, count] = line.slice("DA:".length).split(",");
    add(hits, path, Number(at), Number(count));
  }
  return hits;
}

const Istanbul = z.record(
  z.string(),
  z.object({
    statementMap: z.record(z.string(), z.object({ start: z.object({ line: z.number() }) })),
    s: z.record(z.string(), z.number()),
  }),
);

function istanbul(text: string): Hits {
  const hits: Hits = new Map();
  for (const [path, { statementMap, s }] of Object.entries(Istanbul.parse(JSON.parse(text))))
    for (const [id, { start }] of Object.entries(statementMap)) add(hits, path, start.line, s[id] ?? 0);
  return hits;
}

const LISTS: ReadonlySet<string> = new Set(["package", "class", "line", "sourcefile", "group", "source"]);
const several = <Shape extends z.ZodType>(shape: Shape) => z.array(shape).default([]);
const count = z.coerce.number();

/** Cobertura: packages › classes › lines. */
const Cobertura = z.object({
  coverage: z.object({
    packages: z.object({
      package: several(
        z.object({
          classes: z.object({
            class: several(
              z.object({
                filename: z.string(),
                lines: z.union([z.object({ line: several(z.object({ number: count, hits: count })) }), z.string()]),
              }),
            ),
          }),
        }),
      ),
    }),
  }),
});

const JacocoPackage = z.object({
  name: z.string(),
  sourcefile: several(z.object({ name: z.string(), line: several(z.object({ nr: count, ci: count })) })),
});

/** JaCoCo: packages, in groups where there are modules. */
const Jacoco = z.object({
  report: z.object({ package: several(JacocoPackage), group: several(z.object({ package: several(JacocoPackage) })) }),
});

function xml(text: string): Hits {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    processEntities: false,
    isArray: (name) => LISTS.has(name),
  });
  const document: unknown = parser.parse(text);
  const hits: Hits = new Map();
  const cobertura = Cobertura.safeParse(document);
  if (cobertura.success) {
    for (const { classes } of cobertura.data.coverage.packages.package)
      for (const { filename, lines } of classes.class)
        if (typeof lines !== "string")
          for (const { number, hits: times } of lines.line) add(hits, filename, number, times);
    return hits;
  }
  const { report } = Jacoco.parse(document);
  for (const { name, sourcefile } of [...report.package, ...report.group.flatMap((group) => group.package)])
    for (const source of sourcefile) for (const { nr, ci } of source.line) add(hits, `${name}/${source.name}`, nr, ci);
  return hits;
}

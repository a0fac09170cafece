/** Looks at a repository at one commit: reads what changed since the last look, and finds what should be next. */
import { parse as parseJsonc } from "jsonc-parser";
import { insightsIn } from "@/core/insights/find";
import type { Insight } from "@/core/insights/insight";
import type { CodeFile, Repository } from "@/core/insights/repository";
import { eachItem, runGit } from "../git/run";
import { codeLanguageOf } from "../structure/facts-of";
import { isTestFile } from "../test-reports/test-side";
import { eachBlob } from "./blobs";
import { addKept, countOf, type KeptFiles, type Known, keep, keepAdded, keptOf, readKept } from "./cache";
import { coverageIn } from "./coverage";
import { CHANGE_DAYS, changesIn, findNoteTimes, type Note } from "./history";
import type { KeptFile } from "./kept-file";
import { type Around, notMeasured } from "./not-measured";
import { parseAll } from "./parse";
import { isForeign, isManifest } from "./paths";
import type { FileToParse, LookRequest, LookResult, QuotedInsight } from "./request";

/** More are no repository that people work in. */
const MOST_CODE_FILES = 200_000;
const MOST_MANIFESTS = 2_000;
const MOST_MANIFEST_BYTES = 5_000_000;
const READ_MS = 120_000;

interface Listed {
  /** Every path with the id of its content. */
  oids: Map<string, string>;
  code: FileToParse[];
  /** Paths with code that is not read: of foreign files, and of links. */
  passedOver: Set<string>;
  foreign: number;
  submodules: number;
  /** Files of code beyond the limit. */
  tooMany: Set<string>;
}

/** `entry` is the address of the built program, which processes that parse import. */
export async function look(request: LookRequest, entry: string): Promise<LookResult> {
  const startedAt = performance.now();
  const { gitDir, commit, dir, compared } = request;
  // Git works while what is kept is read.
  const asked = Promise.all([
    list(request),
    runGit(["log", "-1", "--format=%ct", compared?.asOf ?? commit], { gitDir }),
    runGit(["rev-parse", "--is-shallow-repository"], { gitDir }),
  ]);
  const kept = readKept(request.kept);
  const [listed, atS, shallow] = await asked;
  const missing = listed.code.filter((file) => keptOf(kept.files, file) === undefined);
  const lost = new Set<KeptFile>();
  await parseAll(missing, { gitDir, dir, entry }, (file, parsed, isLost) => {
    addKept(kept.files, file, parsed);
    if (isLost) lost.add(parsed);
    else addKept(kept.added.files, file, parsed);
  });
  const files = listed.code.map((file) => fileOf(file, kept.files));
  const at = { gitDir, commit, atS: Number(atS) };
  const notesBefore = kept.noteTimes.size;
  const notes = files.flatMap((file) => notesIn(file, listed));
  const isShallow = shallow.trim() === "true";
  if (!isShallow) await findNoteTimes(at, notes, kept.noteTimes);
  for (const [note, seconds] of [...kept.noteTimes].slice(notesBefore)) kept.added.noteTimes.set(note, seconds);
  const isMore = missing.length > 0 || kept.noteTimes.size !== notesBefore;
  keepChanged(request, kept, { files: files.filter(({ brief }) => !lost.has(brief)), isMore });
  const paths = new Set(listed.oids.keys());
  const manifests = await manifestsIn(request, listed);
  const repository: Repository = {
    files,
    paths,
    unread: unreadIn(files, listed, manifests),
    manifests,
    aliases: aliasesIn(manifests.get("tsconfig.json")),
    changes: isShallow ? null : { days: CHANGE_DAYS, files: await changesIn(at) },
    noteTimes: new Map(
      notes.flatMap(({ path, line, oid }) => {
        const seconds = kept.noteTimes.get(`${oid}:${line}`);
        return seconds === undefined ? [] : [[`${path}:${line}`, seconds * 1_000] as const];
      }),
    ),
    coverage: request.root === null ? null : await coverageIn(request.root, paths, at.atS * 1_000),
    nowMs: request.nowMs,
  };
  const found = insightsIn(repository, request.known);
  const around: Around = { repository, listed, isShallow, hasFolder: request.root !== null };
  return {
    commit,
    files: listed.oids.size,
    code: listed.code.length,
    parsed: missing.length,
    insights: await quoted(request, listed, found.insights),
    ...seenIn(files, listed, compared?.paths ?? []),
    unmeasured: found.unmeasured,
    leftOut: found.leftOut,
    notMeasured: notMeasured(around),
    ms: Math.round(performance.now() - startedAt),
  };
}

async function list({ gitDir, commit }: LookRequest): Promise<Listed> {
  const listed: Listed = {
    oids: new Map(),
    code: [],
    passedOver: new Set(),
    foreign: 0,
    submodules: 0,
    tooMany: new Set(),
  };
  await eachItem(["ls-tree", "-r", "-z", "--full-tree", commit], { gitDir }, (item) => {
    // A mode, a kind, an id, and behind the tab the path.
    const tab = item.indexOf("\t");
    const oid = item.slice(item.lastIndexOf(" ", tab) + 1, tab);
    const path = item.slice(tab + 1);
    if (item.startsWith("160000 ")) listed.submodules += 1;
    const language = codeLanguageOf(path);
    if (language !== null && (!item.startsWith("100") || isForeign(path))) listed.passedOver.add(path);
    // Links lead elsewhere; a path that is not UTF-8 cannot be shown.
    if (!item.startsWith("100") || path.includes("\uFFFD")) return;
    listed.oids.set(path, oid);
    if (language === null) return;
    if (listed.passedOver.has(path)) listed.foreign += 1;
    else if (listed.code.length >= MOST_CODE_FILES) listed.tooMany.add(path);
    else listed.code.push({ oid, path, language });
  });
  return listed;
}

/** A file of the commit with what is kept of its content. */
class ListedFile implements CodeFile {
  constructor(
    readonly path: string,
    readonly isTest: boolean,
    readonly brief: KeptFile,
  ) {}

  get facts() {
    return this.brief.details;
  }
}

function fileOf(file: FileToParse, kept: KeptFiles): ListedFile {
  const brief = keptOf(kept, file);
  if (brief === undefined) throw new Error(`Nothing is known of ${file.path}.`);
  return new ListedFile(file.path, isTestFile(file.path), brief);
}

/** Everything is written again when a tenth of it was added since, or is no longer needed. */
const MOST_ADDED = 0.1;

/** Keeps what the next look needs. */
function keepChanged(
  { kept: folder, dir }: LookRequest,
  { files: all, noteTimes, added }: Known,
  { files, isMore }: { files: readonly ListedFile[]; isMore: boolean },
): void {
  const needed = new Set(files.map(({ brief }) => brief));
  const most = countOf(all) * MOST_ADDED;
  const isMuch = countOf(added.files) > most || countOf(all) - needed.size > most;
  if (isMuch) keep(folder, dir, { files: only(all, needed), noteTimes });
  else if (isMore) keepAdded(folder, dir, added);
}

function only(files: KeptFiles, needed: ReadonlySet<CodeFile["brief"]>): KeptFiles {
  return new Map(
    [...files].map(([ending, byOid]) => [ending, new Map([...byOid].filter(([, one]) => needed.has(one)))]),
  );
}

/** Returns what is told of the files that are compared. */
function seenIn(
  files: readonly ListedFile[],
  { passedOver }: Listed,
  compared: readonly string[],
): Pick<LookResult, "functions" | "unread"> {
  const paths = new Set(compared);
  const own = files.filter(({ path }) => paths.has(path));
  const leftOut = own.filter(({ brief }) => brief.leftOut !== undefined).map(({ path }) => path);
  return {
    functions: own.flatMap(({ path, facts }) =>
      facts.functions.map(({ symbol, complexity, codeLines }) => ({ path, symbol, complexity, codeLines })),
    ),
    unread: [...leftOut, ...[...paths].filter((path) => passedOver.has(path))],
  };
}

/** Returns what a later look may be able to read. What a program wrote, and what is vendored, is left out for good. */
function unreadIn(
  files: readonly ListedFile[],
  { oids, tooMany }: Listed,
  manifests: ReadonlyMap<string, string>,
): Set<string> {
  const broken = files.filter(({ brief }) => brief.leftOut === "syntax" || brief.leftOut === "unreadable");
  const lacking = [...oids.keys()].filter((path) => isManifest(path) && !isForeign(path) && !manifests.has(path));
  return new Set([...broken.map(({ path }) => path), ...tooMany, ...lacking]);
}

/** Returns the notes in code that is no test. */
function notesIn(file: CodeFile, { oids }: Listed): Note[] {
  const { path, isTest, brief } = file;
  if (isTest || !brief.hasFindings) return [];
  return file.facts.todos.map(({ line }) => ({ path, line, oid: oids.get(path) ?? "" }));
}

async function manifestsIn({ gitDir, dir }: LookRequest, { oids }: Listed): Promise<Map<string, string>> {
  const wanted = [...oids].filter(([path]) => isManifest(path) && !isForeign(path)).slice(0, MOST_MANIFESTS);
  const texts = new Map<string, string>();
  await eachBlob(
    wanted.map(([, oid]) => oid),
    { gitDir, dir, mostBytes: MOST_MANIFEST_BYTES, timeoutMs: READ_MS },
    (content, at) => {
      const path = wanted[at]?.[0];
      if (content !== null && path !== undefined) texts.set(path, content.toString("utf8"));
    },
  );
  return texts;
}

/** Returns what beginnings of imports stand for, by `paths` of tsconfig.json. */
function aliasesIn(text: string | undefined): Record<string, string> {
  const aliases: Record<string, string> = Object.create(null);
  const settings: unknown = text === undefined ? null : parseJsonc(text);
  const options = fieldOf(settings, "compilerOptions");
  const base = fieldOf(options, "baseUrl");
  const folder = typeof base === "string" ? base : ".";
  for (const [name, targets] of Object.entries(fieldOf(options, "paths") ?? {})) {
    const target: unknown = Array.isArray(targets) ? targets[0] : undefined;
    if (typeof target === "string" && name.endsWith("*") && target.endsWith("*"))
      aliases[name.slice(0, -1)] = `${folder}/${target.slice(0, -1)}`;
  }
  return aliases;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

const QUOTED_LINES = 8;
const MOST_LINE = 200;

/** Adds to each insight the first of its lines. */
async function quoted(
  { gitDir, dir }: LookRequest,
  { oids }: Listed,
  insights: readonly Insight[],
): Promise<QuotedInsight[]> {
  const byOid = new Map<string, Insight[]>();
  for (const insight of insights) {
    const oid = oids.get(insight.path);
    if (oid !== undefined) byOid.set(oid, [...(byOid.get(oid) ?? []), insight]);
  }
  const wanted = [...byOid.keys()];
  const quotes = new Map<Insight, string[]>();
  await eachBlob(wanted, { gitDir, dir, mostBytes: MOST_MANIFEST_BYTES, timeoutMs: READ_MS }, (content, at) => {
    const lines = content?.toString("utf8").split("\n") ?? [];
    for (const insight of byOid.get(wanted[at] ?? "") ?? []) {
      const from = Math.max(0, insight.line - 1);
      const to = Math.min(insight.end, from + QUOTED_LINES);
      quotes.set(
        insight,
        lines.slice(from, to).map((line) => line.trimEnd().slice(0, MOST_LINE)),
      );
    }
  });
  return insights.map((insight) => ({ ...insight, quote: quotes.get(insight) ?? [] }));
}

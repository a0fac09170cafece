/** Judges what the tree of a cycle left, as the host sees it: nothing that agents say counts. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { momentOf } from "@/agents/files/moment";
import { judgeChange } from "@/agents/gates/judge";
import { findAt } from "@/agents/insights/look";
import { isOfTests } from "@/core/evolution/choose";
import { leftOf } from "@/core/evolution/dealt-with";
import { isEverywhere } from "@/core/evolution/rules";
import { PULL_GATES } from "@/core/forges/rules";
import { runBy } from "@/core/rules/run-by-others";
import type { EvolutionRules } from "@/core/shapes/evolution";
import type { InsightKind } from "@/core/shapes/insights";
import { gateTitle } from "@/core/words/gates";
import type { StoredCycle } from "@/db/evolution/evolution";
import type { StoredProject } from "@/db/projects/projects";
import { commitWith } from "@/lib/apply/commit";
import type { Source } from "@/lib/insights/source";
import { newId } from "@/lib/new-id";
import { isSetting, isTestFile } from "@/lib/test-reports/test-side";
import { deadline } from "@/lib/time/deadline";
import { compileGlobs } from "@/lib/workspace/glob";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";
import type { EvolutionSources, Judged } from "./sources";

const MOST_MS = 20 * 60_000;
const MOST_NAMED = 5;

type JudgeSources = Omit<EvolutionSources, "judge">;

export async function judgeTry(
  sources: JudgeSources,
  cycle: StoredCycle,
  given: { project: StoredProject; rules: EvolutionRules; signal: AbortSignal },
): Promise<Judged> {
  const { start, commit: snapshot } = momentOf(sources, cycle.tree);
  if (snapshot === null || snapshot === start) return { refusal: "No file was changed." };
  const dir = join(sources.dataDir, "cache", `evolution-${newId()}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const limit = deadline(given.signal, MOST_MS);
  const { store, openRepository } = sources;
  const link = store.forges.link(given.project.name);
  const place = { address: link?.cloneUrl ?? given.project.address, branch: given.project.branch };
  try {
    return await openRepository(place, { dir, signal: limit.signal }, (source) =>
      judgedIn(sources, cycle, { ...given, source, start, snapshot, dir, signal: limit.signal }),
    );
  } catch (error) {
    if (!limit.isLate()) throw error;
    // It says nothing about the change, so it costs no try: the watch judges again, and later gives up.
    throw new WorkspaceError(`Judging took longer than ${MOST_MS / 60_000} minutes and was ended.`, { cause: error });
  } finally {
    limit.end();
    await removeTree(dir);
  }
}

interface Judging {
  project: StoredProject;
  rules: EvolutionRules;
  source: Source;
  start: string | null;
  snapshot: string;
  dir: string;
  signal: AbortSignal;
}

async function judgedIn(sources: JudgeSources, cycle: StoredCycle, judging: Judging): Promise<Judged> {
  const { source, start, snapshot, dir, signal, rules } = judging;
  const repository = { root: source.gitDir, gitDir: source.gitDir, prefix: "" as const };
  const made = await commitWith(sources.snapshots, {
    repository,
    onto: source.commit,
    from: start,
    to: snapshot,
    message: "A change that is judged\n",
    dir,
    signal,
  });
  if ("conflicts" in made)
    return { refusal: `The branch has changed the same places meanwhile: ${named(made.conflicts)}.` };
  if (made.commit === null) return { refusal: "What was changed is on the branch already, or is ignored by git." };
  const refused = refusedPaths(made.paths, rules, cycle.insight.kind);
  if (refused !== null) return { refusal: refused };
  const head = made.commit;
  const gates = await judgedByGates(sources, judging, head);
  if ("refusal" in gates) return gates;
  const look = await judgedByLook(sources, cycle, judging, { head, paths: made.paths });
  if ("refusal" in look) return look;
  const unmeasured = [...gates.unmeasured, ...look.unmeasured];
  return { snapshot, unmeasured: unmeasured.length === 0 ? null : `Not measured: ${unmeasured.join("; ")}.` };
}

/** A change must stay where it is allowed, and must not change what judges it. */
function refusedPaths(paths: readonly string[], rules: EvolutionRules, kind: InsightKind): string | null {
  const isAllowed = isEverywhere(rules.paths) ? () => true : compileGlobs(rules.paths);
  const outside = paths.filter((path) => !isAllowed(path) && !(isOfTests(kind) && isTestFile(path)));
  if (outside.length > 0) return `The rules of this evolution do not allow a change of ${named(outside)}.`;
  const judges = paths.filter((path) => isSetting(path) || runBy(path) !== null);
  const tests = isOfTests(kind) ? [] : paths.filter(isTestFile);
  const own = [...new Set([...judges, ...tests])];
  return own.length === 0 ? null : `It changes what judges it: ${named(own)}. Leave these as they were.`;
}

/** The gates that read judge the change. What could not be measured refuses nothing, and is told. */
async function judgedByGates(
  { program }: JudgeSources,
  { source, dir, signal }: Judging,
  head: string,
): Promise<{ refusal: string } | { unmeasured: string[] }> {
  const report = await judgeChange({
    gitDir: source.gitDir,
    base: source.commit,
    head,
    packages: null,
    program,
    dir,
    evidence: join(dir, "evidence"),
    part: ["--only", PULL_GATES.join(",")],
    signal,
    onLine: () => undefined,
  });
  if ("ended" in report) return { unmeasured: ["what the gates say, which ended without a report"] };
  const of = (wanted: string) => report.gates.filter(({ outcome }) => outcome === wanted);
  const failed = of("failed").map(({ gate, summary }) => `${gateTitle({ gate })}: ${summary}`);
  if (failed.length > 0) return { refusal: `The gates say: ${failed.join("; ")}.` };
  return { unmeasured: of("not_measured").map(({ gate }) => gateTitle({ gate })) };
}

/** Looks at both commits in the same way: what is found only with a coverage report cannot be seen here. */
async function judgedByLook(
  sources: JudgeSources,
  { insight, paths: about }: StoredCycle,
  { project, source, dir, signal }: Judging,
  { head, paths }: { head: string; paths: readonly string[] },
): Promise<{ refusal: string } | { unmeasured: string[] }> {
  const { gitDir, commit: asOf } = source;
  const both = { gitDir, asOf, dir, signal, nowMs: sources.now(), paths: [...new Set([...about, ...paths])] };
  const base = await findAt(sources, project, { ...both, commit: asOf });
  const after = await findAt(sources, project, { ...both, commit: head });
  const hidden = after.unread.filter((path) => !base.unread.includes(path));
  if (hidden.length > 0)
    return {
      refusal: `A look no longer reads ${named(hidden)}: what it reads is neither generated nor vendored nor a link, and can be parsed.`,
    };
  const before = base.insights.find(({ id }) => id === insight.id);
  if (before === undefined)
    return {
      unmeasured: ["whether the insight is dealt with, because a look at the unchanged files does not find it either"],
    };
  const left = leftOf(before, { base, head: after, changed: new Set(paths) });
  if (left === null) return { unmeasured: [] };
  return {
    refusal:
      left.id === before.id
        ? `A look at the files still finds it: ${insight.title}.`
        : `A look at the files still finds the like of it: ${left.title}.`,
  };
}

function named(paths: readonly string[]): string {
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  return `${paths.slice(0, MOST_NAMED).join(", ")}${more}`;
}

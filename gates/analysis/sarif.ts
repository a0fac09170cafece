/** Reads SARIF 2.1.0, in which tools of static analysis write what they found. */
import { z } from "zod";
import { SANDBOX_ROOT } from "@/lib/workspace/path";

export interface Analysed {
  tool: string;
  rule: string;
  /** A note also stands for what the tool calls no problem. */
  level: "error" | "warning" | "note";
  message: string;
  /** Relative to the repository; null when the report names no file of it. */
  path: string | null;
  line: number | null;
  /** Whether a comment in the code, or a list of the tool, says that it is none. */
  isSuppressed: boolean;
  /** The tool's own marks, by which it finds a result again. */
  fingerprints: readonly string[];
}

const MOST_RESULTS = 100_000;
const MOST_MESSAGE = 500;
const MOST_NAME = 200;

const Level = z.enum(["none", "note", "warning", "error"]);
const Rule = z.object({ id: z.string(), defaultConfiguration: z.object({ level: Level.optional() }).optional() });
const Component = z.object({ name: z.string().optional(), rules: z.array(Rule).optional() });
const Location = z.object({
  physicalLocation: z
    .object({
      artifactLocation: z
        .object({ uri: z.string().optional(), uriBaseId: z.string().optional(), index: z.number().optional() })
        .optional(),
      region: z.object({ startLine: z.number().optional() }).optional(),
    })
    .optional(),
});
const Result = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.number().optional(),
  rule: z
    .object({
      id: z.string().optional(),
      index: z.number().optional(),
      toolComponent: z.object({ index: z.number().optional() }).optional(),
    })
    .optional(),
  kind: z.string().optional(),
  level: Level.optional(),
  message: z.object({ text: z.string().optional(), markdown: z.string().optional() }).optional(),
  locations: z.array(Location).optional(),
  suppressions: z.array(z.object({ status: z.string().optional() })).optional(),
  partialFingerprints: z.record(z.string(), z.string()).optional(),
});
type Result = z.infer<typeof Result>;
const Run = z.object({
  tool: z.object({ driver: Component, extensions: z.array(Component).optional() }),
  invocations: z.array(z.object({ executionSuccessful: z.boolean().optional() })).optional(),
  originalUriBaseIds: z.record(z.string(), z.object({ uri: z.string().optional() })).optional(),
  artifacts: z.array(z.object({ location: z.object({ uri: z.string().optional() }).optional() })).optional(),
  results: z.array(Result).nullish(),
});
type Run = z.infer<typeof Run>;
const Log = z.object({ version: z.literal("2.1.0"), runs: z.array(Run).min(1).max(1000) });

interface Where {
  /** Whether the repository has this file. */
  has(path: string): boolean;
  /** Folders that a tool may name as the root of the repository. */
  roots: readonly string[];
}

/** Returns the results of a report, or why it says nothing, as a phrase. A tool that failed has no results. */
export function readSarif(text: string, where: Where): { results: Analysed[] } | { problem: string } {
  let log: z.infer<typeof Log>;
  try {
    log = Log.parse(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch {
    return { problem: "the report is not SARIF 2.1.0" };
  }
  if (log.runs.some(({ invocations }) => invocations?.some((each) => each.executionSuccessful === false)))
    return { problem: "the tool says in its report that it failed" };
  // Without this list the tool did not look.
  if (log.runs.some(({ results }) => results == null)) return { problem: "the report has a run without results" };
  const count = log.runs.reduce((sum, { results }) => sum + (results?.length ?? 0), 0);
  if (count > MOST_RESULTS) return { problem: `the report has more than ${MOST_RESULTS} results` };
  return { results: log.runs.flatMap((run) => resultsIn(run, where)) };
}

function resultsIn(run: Run, where: Where): Analysed[] {
  const tool = (run.tool.driver.name ?? "").slice(0, MOST_NAME);
  const components = [run.tool.driver, ...(run.tool.extensions ?? [])];
  const levels = new Map(
    components.flatMap(({ rules = [] }) => rules.map(({ id, defaultConfiguration: of }) => [id, of?.level] as const)),
  );
  return (run.results ?? []).map((result) => {
    const rule = ruleOf(result, run, components);
    const first = result.locations?.[0]?.physicalLocation;
    const line = first?.region?.startLine;
    return {
      tool,
      rule: rule.slice(0, MOST_NAME),
      level: levelOf(result, levels.get(rule)),
      message: (result.message?.text ?? result.message?.markdown ?? "").slice(0, MOST_MESSAGE),
      path: first?.artifactLocation ? pathOf(first.artifactLocation, run, where) : null,
      line: line !== undefined && Number.isInteger(line) && line > 0 ? line : null,
      isSuppressed: isSuppressed(result),
      fingerprints: Object.entries(result.partialFingerprints ?? {}).map(([name, value]) => `${name} ${value}`),
    };
  });
}

function ruleOf(
  { ruleId, ruleIndex, rule }: Result,
  run: Run,
  components: readonly z.infer<typeof Component>[],
): string {
  const named = ruleId ?? rule?.id;
  if (named !== undefined) return named;
  const extension = rule?.toolComponent?.index;
  const component = extension === undefined ? run.tool.driver : components[extension + 1];
  return component?.rules?.[rule?.index ?? ruleIndex ?? -1]?.id ?? "";
}

/** As the standard says: the result's own level, else that of the rule, else a warning. */
function levelOf({ kind = "fail", level }: Result, usual: z.infer<typeof Level> | undefined): Analysed["level"] {
  const said = kind === "fail" ? (level ?? usual ?? "warning") : "note";
  return said === "none" ? "note" : said;
}

/** Suppressions that nobody has accepted do not count. */
function isSuppressed({ suppressions = [] }: Result): boolean {
  return suppressions.length > 0 && suppressions.every(({ status = "accepted" }) => status === "accepted");
}

type ArtifactLocation = NonNullable<NonNullable<z.infer<typeof Location>["physicalLocation"]>["artifactLocation"]>;

function pathOf({ uri, uriBaseId, index }: ArtifactLocation, run: Run, where: Where): string | null {
  const named = uri ?? run.artifacts?.[index ?? -1]?.location?.uri;
  if (named === undefined) return null;
  const bases = new Map(Object.entries(run.originalUriBaseIds ?? {}));
  const base = uriBaseId === undefined ? undefined : bases.get(uriBaseId)?.uri;
  const path = decoded(named);
  if (path === null) return null;
  const candidates = base === undefined ? [path] : [`${decoded(base)?.replace(/\/$/, "") ?? ""}/${path}`, path];
  return candidates.map((each) => placed(each, where)).find((each) => each !== null) ?? null;
}

function decoded(uri: string): string | null {
  try {
    return decodeURIComponent(uri.replace(/^file:\/\/(localhost)?/i, ""));
  } catch {
    return null;
  }
}

/** A tool may name files from the root of the machine, of the sandbox or of the repository. */
function placed(path: string, { has, roots }: Where): string | null {
  const root = [SANDBOX_ROOT, ...roots].find((folder) => path.startsWith(`${folder}/`));
  const plain = (root === undefined ? path : path.slice(root.length + 1)).replace(/^(\.\/)+/, "");
  return has(plain) ? plain : null;
}

/** An insight: something worth doing in a repository, that a program found. */
import { createHash } from "node:crypto";
import { type InsightKind, KINDS } from "@/core/shapes/insights";

/** A place in the repository; lines count from 1. */
interface InsightPlace {
  /** Empty: the whole repository. */
  path: string;
  line: number;
  end: number;
  /** Empty: the file as a whole. */
  symbol: string;
}

/** A counted fact. */
export interface EvidenceFact {
  name: string;
  value: string;
  note: string;
}

/** An insight before it has an id. */
export interface Finding extends InsightPlace {
  kind: InsightKind;
  title: string;
  /** What stays the same when the file is renamed and its lines move. */
  shape: string;
  facts: EvidenceFact[];
  /** Further places that belong to it. */
  places: InsightPlace[];
  /** From 0 to 1. */
  impact: number;
  /** From 0 to 1. */
  confidence: number;
  /** 1: about an hour. */
  effort: number;
  /** Set when a coverage report says it. */
  byReport?: true;
}

export interface Insight extends Finding {
  id: string;
  score: number;
}

/** Impact × confidence ÷ effort, from 0 to 1. */
function scoreOf({ impact, confidence, effort }: Pick<Finding, "impact" | "confidence" | "effort">): number {
  const score = (impact * confidence) / Math.max(effort, 0.1);
  return Math.round(Math.min(1, Math.max(0, score)) * 100) / 100;
}

/** An insight of an earlier look. */
export interface KnownInsight {
  id: string;
  kind: string;
  path: string;
  symbol: string;
  /** Whether the look before found it, or could not measure it. */
  isFound: boolean;
  /** Paths of its further places. */
  places?: readonly string[];
  /** Whether a coverage report says it. */
  byReport?: boolean;
}

/** An insight of these kinds is about all such places of a file, however many there are. */
const OF_A_FILE: ReadonlySet<string> = new Set<InsightKind>([
  "undocumented",
  "untyped",
  "unused-exports",
  "untested-functions",
]);

/**
 * Returns the findings as insights, the highest score first. An insight keeps its id while its kind and shape are the
 * same, so it survives lines that move and a file that is renamed; and from one look to the next while its kind and symbol
 * are the same in the same file, so it survives a change of its content. A note is its text. Equal ones are numbered.
 */
export function asInsights(findings: readonly Finding[], known: readonly KnownInsight[]): Insight[] {
  const sorted = [...findings].sort(byPath);
  const ids = new Map<Finding, string>();
  const free = new Map(known.map((one) => [one.id, one]));
  const series = equalIn(sorted).map((equal) => ({ equal, mayBe: numbered(equal, free) }));
  const give = (finding: Finding, id: string) => {
    ids.set(finding, id);
    free.delete(id);
  };
  // Those that are still where they were come first, so that none of equal ones takes another's id.
  for (const { equal, mayBe } of series)
    for (const id of mayBe) {
      const before = free.get(id);
      const same = before && equal.find((one) => one.path === before.path && !ids.has(one));
      if (same) give(same, id);
    }
  for (const { equal, mayBe } of series) {
    const left = mayBe.filter((id) => free.has(id));
    for (const finding of equal) {
      const id = ids.has(finding) ? undefined : left.shift();
      if (id !== undefined) give(finding, id);
    }
  }
  const before = [...free.values()].filter(({ kind, isFound }) => isFound && kind !== "todo");
  const byPlace = new Map(before.map((one) => [placeKey(one), one.id]));
  for (const finding of sorted) {
    const id = ids.has(finding) ? undefined : byPlace.get(placeKey(finding));
    if (id !== undefined && free.has(id)) give(finding, id);
  }
  const taken = new Set([...ids.values(), ...known.map(({ id }) => id)]);
  for (const { equal, mayBe } of series) {
    const fresh = mayBe.filter((id) => !taken.has(id)).reverse();
    for (const finding of equal) if (!ids.has(finding)) ids.set(finding, fresh.pop() ?? "");
  }
  return sorted
    .map((finding) => ({ ...finding, id: ids.get(finding) ?? "", score: scoreOf(finding) }))
    .sort((a, b) => b.score - a.score || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || byPath(a, b));
}

function equalIn(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.kind}\0${finding.shape}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** Returns the ids that equal findings may have: those of before, and enough new ones. */
function numbered(equal: readonly Finding[], known: ReadonlyMap<string, unknown>): string[] {
  const [first] = equal;
  const numbers: string[] = [];
  for (let ordinal = 1, fresh = 0; first && fresh < equal.length; ordinal += 1) {
    const id = idOf(first, ordinal);
    if (!known.has(id)) fresh += 1;
    numbers.push(id);
  }
  return numbers;
}

function placeKey({ kind, path, symbol }: Pick<KnownInsight, "kind" | "path" | "symbol">): string {
  return `${kind}\0${path}\0${OF_A_FILE.has(kind) ? "" : symbol}`;
}

function idOf({ kind, shape }: Finding, ordinal: number): string {
  return `in-${createHash("sha256").update(`${kind}\0${shape}\0${ordinal}`).digest("hex").slice(0, 12)}`;
}

function byPath(a: InsightPlace, b: InsightPlace): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || (a.symbol < b.symbol ? -1 : 1);
}

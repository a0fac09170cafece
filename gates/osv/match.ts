/** Finds the known vulnerabilities of packages. */
import type { LockedPackage } from "@/gates/packages/locked";
import { type KnownVulnerabilities, keyOf } from "./data";
import { ecosystemOf, type Osv } from "./shape";
import { isAffected } from "./versions";

export const SEVERITIES = ["low", "moderate", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Vulnerable {
  locked: LockedPackage;
  /** The names of one vulnerability in several databases, sorted. */
  ids: readonly string[];
  /** null: no database says it. */
  severity: Severity | null;
  summary: string;
  /** Versions that repair it, as the databases name them. */
  fixed: readonly string[];
}

const MOST_SUMMARY = 200;

/** Returns the vulnerabilities, and the packages whose version cannot be compared with those of a vulnerability. */
export function vulnerableIn(
  packages: readonly LockedPackage[],
  { byPackage }: Pick<KnownVulnerabilities, "byPackage">,
): { found: Vulnerable[]; unknown: LockedPackage[] } {
  const found: Vulnerable[] = [];
  const unknown: LockedPackage[] = [];
  for (const locked of packages) {
    const answers = (byPackage.get(keyOf(locked)) ?? []).map((entry) => ({ entry, is: answerOf(entry, locked) }));
    const affecting = answers.filter(({ is }) => is === true).map(({ entry }) => entry);
    if (answers.some(({ is }) => is === "unknown")) unknown.push(locked);
    for (const group of grouped(affecting)) found.push(vulnerableBy(group, locked));
  }
  return { found, unknown };
}

function affectedOf(entry: Osv, locked: LockedPackage) {
  return (entry.affected ?? []).filter(({ package: of }) => {
    const ecosystem = of && ecosystemOf(of.ecosystem);
    return of && ecosystem && keyOf({ ecosystem, name: of.name }) === keyOf(locked);
  });
}

function answerOf(entry: Osv, locked: LockedPackage): boolean | "unknown" {
  const answers = affectedOf(entry, locked).map((affected) => isAffected(locked.ecosystem, locked.version, affected));
  if (answers.includes(true)) return true;
  return answers.includes("unknown") ? "unknown" : false;
}

/** Puts entries together that are one vulnerability: they name each other, or the same third one. */
function grouped(entries: readonly Osv[]): Osv[][] {
  let groups: { names: Set<string>; entries: Osv[] }[] = [];
  for (const entry of entries) {
    const names = new Set(namesOf(entry));
    const same = groups.filter((group) => [...names].some((name) => group.names.has(name)));
    const joined = { names: new Set([...names, ...same.flatMap((group) => [...group.names])]), entries: [entry] };
    for (const group of same) joined.entries.unshift(...group.entries);
    groups = [...groups.filter((group) => !same.includes(group)), joined];
  }
  return groups.map((group) => group.entries);
}

function namesOf({ id, aliases }: Osv): string[] {
  return [id, ...(aliases ?? [])];
}

function vulnerableBy(group: readonly Osv[], locked: LockedPackage): Vulnerable {
  const severities = group.flatMap((entry) => severityOf(entry) ?? []);
  const highest = SEVERITIES.findLast((severity) => severities.includes(severity));
  const said = group.map(({ summary, details }) => summary || details?.split("\n", 1)[0] || "").find((text) => text);
  const events = group.flatMap((entry) => affectedOf(entry, locked)).flatMap(({ ranges }) => ranges ?? []);
  return {
    locked,
    ids: [...new Set(group.flatMap(namesOf))].sort(),
    severity: highest ?? null,
    summary: (said ?? "").slice(0, MOST_SUMMARY),
    fixed: [...new Set(events.flatMap((range) => range.events.flatMap(({ fixed }) => fixed ?? [])))].slice(0, 5),
  };
}

/** Databases of one name or another; only GitHub's say it in a word. What is malicious is as bad as can be. */
function severityOf({ id, database_specific: more }: Osv): Severity | undefined {
  if (id.startsWith("MAL-")) return "critical";
  const said = typeof more?.severity === "string" ? more.severity.toLowerCase() : "";
  return SEVERITIES.find((severity) => severity === (said === "medium" ? "moderate" : said));
}

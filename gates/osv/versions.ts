/** Whether a version is one that a vulnerability affects. */
import * as pep440 from "@renovatebot/pep440";
import semver from "semver";
import type { Ecosystem } from "@/gates/packages/locked";
import type { Affected, Event } from "./shape";

/** Compares two versions as `sort` wants it; null where one of them is none. */
type Compare = (a: string, b: string) => number | null;

const bySemver: Compare = (a, b) => {
  const [one, two] = [semver.parse(a, { loose: true }), semver.parse(b, { loose: true })];
  return one && two ? semver.compare(one, two) : null;
};
const byPep440: Compare = (a, b) => {
  return pep440.valid(a) !== null && pep440.valid(b) !== null ? pep440.compare(a, b) : null;
};
const COMPARES: Record<Ecosystem, Compare> = {
  npm: bySemver,
  "crates.io": bySemver,
  Go: bySemver,
  PyPI: byPep440,
};

/** Returns `unknown` where a version of the range cannot be compared. */
export function isAffected(ecosystem: Ecosystem, version: string, affected: Affected): boolean | "unknown" {
  if (affected.versions?.includes(version)) return true;
  const compare = COMPARES[ecosystem];
  const answers = (affected.ranges ?? [])
    // Commits are no versions.
    .filter(({ type }) => type !== "GIT")
    .map(({ events }) => isInRange(version, events, compare));
  if (answers.includes(true)) return true;
  return answers.includes("unknown") ? "unknown" : false;
}

/** As the format says it: the events in the order of their versions turn the fault on and off. */
function isInRange(version: string, events: readonly Event[], compare: Compare): boolean | "unknown" {
  let isIn = false;
  const at = (event: Event) => event.introduced ?? event.fixed ?? event.last_affected ?? event.limit ?? "";
  const distances = events.map((event) => ({
    event,
    // "0" is before every version.
    passed: event.introduced === "0" ? 1 : compare(version, at(event)),
  }));
  if (distances.some(({ passed }) => passed === null)) return "unknown";
  const sorted = distances.sort((a, b) => {
    if (a.event.introduced === "0") return -1;
    return b.event.introduced === "0" ? 1 : (compare(at(a.event), at(b.event)) ?? 0);
  });
  for (const { event, passed } of sorted) {
    const distance = passed ?? 0;
    if (event.introduced !== undefined && distance >= 0) isIn = true;
    if ((event.fixed !== undefined || event.limit !== undefined) && distance >= 0) isIn = false;
    if (event.last_affected !== undefined && distance > 0) isIn = false;
  }
  return isIn;
}

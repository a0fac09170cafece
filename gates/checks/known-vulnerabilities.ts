/** Known vulnerabilities from a local copy of the data, for machines without a network and for each ecosystem. */
import path from "node:path";
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { fault, flag, type GateContext, measured, note, notMeasured, type Verdict } from "@/gates/model/gate";
import { readOsv } from "@/gates/osv/data";
import { SEVERITIES, type Severity, type Vulnerable, vulnerableIn } from "@/gates/osv/match";
import { lockedIn } from "@/gates/packages/locks";

const MOST_NOTES = 50;

/** `place` is a folder or a zip, relative to the repository's folder or absolute. */
export async function judgeByOsv(context: GateContext, place: string, level: Severity): Promise<Verdict> {
  const { base, head, blobs } = context.change;
  const relative = path.relative(context.root, path.resolve(context.root, place));
  const isInside = (name: string) => name === relative || name.startsWith(`${relative}/`);
  if ([...head.files.keys(), ...base.files.keys()].some(isInside))
    return notMeasured(`${place} holds files of the repository, which a change could edit; keep the data elsewhere.`);
  const [before, after] = [lockedIn(base, blobs), lockedIn(head, blobs)];
  let data: Awaited<ReturnType<typeof readOsv>>;
  try {
    data = await readOsv(path.resolve(context.root, place), [...before.packages, ...after.packages]);
  } catch (error) {
    return notMeasured(`The data cannot be read: ${(error as Error).message}`);
  }
  const used = new Set(after.packages.map(({ ecosystem }) => ecosystem));
  const missing = [...used].filter((ecosystem) => !data.ecosystems.has(ecosystem));
  const known = new Set(vulnerableIn(before.packages, data).found.flatMap(keysOf));
  const { found, unknown } = vulnerableIn(after.packages, data);
  const bad = found.filter(({ severity }) => isAtLeast(severity, level));
  const findings = bad.map((each) =>
    findingOf(
      each,
      keysOf(each).some((key) => known.has(key)),
    ),
  );
  const fresh = findings.filter(({ kind }) => kind === "fault").length;
  const counts = { packages: after.packages.length, vulnerable: bad.length, new: fresh };
  const more = [
    ...unknown.map(({ name, version, path: lock }) =>
      flag(`${name} ${version}: this version cannot be compared with those of a vulnerability.`, { path: lock }),
    ),
    ...[...after.loose].map(([lock, count]) =>
      note(`Not looked up: ${plural(count, "requirement")} without an exact version.`, { path: lock }),
    ),
    ...(data.damaged > 0 ? [note(`${data.damaged} files of the data are no vulnerability.`)] : []),
  ];
  const all = [...findings, ...more.slice(0, MOST_NOTES)];
  const unread = problemsIn(context, after.problems);
  const unsaid = [
    ...missing.map((ecosystem) => `There is no data about packages of ${ecosystem}.`),
    ...unread.map(({ path: lock, problem }) => `${lock}: ${problem}.`),
  ];
  if (fresh === 0 && unsaid.length > 0) return notMeasured(unsaid.slice(0, 5).join(" "), all, counts);
  if (fresh === 0 && after.packages.length === 0 && after.loose.size > 0)
    return notMeasured("No requirement has an exact version.", all, counts);
  const age = data.newest === "" ? "" : ` The data is of ${data.newest.slice(0, 10)}.`;
  const summary = `${plural(after.packages.length, "package")}, ${bad.length} at ${level} or above, ${fresh} new.${age}`;
  return measured(summary, [...all, ...unsaid.map((text) => note(`Not measured: ${text}`))], counts);
}

/** A lockfile that the change leaves as it is brings nothing new, whatever it holds. */
function problemsIn({ change }: GateContext, problems: readonly { path: string; problem: string }[]) {
  return problems.filter(({ path: lock }) => change.paths.some((changed) => changed.path === lock));
}

/** One for each name of the vulnerability, because the base's data may name it differently. */
function keysOf({ locked: { ecosystem, name }, ids }: Vulnerable): string[] {
  return ids.map((id) => JSON.stringify([ecosystem, name, id]));
}

/** What nobody has rated counts as bad enough. */
function isAtLeast(severity: Severity | null, level: Severity): boolean {
  return severity === null || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level);
}

function findingOf({ locked, ids, severity, summary, fixed }: Vulnerable, isKnown: boolean): Finding {
  const { name, version, path: lock } = locked;
  const text = [
    `${name} ${version} has a known vulnerability, ${ids.slice(0, 4).join(", ")} (${severity ?? "not rated"})`,
    summary === "" ? "." : `: ${summary.replace(/\.$/, "")}.`,
    fixed.length === 0 ? "" : ` Fixed in ${fixed.join(", ")}.`,
  ].join("");
  return isKnown ? note(`${text} The base has it too.`, { path: lock }) : fault(text, { path: lock });
}

/** Names of gates and of their outcomes, as people read them. */
import type { PullGates } from "@/core/shapes/forges";
import type { GateRun, RanGate } from "@/core/shapes/improving/gate-runs";
import type { Finding, GateOutcome, PackageChange } from "@/core/shapes/improving/gates";
import type { GateRunsToday } from "@/core/shapes/improving/self";
import type { ReviewedChange, ReviewedFlag } from "@/core/shapes/review";
import { exactCount, plural } from "./figures";

export const OUTCOME_WORDS: Record<GateOutcome, string> = {
  passed: "passed",
  failed: "failed",
  not_measured: "not measured",
  off: "off",
};

/** What stands before the gates that the first part leaves to the whole gates. */
export const LATER = "Later, while it is on trial:";

export function gateTitle({ gate }: { gate: string }): string {
  return gate.replaceAll("_", " ");
}

/** scope: lib/auth/sign-in.ts:12 A guarded file is modified. */
export function flagText({ gate, path, line, text }: ReviewedFlag): string {
  return [`${gateTitle({ gate })}:`, placeText({ path, line, test: null }), text].filter(Boolean).join(" ");
}

/** 1.0.0 → 1.1.0 */
export function versionsText({ before, after }: PackageChange): string {
  if (before === null) return `${after} (new)`;
  if (after === null) return `${before} (removed)`;
  return before === after ? `${after} (another source or checksum)` : `${before} → ${after}`;
}

/** What a package brings along that a person should know: what it runs, and whose name it looks like. */
export function packageWarnings({ installs, imitates }: PackageChange): string[] {
  return [
    ...(imitates === null ? [] : [`Possible imitation of ${imitates}.`]),
    ...(installs === null ? [] : [installs]),
  ];
}

/** 2 new, 1 changed, 1 removed */
export function packageCounts(packages: readonly PackageChange[]): string {
  const fresh = packages.filter(({ before }) => before === null).length;
  const gone = packages.filter(({ after }) => after === null).length;
  const counts = { new: fresh, changed: packages.length - fresh - gone, removed: gone };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}

/** The flags of a change, without those that its list of packages says in full. */
export function flagsBesides({ flags }: Pick<ReviewedChange, "flags">): ReviewedFlag[] {
  return flags.filter((flag) => flag.package === undefined);
}

/** How many full gate runs agents have used today, and when the next is possible if none is left. */
export function gateRunsWords({ used, most, again_at: again }: GateRunsToday): string {
  const next = again === null ? "" : `; the next is possible from ${again}`;
  return `${used} of ${most} full gate runs used today${next}.`;
}

/** How much of agents was released beside a change since a person's last release: small steps add up. */
export function othersText({ changes, lines }: ReviewedChange["others_approved"]): string {
  if (changes === 0) return "No other change by agents has been released.";
  const changed = lines === 1 ? "1 changed line" : `${exactCount(lines)} changed lines`;
  return `${plural(changes, "other change")} by agents released, ${changed} in total.`;
}

/** passed, failed or not measured, and whether only the gates ran that read files, which run no tests. */
export function gateRunWord({ outcome, quick }: Pick<GateRun, "outcome" | "quick">): string {
  return quick ? `${OUTCOME_WORDS[outcome]}, quick (tests not measured)` : OUTCOME_WORDS[outcome];
}

/** Gates: 1 not measured, 5 passed. What was not measured comes first. */
export function gatesSentence({ trouble, gates }: PullGates): string {
  if (trouble !== null) return `Gates: not measured. ${trouble}`;
  const counted = (["not_measured", "failed", "passed"] as const).map((outcome) => ({
    outcome,
    count: gates.filter((gate) => gate.outcome === outcome).length,
  }));
  const words = counted
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${OUTCOME_WORDS[outcome]}`);
  return `Gates: ${words.length === 0 ? "not measured" : words.join(", ")}.`;
}

/** Names the gates that failed; "" when none did. */
export function failedGates({ gates }: Pick<GateRun, "gates">): string {
  return gates
    .filter(({ outcome }) => outcome === "failed")
    .map(gateTitle)
    .join(", ");
}

/** lib/auth/sign-in.ts:12: A guarded file is modified. */
export function findingText(finding: Finding): string {
  const place = placeText(finding);
  return place === "" ? finding.text : `${place}: ${finding.text}`;
}

/** Returns the file and the test of a finding; "" when it is about neither. */
export function placeText({ path, line, test }: Pick<Finding, "path" | "line" | "test">): string {
  const place = path === null || line === null ? path : `${path}:${line}`;
  // The id of a test often begins with its file.
  const isSaid = test !== null && path !== null && test.startsWith(path);
  return [isSaid ? null : place, test].filter(Boolean).join(" · ");
}

/** Adds up what gates have found. */
export function foundIn(gates: readonly Pick<RanGate, "flags" | "faults">[]): Pick<RanGate, "flags" | "faults"> {
  const sum = (of: "flags" | "faults") => gates.reduce((total, gate) => total + gate[of], 0);
  return { flags: sum("flags"), faults: sum("faults") };
}

/** The kept reports of the gates: one folder of evidence for each run. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import { type Finding, GatesReport } from "@/core/shapes/improving/gates";

export interface GateRuns {
  /** Returns all finished runs, the newest first. */
  list(): GateRun[];
  /** Returns the report of a run; null when there is none. */
  report(id: string): GatesReport | null;
}

const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/;
/** Runs only with other gates than these are quick. */
const TESTED = "old_tests";

/** Agents start quick runs as often as they like, and nothing is decided by them. */
const QUICK_KEPT = 100;
const QUICK = "quick-";

/** Returns the folder of a new run, which does not exist yet. The oldest quick runs are dropped for it. */
export function newRun(dataDir: string, commit: string, quick: boolean): string {
  const folder = join(dataDir, "self", "evidence");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const dated = namesIn(folder)
    .filter((name) => name.startsWith(QUICK))
    .map((name) => ({ path: join(folder, name), atMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.atMs - a.atMs);
  for (const { path } of dated.slice(QUICK_KEPT - 1)) rmSync(path, { recursive: true, force: true });
  return join(folder, `${quick ? QUICK : ""}${commit.slice(0, 12)}-${randomBytes(4).toString("hex")}`);
}

export function createGateRuns(dataDir: string): GateRuns {
  const folder = join(dataDir, "self", "evidence");
  // A finished report never changes.
  const known = new Map<string, GateRun>();
  const report = (id: string) => (RUN_NAME.test(id) ? reportIn(join(folder, id)) : null);
  return {
    report,
    list() {
      const ids = namesIn(folder);
      for (const id of known.keys()) if (!ids.includes(id)) known.delete(id);
      for (const id of ids) {
        const read = known.has(id) ? null : report(id);
        if (read) known.set(id, runOf(id, read));
      }
      return [...known.values()].sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Returns null for a run that has not ended, or was cut. */
function reportIn(folder: string): GatesReport | null {
  try {
    const read = GatesReport.safeParse(JSON.parse(readFileSync(join(folder, "report.json"), "utf8")));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

function runOf(id: string, { outcome, started_at, seconds, base, head, gates }: GatesReport): GateRun {
  return {
    id,
    outcome,
    started_at,
    seconds,
    quick: gates.every(({ gate }) => gate !== TESTED),
    base: base.commit ?? base.name,
    head: head.commit ?? head.name,
    gates: gates.map(({ gate, outcome: own, required, seconds: took, findings }) => {
      const count = (wanted: Finding["kind"]) => findings.filter(({ kind }) => kind === wanted).length;
      return { gate, outcome: own, required, seconds: took, flags: count("flag"), faults: count("fault") };
    }),
  };
}

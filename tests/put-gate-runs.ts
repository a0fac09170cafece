/** Puts reports of the gates into a data folder, as gate runs on agents' changes do. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, GateResult, GatesReport } from "@/core/shapes/improving/gates";

const HOUR_MS = 3_600_000;
const TITLES = ["scope", "oddities", "types", "lint", "old_tests", "new_tests", "data", "replay", "coverage"];

const finding = (kind: Finding["kind"], text: string, more: Partial<Finding> = {}): Finding => ({
  kind,
  text,
  path: null,
  line: null,
  test: null,
  ...more,
});

/** Writes `count` reports, one hour apart, and returns their ids, the newest first. The newest failed. */
export function putGateRuns(dataDir: string, count: number, now = Date.now()): string[] {
  return Array.from({ length: count }, (_, at) => {
    const head = createHash("sha1").update(String(at)).digest("hex");
    const id = `${head.slice(0, 12)}-0000000${at % 10}`;
    const folder = join(dataDir, "self", "evidence", id);
    mkdirSync(folder, { recursive: true });
    const report = reportOf(at, head, folder, new Date(now - at * HOUR_MS));
    writeFileSync(join(folder, "report.json"), JSON.stringify(report));
    return id;
  });
}

function reportOf(at: number, head: string, evidence: string, startedAt: Date): GatesReport {
  const isFailed = at === 0;
  const names = at === 2 ? TITLES.slice(0, 4) : TITLES;
  const gates = names.map((gate, place) => gateOf(gate, { isFailed, seconds: 2 + place * 9 + ((at * 7) % 11) }));
  return {
    version: 1,
    outcome: isFailed ? "failed" : "passed",
    folder: "/srv/banyan/self/judged",
    base: { name: "permanent", commit: "b".repeat(40), digest: "base" },
    head: { name: head, commit: head, digest: "head" },
    started_at: startedAt.toISOString(),
    seconds: gates.reduce((sum, { seconds }) => sum + seconds, 0),
    seed: "seed",
    gates,
    test_side: [],
    digest: "digest",
    evidence,
  };
}

function gateOf(gate: string, { isFailed, seconds }: { isFailed: boolean; seconds: number }): GateResult {
  const more = { gate, required: gate !== "coverage", counts: {}, seconds, digest: null };
  if (gate === "coverage")
    return { ...more, outcome: "not_measured", summary: "The command could not be started.", findings: [] };
  if (gate === "scope") {
    const flag = finding("flag", "A guarded file is modified.", { path: "lib/auth/sign-in.ts", line: 12 });
    return { ...more, outcome: "passed", summary: "2 files changed, 1 of them guarded.", findings: [flag] };
  }
  if (gate === "replay" && isFailed) {
    const gone = 'Gone: row audit {"action":"answer","actor":"anna","subject":"reviews-1"}';
    const findings = [finding("fault", gone), finding("flag", "New: log 30 The agent worker was edited.")];
    return { ...more, outcome: "failed", summary: "1 of 1,422 lines is gone, 1 is new.", findings };
  }
  return { ...more, outcome: "passed", summary: "Ended with 0.", findings: [] };
}

/** Reports as the gates make them, for tests of what prints them. */
import type { Finding, GateResult, GatesReport } from "@/core/shapes/improving/gates";

export const finding = (text: string, more: Partial<Finding> = {}): Finding => ({
  kind: "fault",
  text,
  path: null,
  line: null,
  test: null,
  ...more,
});

export function gate(
  name: string,
  outcome: GateResult["outcome"],
  findings: Finding[] = [],
  required = true,
): GateResult {
  return {
    gate: name,
    outcome,
    required,
    summary: `${name} | said`,
    findings,
    counts: {},
    seconds: 1.25,
    digest: null,
  };
}

export function report(outcome: GatesReport["outcome"], gates: GateResult[]): GatesReport {
  const side = { name: "main", commit: "a".repeat(40), digest: "" };
  return {
    version: 1,
    outcome,
    folder: "/repository",
    base: side,
    head: { ...side, name: "working tree", commit: null },
    started_at: "2026-11-26T12:00:00.000Z",
    seconds: 1,
    seed: "s",
    gates,
    test_side: [],
    digest: "d",
    evidence: "/evidence",
  };
}

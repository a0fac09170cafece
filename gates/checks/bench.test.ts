import { expect, test } from "vitest";
import type { GateContext, Verdict } from "@/gates/model/gate";
import { readSettings } from "@/gates/model/settings";
import { bench } from "./bench";

const TREE = { files: new Map() };

/** Judges runs that print these texts, by the name of the run; the others print `otherwise`. */
async function judged(settings: string, printed: Record<string, object>, otherwise: object = { ms: 100 }) {
  const ran: string[] = [];
  const context = {
    settings: readSettings(`bench: { run: bench, ${settings} }`, "the base"),
    change: { base: TREE, head: TREE, blobs: undefined, paths: [] },
    say: () => undefined,
    runner: {
      problem: async () => null,
      async run({ name }: { name: string }) {
        ran.push(name);
        const stdout = JSON.stringify(printed[name] ?? otherwise);
        return { exitStatus: 0, endedBy: null, problem: null, stdout, log: "", files: {}, startedAt: "", seconds: 0 };
      },
    },
  } as unknown as GateContext;
  const verdict: Verdict = await bench.judge(context);
  return { ran, verdict };
}

/** What the change prints in each round; the base prints 100. */
function heads(...values: number[]): Record<string, object> {
  return Object.fromEntries(values.map((ms, index) => [`head-${index + 1}`, { ms }]));
}

test("a change that is worse in most rounds, and not in all, is not shown to be worse", async () => {
  const { verdict } = await judged("rounds: 6", heads(300, 300, 300, 300, 300, 90));
  expect(verdict).toMatchObject({ outcome: "passed", counts: { ms: 200 } });
  expect(verdict.findings).toMatchObject([
    {
      kind: "note",
      text: "ms: +200 % (95 % interval −10 % to +200 %); too noisy to show whether it is 10 % worse.",
    },
  ]);
  // One run of ten may be odd.
  const more = await judged("", heads(130, 130, 130, 130, 130, 90, 130, 130, 130, 130));
  expect(more.verdict).toMatchObject({ outcome: "failed", summary: "10 rounds: 1 number, 1 worse than the base." });
});

test("only an interval that is wholly above what is allowed fails", async () => {
  const runs = heads(112, 114, 116, 118, 120, 122);
  expect((await judged("rounds: 6, worse_percent: 11", runs)).verdict.outcome).toBe("failed");
  expect((await judged("rounds: 6, worse_percent: 12", runs)).verdict.outcome).toBe("passed");
  expect((await judged("rounds: 6, worse_percent: 25", runs)).verdict).toMatchObject({
    outcome: "passed",
    findings: [],
  });
});

test("a machine that gets slower during the bench blames nobody", async () => {
  const printed: Record<string, object> = {};
  for (let round = 1; round <= 6; round += 1)
    for (const side of ["base", "head"]) printed[`${side}-${round}`] = { ms: 100 * 2 ** round };
  expect((await judged("rounds: 6", printed)).verdict).toMatchObject({ outcome: "passed", counts: { ms: 0 } });
});

test("fewer than six rounds count as six, because no smaller number has an interval", async () => {
  const { ran, verdict } = await judged("rounds: 2", {});
  expect(ran).toHaveLength(12);
  expect(ran.slice(0, 4)).toEqual(["base-1", "head-1", "head-2", "base-2"]);
  expect(verdict.outcome).toBe("passed");
});

test("rounds that do not fit into the time are not measured", async () => {
  const { ran, verdict } = await judged("most_minutes: 1e-9", {});
  expect(verdict).toMatchObject({
    outcome: "not_measured",
    summary: "6 rounds do not fit into 1e-9 min, and fewer show no difference.",
  });
  expect(ran).toEqual(["base-1", "head-1"]);
});

test("a number that the base does not print is not measured; one that the change does not print is a fault", async () => {
  const base = await judged("", { "base-3": ["no", "numbers"] });
  expect(base.verdict.outcome).toBe("not_measured");
  const head = await judged("", { "head-4": { ms: "fast" } });
  expect(head.verdict.outcome).toBe("failed");
  const gone = await judged("", { "head-2": { other: 1 } });
  expect(gone.verdict.findings).toMatchObject([{ kind: "fault", text: "ms is missing on the change." }]);
  const some = await judged("rounds: 6", { "base-2": { other: 1 } });
  expect(some.verdict).toMatchObject({ outcome: "passed", findings: [{ kind: "note" }] });
});

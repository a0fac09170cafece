import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { caseOf } from "@/lib/test-reports/cases";
import type { CommandResult, GateContext } from "../model/gate";
import { readSettings } from "../model/settings";
import { treeOf } from "../model/tree";
import { mutantsOf } from "../mutants/mutants";
import { openBlobs } from "../source/blobs";
import { byId } from "../suite/run-tests";
import { isKilled } from "./mutant-run";

const TEXT = "export const isEven = (value) => value % 2 === 0;\n";
const SETTINGS = "tests: { run: node --test, report: { format: tap }, timeout_minutes: 1 }";

const PASSES: Partial<CommandResult> = { stdout: "TAP version 13\nok 1 - even\n1..1\n" };
const NOTICES: Partial<CommandResult> = { exitStatus: 1, stdout: "TAP version 13\nnot ok 1 - even\n1..1\n" };
const TOO_SLOW: Partial<CommandResult> = { exitStatus: null, endedBy: "timeout" };

/** Judges a fault, where the runs of the tests with it end like this, one after the other. */
async function judged(...ends: Partial<CommandResult>[]) {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-mutant-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const blobs = openBlobs(folder);
  const tree = treeOf([["even.mjs", { kind: "file", oid: blobs.add(Buffer.from(TEXT)) }]]);
  const runs: string[] = [];
  const context = {
    settings: readSettings(SETTINGS, "the base"),
    change: { base: tree, head: tree, blobs, paths: [] },
    runner: {
      async run({ name }: { name: string }) {
        const end = ends[runs.length];
        runs.push(name);
        const ended = { exitStatus: 0, endedBy: null, problem: null, stdout: "", log: "", files: {} };
        return { ...ended, startedAt: "", seconds: 1, ...end };
      },
    },
  } as unknown as GateContext;
  const without = { tests: byId([caseOf(null, ["even"], "passed")]), exitStatus: 0, seconds: 1, problem: null };
  const [mutant] = mutantsOf("even.mjs", TEXT);
  if (!mutant) throw new Error("No fault can be put into the text.");
  return { killed: await isKilled(context, { name: "mutant-1", tree, without, mutant }), runs };
}

test("a run with a readable report decides alone", async () => {
  expect(await judged(PASSES)).toEqual({ killed: false, runs: ["mutant-1"] });
  expect(await judged(NOTICES)).toEqual({ killed: true, runs: ["mutant-1"] });
});

test("a run that a problem ended runs once more, because a busy machine ends runs too", async () => {
  const runs = ["mutant-1", "mutant-1-once-more"];
  expect(await judged(TOO_SLOW, PASSES)).toEqual({ killed: false, runs });
  expect(await judged(TOO_SLOW, NOTICES)).toEqual({ killed: true, runs });
  expect(await judged(TOO_SLOW, TOO_SLOW)).toEqual({ killed: true, runs });
});

/** Judges a change: runs one gate after the other and makes the report. */
import { randomBytes } from "node:crypto";
import type { GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { cpuSeconds } from "@/lib/process/cpu-time";
import type { SandboxOptions } from "@/lib/sandbox/sandbox";
import { type ChangeOptions, readChange } from "./change";
import { GATES } from "./checks/gates";
import { gatesOfOwn } from "./checks/own";
import { GatesError } from "./model/errors";
import { type Gate, type GateContext, notMeasured, type Verdict } from "./model/gate";
import type { Settings } from "./model/settings";
import { type Evidence, openEvidence, sha256 } from "./running/evidence";
import { createRunner } from "./running/runner";
import { toolVersions } from "./running/versions";
import { type Workplace, withWorkplace } from "./running/workplace";
import { testSideOfChange } from "./source/test-side";
import { digestOf } from "./source/trees";
import { suiteOf } from "./suite/suite";

export interface JudgeOptions extends ChangeOptions {
  folder: string;
  /** Only these gates. */
  only?: readonly string[];
  /** Only the first part: the gates that are most likely to find a fault. A change with flags is still judged whole. */
  first?: boolean;
  /** The folder for the evidence of this run; it must not exist yet. */
  evidence: string;
  seed?: string;
  /** See SandboxOptions. */
  sandboxTested?: NonNullable<SandboxOptions["tested"]>;
  say(line: string): void;
}

/** Throws a `GatesError` for wrong use. */
export function judge(options: JudgeOptions): Promise<GatesReport> {
  const startedAt = new Date();
  const { sandboxTested: tested } = options;
  return withWorkplace(options.folder, (place) => judgeIn(place, options, startedAt), tested && { tested });
}

async function judgeIn(place: Workplace, options: JudgeOptions, startedAt: Date): Promise<GatesReport> {
  const { repository, blobs, dir, sandbox } = place;
  const { base, head, change, fromChange } = await readChange(place, options);
  const { settings } = fromChange;
  const seed = options.seed ?? randomBytes(8).toString("hex");
  const inputs = { base: digestOf(base.tree), head: digestOf(head.tree), settings: sha256(JSON.stringify(settings)) };
  const evidence = openEvidence(options.evidence, { inputs, versions: await toolVersions() });
  const runner = createRunner({
    sandbox,
    blobs,
    root: repository.root,
    dir,
    settings,
    onRun: evidence.add,
  });
  const context: GateContext = {
    ...fromChange,
    change,
    runner,
    root: repository.root,
    seed,
    part: "whole",
    say: options.say,
  };
  const gates = await runAll(context, evidence, options);
  const report: GatesReport = {
    version: 1,
    outcome: outcomeOf(gates),
    folder: repository.root,
    base: { name: base.name, commit: base.commit, digest: inputs.base },
    head: { name: head.name, commit: head.commit, digest: inputs.head },
    started_at: startedAt.toISOString(),
    seconds: secondsSince(startedAt),
    seed,
    gates,
    test_side: change.paths.map((changed) => changed.path).filter(testSideOfChange(settings, change)),
    digest: sha256(gates.map(({ gate, digest }) => `${gate} ${digest}\n`).join("")),
    evidence: options.evidence,
  };
  evidence.write("report.json", `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** The gates that only read run first: what they flag decides which part of the others runs. */
async function runAll(
  context: GateContext,
  evidence: Evidence,
  { only, first = false }: Pick<JudgeOptions, "only" | "first">,
): Promise<GateResult[]> {
  if (first && only) throw new GatesError("The first part has gates of its own: leave out which gates run.");
  const wanted = gatesIn(context.settings, only);
  const gates: GateResult[] = [];
  for (const gate of wanted.filter(({ needsSandbox }) => !needsSandbox))
    gates.push(await runGate(gate, context, evidence));
  const part = first && isFirstEnough(context, gates) ? "first" : "whole";
  const rest = { ...context, part } as const;
  for (const gate of wanted.filter(({ needsSandbox }) => needsSandbox)) gates.push(await runGate(gate, rest, evidence));
  return gates;
}

/** If a person has to look, or the change edits what judges it, all gates run before anybody decides. */
function isFirstEnough(context: GateContext, read: readonly GateResult[]): boolean {
  if (context.settings.tests?.first === undefined) return false;
  const isFlagged = read.some(({ findings }) => findings.some(({ kind }) => kind === "flag"));
  return !isFlagged && suiteOf(context).editsOnlyTests;
}

/** Throws a `GatesError` for an unknown name. */
function gatesIn(settings: Settings, only?: readonly string[]): Gate[] {
  const all = [...GATES, ...gatesOfOwn(settings)];
  const unknown = only?.find((name) => all.every((gate) => gate.name !== name));
  if (unknown !== undefined)
    throw new GatesError(
      `There is no gate ${JSON.stringify(unknown)}; the gates are ${all.map(({ name }) => name).join(", ")}.`,
    );
  return all.filter(({ name }) => !only || only.includes(name));
}

async function runGate(gate: Gate, context: GateContext, evidence: Evidence): Promise<GateResult> {
  const [startedAt, cpuBefore] = [new Date(), cpuSeconds()];
  const required = !context.settings.optional.includes(gate.name);
  const off = gate.off(context);
  if (off !== null) return { ...resultOf(gate, nothing(off), required), seconds: 0, digest: null };
  if (gate.isLater && context.part === "first") {
    const left: Verdict = { ...nothing("It takes long, so it runs with the whole gates."), later: true };
    return { ...resultOf(gate, left, required), seconds: 0, digest: null };
  }
  context.say(`${gate.name} …`);
  evidence.begin(gate.name);
  const verdict = await verdictOf(gate, context);
  const digest = evidence.end(verdict);
  const times = { seconds: secondsSince(startedAt), ...usedSince(cpuBefore) };
  return { ...resultOf(gate, verdict, required), ...times, digest };
}

/** A gate that throws has measured nothing. */
async function verdictOf(gate: Gate, context: GateContext): Promise<Verdict> {
  try {
    const runsCommands = gate.needsSandbox && (gate.runsCommands?.(context) ?? true);
    const problem = runsCommands ? await context.runner.problem() : null;
    return problem === null ? await gate.judge(context) : notMeasured(problem);
  } catch (error) {
    if (error instanceof GatesError) throw error;
    return notMeasured(`The gate could not do its work: ${(error as Error).message}`);
  }
}

function resultOf({ name }: Gate, verdict: Verdict, required: boolean) {
  return { gate: name, ...verdict, required };
}

function nothing(summary: string): Verdict {
  return { outcome: "off", summary, findings: [], counts: {} };
}

function outcomeOf(gates: readonly GateResult[]): GatesReport["outcome"] {
  if (gates.some(({ outcome }) => outcome === "failed")) return "failed";
  // If every gate is off, nothing was judged.
  if (gates.every(({ outcome }) => outcome === "off")) return "not_measured";
  return gates.some(({ outcome, required }) => outcome === "not_measured" && required) ? "not_measured" : "passed";
}

/** The gates run one after the other, so all resources used meanwhile are this gate's. */
function usedSince(before: number | undefined): Pick<GateResult, "cpu_seconds"> {
  const now = cpuSeconds();
  return before === undefined || now === undefined ? {} : { cpu_seconds: Math.round((now - before) * 10) / 10 };
}

function secondsSince(start: Date): number {
  return Math.round((Date.now() - start.getTime()) / 100) / 10;
}

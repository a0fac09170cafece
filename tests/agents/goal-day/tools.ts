/** The tools of the day: those of the executor and the host's check, over the simulated files. The real client calls them. */
import { z } from "zod";
import { createCatalogue } from "@/agents/tools/catalogue";
import { type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { connectTools } from "@/agents/tools/server";
import { type Checked, readChecked } from "@/core/goals/facts/checked";
import type { Check } from "@/core/goals/facts/record";
import type { GoalCriterion } from "@/core/log/goal";
import type { Owner } from "../simulation/clock";
import type { OwnTools } from "../simulation/process";
import type { CheckFault } from "./faults";
import { type Files, nameOf, rightParts, snapshotOf } from "./files";
import type { DayGoal } from "./goals";
import type { DayStage } from "./stage";

const anything = z.looseObject({});
const checkInput = z.looseObject({
  validation_command: z.string().nullable(),
  criteria: z.array(z.looseObject({ statement: z.string(), command: z.string().optional(), weight: z.number() })),
  start: z.string().optional(),
  since: z.string().optional(),
});
type CheckInput = z.infer<typeof checkInput>;

const LONGEST_MS = 6 * 3_600_000;

/** Returns the tools of one process. */
export async function dayTools(stage: DayStage, owner: Owner): Promise<OwnTools> {
  const by = { stage, owner };
  const plain = (name: string, level: WorldTool["level"], afterCrash: WorldTool["afterCrash"]) =>
    worldTool({
      name,
      description: "Simulated.",
      input: anything,
      level,
      afterCrash,
      run: (_, context) => called(by, name, context, () => usual(stage, name, context)),
    }) as WorldTool;
  const check = worldTool({
    name: "check_goal",
    description: "Simulated.",
    input: checkInput,
    level: "write",
    afterCrash: "repeat",
    showsLife: true,
    timeoutMs: () => LONGEST_MS,
    run: (given, context) => called(by, "check_goal", context, (fault) => checked(stage, given, context, fault)),
  }) as WorldTool;
  const restore = worldTool({
    name: "restore_files",
    description: "Simulated.",
    level: "write",
    afterCrash: "repeat",
    input: z.object({ snapshot: z.string() }),
    run: ({ snapshot }, context) =>
      called(by, "restore_files", context, () => {
        stage.files.restore(stage.goalOfTree(context.treeId), snapshot);
        return { content: "The files are as they were in that snapshot." };
      }),
  }) as WorldTool;
  const catalogue = createCatalogue([
    plain("read_file", "read", "repeat"),
    plain("write_file", "write", "report_interrupted"),
    plain("use_terminal", "write", "report_interrupted"),
    check,
    restore,
  ]);
  return { catalogue, client: await connectTools(catalogue, "simulated") };
}

function usual(stage: DayStage, name: string, { treeId }: ToolContext): ToolOutcome {
  if (name === "write_file") stage.files.change(stage.goalOfTree(treeId));
  return { content: `${name} is done.` };
}

/** Runs a call, or applies its fault. The promise never settles once the process is dead. */
function called(
  { stage, owner }: { stage: DayStage; owner: Owner },
  name: string,
  context: ToolContext,
  run: (fault: CheckFault | null) => ToolOutcome,
): Promise<ToolOutcome> {
  const { faults, clock, random } = stage;
  if (owner.life === "dead") return new Promise(() => {});
  const fault = name === "check_goal" ? faults.ofCheck() : faults.ofTool();
  if (fault) struck(stage, fault, owner, context.treeId);
  return new Promise((resolve, reject) => {
    context.signal.addEventListener("abort", () => reject(context.signal.reason), { once: true });
    if (fault === "hung command") return;
    const takesMs = name === "check_goal" ? random.between(5_000, 20_000) : random.between(200, 4_000);
    clock.after(takesMs, owner, () => {
      if (context.signal.aborted) return;
      if (fault === "full disk")
        return reject(Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" }));
      if (fault === "crashed command") return resolve({ content: "It ended with signal SIGSEGV.", isError: true });
      const outcome = run(fault);
      // The tool has done its work, and its answer is lost.
      if (fault === "lost answer") return reject(new Error("The connection was closed."));
      resolve(outcome);
    });
  });
}

function struck(stage: DayStage, fault: CheckFault, owner: Owner, tree: string): void {
  if (fault === "killed worker") stage.killSoon(owner);
  else if (fault === "full disk of the database") stage.fillDisk();
  else stage.faults.note({ kind: fault, atMs: stage.clock.now(), trees: [tree] });
}

/** The host's check: which commands succeed on the current files. */
function checked(stage: DayStage, given: CheckInput, context: ToolContext, fault: CheckFault | null): ToolOutcome {
  const goal = stage.goalOfTree(context.treeId);
  const files = stage.files.now(goal);
  const isFlaky = fault === "flaky test";
  const commit = snapshotOf(files);
  const checks = checksOf(goal, given, files, isFlaky);
  const validation = given.validation_command === null ? null : (checks[0] as Check);
  const failing = checks.find((check) => !check.met);
  const made: Checked = {
    start: given.start ?? commit,
    commit,
    files: nameOf(files),
    at_ms: stage.clock.now(),
    checks,
    valid: validation?.met ?? null,
    tests: validation && goal.parts,
    signature: failing ? (isFlaky ? "flaky test" : `part ${rightParts(files) + 1} works`) : null,
    why: failing ? `${"AssertionError: expected true, got false\n".repeat(8)}${failing.evidence}` : "",
    changed: (given.since ?? given.start ?? commit) === commit ? 0 : 1,
    changes: (given.since ?? commit) === commit ? "" : `src/part-${files.solved}.js +${3 + (files.variant % 9)} −1`,
    put_back: [],
    passes_as_changed: false,
    doubts: [],
  };
  const content = JSON.stringify(made);
  if (!readChecked(content)) throw new Error("The simulated check has another shape than the real one.");
  return { content };
}

function checksOf({ parts }: DayGoal, given: CheckInput, files: Files, isFlaky: boolean): Check[] {
  const right = rightParts(files);
  const met = right === parts && !isFlaky;
  const evidence = isFlaky
    ? "It passed once and failed once on the same files."
    : `exit status ${met ? 0 : 1}, ${right} of ${parts} tests passed`;
  const weight = given.criteria.reduce((sum, criterion) => sum + criterion.weight, 0) || 1;
  const command = given.validation_command;
  const share = isFlaky ? 0 : met ? 1 : Math.min(right / parts, 0.99);
  return [
    ...(command === null ? [] : [{ command, weight, share, met, evidence }]),
    ...given.criteria.map((criterion) => criterionCheck(criterion, right / parts, isFlaky)),
  ];
}

/** “half” holds from half of the parts on, every other command when all are right. */
function criterionCheck({ statement, command, weight }: GoalCriterion, share: number, isFlaky: boolean): Check {
  if (command === undefined) return { statement, weight, share: 0, met: false, evidence: "Not judged yet." };
  const met = !isFlaky && share >= (command === "half" ? 0.5 : 1);
  return { statement, command, weight, share: met ? 1 : 0, met, evidence: `exit status ${met ? 0 : 1}` };
}

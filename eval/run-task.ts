/** Runs one task to its end, as a person would see it: questions are answered, approvals refused. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ownerCalled } from "@/core/rules/roles";
import type { Message, Tree } from "@/core/shapes/shapes";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { type Figures, figuresOf } from "./figures";
import type { EvalRuntime } from "./runtime";
import { BUDGET, type EndedTask, type EvalTask, type Verdict } from "./task/task";

const PERSON = ownerCalled("evaluation");
const POLL_MS = 50;
const PAGE = 500;
const NO_USAGE = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
/** Added to the task's own budget of seconds, for time that does not count as running: parks, questions, finishing tasks. */
const GRACE_MS = 600_000;
const COMMAND_MS = 60_000;
const MOST_COPIED_BYTES = 100_000_000;
const NOBODY =
  "Nobody can answer or approve anything here. Decide yourself with what you have, and say what is missing.";

export interface Outcome {
  task: string;
  /** `skipped`: the machine lacks what the task needs. `error`: it did not end, or its check itself failed. */
  outcome: "passed" | "failed" | "skipped" | "error";
  /** One sentence; null when it passed. */
  why: string | null;
  figures: Figures;
}

export async function runTask(world: EvalRuntime, task: EvalTask): Promise<Outcome> {
  const none = figuresOf(null, []);
  const terminal = await world.runtime.sandbox.status();
  if (task.needsSandbox && !terminal.available)
    return { task: task.name, outcome: "skipped", why: `Needs the sandbox. ${terminal.reason}`, figures: none };
  const workspace = mkdtempSync(join(world.folder, `${task.name}-`));
  writeFiles(workspace, task.files);
  let figures = none;
  try {
    const { tree, questions } = await follow(world, task, workspace);
    const log = await logOf(world, tree);
    figures = figuresOf(tree, log);
    if (tree.ended_at === null) return { task: task.name, outcome: "error", why: "It did not end in time.", figures };
    const why = await verdictOf(world, task, { tree, log, questions, workspace });
    return { task: task.name, outcome: why === null ? "passed" : "failed", why, figures };
  } catch (error) {
    return { task: task.name, outcome: "error", why: (error as Error).message, figures };
  }
}

function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // Removes what is there first: it may be a link, which must not be followed.
    rmSync(join(folder, path), { recursive: true, force: true });
    writeFileSync(join(folder, path), text);
  }
}

async function follow({ runtime, model }: EvalRuntime, task: EvalTask, workspace: string) {
  const { commands, queries } = runtime.application;
  const { cost_usd, ...amounts } = { ...BUDGET, ...task.budget };
  const submitted = await commands.submitTree(
    {
      task: task.instruction,
      model,
      workspace,
      ...(task.agent && { agent: task.agent }),
      grant: { ...amounts, ...(runtime.world.costOf(model, NO_USAGE) !== null && { cost_usd }) },
    },
    PERSON,
  );
  const questions: string[] = [];
  const endMs = performance.now() + (amounts.seconds ?? 0) * 1_000 + GRACE_MS;
  for (;;) {
    const tree = await queries.getTree(submitted.id);
    if (tree.ended_at !== null) return { tree, questions };
    if (performance.now() > endMs) {
      await commands.stop({ id: tree.id, reason: "The evaluation's time for this task is over." }, PERSON);
      return { tree, questions };
    }
    const open = (await queries.listReviews({ open: true, treeId: tree.id })).items;
    for (const { id, kind, detail } of open) {
      if (kind === "question") {
        questions.push(detail);
        await commands.answer({ id, text: task.answer ?? NOBODY }, PERSON);
      } else if (kind !== "flag") await commands.decide({ id, decision: "rejected", reason: NOBODY }, PERSON);
    }
    await wait(POLL_MS);
  }
}

async function logOf({ runtime: { application } }: EvalRuntime, tree: Tree): Promise<Message[]> {
  const log: Message[] = [];
  for (let after: string | undefined; ; ) {
    const page = await application.queries.listMessages({ treeId: tree.id }, { ...(after && { after }), limit: PAGE });
    log.push(...page.items);
    if (page.items.length < PAGE || !page.next) return log;
    after = page.next;
  }
}

interface Found extends Pick<EndedTask, "tree" | "log" | "questions"> {
  workspace: string;
}

async function verdictOf(world: EvalRuntime, task: EvalTask, found: Found): Promise<Verdict> {
  const { workspace, ...ended } = found;
  // A tree lists its tasks without their results.
  const { result } = await world.runtime.application.queries.getTask(found.tree.root_task_id);
  return task.check({
    ...ended,
    result: result ?? "",
    read: (path) => (existsSync(join(workspace, path)) ? readFileSync(join(workspace, path), "utf8") : null),
    list: () =>
      readdirSync(workspace, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(workspace.length + 1))
        .sort(),
    run: (command, files = {}) => runInCopy(world, workspace, command, files),
  });
}

/** A model's code never runs outside the sandbox, and leaves no trace in its workspace. */
async function runInCopy(
  { runtime, folder }: EvalRuntime,
  workspace: string,
  command: string,
  files: Record<string, string>,
) {
  const copy = mkdtempSync(join(folder, "check-"));
  const { signal } = new AbortController();
  await cleanCopy(workspace, copy, { hiddenPaths: [], maxBytes: MOST_COPIED_BYTES, signal });
  writeFiles(copy, files);
  const run = { command, workspace: copy, hiddenPaths: [], timeoutMs: COMMAND_MS, signal };
  const { exitStatus, stdout, stderr } = await runtime.sandbox.run(run);
  return { status: exitStatus, output: `${stdout}\n${stderr}` };
}

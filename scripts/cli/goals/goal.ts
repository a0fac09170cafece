/** `goal`: submits a goal and follows it to the end, as `run` does with a task. */
import { resolve } from "node:path";
import { parseSubmission } from "@/agents/guard/submission";
import type { GoalFields } from "@/core/log/goal";
import type { Submission } from "@/core/shapes/submission";
import { submissionOf, submitAndFollow } from "@/scripts/cli/commands/run";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { readText } from "@/scripts/cli/context/task-text";
import { UsageError } from "@/scripts/cli/print/output";
import { type GoalFile, goalFileIn, readGoalFile } from "./goal-file";

export async function goal(context: Context, [given]: (string | undefined)[], flags: Flags): Promise<number> {
  return submitAndFollow(context, await goalSubmission(context, given, flags), flags);
}

/** Returns the goal from the text, the flags and a file. Throws UsageError or UserError. */
export async function goalSubmission(context: Context, given: string | undefined, flags: Flags): Promise<Submission> {
  const own = goalFields(flags);
  // Here --max-minutes limits the goal, not the running time of its tasks.
  const options = submissionOf(context, { ...flags, maxMinutes: undefined });
  const file = await fileFor(context, given, flags);
  const task = given === undefined && file ? file.submission.task : await readText("goal", given);
  const merged: Submission = {
    ...file?.submission,
    ...options,
    ...placeOf(file, options),
    ...(file && grantOf(file, options)),
    task,
    goal: { ...file?.submission.goal, ...own },
  };
  return checked(merged);
}

/** Returns the submission with its goal as the flags change it. Throws UsageError or UserError. */
export function changedGoal(submission: Submission, flags: Flags): Submission {
  return checked({ ...submission, goal: { ...submission.goal, ...goalFields(flags) } });
}

/** Returns the file of `--file`, or, without a text, the workspace's file; null when neither exists. */
async function fileFor(context: Context, given: string | undefined, flags: Flags): Promise<GoalFile | null> {
  const named = textFlag(flags, "file");
  if (named !== undefined) return readGoalFile(context, named);
  if (given !== undefined) return null;
  const found = goalFileIn(resolve(context.cwd, textFlag(flags, "workspace") ?? "."));
  return found === null ? null : readGoalFile(context, found);
}

/**
 * A repository is somebody else's text, so it can lower the caps of the project and the installation and not lift them,
 * unless flags name an amount.
 */
function grantOf(
  { submission: { grant } }: GoalFile,
  { grant: named }: Pick<Submission, "grant">,
): Pick<Submission, "grant" | "within_caps"> {
  if (!grant) return {};
  const isNamed = named?.cost_usd !== undefined || named?.tokens !== undefined;
  return { grant: { ...grant, ...named }, ...(!isNamed && { within_caps: true }) };
}

/** A repository's own goal works in that repository, unless flags name another place. */
function placeOf(
  file: GoalFile | null,
  { project, workspace, repository }: Partial<Submission>,
): Pick<Submission, "workspace"> {
  if (!file?.workspace || project !== undefined || workspace !== undefined || repository !== undefined) return {};
  return { workspace: file.workspace };
}

/** Checks the form as the HTTP API does. Throws UserError. */
function checked(submission: Submission): Submission {
  // The form of the HTTP API does not have this field.
  const { fixed_shares, ...rest } = submission;
  return { ...parseSubmission(rest), ...(fixed_shares && { fixed_shares }) };
}

/** Returns the parts of the goal that the flags give. Throws UsageError. */
export function goalFields(flags: Flags): GoalFields {
  const whole = { whole: true, least: 1 };
  const given = {
    validation_command: textFlag(flags, "check"),
    setup_command: textFlag(flags, "setup"),
    mode: textFlag(flags, "mode"),
    executor: textFlag(flags, "executor"),
    criteria: listOf(flags.criterion)?.map(criterionOf),
    success_threshold: numberFlag(flags, "threshold", { least: 0, most: 1 }),
    max_iterations: numberFlag(flags, "maxIterations", { ...whole, most: 10_000 }),
    max_minutes: numberFlag(flags, "maxMinutes", { least: 0, most: 100_000 }),
    scope: listOf(flags.scope),
    hidden: listOf(flags.hidden),
    hidden_share: numberFlag(flags, "hiddenShare", { least: 0, most: 0.99 }),
    protect: listOf(flags.protect),
    may_change: listOf(flags.mayChange),
    reflect_every: numberFlag(flags, "reflectEvery", { ...whole, most: 1_000 }),
    ask: flags.ask === true ? true : undefined,
    ask_every: numberFlag(flags, "askEvery", { ...whole, most: 1_000 }),
    on_success: textFlag(flags, "onSuccess"),
    delivery_command: textFlag(flags, "delivery"),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as GoalFields;
}

function listOf(flag: Flags[string]): readonly string[] | undefined {
  return Array.isArray(flag) ? flag : undefined;
}

/** Reads "STATEMENT :: COMMAND". Without a command a judge decides. */
function criterionOf(text: string): { statement: string; command?: string } {
  const mark = /(^|\s)::(\s|$)/.exec(text);
  const statement = mark ? text.slice(0, mark.index) : text;
  const command = mark ? text.slice(mark.index + mark[0].length).trim() : "";
  if (statement.trim() === "" || (mark && command === ""))
    throw new UsageError(`--criterion cannot be "${text}": use "STATEMENT :: COMMAND", or a statement alone.`);
  return { statement: statement.trim(), ...(command && { command }) };
}

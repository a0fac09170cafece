/** `schedule` and `schedules`: lists, adds, changes, starts, pauses and removes schedules. */
import type { GoalFields } from "@/core/log/goal";
import {
  OVERLAPS,
  type Schedule,
  type ScheduledSubmission,
  type ScheduleRun,
  type ScheduleWithRuns,
} from "@/core/shapes/schedules";
import { goalFacts } from "@/core/words/goals";
import { act } from "@/scripts/cli/commands/act";
import { submissionOf } from "@/scripts/cli/commands/run";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { readText } from "@/scripts/cli/context/task-text";
import { changedGoal, goalFields, goalSubmission } from "@/scripts/cli/goals/goal";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";

type Verb = (context: Context, target: string | undefined, flags: Flags) => Promise<number>;

const SHOWN_RUNS = 10;

const VERBS: Record<string, Verb> = {
  list: (context, target) => {
    if (target !== undefined) throw new UsageError("`banyan schedule list` takes no arguments: it lists them all.");
    return list(context);
  },
  show,
  add,
  change,
  run: (context, target) =>
    act(context, ({ application }) => application.commands.runSchedule({ id: named("run", target) }), {
      needsWorker: true,
      lines: async ({ tree, evolution }) => [tree === null ? `Run ${evolution}` : `Tree ${tree}`],
    }),
  pause: (context, target) =>
    act(context, ({ application }) => application.commands.pauseSchedule({ id: named("pause", target) })),
  resume: (context, target) =>
    act(context, ({ application }) => application.commands.resumeSchedule({ id: named("resume", target) })),
  remove: (context, target) =>
    act(context, ({ application }) => application.commands.removeSchedule({ id: named("remove", target) })),
};

/** A first argument that is not a verb is the task, if `--cron` gives the times. */
export function schedule(context: Context, [verb = "list", target]: (string | undefined)[], flags: Flags) {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run) return run(context, target, flags);
  if (flags.cron !== undefined && target === undefined) return add(context, verb, flags);
  const verbs = "list, add TASK --cron EXPRESSION, show ID, change ID, run ID, pause ID, resume ID or remove ID";
  throw new UsageError(`There is no \`banyan schedule ${oneLine(verb)}\`: use ${verbs}.`);
}

function named(verb: string, target: string | undefined): string {
  if (target) return target;
  throw new UsageError(`Say which schedule: npx banyan schedule ${verb} ID. \`npx banyan schedules\` lists them.`);
}

async function add(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  const cron = textFlag(flags, "cron");
  if (cron === undefined)
    throw new UsageError("Say at which times: add --cron EXPRESSION, such as '0 9 * * 1-5' for 09:00 on weekdays.");
  const submission: ScheduledSubmission = isEvolution(flags)
    ? evolutionIn(target, flags)
    : isGoal(flags)
      ? await goalSubmission(context, target, flags)
      : { ...submissionOf(context, flags), task: await readText("task", target) };
  const given = { ...timesIn(flags), cron, submission };
  return act(context, ({ application }) => application.commands.addSchedule(given), { needsWorker: true });
}

async function change(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  const id = named("change", target);
  const given = timesIn(flags);
  const task = textFlag(flags, "task");
  if (flags.file !== undefined) throw new UsageError("--file is only for `banyan schedule add`.");
  const isTask = task !== undefined || Object.keys(submissionOf(context, flags)).length > 0;
  if (Object.keys(given).length === 0 && !isTask && !isGoal(flags))
    throw new UsageError(`Say what to change: npx banyan schedule change ${oneLine(id)} --cron EXPRESSION.`);
  return act(context, async ({ application: { queries, commands } }) => {
    const { submission } = await queries.getSchedule(id);
    const isOfGoal = submission.goal !== undefined || isGoal(flags);
    const around = submissionOf(context, isOfGoal ? { ...flags, maxMinutes: undefined } : flags);
    // Amounts that flags name are the person's own.
    const isNamed = around.grant !== undefined && submission.within_caps !== undefined;
    const changed = {
      ...submission,
      ...around,
      ...(isNamed && { within_caps: false }),
      ...(task !== undefined && { task }),
    };
    const more = { submission: isOfGoal ? changedGoal(changed, flags) : changed };
    return commands.changeSchedule({ id, ...given, ...(isTask || isOfGoal ? more : {}) });
  });
}

const isEvolution = ({ evolve }: Flags) => evolve !== undefined;

/** A schedule of an evolution has no task of its own: each run looks for the best insight. */
function evolutionIn(target: string | undefined, flags: Flags): ScheduledSubmission {
  const project = textFlag(flags, "project");
  const cycles = Number(textFlag(flags, "evolve"));
  if (project === undefined) throw new UsageError("Say of which project the evolution is: add --project NAME.");
  if (!Number.isInteger(cycles))
    throw new UsageError("Say how many cycles each time begins at most, as a whole number: --evolve 3.");
  return { task: target ?? `Evolve ${project}`, project, evolve: { cycles } };
}

/** Whether the flags make the task a goal. `--max-minutes` alone does not: tasks have it too. */
function isGoal(flags: Flags): boolean {
  const { max_minutes: _, ...fields } = goalFields(flags);
  return flags.goal === true || flags.file !== undefined || Object.keys(fields).length > 0;
}

/** Returns the given flags, in the form of the commands. */
function timesIn(flags: Flags) {
  const given = textFlag(flags, "overlap");
  const overlap = OVERLAPS.find((overlap) => overlap === given);
  if (given !== undefined && overlap === undefined)
    throw new UsageError(`--overlap cannot be "${given}": use ${OVERLAPS.join(" or ")}.`);
  const [cron, zone, name] = [textFlag(flags, "cron"), textFlag(flags, "zone"), textFlag(flags, "name")];
  return {
    ...(cron !== undefined && { cron }),
    ...(zone !== undefined && { zone }),
    ...(name !== undefined && { name }),
    ...(overlap !== undefined && { overlap }),
  };
}

async function list(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listSchedules();
    if (context.json) {
      printJson({ items: found, next: null });
      return 0;
    }
    if (found.length === 0)
      print("There are no schedules: add one with npx banyan schedule add TASK --cron EXPRESSION.");
    for (const schedule of found) for (const line of linesOf(schedule)) print(line);
    return 0;
  });
}

async function show(context: Context, target: string | undefined): Promise<number> {
  const id = named("show", target);
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getSchedule(id);
    if (context.json) printJson(found);
    else for (const line of detailsOf(found)) print(line);
    return 0;
  });
}

function linesOf({ id, name, words, zone, paused, next, last }: Schedule): string[] {
  const soon = next[0] ? `Next: ${next[0].local}` : "No time is left.";
  return [
    `${id}  ${oneLine(name)}`,
    `  ${words} (${zone})`,
    `  ${paused ? pausedText(paused) : soon}`,
    ...(last ? [`  Last: ${runText(last)}`] : []),
  ];
}

function pausedText({ by, sentence }: NonNullable<Schedule["paused"]>): string {
  return `Paused by ${by === null ? "Banyan" : oneLine(by)}.${sentence === null ? "" : ` ${oneLine(sentence)}`}`;
}

function detailsOf(schedule: ScheduleWithRuns): string[] {
  const { next, notes, overlap, made_by, submission, runs, cron } = schedule;
  return [
    ...linesOf({ ...schedule, last: null }),
    ...next.slice(1).map(({ local }) => `        ${local}`),
    ...notes.map((note) => `  ${note}`),
    `  Cron: ${cron}`,
    `  While its tree still runs: ${overlap === "skip" ? "skips the time" : "begins another tree"}`,
    `  Rights of: ${oneLine(made_by)}`,
    ...(submission.goal ? goalLines(submission.goal).map((line) => `  ${line}`) : []),
    "",
    clean(submission.task),
    "",
    ...(runs.length === 0 ? ["No time has come yet."] : runs.slice(0, SHOWN_RUNS).map(runText)),
  ];
}

/** Returns the parts of the goal besides its text. */
function goalLines(goal: GoalFields): string[] {
  return goalFacts(goal).map(([name, value]) => `${name}: ${oneLine(value)}`);
}

function runText({ due_local, cause, by, outcome, tree, sentence }: ScheduleRun): string {
  const start = cause === "person" ? `started by ${oneLine(by ?? "")}` : outcome;
  const made = tree && outcome !== "skipped" ? `, tree ${tree.id} ${tree.status}` : "";
  return `${due_local}  ${start}${made}${sentence === null ? "" : `. ${oneLine(sentence)}`}`;
}

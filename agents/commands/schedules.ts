/** Schedules. The person who makes, changes or resumes a schedule gives its trees their rights. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type Actor, insideField, UserError, wrongField } from "@/agents/application";
import { doneOnce } from "@/agents/commands/world/done-once";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { mayName, refuseForeignFolders } from "@/agents/configuration/workspace-roots";
import { said } from "@/agents/operations/operation";
import { text, wholeNumber } from "@/agents/operations/parse";
import { submissionFields } from "@/agents/operations/submission";
import { projectCalled } from "@/agents/projects/find-project";
import { withProject } from "@/agents/projects/with-project";
import { nextAfter } from "@/agents/schedules/due";
import { fieldsOf, nextWords } from "@/agents/schedules/fields";
import { scheduleCalled } from "@/agents/schedules/find-schedule";
import { cadenceOf } from "@/agents/schedules/schedule-shapes";
import { MOST_CYCLES } from "@/core/evolution/rules";
import { cycleGoal } from "@/core/evolution/work";
import { treeIdOf } from "@/core/ids";
import { personOf, rightsRefusal } from "@/core/rules/roles";
import type { ScheduledSubmission } from "@/core/shapes/schedules";
import { OVERLAPS } from "@/core/shapes/schedules";
import type { StoredSchedule } from "@/db/schedules/schedules";
import { newId } from "@/lib/new-id";
import { evolutionOperations, workOf } from "./evolution";
import { checkSubmission, submit } from "./submit";
import { makeTree } from "./trees";
import { checkPlace } from "./workspace/place";

const MOST_SCHEDULES = 200;

/** A new schedule. The expression and the time zone are checked later. */
const schedule = z.strictObject({
  name: text.optional(),
  cron: z.string('is missing: send a cron expression such as "0 9 * * 1-5"'),
  zone: text.optional(),
  overlap: z.enum(OVERLAPS, `must be ${OVERLAPS.join(" or ")}`).optional(),
  submission: submissionFields.extend({
    evolve: z
      .strictObject({ cycles: wholeNumber("number of cycles", 1, MOST_CYCLES) }, "must have a number of cycles")
      .optional(),
  }),
});

const begunNow = said.extend({
  tree: z.string().nullable().describe("Id of the tree that it began; null: it began a run of an evolution."),
  evolution: z.string().nullable().describe("Id of the run of an evolution that it began; null: it began a tree."),
});
const addedSchedule = said.extend({ id: z.string().describe("Id of the schedule.") });

export const scheduleOperations = {
  addSchedule: operation({
    right: "run",
    summary: "Adds a schedule, which submits its task at each of its times. Its trees have the rights of the caller.",
    http: "POST schedules",
    input: schedule.extend({
      once: text.optional().describe("A repeated request with the same value adds one schedule."),
    }),
    audit: ["name", "cron", "zone", "overlap"],
    tells: ({ submission }) => ({ task: submission.task, rights: submission.rights }),
    result: addedSchedule,
    made: ({ id }) => ({ subject: id, tree: "" }),
    async run({ once, ...given }, actor, world) {
      const { schedules } = world.store;
      const asked = { what: "schedule", once, input: given };
      const added = await doneOnce(world.store, actor, asked, addedSchedule, async (_, same) => {
        const id = same === undefined ? newId() : treeIdOf(same);
        const known = schedules.get(id);
        if (known) return { sentence: `Added the schedule “${known.name}”. ${nextWords(known)}`, id };
        if (schedules.count() >= MOST_SCHEDULES)
          throw new UserError("conflict", `There are already ${MOST_SCHEDULES} schedules: remove an unused one first.`);
        const fields = fieldsOf(given, actor, world.now());
        checkScheduled(world, fields.submission, actor);
        await schedules.add(id, fields);
        return { sentence: `Added the schedule “${fields.name}”. ${nextWords(fields)}`, id };
      });
      if (schedules.get(added.id) === null)
        throw new UserError(
          "conflict",
          "The schedule that this request added was removed: send it with a new `once` to add it again.",
        );
      return added;
    },
  }),
  changeSchedule: operation({
    right: "run",
    summary: "Changes what is sent of a schedule. Its trees have the rights of the caller from now on.",
    on: "name",
    http: "POST schedules/:id/change",
    input: schedule.partial(),
    audit: ["name", "cron", "zone", "overlap"],
    tells: ({ submission }) => ({ task: submission?.task, rights: submission?.rights }),
    result: said,
    async run({ id, ...given }, actor, world) {
      const known = directed(world, id, actor);
      const changed = (before: StoredSchedule) => fieldsOf({ ...before, ...given }, actor, world.now());
      checkScheduled(world, changed(known).submission, actor);
      const saved = await world.store.schedules.change(known.uid, (before) => {
        const fields = changed(before);
        // Somebody has changed its task since it was read.
        if (!isDeepStrictEqual(before.submission, known.submission)) {
          checkDirecting(world, before.submission, actor);
          checkScheduled(world, fields.submission, actor);
        }
        return fields;
      });
      if (saved === null) throw removed();
      const next = saved.pausedAtMs === null ? nextWords(saved) : "It is still paused.";
      return { sentence: `Saved the schedule “${saved.name}”. ${next}` };
    },
  }),
  pauseSchedule: operation({
    right: "run",
    summary: "Pauses a schedule; trees that have begun continue.",
    on: "name",
    http: "POST schedules/:id/pause",
    audit: [],
    result: said,
    async run({ id }, actor, { store: { schedules } }) {
      const { uid } = scheduleCalled(schedules, id);
      const by = personOf(actor.name);
      if (await schedules.pause(uid, by))
        return { sentence: "Paused: nothing begins until it is resumed. Trees that have begun continue." };
      if (await schedules.leavePaused(uid, by))
        return { sentence: "It stays paused, and no longer needs anybody. You can still resume it." };
      throw new UserError("conflict", "The schedule is paused already.");
    },
  }),
  /** Times that passed meanwhile are not caught up. */
  resumeSchedule: operation({
    right: "run",
    summary: "Resumes a schedule, with the rights of the caller.",
    on: "name",
    http: "POST schedules/:id/resume",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const { schedules } = world.store;
      const { uid, cron, zone, submission } = scheduleCalled(schedules, id);
      checkScheduled(world, submission, actor);
      const nextAtMs = nextAfter(cadenceOf(cron, zone), world.now());
      if (!(await schedules.resume(uid, actor, nextAtMs)))
        throw new UserError("conflict", "The schedule is not paused.");
      return { sentence: `Resumed. ${nextWords({ nextAtMs, zone })}` };
    },
  }),
  runSchedule: operation({
    right: "run",
    summary: "Begins a tree of a schedule now, or a run of its evolution; `tree` or `evolution` is its id.",
    on: "name",
    http: "POST schedules/:id/run",
    input: z.strictObject({
      once: text.optional().describe("A repeated request with the same value begins one tree or run."),
    }),
    audit: [],
    result: begunNow,
    made: () => undefined,
    async run({ id, once }, actor, world) {
      const schedule = scheduleCalled(world.store.schedules, id);
      const asked = { what: "run schedule", subject: schedule.uid, once, input: {} };
      return doneOnce(world.store, actor, asked, begunNow, (_, name) => runNow(world, schedule, actor, name));
    },
  }),
  removeSchedule: operation({
    right: "run",
    summary: "Removes a schedule; its trees stay.",
    on: "name",
    http: "DELETE schedules/:id",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      await world.store.schedules.remove(directed(world, id, actor).uid);
      return { sentence: "Removed the schedule. Its trees stay." };
    },
  }),
};

/**
 * A tree that a person starts belongs to that person: it neither waits for another tree of the schedule nor counts as
 * one of its times.
 */
async function runNow(
  world: CommandWorld,
  { uid, submission }: StoredSchedule,
  actor: Actor,
  once = newId(),
): Promise<z.infer<typeof begunNow>> {
  const { schedules } = world.store;
  checkScheduled(world, submission, actor);
  if (submission.evolve) return evolveNow(world, submission, actor, once);
  const tree = treeIdOf(once);
  const by = personOf(actor.name);
  const run = await schedules.begin(uid, by, tree);
  if (!run) throw removed();
  try {
    // A schedule of an earlier version may hold a key, which a submission redacts.
    const task = world.security.redactor.redact(submission.task);
    const whole = withProject(world, { ...submission, task });
    const mayUse = (folder: string) => mayName(folder, world.workspaceRoots, actor);
    await makeTree(world, once, () => submit(world, whole, by, tree, { caller: actor.traceparent, mayName: mayUse }));
    await schedules.begun(run);
    return { sentence: "Started a tree of this schedule.", tree, evolution: null };
  } catch (error) {
    // It was a person's start, so that it does not count as a failed time.
    await schedules.lost(run, error instanceof UserError ? error.message : "The server failed.");
    throw error;
  }
}

/** A person's start of an evolution is the person's own run. */
async function evolveNow(
  world: CommandWorld,
  { project = "", evolve, model, goal }: ScheduledSubmission,
  actor: Actor,
  once: string,
) {
  const cycles = evolve?.cycles ?? 1;
  const given = { id: project, cycles, model, goal: goal && cycleGoal.parse(goal), once };
  const { sentence, run } = await evolutionOperations.evolveProject.run(given, actor, world);
  return { sentence, tree: null, evolution: run };
}

/**
 * People who may not direct the trees of a schedule may neither change nor remove it. They may pause it, because a
 * pause loses nothing.
 */
function directed(world: CommandWorld, id: string, actor: Actor): StoredSchedule {
  const found = scheduleCalled(world.store.schedules, id);
  checkDirecting(world, found.submission, actor);
  return found;
}

/** Throws UserError when the actor could not submit this. */
function checkScheduled(world: CommandWorld, submission: ScheduledSubmission, actor: Actor): void {
  checkDirecting(world, submission, actor);
  insideField("submission", () => {
    if (submission.evolve) {
      checkEvolving(world, submission);
      return;
    }
    const whole = withProject(world, submission);
    checkSubmission(world, whole);
    checkPlace(world, whole);
  });
}

/** An evolution has its own caps, places and checks: rules that a person sets. */
function checkEvolving(world: CommandWorld, submission: ScheduledSubmission): void {
  const { task: _, project, evolve: __, model, goal = {}, ...rest } = submission;
  if (project === undefined) throw wrongField("project", "Say of which project the evolution is.");
  const known = projectCalled(world.store.projects, project);
  const ofCycles = Object.keys(cycleGoal.shape);
  const foreign = Object.entries(goal).find(([name, value]) => value !== undefined && !ofCycles.includes(name));
  if (foreign !== undefined)
    throw wrongField(
      "goal",
      `The rules of an evolution and its project fix \`${foreign[0]}\`. Of a goal it takes ${ofCycles.join(", ")}.`,
    );
  const [first] = Object.entries(rest).find(([, value]) => value !== undefined) ?? [];
  if (first !== undefined)
    throw wrongField(
      first,
      "A schedule of an evolution names its project, the number of cycles, a model and parts of a goal, and nothing else.",
    );
  workOf(world, known, { model, ...(submission.goal && { goal: cycleGoal.parse(goal) }) });
}

/** Throws UserError when the actor could not give a tree these rights or this folder. */
function checkDirecting(world: CommandWorld, submission: ScheduledSubmission, actor: Actor): void {
  const why = rightsRefusal(actor.role, submission.rights ?? []);
  if (why !== null) throw new UserError("forbidden", why);
  // Somebody may have removed the project since: the folder that it had is then nobody's to direct.
  const isGone = submission.project !== undefined && world.store.projects.get(submission.project) === null;
  const whole = isGone ? submission : insideField("submission", () => withProject(world, submission));
  refuseForeignFolders(whole, world.workspaceRoots, actor);
}

function removed(): UserError {
  return new UserError("not_found", "Somebody has removed the schedule.");
}

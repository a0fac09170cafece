/** Commands for schedules. Who makes, changes or resumes a schedule gives its trees their rights. */
import { type Actor, type Commands, UserError } from "@/agents/application";
import { treeIdOf } from "@/core/ids";
import { personOf } from "@/core/rules/roles";
import { type NewSchedule, OVERLAPS, type Overlap, type ScheduleChange } from "@/core/shapes/schedules";
import type { Submission, Tree } from "@/core/shapes/shapes";
import type { ScheduleFields, Schedules, StoredSchedule } from "@/db/schedules/schedules";
import { newId } from "@/lib/new-id";
import { localTime, ownZone } from "@/lib/time/cron";
import { nextAfter } from "./due";
import { scheduleCalled } from "./named";
import { cadenceOf } from "./shown";

const MOST_SCHEDULES = 200;
const MOST_NAME_CHARACTERS = 100;

interface Sources {
  store: { schedules: Schedules };
  now(): number;
  /** Throws UserError when the actor could not submit this now. Creates nothing. */
  checkSubmission(submission: Submission, actor: Actor): void;
  /** Throws UserError when the actor could not give a tree the submission's rights or folder. */
  checkRights(submission: Submission, actor: Actor): void;
  submitTree(submission: Submission, actor: Actor, options: { once: string }): Promise<Tree>;
}

type ScheduleCommands = Pick<
  Commands,
  "addSchedule" | "changeSchedule" | "pauseSchedule" | "resumeSchedule" | "runSchedule" | "removeSchedule"
>;

export function createScheduleCommands(sources: Sources): ScheduleCommands {
  const { schedules } = sources.store;
  const called = (id: string) => scheduleCalled(schedules, id);
  /** Who may not direct the trees of a schedule may neither change nor remove it. A pause loses nothing. */
  const directed = (id: string, actor: Actor) => {
    const schedule = called(id);
    sources.checkRights(schedule.submission, actor);
    return schedule;
  };
  return {
    addSchedule: (given, actor) => add(sources, given, actor),
    changeSchedule: (id, given, actor) => change(sources, directed(id, actor), given, actor),
    async pauseSchedule(id, actor) {
      const { uid } = called(id);
      const by = personOf(actor.name);
      if (await schedules.pause(uid, by))
        return { sentence: "Paused: nothing begins until it is resumed. Trees that have begun continue." };
      if (await schedules.leavePaused(uid, by))
        return { sentence: "It stays paused, and no longer needs anybody. You can still resume it." };
      throw new UserError("conflict", "The schedule is paused already.");
    },
    resumeSchedule: (id, actor) => resume(sources, called(id), actor),
    runSchedule: (id, actor) => runNow(sources, called(id), actor),
    async removeSchedule(id, actor) {
      await schedules.remove(directed(id, actor).uid);
      return { sentence: "Removed the schedule. Its trees stay." };
    },
  };
}

async function add(sources: Sources, given: NewSchedule, actor: Actor): ReturnType<ScheduleCommands["addSchedule"]> {
  const { schedules } = sources.store;
  if (schedules.count() >= MOST_SCHEDULES)
    throw new UserError("conflict", `There are already ${MOST_SCHEDULES} schedules: remove an unused one first.`);
  const fields = fieldsOf(sources, given, actor);
  const id = newId();
  await schedules.add(id, fields);
  return { sentence: `Added the schedule “${fields.name}”. ${nextWords(fields)}`, id };
}

async function change(
  sources: Sources,
  schedule: StoredSchedule,
  given: ScheduleChange,
  actor: Actor,
): Promise<{ sentence: string }> {
  const fields = fieldsOf(sources, { ...schedule, ...given }, actor);
  if (!(await sources.store.schedules.change(schedule.uid, fields))) throw removed();
  const next = schedule.pausedAtMs === null ? nextWords(fields) : "It is still paused.";
  return { sentence: `Saved the schedule “${fields.name}”. ${next}` };
}

async function resume(
  { store: { schedules }, now, checkSubmission }: Sources,
  { uid, cron, zone, submission }: StoredSchedule,
  actor: Actor,
): Promise<{ sentence: string }> {
  checkSubmission(submission, actor);
  const nextAtMs = nextAfter(cadenceOf(cron, zone), now());
  if (!(await schedules.resume(uid, actor, nextAtMs))) throw new UserError("conflict", "The schedule is not paused.");
  return { sentence: `Resumed. ${nextWords({ nextAtMs, zone })}` };
}

/** A tree by hand is the actor's: it neither waits for another tree of the schedule nor counts as one of its times. */
async function runNow(
  { store: { schedules }, checkSubmission, submitTree }: Sources,
  { uid, submission }: StoredSchedule,
  actor: Actor,
): ReturnType<ScheduleCommands["runSchedule"]> {
  checkSubmission(submission, actor);
  const once = `schedule ${uid} ${newId()}`;
  const run = await schedules.begin(uid, personOf(actor.name), treeIdOf(once));
  if (!run) throw removed();
  try {
    const { id } = await submitTree(submission, actor, { once });
    await schedules.begun(run);
    return { sentence: "Started a tree of this schedule.", tree: id };
  } catch (error) {
    // It was a person's start, so that it does not count as a failed time.
    await schedules.lost(run, error instanceof UserError ? error.message : "The server failed.");
    throw error;
  }
}

function removed(): UserError {
  return new UserError("not_found", "Somebody has removed the schedule.");
}

function fieldsOf(sources: Sources, given: NewSchedule, actor: Actor): ScheduleFields {
  const { name, cron, zone, overlap = "skip", submission } = given;
  const checkedZone = zone?.trim() || ownZone();
  const cadence = cadenceOf(cron, checkedZone);
  sources.checkSubmission(submission, actor);
  return {
    name: checkedName(name?.trim() || firstLine(submission.task)),
    cron: cron.trim().replace(/\s+/g, " "),
    zone: checkedZone,
    overlap: checkedOverlap(overlap),
    submission,
    maker: actor,
    nextAtMs: nextAfter(cadence, sources.now()),
  };
}

function firstLine(task: string): string {
  return (task.trim().split("\n", 1)[0] ?? "").slice(0, MOST_NAME_CHARACTERS);
}

function checkedName(given: string): string {
  const name = given.replace(/\s+/g, " ");
  if (name.length <= MOST_NAME_CHARACTERS) return name;
  throw new UserError("invalid", `The schedule's name is longer than the limit of ${MOST_NAME_CHARACTERS} characters.`);
}

function checkedOverlap(given: string): Overlap {
  const overlap = OVERLAPS.find((one) => one === given);
  if (overlap) return overlap;
  throw new UserError("invalid", `The overlap cannot be “${given.slice(0, 40)}”: use ${OVERLAPS.join(" or ")}.`);
}

function nextWords({ nextAtMs, zone }: { nextAtMs: number | null; zone: string }): string {
  return nextAtMs === null ? "No time is left." : `Next: ${localTime(nextAtMs, zone)} (${zone}).`;
}

/** The time that a grant leaves to a task. */
import type { OpenTask, World } from "./world";

/** Returns the milliseconds until the task's time is up, with what a person has added since it was claimed; Infinity: no limit. */
export function timeLeftMs({ log }: World, { claim, grant }: OpenTask): number {
  if (claim.deadlineMs === null) return Number.POSITIVE_INFINITY;
  const addedSeconds = (grant.cap.seconds ?? 0) - (claim.grant.cap.seconds ?? 0);
  return claim.deadlineMs + addedSeconds * 1_000 - log.steadyMs();
}

/** Whether the time is up, also after reading what a person may have added since the last commit. */
export function isOutOfTime(world: World, task: OpenTask): boolean {
  if (timeLeftMs(world, task) > 0) return false;
  task.grant = world.loader.grantOf(task.claim.id);
  return timeLeftMs(world, task) <= 0;
}

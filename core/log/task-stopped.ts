/**
 * The reason of an aborted call whose task was stopped: work that the call began elsewhere is no longer wanted either.
 */
export class TaskStopped extends Error {
  override name = "TaskStopped";
}

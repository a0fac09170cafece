/** The reason of an aborted call whose task was stopped: what the call began elsewhere is not wanted any more either. */
export class TaskStopped extends Error {
  override name = "TaskStopped";
}

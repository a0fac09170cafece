/**
 * Finds repositories that background commands or tool servers left in a person's folder, which no call's result shows.
 */
import type { ToolOutcome } from "@/agents/tools/contract/tool";
import { plantedFlag } from "@/agents/tools/git/planted-flag";
import { idOf } from "@/core/ids";
import { deadline } from "@/lib/time/deadline";
import type { Workplace } from "@/lib/workplace/port";
import { folderOf, workplaceOf } from "./folders";
import { endIfStopped, type OpenTask } from "./open-task";
import type { World } from "./world";

/** A search that takes longer finds nothing: an end that waits for it would hold the task. */
const SEARCH_MS = 10_000;

/**
 * Checks the folder before the task ends. Ends its background commands first, so that nothing is written afterwards. A
 * stop has aborted `signal` before the task ends by it: then only the time limits the search. Resolves with false when a
 * stop arrived during the search, which is to be decided on first.
 */
export async function checkRepositories(world: World, task: OpenTask, signal: AbortSignal): Promise<boolean> {
  const folder = folderOf(world, task);
  if (!folder.guardsGit || task.state.assignment.workspace === "none") return true;
  await world.programs.endOfTask(task.claim.uid);
  const isStopped = signal.aborted;
  const limit = deadline(isStopped ? new AbortController().signal : signal, SEARCH_MS);
  try {
    const { flag } = await plantedFlag(workplaceOf(world, task), limit.signal);
    if (flag) noteFlag(task, idOf(task.claim.uid, { turn: task.state.turn, id: "end" }, "flag"), flag);
  } catch (error) {
    if (!isStopped && signal.aborted) {
      await endIfStopped(world, task, signal);
      return false;
    }
    if (!limit.isLate()) throw error;
  } finally {
    limit.end();
  }
  return true;
}

/** Flags what such files would run. No stop ends it: they are written, and the record of that follows. */
export async function flagRepositories(task: OpenTask, workplace: Workplace): Promise<void> {
  const limit = AbortSignal.timeout(SEARCH_MS);
  try {
    const { flag } = await plantedFlag(workplace, limit);
    if (flag) noteFlag(task, idOf(task.claim.uid, { turn: task.state.turn, id: "merge" }, "flag"), flag);
  } catch (error) {
    if (!limit.aborted) throw error;
  }
}

/** Raises a flag of the host. */
export function noteFlag({ draft }: OpenTask, uid: string, flag: NonNullable<ToolOutcome["flag"]>): void {
  const shown = { addressee: null, kind: "flag", blastRadius: 4, uncertainty: 4 } as const;
  draft.reviews.push({ uid, ...flag, ...shown, ifIgnored: "The repository stays in the folder as it is." });
}

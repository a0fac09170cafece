/**
 * Finds repositories that background commands or tool servers left in a person's folder, which no call's result shows.
 */

import type { ToolOutcome } from "@/agents/tools/contract/tool";
import { plantedFlag } from "@/agents/tools/git/planted-flag";
import { idOf } from "@/core/ids";
import { folderOf, workplaceOf } from "./folders";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

/**
 * Checks the folder before the task ends. Ends its background commands first, so that nothing is written afterwards.
 */
export async function checkRepositories(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const folder = folderOf(world, task);
  if (!folder.guardsGit || task.state.assignment.workspace === "none") return;
  await world.programs.endOfTask(task.claim.uid);
  const { flag } = await plantedFlag(workplaceOf(world, task), signal);
  if (flag) noteFlag(task, idOf(task.claim.uid, { turn: task.state.turn, id: "end" }, "flag"), flag);
}

/** Raises a flag of the host. */
export function noteFlag({ draft }: OpenTask, uid: string, flag: NonNullable<ToolOutcome["flag"]>): void {
  const shown = { addressee: null, kind: "flag", blastRadius: 4, uncertainty: 4 } as const;
  draft.reviews.push({ uid, ...flag, ...shown, ifIgnored: "The repository stays in the folder as it is." });
}

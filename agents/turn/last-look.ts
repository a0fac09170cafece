/** In a person's folder: what a command in the background or a server of tools left there, which no answer of a call would show. */

import type { ToolOutcome } from "@/agents/tools/contract/tool";
import { isKnown, knownRepositories, plantedFlag } from "@/agents/tools/git/planted-repositories";
import { idOf } from "@/core/ids";
import { type Folder, folderOf } from "./folders";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

/** Before a server of tools may write there: what is found later is compared with it. */
export async function firstLook({ guardsGit, cacheDir, path }: Folder, signal: AbortSignal): Promise<void> {
  if (guardsGit) await knownRepositories(cacheDir, path, signal);
}

/** Before the task ends. Its commands in the background are ended first, so that nothing is written behind the look. */
export async function lastLook(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const folder = folderOf(world, task);
  if (!folder.guardsGit || !isKnown(folder.cacheDir) || task.state.assignment.workspace === "none") return;
  await world.programs.endOfTask(task.claim.uid);
  const before = await knownRepositories(folder.cacheDir, folder.path, signal);
  const { flag } = await plantedFlag(folder.path, before, signal);
  if (flag) noteFlag(task, idOf(task.claim.uid, { turn: task.state.turn, id: "end" }, "flag"), flag);
}

/** A flag of the host's. */
export function noteFlag({ draft }: OpenTask, uid: string, flag: NonNullable<ToolOutcome["flag"]>): void {
  const shown = { addressee: null, kind: "flag", blastRadius: 4, uncertainty: 4 } as const;
  draft.reviews.push({ uid, ...flag, ...shown, ifIgnored: "What it names stays in the folder as it is." });
}

/** Begins trees on schedule, through the guard and the audit, as the people who made the schedules. */
import { UserError } from "@/agents/application";
import { foldersIn, refuseForeignFolders } from "@/agents/configuration/workspace-roots";
import { guarded } from "@/agents/guard/guard";
import { type ScheduleWatchOptions, startScheduleWatch } from "@/agents/schedules/watch";
import type { Actor } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/submission";
import type { Checks } from "@/lib/time/checks";
import { type Places, refusalOfFolder } from "@/lib/workspace/refused";
import type { Acting } from "./acting";

/** `workspaceRoots`: the folders below which people who are no admins may name one. */
export type FolderSettings = Places & { workspaceRoots: readonly string[] };

/** Starts the watch. */
export function beginOnSchedule(
  { application, store }: Pick<Acting, "application" | "store">,
  options: Omit<ScheduleWatchOptions, "store" | "submit" | "evolve" | "refusalOf">,
  folders: FolderSettings,
): Checks {
  return startScheduleWatch({
    ...options,
    store,
    submit: (submission, actor, { schedule, once }) =>
      guarded(application, { ...actor, schedule }).commands.submitTree({ ...submission, once }),
    evolve: (id, actor, { schedule, ...given }) =>
      guarded(application, { ...actor, schedule }).commands.evolveProject({ id, ...given }),
    refusalOf: (submission, actor) => refusalOf(folders, submission, actor),
  });
}

function refusalOf(folders: FolderSettings, submission: Submission, actor: Actor): string | null {
  try {
    refuseForeignFolders(submission, folders.workspaceRoots, actor);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  const refusals = foldersIn(submission).map((folder) => refusalOfFolder(folder, folders));
  return refusals.find((why) => why !== null) ?? null;
}

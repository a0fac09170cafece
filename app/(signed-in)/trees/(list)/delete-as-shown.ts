import type { ActionResult } from "@/app/act";
import { operate } from "@/app/operate";
import type { Tree } from "@/core/shapes/shapes";

/**
 * Deletes a tree as a person saw it. A list can be old, and a press waits while the server is away: an ended tree that
 * somebody has continued or pinned since stays. One that was seen pinned, or open, goes as it is.
 */
export function deleteAsShown({
  id,
  ended_at,
  pinned,
}: Pick<Tree, "id" | "ended_at" | "pinned">): Promise<ActionResult> {
  return ended_at === null || pinned ? operate("deleteTree", { id }) : operate("deleteOldTree", { id, ended_at });
}

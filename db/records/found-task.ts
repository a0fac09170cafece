/** A task found by its id. */
import type { TaskStatus } from "@/core/log/terms";

export interface FoundTask {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
  status: TaskStatus;
  title: string;
  agent: string;
  model: string;
  parentId: number | null;
  holds: number;
}

/** SQL for the columns of a `FoundTask`, of `tasks task` joined with `trees tree`. */
export const FOUND_TASK = `task.id, task.uid, task.tree_id AS treeId, tree.uid AS treeUid, task.status, task.title, task.agent,
  task.model, task.parent_id AS parentId, task.holds`;

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

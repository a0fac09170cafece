/** Lists of trees: what they are filtered by, and templates of submissions. */

import type { TaskStatus } from "@/core/log/terms";
import type { Submission, TreeSort } from "./shapes";

/** Absent: whatever it is. */
export interface TreeFilter {
  /** Part of the title, or the beginning of the id. */
  search?: string;
  /** `open`: not ended; `ended`: succeeded, failed or stopped. */
  status?: TaskStatus | "open" | "ended";
  /** An agent that does at least one of its tasks. */
  agent?: string;
  /** Who submitted it. */
  person?: string;
  /** Failed in the last days, and this person has not looked at it since. */
  unseenBy?: string;
}

export interface TreeListOptions extends TreeFilter {
  after?: string;
  limit?: number;
  sort?: TreeSort;
}

export type TreeCounts = Record<TaskStatus, number>;

/** What somebody submits again and again, under a name. */
export interface Template {
  name: string;
  /** Who saved it; null: it came with Banyan. */
  saved_by: string | null;
  /** As it is submitted; `task` may hold gaps such as `<package>` for whoever uses it. */
  submission: Submission;
}

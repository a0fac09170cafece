/** Filters of lists of trees, and templates for new trees. */
import type { TaskStatus } from "@/core/log/terms";
import type { Task } from "./shapes";
import type { Submission } from "./submission";

/** Sort orders of a list of trees. */
export const TREE_SORTS = ["newest", "oldest", "ended", "cost", "tasks"] as const;
export type TreeSort = (typeof TREE_SORTS)[number];

/** Filters of a list of trees. An absent field does not filter. */
export interface TreeFilter {
  /** Part of the title, or a prefix of the id. */
  search?: string;
  /** `open`: not ended; `ended`: succeeded, failed or stopped. */
  status?: TaskStatus | "open" | "ended";
  /** An agent of at least one of its tasks. */
  agent?: string;
  /** The agent of its root task. */
  rootAgent?: string;
  /** Who submitted it. */
  person?: string;
  /** A project: only trees that work in its repository. */
  project?: string;
  /** Only trees that failed in the last days and that this person has not seen. */
  unseenBy?: string;
}

export interface TreeListOptions extends TreeFilter {
  after?: string;
  limit?: number;
  sort?: TreeSort;
  /**
   * `below`: each fork follows its origin, whatever its age, and counts for no page. Otherwise a fork stands at its own
   * place.
   */
  forks?: "below";
}

export type TreeCounts = Record<TaskStatus, number>;

/** A failed task of an open tree whose parent has not read the result yet, so that a retry can still replace it. */
export interface FailedTask {
  /** The task that failed. */
  task: Task;
  /** The open tree that it belongs to. */
  tree: {
    /** Id of the tree. */
    id: string;
    /** Title of the tree. */
    title: string;
  };
}

/** A named template for new trees. */
export interface Template {
  /** Name of the template. */
  name: string;
  /** Who saved it; null for Banyan's own templates. */
  saved_by: string | null;
  /** The submission; `task` may contain placeholders such as `<package>` to fill in. */
  submission: Submission;
}

/** The queries that find something by words, or because a person can repair it; part of `Queries`. */
import type { Found, FoundInLog } from "@/core/shapes/search";
import type { Page } from "@/core/shapes/shapes";
import type { FoundInTree } from "@/core/shapes/tree-views";
import type { FailedTask } from "@/core/shapes/trees";

export interface FindingQueries {
  /** Returns tasks whose texts contain every word, newest first; the last word may be a prefix. */
  searchTree(id: string, words: string, options?: { after?: string; limit?: number }): Promise<Page<FoundInTree>>;
  /** Returns the best matches in everything; without words the newest trees. `opened`: ids of trees to return too. */
  find(words: string, opened?: readonly string[]): Promise<Found>;
  /** Returns the messages of a task that contain every word; the last word may be a prefix. */
  findInLog(taskId: string, words: string): Promise<FoundInLog>;
  /** Returns the failed tasks of open trees that a retry can still repair, the newest first. */
  listFailedTasks(options?: { after?: string; limit?: number }): Promise<Page<FailedTask>>;
}

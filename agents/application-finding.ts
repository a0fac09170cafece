/** The queries that find something by words; part of `Queries`. */

import type { Found, FoundInLog } from "@/core/shapes/found";
import type { FoundInTree } from "@/core/shapes/tree-views";

export interface FindingQueries {
  /** Returns tasks whose texts contain every word, newest first; the last word may be a prefix. */
  searchTree(id: string, words: string): Promise<FoundInTree[]>;
  /** Returns the best matches in everything; without words the newest trees. */
  find(words: string): Promise<Found>;
  /** Returns the messages of a task that contain every word; the last word may be a prefix. */
  findInLog(taskId: string, words: string): Promise<FoundInLog>;
}

import type { Usage } from "./model";

/** What took the place of the oldest messages of a conversation. */
export interface Compaction {
  /** Empty: the model gave none. */
  summary: string;
  /** Of the dropped messages, where there is no summary; absent in old logs. */
  excerpts?: string;
  /** Number of messages. */
  dropped: number;
  /** Of the request for the summary. */
  usage: Usage;
  microUsd: number;
}

import type { Level } from "@/core/log/entries";

/** Something that a running call needs from a person before it can go on. */
export interface CallAsk {
  /** `permission`: yes or no. `question`: a text. */
  what: "permission" | "question";
  /** With `input` it makes the ask: the same subject and input within a task is the same ask. Such as `run_coding_agent:execute`. */
  subject: string;
  input: unknown;
  /** For people: one line; a sentence or more; what exactly is asked, whole. All redacted by the host. */
  title: string;
  detail: string;
  evidence: string;
  level: Level;
}

export interface CallAnswer {
  approved: boolean;
  /** The answer to a question, or the reason of a decision; null: none. */
  text: string | null;
  by: string;
}

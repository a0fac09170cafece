/** How a tool asks a person in the middle of a call. */
import type { AskKind, Level } from "@/core/log/entries";

/** Something that a running call needs from a person before it can continue. */
export interface CallAsk {
  /** `permission`: yes or no. `question`: a text. */
  what: AskKind;
  /** With `input` it makes the ask: the same subject and input within a task is the same ask. Such as `run_coding_agent:execute`. */
  subject: string;
  input: unknown;
  /** For people, redacted by the host: one line, and a sentence or more. */
  title: string;
  detail: string;
  /** The whole text of what is asked, redacted by the host; absent: the input. */
  evidence?: string;
  /** What it would touch. The rights of the task and the policy of the level decide a permission before a person does. */
  level: Level;
  /** Why a person decides a permission, whatever the policy; absent: by the policy. */
  why?: string;
}

export interface CallAnswer {
  approved: boolean;
  /** The answer to a question, or the reason of a decision; null: none. */
  text: string | null;
  by: string;
}

import type { Form } from "@/components/ui/forms/use-form";
import type { Task } from "@/core/shapes/shapes";
import type { ReplayDraft } from "./replay-draft";

/** Props of the fields for versions and lessons, from the form of a fork. */
export interface ReplayProps {
  task: Task;
  /** The message from which the fork continues; undefined: from the beginning. */
  at: number | undefined;
  /** The agent that is chosen for the fork. */
  agent: string;
  draft: ReplayDraft;
  change: (draft: ReplayDraft) => void;
  form: Form;
}

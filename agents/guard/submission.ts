import { parse, whole } from "@/agents/operations/parse";
import { submissionFields } from "@/agents/operations/submission";
import type { Submission } from "@/core/shapes/submission";

export const submission = submissionFields.refine(({ task }) => task.trim() !== "", {
  path: ["task"],
  ...whole("The task is empty: say what should be done."),
});

/** Checks the form of the input; the command checks its meaning. Throws `UserError` invalid. */
export function parseSubmission(input: unknown): Submission {
  return parse(submission, input);
}

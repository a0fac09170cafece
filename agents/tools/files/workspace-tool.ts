import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import type { Workplace } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";

/** Returns the folder of the task, and everything that can be done in it. Throws a `WorkspaceError` when it has none. */
export function workplaceOf({ workplace }: ToolContext): Workplace {
  if (workplace === null) {
    throw new WorkspaceError(
      "This task has no workspace, so it has no files. A workspace is chosen when a task starts.",
    );
  }
  return workplace;
}

/** Runs `work` and turns a `WorkspaceError` into an error result for the model. Other errors are thrown on. */
export async function answering(work: () => Promise<ToolOutcome | string>): Promise<ToolOutcome> {
  try {
    const outcome = await work();
    return typeof outcome === "string" ? { content: outcome } : outcome;
  } catch (error) {
    if (error instanceof WorkspaceError) return failureOf(error);
    throw error;
  }
}

/** Returns the outcome of a call that was refused, or failed, in the workspace. */
export function failureOf({ message, fault }: WorkspaceError): ToolOutcome {
  return { content: message, isError: true, ...(fault !== null && { fault }) };
}

import { WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import type { ToolContext, ToolOutcome } from "./tool";

/** The workspace as this call may see it. Throws a `WorkspaceError` when the task has none. */
export function viewOf(context: ToolContext): WorkspaceView {
  if (context.workspace === null) {
    throw new WorkspaceError("This task has no workspace, so it has no files; ask for one when the task is started.");
  }
  return {
    root: context.workspace,
    hiddenPaths: context.hiddenPaths,
    readOnlyBeforeMs: context.readOnlyBeforeMs,
  };
}

/** Turns a refusal into an answer for the model. A broken invariant stays an exception. */
export async function answering(work: () => Promise<ToolOutcome | string>): Promise<ToolOutcome> {
  try {
    const outcome = await work();
    return typeof outcome === "string" ? { content: outcome } : outcome;
  } catch (error) {
    if (error instanceof WorkspaceError) return { content: error.message, isError: true };
    throw error;
  }
}

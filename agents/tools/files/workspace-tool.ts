import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import { sentenceFor } from "@/lib/workspace/open";
import { partsInside, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";

/** The workspace as this call may see it. Throws a `WorkspaceError` when the task has none. */
export function viewOf(context: ToolContext): WorkspaceView {
  if (context.workspace === null) {
    throw new WorkspaceError("This task has no workspace, so it has no files; ask for one when the task is started.");
  }
  return {
    root: context.workspace,
    hiddenPaths: context.hiddenPaths,
    isReadOnly: context.isReadOnly,
    guardsGit: context.guardsGit,
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

/** The same for a tool that looks through a folder: what the system says of it becomes a sentence, and a cancelled call stays one. */
export function answeringOn(
  folder: string | undefined,
  context: ToolContext,
  work: (view: WorkspaceView, parts: readonly string[]) => Promise<string>,
): Promise<ToolOutcome> {
  return answering(async () => {
    const view = viewOf(context);
    const given = folder ?? ".";
    const parts = partsInside(view, given);
    try {
      return await work(view, parts);
    } catch (error) {
      throw context.signal.aborted ? error : sentenceFor(error, given);
    }
  });
}

import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import { sentenceFor } from "@/lib/workspace/open";
import { partsInside, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";

/** Returns the workspace as this call may see it. Throws a `WorkspaceError` when the task has no workspace. */
export function viewOf(context: ToolContext): WorkspaceView {
  if (context.workspace === null) {
    throw new WorkspaceError(
      "This task has no workspace, so it has no files. A workspace is chosen when a task starts.",
    );
  }
  return {
    root: context.workspace,
    hiddenPaths: context.hiddenPaths,
    isReadOnly: context.isReadOnly,
    guardsGit: context.guardsGit,
  };
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

/** Like `answering`, for a tool that walks a folder: file system errors become sentences; a cancelled call rejects. */
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

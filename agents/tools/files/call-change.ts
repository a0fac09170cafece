/** What a call would change in a file, or do otherwise, for a person who decides whether it runs. */
import type { WorldTool } from "@/agents/tools/contract/tool";
import type { CallPlan, FileChange } from "@/core/shapes/review";
import type { Workplace } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";

/** Longer files are not compared in a browser. */
const MOST_BYTES = 512 * 1024;
const MOST_FILES = 500;

/**
 * Returns how the call would change its file as the folder is now, or the sentence with which it would fail; null when
 * the tool changes no single file, or when the input is not valid.
 */
export async function changeOf(tool: WorldTool, workplace: Workplace | null, json: string): Promise<FileChange | null> {
  if (!tool.changeOf || !workplace) return null;
  const input = tool.input.safeParse(parsed(json));
  if (!input.success) return null;
  const { path } = input.data as { path: string };
  try {
    const before = await workplace.files.readTextIfThere(path, MOST_BYTES);
    return { path, before, after: tool.changeOf(input.data, before), problem: null };
  } catch (error) {
    if (error instanceof WorkspaceError) return { path, before: null, after: null, problem: error.message };
    throw error;
  }
}

/** Returns what the call would do as the folder is now, or the sentence with which it would fail; null when the tool says nothing. */
export async function planOf(tool: WorldTool, workplace: Workplace | null, json: string): Promise<CallPlan | null> {
  const input = tool.planOf && tool.input.safeParse(parsed(json));
  if (!tool.planOf || !input?.success) return null;
  try {
    const plan = await tool.planOf(input.data, workplace);
    if (plan === null) return null;
    const { does, parts = [], files = [] } = plan;
    return { does, parts, files: files.slice(0, MOST_FILES), files_total: files.length, problem: null };
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    return { does: "", parts: [], files: [], files_total: 0, problem: error.message };
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

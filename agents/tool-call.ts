/** One tool call: what was decided is on disk before it runs, and its response is folded in after it. */
import { WorkspaceError } from "@/lib/workspace/path";
import { response } from "./core/notes";
import type { Call } from "./core/state";
import { ensureFiles, keepFirst } from "./keep-files";
import { commit, endIfStopped, note, type OpenTask, rereadOutside } from "./open-task";
import { GRACE_MS, settledInTime, timeLimit } from "./time-limit";
import type { World } from "./world";

/** What a model reads of one result; the middle of a longer one is left out. A runbook pays no tokens and parses what it reads. */
const OUTPUT_CHARS = 60_000;
const RUNBOOK_OUTPUT_CHARS = 4_000_000;

/**
 * Throws LeaseLostError, and the signal's reason when it was aborted without a stop. A tool that fails or takes too long
 * is a response like any other.
 */
export async function runTool(world: World, task: OpenTask, call: Call, signal: AbortSignal): Promise<void> {
  const tool = world.catalogue.world.get(call.tool);
  const hasFolder = task.state.assignment.workspace !== "none";
  if (hasFolder && tool && tool.level !== "read") {
    await keepFirst(world, task, signal);
    task.mayHaveChangedFiles = true;
  }
  await commit(world, task);
  if (task.letters.some((letter) => letter.kind === "stop")) return;
  // A stop that went to disk in the same transaction, behind this record.
  if (signal.aborted) return endIfStopped(world, task, signal);
  // With its mark on disk the call counts as in flight, and a pause lets it end: not run now, it would count as interrupted.
  if (task.held && call.mode !== "once") return;
  const { claim, state, tree } = task;
  // Before the call's own time begins: a checkout may take minutes, and shows no life.
  const problem = hasFolder ? await missingFiles(world, task) : null;
  if (problem !== null) return note(task, [response(state, call, problem, true)]);
  if (signal.aborted) return endIfStopped(world, task, signal);
  const own = tool?.timeoutMs?.(call.input);
  const left = task.deadlineMs === null ? Number.POSITIVE_INFINITY : task.deadlineMs - world.now();
  const timeoutMs = Math.max(1, Math.min(own ?? state.setup.timeoutMs, left));
  const silentMs = tool?.showsLife ? world.limits.silentMs : null;
  const limit = timeLimit(world.timers, signal, timeoutMs, silentMs);
  world.alive(claim.uid, timeoutMs + GRACE_MS);
  try {
    const work = world.tools.call(call.tool, call.input, {
      treeId: claim.treeUid,
      taskId: claim.uid,
      workspace: state.assignment.workspace === "none" ? null : tree.workspace,
      cacheDir: world.cacheDirOf(claim.treeUid),
      ...world.rulesOf(tree),
      network: { allowed: state.setup.rights.includes("network"), hosts: [] },
      signal: limit.signal,
      onActivity: limit.alive,
      timeoutMs,
      sandbox: world.sandbox,
    });
    const outcome = await settledInTime(world.timers, limit.signal, work);
    rereadOutside(world, task);
    if (limit.endedBy() === "silence") return noteSilence(task, call, silentMs ?? 0);
    note(task, [
      response(
        state,
        call,
        capped(outcome.content, state.setup.model === "runbook" ? RUNBOOK_OUTPUT_CHARS : OUTPUT_CHARS),
        outcome.isError ?? false,
      ),
    ]);
  } catch (error) {
    if (error instanceof WorkspaceError) {
      note(task, [response(state, call, error.message, true)]);
      return;
    }
    if (limit.endedBy() === "silence" && !signal.aborted) return noteSilence(task, call, silentMs ?? 0);
    if (limit.endedBy() === "time" && !signal.aborted) {
      const seconds = Math.round(timeoutMs / 1_000);
      note(task, [response(state, call, `The call was ended after ${seconds} seconds: its time-out.`, true)]);
      return;
    }
    if (!signal.aborted) throw error;
    endIfStopped(world, task, signal);
  } finally {
    limit.end();
  }
}

/** Why the files that a fork begins with cannot be had; null: they are there. */
async function missingFiles(world: World, task: OpenTask): Promise<string | null> {
  try {
    await ensureFiles(world, task);
    return null;
  } catch (error) {
    if (error instanceof WorkspaceError) return error.message;
    throw error;
  }
}

/** A call that shows no life is ended by rule; the agent reads why, and goes on. */
function noteSilence(task: OpenTask, call: Call, silentMs: number): void {
  const seconds = Math.round(silentMs / 1_000);
  const evidence = `For ${seconds} seconds ${call.tool} neither printed anything nor used the processor.`;
  task.draft.interventions.push({ rule: "silent_tool", action: "stop", evidence: `${evidence} The call was ended.` });
  note(task, [
    response(
      task.state,
      call,
      `The supervisor ended the call: ${evidence} Its outcome is unknown; look before you repeat it.`,
      true,
    ),
  ]);
}

function capped(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = most / 2;
  return `${text.slice(0, half)}\n[… ${text.length - most} characters left out …]\n${text.slice(-half)}`;
}

/** Checks an ending task's claims: the host runs their commands in the sandbox, in a clean copy of the workspace. */
import { join } from "node:path";
import type { Claim, ClaimMark } from "@/core/log/terms";
import { markOf, unshown } from "@/core/rules/claims";
import { cleanCopy, removeCopy } from "@/lib/workspace/clean-copy";
import { WorkspaceError } from "@/lib/workspace/path";
import { folderOf } from "./folders";
import { ensureFiles } from "./keep-files";
import { commit, endIfStopped, note, type OpenTask } from "./open-task";
import { showCall } from "./show";
import type { World } from "./world";

/** A larger workspace is not copied; its claims are neither shown nor failed. */
const MAX_COPY_BYTES = 4 * 1024 ** 3;
/** Time limit for copying the workspace. */
const COPY_MS = 10 * 60_000;
const OUTPUT_BYTES = 256 * 1024;

/** Runs the commands in the order of the claims, in one copy. After a crash they run again, in a new copy. */
export async function checkClaims(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  await commit(world, task);
  if (task.letters.some((letter) => letter.kind === "stop")) return;
  const { state, claim } = task;
  const { ending } = state;
  if (!ending) throw new Error("Claims can be checked only while a task is ending.");
  const commands = ending.claims.some((one) => one.command !== undefined);
  const hasWorkspace = state.assignment.workspace !== "none";
  const canRun = commands && hasWorkspace && (await world.sandbox.status()).available;
  const copy = join(world.cacheDirOf(claim.treeUid), `claims-${claim.uid}`);
  try {
    if (canRun) await ensureFiles(world, task, signal);
    const marks = canRun ? await markAll(world, task, copy, signal) : ending.claims.map(unshown);
    note(task, [{ kind: "event", turn: state.turn, content: { type: "claims_checked", call: ending.call, marks } }]);
  } catch (error) {
    if (signal.aborted) return endIfStopped(world, task, signal);
    if (!(error instanceof WorkspaceError)) throw error;
    const marks = ending.claims.map((one) => ({ ...unshown(one), output: `Not run: ${error.message}` }));
    note(task, [{ kind: "event", turn: state.turn, content: { type: "claims_checked", call: ending.call, marks } }]);
  } finally {
    removeCopy(copy);
  }
}

async function markAll(world: World, task: OpenTask, copy: string, signal: AbortSignal): Promise<ClaimMark[]> {
  const { path, hiddenPaths } = folderOf(world, task);
  world.alive(task.claim.uid, COPY_MS);
  await cleanCopy(path, copy, { hiddenPaths, maxBytes: MAX_COPY_BYTES, signal });
  const marks: ClaimMark[] = [];
  for (const one of task.state.ending?.claims ?? []) marks.push(await markOne(world, task, one, copy, signal));
  return marks;
}

async function markOne(
  world: World,
  task: OpenTask,
  claim: Claim,
  copy: string,
  signal: AbortSignal,
): Promise<ClaimMark> {
  if (claim.command === undefined) return unshown(claim);
  const left = task.deadlineMs === null ? Number.POSITIVE_INFINITY : task.deadlineMs - world.log.steadyMs();
  const timeoutMs = Math.max(1, Math.min(task.state.setup.timeoutMs, left));
  world.alive(task.claim.uid, timeoutMs);
  const shown = showCall(world, task, { id: claim.statement, tool: "check", input: { command: claim.command } });
  const run = world.sandbox.run({
    onOutput: shown.onOutput,
    command: claim.command,
    workspace: copy,
    hiddenPaths: [],
    timeoutMs,
    signal,
    maxOutputBytes: OUTPUT_BYTES,
  });
  const result = await run.finally(shown.end);
  signal.throwIfAborted();
  world.alive(task.claim.uid, COPY_MS);
  const ended = result.endedBy ? `\n[The host stopped the command: ${result.endedBy}.]` : "";
  return markOf(claim, { exitStatus: result.exitStatus, output: `${result.stdout}${result.stderr}${ended}` });
}

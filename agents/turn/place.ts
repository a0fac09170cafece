/** The place of a tree that works on runners, as a task of it sees it. */
import { idOf } from "@/core/ids";
import type { Call } from "@/core/state";
import type { WorkplaceFolder } from "@/lib/workplace/port";
import { FILES_MS } from "./folders";
import { note, type OpenTask } from "./open-task";
import type { World } from "./world";

/**
 * Makes sure that a runner has the tree's folders before a call uses them, and notes the place when it is another one than
 * before. A call that began before goes on where it began. Throws RunnerError, and the signal's reason.
 */
export async function takePlace(world: World, task: OpenTask, call: Call, signal: AbortSignal): Promise<void> {
  const { claim, state } = task;
  if (!world.places.isPlaced(claim.treeUid)) return;
  if (goesOn(world, call) && state.place !== null) return;
  world.alive(claim.uid, FILES_MS);
  const { number, runner, pool, lostNumber, base } = await world.places.settle(claim.treeUid, signal);
  const before = state.place;
  if (before?.number === number) return;
  const lost = before === null ? null : textOfMove(task, before, lostNumber, base);
  const content = { type: "placed", number, runner, pool, from: before?.runner ?? null, lost } as const;
  note(task, [{ kind: "event", turn: state.turn, content }]);
}

/** Returns what did not come along; null: nothing. */
function textOfMove(
  task: OpenTask,
  before: { number: number; runner: string },
  lostNumber: number,
  base: Record<string, { leftOut?: string[] }>,
): string | null {
  const lost = lostNumber > before.number ? [lostText(before.runner, task)] : [];
  // The tree's folder stands under this name among the bases.
  const leftOut = base[task.state.assignment.folder ?? ""]?.leftOut ?? [];
  return [...lost, ...leftText(leftOut)].join(" ") || null;
}

/** A snapshot keeps the former content of a file that it could not read. */
function leftText(leftOut: readonly string[]): string[] {
  if (leftOut.length === 0) return [];
  const more = leftOut.length > MOST_NAMED ? `, and ${leftOut.length - MOST_NAMED} more` : "";
  const named = `${leftOut.slice(0, MOST_NAMED).join(", ")}${more}`;
  return [
    `The folder moved to another runner as a snapshot, which leaves these files out, so they are gone or as an earlier snapshot had them: ${named}. Make those again that you need.`,
  ];
}

const MOST_NAMED = 20;

function lostText(runner: string, { mayHaveChangedFiles, state }: OpenTask): string {
  const what = mayHaveChangedFiles
    ? `What turn ${state.turn} had changed in files before this call is gone`
    : "Files are as at the end of the last turn that changed them; what other tasks changed since then is gone";
  return `The runner ${runner} went away, and the folder was written anew from its newest snapshot. ${what}, and background commands have ended.`;
}

/** Whether the call began before and its operations are asked for again. */
function goesOn(world: World, call: Call): boolean {
  return asksAgain(world, call) && call.starts > 1;
}

/** A coding agent goes on too, but with its session and in a new program. */
function asksAgain({ catalogue }: World, { resumes, tool }: Call): boolean {
  return resumes && catalogue.world.get(tool)?.onlyInWorkplace === true;
}

/** Returns what lets a call go on after a restart of the server; empty: it cannot, or needs not. */
export function callAtPlace(
  world: World,
  { claim, state }: OpenTask,
  call: Call,
): Partial<Pick<Required<WorkplaceFolder>, "call">> {
  if (state.place === null || !asksAgain(world, call)) return {};
  return { call: { id: idOf(claim.uid, call, "call"), place: state.place, isResumed: goesOn(world, call) } };
}

/**
 * Start here. Works one task from its claim until it rests: folds the log, then decide → act → record until nothing is
 * left to do now.
 *
 *   decide   a pure function of the log says what comes next
 *   act      the only steps with effects: one model call, one tool call, or the commands of an ending's claims
 *   record   the decision is appended in one transaction, before the next effect begins
 *
 * Bookkeeping is folded in immediately and committed together with what follows. One commit holds a reply, its tool
 * calls and the mark of the first call that must not run twice. Another holds the tool's response and the reservation
 * for the next model call. After a crash at any point, the task is opened again and `decide` says the same.
 */

import { decide } from "@/core/decide";
import type { Decision, EndDecision, Rest } from "@/core/decision";
import { shortened } from "@/core/ending";
import { isOutgrown } from "@/core/growth-limit";
import type { Entry } from "@/core/log/entries";
import { isEnded } from "@/core/log/terms";
import { response } from "@/core/notes";
import type { LeasedTask, LeaseEnd } from "@/db/records/records";
import { askApproval } from "./approvals";
import { checkClaims } from "./claim-check";
import { compact } from "./compaction";
import { keepFiles } from "./keep-files";
import { mergeFiles } from "./merge-files";
import { callModel } from "./model-call";
import { commit, commitEnd, factsOf, markRead, note, type OpenTask, openTask, type StateCache } from "./open-task";
import { checkRepositories } from "./repository-check";
import { chargeLostCall } from "./reserve";
import { settle, startFinishing } from "./start-subtasks";
import { runTool } from "./tool-call";
import { startTurnClock } from "./turn-clock";
import type { World } from "./world";

/**
 * Returns when it has ended the lease. Throws LeaseLostError, BrokenLogError, the signal's reason when aborted, and
 * internal faults; the next worker that claims the task continues from its log.
 */
export async function work(world: World, cache: StateCache, claim: LeasedTask, signal: AbortSignal): Promise<void> {
  const task = openTask(world, cache, claim);
  chargeLostCall(world, task);
  const clock = startTurnClock(world, task);
  for (;;) {
    const decision = decide(task.state, factsOf(world, task));
    if (task.mayHaveChangedFiles && !signal.aborted && ENDS_TURN.has(decision.kind)) {
      await keepFiles(world, task, signal);
      continue;
    }
    if (ENDS_TURN.has(decision.kind)) clock.end();
    switch (decision.kind) {
      case "note":
        note(task, decision.entries);
        markRead(task, decision.letters ?? []);
        noteStall(task, decision.entries);
        task.draft.reviewChanges.push(...(decision.reviewChanges ?? []));
        stopTasks(task, decision.stopTasks ?? [], "The work that they were started for is over.");
        break;
      case "settle":
        await settle(world, task, decision.calls, signal);
        break;
      case "ask_approval":
        askApproval(world, task, decision.calls);
        break;
      case "check_claims":
        await checkClaims(world, task, signal);
        break;
      case "start_finishing":
        startFinishing(world, task, decision.starts);
        break;
      case "merge_files":
        await mergeFiles(world, task, signal);
        break;
      case "run_tool":
        await runTool(world, task, decision.call, signal);
        break;
      case "call_model":
        if (mustYield(world, task)) return endLease(world, cache, task, { status: "ready" });
        clock.begin();
        await callModel(world, task, signal);
        break;
      case "compact":
        await compact(world, task, signal);
        break;
      case "rest":
        return endLease(world, cache, task, leaseEndOf(decision), decision.step);
      case "end":
        if ((await checkRepositories(world, task, signal)) && (await end(world, task, decision)))
          return endPrograms(world, task);
        break;
      default:
        throw new Error(`There is no step for ${JSON.stringify(decision satisfies never)}.`);
    }
  }
}

/** Records a case for the supervisor agent, with the entry that no rule can decide. */
function noteStall(task: OpenTask, entries: Entry[]): void {
  for (const entry of entries) {
    if (entry.kind !== "event" || entry.content.type !== "stalled") continue;
    const evidence = `${entry.content.turns} turns in a row brought no new result except errors. The task is at turn ${entry.turn}.`;
    task.draft.interventions.push({ rule: "no_progress", action: "asked", evidence });
  }
}

/** Decisions that end a turn. Before them a snapshot keeps the files of the turn's calls. */
const ENDS_TURN: ReadonlySet<Decision["kind"]> = new Set([
  "call_model",
  "compact",
  "check_claims",
  "start_finishing",
  "merge_files",
  "end",
  "rest",
]);

/**
 * Returns whether the task must give up its slot between two turns: the server stops, a more urgent task waits, no runner
 * of its pool is there, or its folder is refused by now, for which the worker pauses the tree when it claims the task again.
 */
function mustYield(world: World, task: OpenTask): boolean {
  if (world.draining()) return true;
  if (task.state.turn === 0) return false;
  return (
    world.moreUrgent(task.priority) || world.refusalOf(task.tree) !== null || world.places.isWithout(task.claim.treeUid)
  );
}

function leaseEndOf(rest: Rest): LeaseEnd {
  if (rest.waits) {
    const { kind, tasks, untilMs } = rest.waits;
    return { status: "waiting", kind, tasks, untilMs: untilMs ?? null };
  }
  if (rest.parkedUntilMs !== null)
    return { status: "parked", untilMs: rest.parkedUntilMs, why: rest.why ?? "", by: rest.parkedBy ?? null };
  return { status: "ready" };
}

async function endLease(world: World, cache: StateCache, task: OpenTask, to: LeaseEnd, step?: true): Promise<void> {
  await commit(world, task, { leaseEnd: to, ...(step && { openStep: true }) });
  cache.keep(task.claim.uid, task.state);
}

/** Ends the task. Returns false when a letter has arrived that must be decided on first. */
function end(world: World, task: OpenTask, decision: EndDecision): Promise<boolean> {
  return commitEnd(world, task, () => {
    const { state } = task;
    const isRunaway = decision.status === "failed" && isOutgrown(state);
    const reason = isRunaway ? "runaway" : decision.reason;
    const rule = isRunaway && state.limitRule ? `Stopped by the rule ${state.limitRule}. ` : "";
    for (const call of [...state.open.values()]) {
      const text = decision.response ?? "The task ended before this call was answered.";
      note(task, [response(state, call, text, !decision.response)]);
    }
    const { status, result, verdict } = decision;
    const detail = rule || decision.detail ? `${rule}${decision.detail ?? ""}`.trim() : null;
    const summary = decision.summary ?? hostSummary(task, decision);
    const refused = state.refused.length > 0 ? { refused: state.refused } : {};
    const needed = decision.grantNeeded && !isRunaway ? { grantNeeded: decision.grantNeeded } : {};
    const ended = { type: "ended", status, reason, ...needed, detail, result, summary, verdict, ...refused } as const;
    const unmerged = decision.unmerged !== undefined && { unmerged: decision.unmerged };
    const isTainted = state.tainted || [...task.relatives.values()].some((relative) => relative.result?.tainted);
    const content = { ...ended, ...unmerged, ...(isTainted && { tainted: true as const }) };
    note(task, [{ kind: "event", turn: state.turn, content }]);
    markRead(
      task,
      task.letters.map((letter) => letter.id),
    );
    stopUnended(task);
    return { status, reason, detail };
  });
}

/** Ends the task's background commands and tool servers, so that nothing runs on after its end. */
async function endPrograms(world: World, { claim, state }: OpenTask): Promise<void> {
  if (state.assignment.depth === 0) await world.programs.endOf(claim.treeUid);
  else await world.programs.endOfTask(claim.uid);
}

/** Stops all unended subtasks, whatever ended the task. Documentation may finish. */
function stopUnended(task: OpenTask): void {
  const unended = [...task.state.subtasks.values()].filter((subtask) => {
    const relative = task.relatives.get(subtask.task);
    return subtask.purpose !== "document" && !(relative && isEnded(relative.status));
  });
  stopTasks(
    task,
    unended.map((subtask) => subtask.task),
    "Its parent task has ended.",
  );
}

/** Returns the host's summary, for a task that ends without `end_task`. */
function hostSummary(task: OpenTask, decision: EndDecision): string {
  if (decision.result !== null) return shortened(decision.result);
  const last = task.state.headline ? ` Last activity: ${task.state.headline}` : "";
  return `${decision.status === "failed" ? "Failed" : "Stopped"} after ${task.state.turn} ${task.state.turn === 1 ? "turn" : "turns"}. ${decision.detail ?? ""}${last}`;
}

function stopTasks(task: OpenTask, tasks: string[], detail: string): void {
  for (const to of tasks) {
    task.draft.mail.push({ to, body: { kind: "stop", status: "stopped", reason: "parent_ended", detail } });
  }
}

/**
 * Settles core calls, some of which start subtasks, and starts finishing tasks. The task's next record has their
 * effects.
 */
import type { ChangeWords } from "@/agents/self/messages";
import { PROPOSED_CODE_MS, proposedCode } from "@/agents/tools/additions/proposed-code";
import type { ControlView, ProposedCode } from "@/agents/tools/contract/control";
import { newFinishingTask, type SubtaskSources } from "@/agents/tools/subtasks/new-subtask";
import { type Settled, settleCalls } from "@/agents/tools/subtasks/settle";
import type { FinishingStart } from "@/core/decision";
import { idOf } from "@/core/ids";
import type { SubtaskStart } from "@/core/log/entries";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { finishingGrant } from "@/core/rules/grants";
import type { Call } from "@/core/state";
import { WorkspaceError } from "@/lib/workspace/path";
import { borrow } from "./borrow";
import { materialFor } from "./finishing";
import { folderOf, workplaceOf } from "./folders";
import { keepForCopies } from "./keep-files";
import { asksOf, endIfStopped, factsOf, grantNow, note, type OpenTask } from "./open-task";
import { lessonsFor } from "./show-lessons";
import { timeLeftMs } from "./time-left";
import type { World } from "./world";

/** Calls that may start a subtask, and therefore need the task's place in the tree. */
const STARTS_SUBTASKS: ReadonlySet<string> = new Set([
  "start_subtask",
  "break_down_task",
  "request_tools",
  "request_context",
]);

export async function settle(world: World, task: OpenTask, calls: Call[], signal: AbortSignal): Promise<void> {
  let settled: Settled;
  try {
    settled = await settleNow(world, task, calls, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return endIfStopped(world, task, signal);
  }
  note(task, settled.entries);
  task.draft.children.push(...settled.children);
  task.draft.reviews.push(...settled.reviews);
  task.draft.reviewChanges.push(...settled.reviewChanges);
  task.draft.mail.push(...settled.mail);
  task.draft.proposals.push(...settled.proposals);
  for (const { kind, name } of settled.proposals)
    task.draft.audit.push({ action: "proposed", subject: name, detail: kind });
}

function settleNow(world: World, task: OpenTask, calls: Call[], signal: AbortSignal): Promise<Settled> {
  const { claim, state } = task;
  const startsSubtasks = calls.some((call) => STARTS_SUBTASKS.has(call.tool));
  const family = startsSubtasks
    ? world.loader.family(claim.id, claim.treeId)
    : { ancestors: [], treeTasks: 0, rounds: 0 };
  const parentUid = claim.parentId === null ? null : world.loader.uidOf(claim.parentId);
  return settleCalls(state, factsOf(world, task), calls, {
    ...sourcesOf(world, task),
    effectOf: world.tools.settle,
    schemaOf: world.catalogue.schemaOf,
    registry: () => world.configuration.registryFor(state.setup),
    capabilities: (need) => capabilitiesFor(world, task, need),
    lessons: (need) => lessonsFor(world, task, need),
    agentBody: world.configuration.agentBody,
    refusedBefore: world.configuration.refusedBefore,
    code: (folder, test) => codeOf(world, task, folder, test, signal),
    change: (base, words) => changeOf(world, task, { base, words }, signal),
    look: () => world.lookOf(claim.treeUid),
    keepFolder: () => keepForCopies(world, task, signal),
    isFolderTainted: startsSubtasks && world.loader.isFolderTainted(claim.treeId, state.assignment.folder ?? null),
    family,
    grant: grantNow(task),
    secondsLeft: claim.deadlineMs === null ? null : Math.max(1, Math.floor(timeLeftMs(world, task) / 1_000)),
    borrow: async (missing) =>
      (await borrow(world, task, { least: missing, usual: missing })) ? grantNow(task) : null,
    taskUid: claim.uid,
    parentUid,
    asksUid: asksOf(task, parentUid),
  });
}

function capabilitiesFor(world: World, task: OpenTask, need: string) {
  const hasFiles = task.state.assignment.workspace !== "none";
  return world.capabilities.find(need, hasFiles ? workplaceOf(world, task).files : null);
}

/** Tests proposed code. The test may take minutes, which count as the task's work. */
async function codeOf(
  world: World,
  task: OpenTask,
  folder: string,
  test: string,
  signal: AbortSignal,
): Promise<ProposedCode> {
  const { claim, state } = task;
  if (state.assignment.workspace === "none")
    return { problem: "This task has no workspace, so it has no code to propose." };
  world.alive(claim.uid, PROPOSED_CODE_MS);
  return proposedCode(workplaceOf(world, task), folder, test, signal);
}

/** Reads what the task's copy of Banyan's own source proposes. */
async function changeOf(
  world: World,
  task: OpenTask,
  { base, words }: { base: string | undefined; words: ChangeWords },
  signal: AbortSignal,
): Promise<Proposable> {
  const { claim, state } = task;
  if (state.assignment.workspace === "none")
    return { problem: "This task has no workspace, so it has nothing to propose." };
  world.alive(claim.uid, PROPOSED_CODE_MS);
  const { path, hiddenPaths } = folderOf(world, task);
  const copiedFrom = world.self.copiedFrom(claim.treeUid);
  try {
    const folder = { tree: claim.treeUid, task: claim.uid, path, hiddenPaths, copiedFrom, base };
    return await world.self.changes.propose(folder, words, signal);
  } catch (error) {
    if (error instanceof WorkspaceError) return { problem: error.message };
    throw error;
  }
}

type Proposable = Awaited<ReturnType<ControlView["change"]>>;

export function startFinishing(world: World, task: OpenTask, starts: FinishingStart[]): void {
  const { claim, state } = task;
  const call = state.ending?.call ?? "";
  const sources = sourcesOf(world, task);
  const isRoot = state.assignment.depth === 0;
  const grant = finishingGrant(grantNow(task), starts.length, isRoot, timeLeftMs(world, task));
  const begun: SubtaskStart[] = [];
  for (const { purpose, agent } of starts) {
    const uid = idOf(claim.uid, { turn: state.turn, id: call }, purpose);
    const { instruction, material } = materialFor(purpose, claim.uid, state);
    const own = withinGrantOf(grant, world.configuration.agentBody(agent, state.setup.pinned));
    const child = newFinishingTask(state, { purpose, agent, uid, instruction, material, grant: own }, sources);
    task.draft.children.push(child);
    begun.push({ task: uid, call, title: child.title, agent, role: "finishing", purpose });
  }
  note(task, [{ kind: "event", turn: state.turn, content: { type: "subtasks_started", subtasks: begun } }]);
}

function sourcesOf(world: World, { claim }: OpenTask): SubtaskSources {
  const { maxDepth, maxWidth, maxTasksPerTree } = world.limits;
  const agents = new Set(world.configuration.agents().map((agent) => agent.name));
  return {
    limits: { maxDepth, maxWidth, maxTasksPerTree, agents },
    setupFor: world.configuration.setupFor,
    preventionsFor: (agent) => world.preventionsFor(claim.treeUid, agent),
    unitTimes: () => world.unitTimes(claim.treeUid),
    spentSoFar: () => world.spentBelow(claim.uid),
  };
}

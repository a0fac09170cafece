import type { ControlEffect, ControlView, Registry, SubtaskRequest } from "@/agents/tools/contract/control";
import type { Facts } from "@/core/facts";
import { idOf } from "@/core/ids";
import { type Amount, type GrantAmounts, NO_CAPS } from "@/core/log/amounts";
import type { Entry, SubtaskStart } from "@/core/log/entries";
import { response } from "@/core/notes";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { NOTHING } from "@/core/rules/borrowing";
import { CONSERVED, carve, type GrantState } from "@/core/rules/grants";
import { isSelector, selectedTask } from "@/core/selection";
import type { Call, TaskState } from "@/core/state";
import type { NewTask, TaskRecord } from "@/db/records/records";
import { askedGrant, newSubtask, type SubtaskSources } from "./new-subtask";
import { type Family, type Refusal, refusalOf } from "./subtask-limits";

export interface Settled {
  entries: Entry[];
  children: NewTask[];
  reviews: NonNullable<TaskRecord["reviews"]>;
  reviewChanges: NonNullable<TaskRecord["reviewChanges"]>;
  mail: NonNullable<TaskRecord["mail"]>;
  proposals: NonNullable<TaskRecord["proposals"]>;
}

export interface SettleSources extends SubtaskSources {
  /** Returns the effect of a call of a core tool. */
  effectOf(call: Call, view: ControlView): Promise<ControlEffect>;
  schemaOf(tool: string): Record<string, unknown> | undefined;
  /** Read only when a call uses it. */
  registry(): Registry;
  capabilities: ControlView["capabilities"];
  lessons: ControlView["lessons"];
  /** See Configuration. */
  agentBody(name: string, pinned: TaskState["setup"]["pinned"]): ReturnType<ControlView["agentBody"]>;
  refusedBefore: ControlView["refusedBefore"];
  code: ControlView["code"];
  change: ControlView["change"];
  look: ControlView["look"];
  /** Takes a snapshot of the task's folder for copies. Called once, when a subtask wants a copy. */
  keepFolder(): Promise<KeptFolder>;
  /** The folder that the task works in contains content from outside. */
  isFolderTainted: boolean;
  family: Family;
  /** The parent's grant as it is now, and the seconds it has left (null: no cap). */
  grant: GrantState;
  secondsLeft: number | null;
  /** Asks the tasks above for what is missing. Returns the larger grant, or null. */
  borrow(missing: Amount): Promise<GrantState | null>;
  taskUid: string;
  parentUid: string | null;
  asksUid: string | null;
}

/** The snapshot, or the sentence that says why there is none. */
export type KeptFolder = { commit: string } | { problem: string };

/** Returns the effects of `calls`, open calls of core tools in the order of the reply. Writes nothing. */
export async function settleCalls(
  state: TaskState,
  facts: Facts,
  calls: Call[],
  sources: SettleSources,
): Promise<Settled> {
  const settled: Settled = { entries: [], children: [], reviews: [], reviewChanges: [], mail: [], proposals: [] };
  const requests: SubtaskRequest[] = [];
  const { taskUid, parentUid, asksUid } = sources;
  const view: ControlView = {
    taskUid,
    parentUid,
    asksUid,
    state,
    facts,
    schemaOf: sources.schemaOf,
    get registry() {
      return sources.registry();
    },
    capabilities: sources.capabilities,
    lessons: sources.lessons,
    // Proposals change the live version, also in a tree that uses another one.
    agentBody: (name) => sources.agentBody(name, undefined),
    refusedBefore: sources.refusedBefore,
    code: sources.code,
    change: sources.change,
    look: sources.look,
    proposed: settled.proposals,
    mayStart: (request) => refusalOf(state, request, sources.family, requests.length, sources.limits) === null,
    idFor: (call, what) => idOf(taskUid, call, what),
  };
  for (const call of calls) {
    const effect = await sources.effectOf(call, view);
    settled.entries.push(...(effect.entries ?? []));
    settled.reviews.push(...(effect.reviews ?? []));
    settled.reviewChanges.push(...(effect.reviewChanges ?? []));
    settled.mail.push(...(effect.mail ?? []));
    settled.proposals.push(...(effect.proposals ?? []));
    if (effect.subtask) requests.push(effect.subtask);
  }
  if (requests.length > 0) await startSubtasks(state, requests, sources, settled);
  return settled;
}

async function startSubtasks(
  state: TaskState,
  requests: SubtaskRequest[],
  sources: SettleSources,
  settled: Settled,
): Promise<void> {
  const problem = dependencyProblem(requests);
  const starts: SubtaskStart[] = [];
  const taskOf = new Map(requests.map((request) => [request.title, idOf(sources.taskUid, request.call, "task")]));
  const refusals = problem ? new Map<string, Refusal>() : refusalsOf(state, requests, sources);
  const base = problem ? null : await baseFor(state, requests, refusals, sources);
  const shares = problem ? new Map<string, GrantAmounts>() : await carveShares(state, requests, refusals, sources);
  for (const request of requests) {
    const { call } = request;
    const refusal = problem ? { text: problem, rule: null } : refusals.get(call.id);
    if (refusal) {
      const entry = response(state, call, refusal.text, true);
      if (refusal.rule) entry.content.limit = refusal.rule;
      entry.content.refused = request.title;
      settled.entries.push(entry);
      continue;
    }
    const task = idOf(sources.taskUid, call, "task");
    const dependsOn = request.dependsOn.flatMap((title) => taskOf.get(title) ?? []);
    // What the folder holds may stand in the instruction. A subtask that shares the folder is asked because of it anyway.
    const bringsFolder =
      sources.isFolderTainted && state.assignment.workspace !== "none" && request.workspace !== "shared";
    const isTainted = state.tainted || bringsFolder;
    const grant = shares.get(call.id) ?? NO_CAPS;
    const placed = { uid: task, dependsOn, grant, base: isCopiedNow(request) ? base : null, isTainted };
    settled.children.push(newSubtask(state, request, placed, sources));
    starts.push({ task, call: call.id, title: request.title, agent: request.agent, role: "work", purpose: null });
  }
  if (starts.length > 0) {
    settled.entries.push({ kind: "event", turn: state.turn, content: { type: "subtasks_started", subtasks: starts } });
  }
}

/** A subtask with predecessors starts from their results, so its copy is made when they have ended. */
function isCopiedNow({ workspace, dependsOn }: SubtaskRequest): boolean {
  return workspace === "own" && dependsOn.length === 0;
}

/** Takes one snapshot for all subtasks of the turn that get a copy. When that fails, they are refused. */
async function baseFor(
  state: TaskState,
  requests: SubtaskRequest[],
  refusals: Map<string, Refusal>,
  sources: SettleSources,
): Promise<string | null> {
  const copies = requests.filter((request) => isCopiedNow(request) && !refusals.has(request.call.id));
  if (copies.length === 0 || state.assignment.workspace === "none") return null;
  const kept = await sources.keepFolder();
  if ("commit" in kept) return kept.commit;
  const text = `Not started: your folder could not be copied. ${kept.problem}`;
  for (const { call } of copies) refusals.set(call.id, { text, rule: null });
  refuseDependents(requests, refusals);
  return null;
}

/**
 * Returns each subtask's share of the grant by call id. Borrows what is missing. Refuses subtasks beyond the grant, and
 * their dependents.
 */
async function carveShares(
  state: TaskState,
  requests: SubtaskRequest[],
  refusals: Map<string, Refusal>,
  sources: SettleSources,
): Promise<Map<string, GrantAmounts>> {
  const shares = new Map<string, GrantAmounts>();
  const asking = requests.filter((request) => !refusals.has(request.call.id));
  const carveFrom = (grant: GrantState) =>
    carve(grant, asking.map(askedGrant), {
      isRoot: state.assignment.depth === 0,
      all: isSelector(state.setup.agent),
      secondsLeft: sources.secondsLeft,
    });
  let carved = carveFrom(sources.grant);
  const missing = missingIn(carved);
  const more = missing && (await sources.borrow(missing));
  if (more) carved = carveFrom(more);
  asking.forEach((request, at) => {
    const share = carved[at];
    if (!share) return;
    if ("refusal" in share) refusals.set(request.call.id, { text: share.refusal, rule: share.rule });
    else shares.set(request.call.id, withinGrantOf(share, sources.agentBody(request.agent, state.setup.pinned)));
  });
  refuseDependents(requests, refusals);
  return shares;
}

/** Returns what the refused subtasks lack together, or null when no loan would help. */
function missingIn(carved: ReturnType<typeof carve>): Amount | null {
  const missing = { ...NOTHING };
  for (const share of carved) if ("lacks" in share && share.lacks) missing[share.lacks.of] += share.lacks.amount;
  return CONSERVED.some((of) => missing[of] > 0) ? missing : null;
}

/** Returns the refused requests by call id, including those whose predecessor is refused. */
function refusalsOf(state: TaskState, requests: SubtaskRequest[], sources: SettleSources): Map<string, Refusal> {
  const refused = new Map<string, Refusal>();
  let selected = selectedTask(state) !== undefined;
  let started = 0;
  for (const request of requests) {
    const refusal =
      isSelector(state.setup.agent) && selected
        ? { text: "agent_selector starts exactly one subtask, and one is started already.", rule: null }
        : refusalOf(state, request, sources.family, started, sources.limits);
    if (refusal) {
      refused.set(request.call.id, refusal);
    } else {
      selected = true;
      started += 1;
    }
  }
  refuseDependents(requests, refused);
  return refused;
}

/** Refuses requests whose predecessor is refused, because nothing would ever wake them. */
function refuseDependents(requests: SubtaskRequest[], refused: Map<string, Refusal>): void {
  const titles = new Map(requests.map((request) => [request.title, request.call.id]));
  for (let before = -1; before !== refused.size; ) {
    before = refused.size;
    for (const { call, dependsOn } of requests) {
      const missing = dependsOn.find((title) => refused.has(titles.get(title) ?? ""));
      if (missing === undefined || refused.has(call.id)) continue;
      refused.set(call.id, { text: `Not started: “${missing}”, which it depends on, was refused.`, rule: null });
    }
  }
}

/** Returns why all requests are refused (an unknown title, a duplicate title or a cycle in depends_on), or null. */
function dependencyProblem(requests: SubtaskRequest[]): string | null {
  const byTitle = new Map<string, SubtaskRequest>();
  const named = new Set(requests.flatMap((request) => request.dependsOn));
  for (const request of requests) {
    if (named.has(request.title) && byTitle.has(request.title)) {
      return `No subtask was started: depends_on names “${request.title}”, and two subtasks of this reply have that title.`;
    }
    byTitle.set(request.title, request);
  }
  for (const title of named) {
    if (!byTitle.has(title)) {
      return `No subtask was started: depends_on names “${title}”, and no subtask of this reply has that title.`;
    }
  }
  const cycle = findCycle(byTitle);
  return cycle && `No subtask was started: depends_on forms a cycle: ${cycle.join(" → ")}.`;
}

function findCycle(byTitle: Map<string, SubtaskRequest>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (title: string): string[] | null => {
    if (done.has(title)) return null;
    if (path.includes(title)) return [...path.slice(path.indexOf(title)), title];
    path.push(title);
    for (const before of byTitle.get(title)?.dependsOn ?? []) {
      const found = visit(before);
      if (found) return found;
    }
    path.pop();
    done.add(title);
    return null;
  };
  for (const title of byTitle.keys()) {
    const found = visit(title);
    if (found) return found;
  }
  return null;
}

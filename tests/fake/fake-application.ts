/** An in-memory `Application`, for developing and testing the pages. */
import { type Application, type ListedAgent, UserError } from "@/agents/application";
import { isEnded, TASK_STATUSES, type TaskStatus } from "@/core/log/terms";
import { objectivesNow } from "@/core/metrics/objectives";
import { DEFAULT_HOST_POLICY } from "@/core/rules/policy";
import type { FoundFolder } from "@/core/shapes/folders";
import type { Message, Task } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import { conversationOf } from "@/db/queries/conversation";
import { fakeEntries } from "./fake-entries";
import { FAKE_FAILURES } from "./fake-failures";
import { fakeFiles } from "./fake-files";
import { fakeForks } from "./fake-forks";
import { FAKE_IMPROVEMENT } from "./fake-improvement";
import { FAKE_KPIS } from "./fake-kpis";
import { FAKE_LIMITS } from "./fake-limits";
import { FAKE_MEMORY } from "./fake-memory";
import { fakeOperations } from "./fake-operations";
import { fakeOperator } from "./fake-operator";
import { fakeReviews } from "./fake-reviews";
import { fakeRules } from "./fake-rules";
import { fakeRunners } from "./fake-runners";
import { FakeStore } from "./fake-store";
import { fakeTreeViews } from "./fake-tree-views";
import { fakeTrees } from "./fake-trees";

const AGENTS = ["agent_selector", "worker", "researcher", "coder"];
const RUNBOOKS = [
  { name: "repository-survey", description: "Languages, sizes, TODOs, tests and licences of a repository" },
  { name: "dependency-check", description: "Duplicated and unpinned dependencies, licences, install scripts" },
];

const folderAt = (path: string): FoundFolder => ({
  path,
  problem: null,
  locked_by: null,
  last_tree: null,
  git: null,
  git_off: null,
  only_copy: false,
  only_copy_because: null,
  read_only: false,
});

export function createFakeApplication(): Application & { store: FakeStore } {
  const store = new FakeStore();
  const listed = (name: string): ListedAgent => ({
    name,
    description: `The ${name}.`,
    inner: false,
    model: "default",
    tools: [],
    documents: [],
    version: 1,
    edited: false,
  });
  const reviews = fakeReviews(store);
  const rules = fakeRules(store);
  const forks = fakeForks(store);
  const files = fakeFiles(forks.files);
  const trees = fakeTrees(store);
  const entries = fakeEntries({
    agent: AGENTS.map((name) => ({ name, description: `The ${name}.` })),
    document: [],
    runbook: RUNBOOKS,
  });
  const operations = fakeOperations(store);
  let halt: ServerStatus["paused_everything"] = null;
  const unsupported = async (): Promise<never> => {
    throw new UserError("unavailable", "The fake server has no configuration.");
  };

  return {
    store,
    operations: fakeOperator({
      ...rules.operations,
      ...operations.operations,
      ...reviews.operations,
      ...trees.operations,
      async submitTree(submission) {
        if (submission.workspace?.endsWith("/not-there")) {
          throw new UserError(
            "invalid",
            `The workspace ${submission.workspace} does not exist. Choose an existing folder.`,
          );
        }
        const tree = store.addTree({ title: submission.task.slice(0, 80), priority: submission.priority ?? 0 });
        store.addTask(tree, null, {
          title: tree.title,
          instruction: submission.task,
          agent: submission.agent ?? (submission.runbook ? "worker" : "agent_selector"),
          model: submission.model ?? (submission.runbook ? "runbook" : "anthropic/claude-sonnet"),
        });
        return { ...tree };
      },
      pause: async ({ id, alone = false }) => {
        if (!alone) return setStatus(store, id, "paused", "Paused. Resume it any time.");
        store.change(store.findTask(id), { status: "paused" }, "Paused alone.");
        return { sentence: "Paused: this task only. Its subtasks continue." };
      },
      resume: async ({ id }) => setStatus(store, id, "running", "Resumed."),
      fork: forks.fork,
      change: async ({ id, ...to }, actor) => changeTask(store, taskCalled(store, id), to, actor.name),
      grant: async ({ id }) => setStatus(store, id, "running", "Granted."),
      async step({ id }) {
        const task = taskCalled(store, id);
        const stepping = { type: "stepping", mode: "manual", by: "you" } as const;
        store.note(task, { status: "paused", turns: task.turns + (task.status === "paused" ? 1 : 0) }, stepping);
        return { sentence: "Running one turn." };
      },
      async stop({ id, reason }) {
        for (const task of branchOf(store, id)) {
          if (isEnded(task.status)) continue;
          const ended = { status: "stopped", reason: "by_person", reason_detail: reason || null } as const;
          store.change(task, { ...ended, ended_at: new Date().toISOString() }, "Stopped by you.");
        }
        return { sentence: "Stopped: this task and its subtasks." };
      },
      async retry({ id }) {
        const task = taskCalled(store, id);
        const again = { status: "running", reason: null, reason_detail: null, ended_at: null } as const;
        store.change(task, { ...again, attempt: task.attempt + 1, tries: task.tries + 1 }, "Retried by you.");
        return { sentence: "Retrying." };
      },
      async continueTask({ id, text: words }, actor) {
        const task = taskCalled(store, id);
        const again = { status: "running", reason: null, reason_detail: null, ended_at: null } as const;
        store.append(task, "steer", { text: words, by: actor.name });
        store.change(task, { ...again, attempt: task.attempt + 1 }, "Continued by you.");
        return { sentence: "Continuing.", by: "retry", tree_id: task.tree_id, task_id: task.id };
      },
      changeGoal: async () => ({ sentence: "Changed." }),
      async steer({ id, text }, actor) {
        const task = taskCalled(store, id);
        if (isEnded(task.status)) throw new UserError("conflict", "The task has ended: retry it to continue.");
        store.append(task, "steer", { text, by: actor.name });
        return { sentence: "The task reads this at its next turn." };
      },
      async deleteTree({ id }) {
        store.trees.delete(store.findTree(id).id);
        return { sentence: "Deleted." };
      },
      async pauseEverything({ reason = "" }, actor) {
        halt = { by: actor.name, since: new Date().toISOString(), reason };
        return { sentence: "Everything is paused." };
      },
      async resumeEverything() {
        halt = null;
        return { sentence: "Everything is resumed." };
      },
    }),
    live: {
      onTree: (id, listener) => store.onTree(id, listener),
      onTrees: (listener) => store.onTrees(listener),
      onActivity: store.activities.onChange,
      activitiesIn: store.activities.inTree,
      activityOf: store.activities.textOf,
    },
    queries: {
      ...trees.queries,
      getGoal: async () => null,
      getForkStart: async () => ({ versions: [], used: [], lessons: "with" }),
      listGoals: async () => ({ items: [], next: null }),
      async getTree(id, { tasks = "rows" } = {}) {
        const tree = store.findTree(id);
        const all = typeof tasks === "object" ? withAncestors(tree.tasks, tasks.changed) : tree.tasks;
        return { ...tree, tasks: tasks === "none" ? [] : all.map(cutTask) };
      },
      getTask: async (id) => ({ ...store.findTask(id) }),
      ...fakeTreeViews(store),
      async listMessages(scope, { after, before, limit = 100, latest } = {}) {
        const inScope = (message: Message) =>
          "treeId" in scope ? message.tree_id === scope.treeId : message.task_id === scope.taskId;
        const from = Number(after ?? 0);
        const to = Number(before ?? Number.MAX_SAFE_INTEGER);
        const all = store.messages.filter((message) => inScope(message) && message.seq > from && message.seq < to);
        const items = latest || before ? all.slice(-limit) : all.slice(0, limit);
        return { items, next: all.length > items.length ? String(items[items.length - 1]!.seq) : null };
      },
      async getMessage(seq) {
        const found = store.messages.find((message) => message.seq === seq);
        if (!found) throw new UserError("not_found", `There is no message ${seq}.`);
        return found;
      },
      async getLogFacts(id) {
        const log = store.messages.filter((message) => message.task_id === id);
        return {
          messages: log.length,
          first_error: log.find((message) => message.content.isError === true)?.seq ?? null,
        };
      },
      getConversation: async (id) =>
        conversationOf(
          store.messages.filter((message) => message.task_id === id),
          { replies: [], ran: [{ fromMs: 0, toMs: null }], nowMs: Date.now() },
        ),
      getModelUse: async () => ({
        calls: 0,
        input_tokens: 0,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        output_tokens: 0,
        cost_usd: 0,
        first_turn: null,
      }),
      async getOutput(seq, from) {
        const text = String(store.messages.find((message) => message.seq === seq)?.content.text ?? "");
        return { text: text.slice(from), from, chars: text.length };
      },
      async openAttachment(seq, id) {
        throw new UserError("not_found", `Message ${seq} has no file ${id}.`);
      },
      listReviews: reviews.list,
      markOfReviews: async () => [...store.reviews.values()].map(({ id, status }) => id + status).join(" "),
      ...rules.queries,
      listInterventions: async ({ treeId, taskId, action, rule, skip = 0, limit = 50 } = {}) =>
        store.interventions
          .filter(
            (intervention) =>
              (!treeId || intervention.tree_id === treeId) && (!taskId || intervention.task_id === taskId),
          )
          .filter(
            (intervention) => (!action || intervention.action === action) && (!rule || intervention.rule === rule),
          )
          .slice(skip, skip + limit),
      compareTrees: forks.compare,
      getProof: unsupported,
      listSharedProofs: async () => [],
      listForks: forks.list,
      ...files,
      getContinuation: async (id) => ({
        by: isEnded(store.findTask(id).status) ? "retry" : "message",
        may_retry: isEnded(store.findTask(id).status),
        needs: null,
        why: null,
      }),
      nextAction: async (id) => ({ sentence: nextActionOf(store.findTask(id)) }),
      ...reviews.queries,
      getReview: async (id) => ({ ...store.findReview(id) }),
      listAgents: async () => AGENTS.map(listed),
      getAgent: async (name) => ({ ...listed(name), instruction: "" }),
      listDocuments: async () => [],
      getDocument: unsupported,
      listTools: async () => [],
      getTool: unsupported,
      listRunbooks: async () => RUNBOOKS.map((runbook) => ({ ...runbook, inner: false })),
      ...entries.queries,
      listProjects: async () => ({ items: [], next: null }),
      getForge: async () => null,
      getSpecification: async () => null,
      getServiceWay: unsupported,
      listServices: async () => ({ items: [], next: null }),
      getService: unsupported,
      listServiceQuestions: async () => ({ items: [], next: null }),
      listBlueprints: async () => ({ items: [], next: null }),
      getBlueprint: unsupported,
      getEvolution: unsupported,
      listAllInsights: async () => ({ items: [], next: null }),
      listInsights: async () => ({ items: [], next: null, look: null }),
      listEnvironments: async () => ({ items: [], next: null }),
      getEnvironment: unsupported,
      getEnvironmentLog: unsupported,
      listPromotions: async () => ({ targets: [], promotions: [], promotions_total: 0 }),
      getPromotionLog: unsupported,
      getProject: async (name) => {
        throw new UserError("not_found", `There is no project ${name}.`);
      },
      listSchedules: async () => [],
      getSchedule: unsupported,
      previewTimes: unsupported,
      listToolProposals: async () => [],
      getToolHistory: unsupported,
      getToolVersion: unsupported,
      previewServers: unsupported,
      previewApi: unsupported,
      previewOutsideAgent: unsupported,
      listCapabilities: unsupported,
      findCapabilities: unsupported,
      findGaps: unsupported,
      getPolicy: async () => DEFAULT_HOST_POLICY,
      getSpendCaps: async () => ({ day_usd: 80, day_setting: null, tree_usd: 5 }),
      listSecrets: async () => [],
      listWebhooks: async () => [],
      getMail: async () => ({
        url: null,
        from: null,
        to: [],
        events: [],
        has_password: false,
        set_by: null,
        deliveries: [],
      }),
      getObjectives: async () => objectivesNow(Date.now(), () => []),
      getLimits: async () => FAKE_LIMITS,
      ...operations.queries,
      ...FAKE_MEMORY,
      getStatus: async () => ({
        slots: { used: [...store.tasks.values()].filter((task) => task.status === "running").length, max: 4 },
        queued: [...store.tasks.values()].filter((task) => task.status === "ready").length,
        openReviews: [...store.reviews.values()].filter((review) => review.status === "open").length,
        candidate_lessons: 0,
        defaultModel: "anthropic/claude-sonnet",
        models: [
          { name: "anthropic", available: true, reason: null },
          { name: "runbook", available: true, reason: null },
        ],
        model_notes: [],
        terminal: { available: true, reason: null },
        runners: { usual_pool: "default" },
        version: "0.1.0",
        monitor: store.monitor,
        paused_everything: halt,
        paused_schedules: [],
        stuck_forges: [],
        waiting_changes: [],
        waiting_promotions: [],
        stopped_evolutions: [],
        totals: {
          paused_schedules: 0,
          stuck_forges: 0,
          waiting_changes: 0,
          waiting_promotions: 0,
          stopped_evolutions: 0,
        },
        today: { cost_usd: 31.07, tokens: 2_400_000, cap_usd: 80, cap_tokens: null },
        caps: { day_usd: 80, day_setting: null, tree_usd: 5 },
      }),
      getFigures: async () => ({
        tasks: Object.fromEntries(
          TASK_STATUSES.map((status) => [
            status,
            [...store.tasks.values()].filter((task) => task.status === status).length,
          ]),
        ) as Record<TaskStatus, number>,
        trees_open: [...store.trees.values()].filter((tree) => !isEnded(tree.status)).length,
        tokens_in: 0,
        tokens_out: 0,
        micro_usd: 0,
        commits: store.messages.length,
        counted: [],
        backup: { last_success: null, has_failed: false, interval_seconds: null, bucket: null },
      }),
      listProviderKeys: async () => [],
      listCodingAgents: async () => [],
      checkModel: async () => ({ isUsable: true, sentence: null, nearest: null }),
      findFolders: async (typed) => ({ typed: typed ? folderAt(typed) : null, recent: [], below: [], more: false }),
      getFolder: async (path) => folderAt(path),
      listModels: async () => ({
        checked_at: "2026-11-21",
        default_model: "anthropic/claude-sonnet",
        notes: [],
        items: [],
      }),
      listSettings: async () => [],
      getFailures: async () => FAKE_FAILURES,
      ...FAKE_KPIS,
      ...fakeRunners(store),
      getImprovement: async () => FAKE_IMPROVEMENT,
      getSelf: async () => ({ off: null, gate_runs: { used: 0, most: 12, again_at: null }, releases: null }),
      listUsers: async () => [],
      listTokens: async () => [],
    },
  };
}

/** Returns the task, or the root task of the tree. */
function taskCalled(store: FakeStore, id: string): Task {
  return store.findTask(store.trees.has(id) ? store.findTree(id).root_task_id : id);
}

function cutTask(task: Task): Task {
  return { ...task, instruction: task.instruction.slice(0, 300), result: null, summary: null };
}

function withAncestors(tasks: readonly Task[], ids: readonly string[]): Task[] {
  const wanted = new Set(ids);
  // Parents come before their children.
  for (const task of tasks.toReversed()) if (wanted.has(task.id) && task.parent_id) wanted.add(task.parent_id);
  return tasks.filter((task) => wanted.has(task.id));
}

function branchOf(store: FakeStore, id: string): Task[] {
  const top = store.trees.has(id) ? store.findTask(store.findTree(id).root_task_id) : store.findTask(id);
  const all = store.findTree(top.tree_id).tasks;
  const found = new Set([top.id]);
  for (const task of all) if (task.parent_id && found.has(task.parent_id)) found.add(task.id);
  return all.filter((task) => found.has(task.id));
}

async function setStatus(store: FakeStore, id: string, status: TaskStatus, sentence: string) {
  for (const task of branchOf(store, id)) if (!isEnded(task.status)) store.change(task, { status }, sentence);
  return { sentence };
}

function nextActionOf({ status, model, turns, agent }: Task): string {
  if (isEnded(status)) return "The task has ended. Retry it to continue.";
  return `Next: turn ${turns + 1} with ${model}, 12 messages and the tools of ${agent}.`;
}

type Change = { agent?: string; model?: string; priority?: number };

function changeTask(store: FakeStore, task: Task, { agent, model, priority }: Change, by: string) {
  if (model !== undefined && !/^\w+\/\S+$/.test(model)) {
    throw new UserError("invalid", `“${model}” is not a model. Use provider/model.`);
  }
  const words = [
    ...(model ? [`the model to ${model}`] : []),
    ...(agent ? [`the agent to ${agent}`] : []),
    ...(priority === undefined ? [] : [`the priority to ${priority}`]),
  ].join(" and ");
  const status = task.status === "parked" ? ("running" as const) : task.status;
  const fields = {
    ...(agent && { agent }),
    ...(model && { model }),
    status,
    parked_until: null,
    parked_by: null,
    reason_detail: null,
  };
  store.note(task, fields, { type: "changed", by, setup: {}, text: `${by} changed ${words} of this task.` });
  return { sentence: `Changed: ${words}. From its next turn.` };
}

/** The application's queries: resolves shortened ids, and adds configuration and status to the rows. */
import { type Queries, UserError } from "@/agents/application";
import type { CapabilityView } from "@/agents/capabilities/capabilities";
import { type CodingAgentSources, createCodingAgentQueries } from "@/agents/capabilities/coding-agents";
import { createCapabilityQueries } from "@/agents/capabilities/queries";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import { createFileQueries } from "@/agents/files/files";
import { createLimitQueries } from "@/agents/governor/queries";
import type { OpenRepository } from "@/agents/insights/look";
import { createLessonFinding } from "@/agents/memory/find";
import { projectCalled } from "@/agents/projects/find-project";
import type { Space } from "@/agents/retention/space";
import { createScheduleQueries } from "@/agents/schedules/queries";
import type { Catalogue } from "@/agents/tools/catalogue";
import { createWebhookQueries } from "@/agents/webhooks/queries";
import { SETTINGS_WEBHOOK, type WebhookSources } from "@/agents/webhooks/webhooks";
import type { CallLimits } from "@/core/facts";
import { GOAL_AGENTS } from "@/core/log/goal";
import { personOf } from "@/core/rules/roles";
import type { ShownSetting } from "@/core/shapes/installation/people";
import type { Message, Task } from "@/core/shapes/shapes";
import { cannotGoOn } from "@/core/words/refused-folder";
import type { Store } from "@/db/store";
import type { RetentionSettings } from "@/lib/env/retention";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { type Places, refusalOfFolder } from "@/lib/workspace/refused";
import { createArchiveQueries } from "./archives";
import { backupFigures } from "./backups";
import { compareTrees } from "./compare/compare";
import { createListedQueries } from "./configuration-lists";
import { chosenOf } from "./continuation/chosen-task";
import { continuationOf } from "./continuation/continuation";
import { createEntryQueries } from "./entries";
import { createFailureQueries } from "./failures";
import { createFindingQueries } from "./finding/finding";
import { createFolderQueries, type FolderSources } from "./folders/folders";
import { createForkStartQuery } from "./fork-start";
import { goalOfTask } from "./goals/goal";
import { listedGoals } from "./goals/list";
import { type Ids, uniquePrefix } from "./ids";
import { createImprovementQueries, type ImprovementSources } from "./improvement";
import { createKpiQueries } from "./kpis/kpis";
import { lessonShape } from "./lesson-shape";
import { createLessonTreeQuery } from "./lesson-trees";
import { createLessonQueries } from "./lessons";
import { createModelQueries } from "./models";
import { nextAction } from "./next-action";
import { createOperationsQueries, type OperationsSources, startsNow } from "./operations";
import { openAttachment, outputPage } from "./output-page";
import { createPackageQueries, type PackageSources } from "./package-facts";
import { cursorOf, limitOf, MOST_ITEMS } from "./pages";
import { createEnvironmentQueries } from "./projects/environments";
import { issueOfTree } from "./projects/forges";
import { createProjectQueries } from "./projects/projects";
import { createPromotionQueries } from "./projects/promotions";
import { createProofQueries } from "./proof/proof";
import { createProviderQueries } from "./providers";
import { createPushQueries, type PushSources } from "./push-comparison";
import { createRetentionQueries } from "./retention";
import { createReviewItemQueries, type ReviewItemSources } from "./review-item";
import { createSecretQueries } from "./secrets";
import { createServiceQueries } from "./services/queries";
import { shownCaps } from "./spend-caps";
import { figuresOf, getStatus, type StatusSources } from "./status";
import { createTemplateQueries } from "./templates";
import { createToolQueries } from "./tools";
import { createTreeViewQueries } from "./tree-views";
import { createTrialQueries } from "./trials";
import { createUsageQueries, type UsageSources } from "./usage/usage";

/** The newest trees of a project whose goals may have shown its commit. */
const MOST_GOALS = 10;

export interface QuerySources extends StatusSources, Pick<UsageSources, "publicUrl"> {
  retentionSettings: RetentionSettings;
  space: Space;
  security: Security;
  configuration: Configuration;
  capabilities: CapabilityView;
  /** Called only by queries about tools: loading all tools takes longer than any other query. */
  catalogue(): Promise<Catalogue>;
  snapshots: SnapshotStore;
  /** Returns host paths in a person's folder that tools must not show. */
  hiddenPathsOf(workspace: string): string[];
  workplaceOf: ReviewItemSources["workplaceOf"];
  /** The sandbox of this process, which starts when it is first needed. */
  sandbox(): Promise<SandboxPort>;
  gitCredentialOf: PushSources["gitCredentialOf"];
  openRepository: OpenRepository;
  /** The folder of the release, with its blueprints. */
  program: string;
  environment: PackageSources["environment"];
  webhooks: WebhookSources;
  inEffect: ShownSetting[];
  limitsOf(model: string): CallLimits;
  codingAgents: CodingAgentSources["codingAgents"];
  operations: Pick<OperationsSources, "signs" | "backups" | "dataDir" | "selfPower" | "gateLimit"> & {
    improvement: Pick<ImprovementSources, "power" | "defaultModel" | "tokensPerDay">;
  };
  places: Omit<FolderSources, "folders"> & {
    /** `host:port`s that may have private addresses. */
    privateHosts: readonly string[];
  };
}

interface QueryContext {
  sources: QuerySources;
  ids: Ids;
}

export function createQueries(sources: QuerySources): Queries {
  const { store } = sources;
  const context: QueryContext = { sources, ids: createIds(store) };
  const { ids } = context;
  const queries: Queries = {
    ...createSecretQueries(sources),
    ...createWebhookQueries(sources.webhooks),
    ...createLimitQueries(sources),
    ...createForkStartQuery(store, ids),
    ...createLessonQueries({ ...sources, ids, redactor: sources.security.redactor }),
    ...createLessonTreeQuery(sources),
    ...createProviderQueries(sources),
    ...createModelQueries(sources),
    ...createToolQueries({ ...sources, ...sources.places }),
    ...createTemplateQueries(store),
    ...createProjectQueries({
      ...sources,
      dataDir: sources.operations.dataDir,
      isSwitchedOff: () => sources.operations.selfPower.state().off !== null,
    }),
    ...createEnvironmentQueries({ store, dataDir: sources.operations.dataDir }),
    ...createPromotionQueries({ store, ids, dataDir: sources.operations.dataDir }),
    ...createServiceQueries({
      ...sources,
      workspaceRoots: sources.places.workspaceRoots,
      dataDir: sources.operations.dataDir,
      treesOf: async (project, status) => (await queries.listTrees({ project, status, limit: MOST_GOALS })).items,
      goalOf: (tree) => queries.getGoal(tree),
      asked: async (treeId) => (await queries.listReviews({ open: true, treeId })).items,
    }),
    ...createScheduleQueries(sources),
    ...createEntryQueries(sources),
    ...createFolderQueries({ ...sources.places, folders: store.queries.folders }),
    ...createOperationsQueries({ ...sources, ...sources.operations }),
    ...createArchiveQueries(sources.operations),
    ...createRetentionQueries({ ...sources, ...sources.operations }),
    ...createReviewItemQueries({ ...sources, ...sources.operations }, ids),
    ...createPackageQueries(sources, ids),
    ...createPushQueries(
      {
        ...sources,
        privateHosts: sources.places.privateHosts,
      },
      ids,
    ),
    ...createTrialQueries({ ...sources, power: sources.operations.selfPower }, ids),
    ...createFailureQueries(sources),
    ...createKpiQueries({
      ...sources,
      dataDir: sources.operations.dataDir,
      startsNow: () => startsNow(store),
      adviceNow: async () => (await queries.getFailures()).recommendations,
    }),
    ...createUsageQueries(sources),
    ...createImprovementQueries({ ...sources, ...sources.operations.improvement }),
    ...createTreeViewQueries({ ...sources, ids }),
    ...createFindingQueries({ ...sources, ids }),
    ...createProofQueries({ ...sources, ids }, () => queries),
    ...treeQueries(context),
    ...reviewQueries(context),
    ...createListedQueries(sources.configuration),
    ...createCodingAgentQueries(sources),
    ...createCapabilityQueries({
      ...sources,
      treeOf: (id) => store.queries.trees.getTree(ids.tree(id), "none", sources.now()),
    }),
    ...createFileQueries({
      sources: { ...sources, dataDir: sources.operations.dataDir },
      queries: { getTree: (id, options) => queries.getTree(id, options) },
      ids,
    }),
    getOutput: async (seq, from) => outputPage(store.outputs, getMessage(store, seq), from),
    openAttachment: async (seq, id) => openAttachment(store.attachments, getMessage(store, seq), id),
    compareTrees: async (a, b) => compareTrees({ ...sources, queries }, ids.tree(a), ids.tree(b)),
    getStatus: () => getStatus(sources),
    getSpendCaps: async () => shownCaps(sources.store, sources.dailyCaps),
    getFigures: async () => ({ ...figuresOf(store), backup: backupFigures(sources) }),
    listUsers: async () => store.people.listedUsers(),
    listSettings: async () => sources.inEffect,
    listTokens: async () => store.people.tokens(),
  };
  return queries;
}

type TreePart = Pick<
  Queries,
  | "listTrees"
  | "countTrees"
  | "listSubmitters"
  | "listFailedTasks"
  | "getTree"
  | "getGoal"
  | "listGoals"
  | "getTask"
  | "listMessages"
  | "getMessage"
  | "getLogFacts"
  | "getConversation"
  | "getModelUse"
  | "nextAction"
  | "getContinuation"
>;

/** Trees, their tasks and their messages. */
function treeQueries({ sources, ids }: QueryContext): TreePart {
  const { store, now } = sources;
  const { trees, messages, modelUse } = store.queries;
  const memory = {
    finding: createLessonFinding(store.lessons),
    lessonOf: (id: string) => {
      const lesson = store.lessons.get(id);
      return lesson && lessonShape({ redactor: sources.security.redactor, now }, lesson);
    },
    configuration: sources.configuration,
    now,
  };
  return {
    async listTrees({ after, limit, unseenBy, ...filter } = {}) {
      if (filter.project !== undefined) projectCalled(store.projects, filter.project);
      const person = unseenBy && personOf(unseenBy);
      return trees.listTrees({ ...filter, unseenBy: person, after: cursorOf(after), limit: limitOf(limit) }, now());
    },
    countTrees: async (filter = {}) => trees.countTrees(filter, now()),
    async listFailedTasks({ after, limit } = {}) {
      const { rows, next } = store.queries.failedTasks.list({ after: cursorOf(after), limit: limitOf(limit) });
      const items = rows.map(({ taskUid, treeUid, treeTitle }) => ({
        task: trees.getTask(taskUid, now()),
        tree: { id: treeUid, title: treeTitle },
      }));
      return { items, next };
    },
    listSubmitters: async () => trees.submitters(),
    getTree: async (id, { tasks = "rows" } = {}) => {
      const tree = trees.getTree(ids.tree(id), tasks, now());
      return { ...tree, ...issueOfTree(sources, tree.id), tasks: withReasons(sources, tree.tasks) };
    },
    getGoal: async (id) =>
      goalOfTask(
        { loader: store.loader, queries: store.queries, memory, now },
        trees.findTask(trees.getTree(ids.tree(id), "none", now()).root_task_id),
      ),
    listGoals: async ({ after, limit } = {}) =>
      listedGoals(
        trees,
        trees.listTrees({ rootAgent: GOAL_AGENTS.goal, after: cursorOf(after), limit: limitOf(limit) }, now()),
      ),
    getTask: async (id) => {
      const task = trees.getTask(ids.task(id), now());
      return withReasons(sources, [task])[0] ?? task;
    },
    listMessages: async (scope, options = {}) => {
      const full = "treeId" in scope ? { treeId: ids.tree(scope.treeId) } : { taskId: ids.task(scope.taskId) };
      return messages.list(full, { ...options, limit: limitOf(options.limit) });
    },
    getMessage: async (seq) => getMessage(store, seq),
    getLogFacts: async (id) => messages.factsOf(ids.task(id)),
    getConversation: async (id) => store.queries.conversation(ids.task(id), now()),
    async getModelUse(id) {
      const { kind, uid } = ids.treeOrTask(id);
      return kind === "tree" ? modelUse.ofTree(uid) : modelUse.ofTask(uid);
    },
    getContinuation: async (id) => continuationOf(sources, chosenOrSelf(sources, ids.task(id))),
    nextAction: async (id) => ({
      sentence: nextAction({ loader: store.loader, limitsOf: sources.limitsOf, now }, trees.findTask(ids.task(id)).id),
    }),
  };
}

/** Returns tasks of one tree with what replaces the model that parked them, and why nobody can resume those that are paused. */
function withReasons({ store, models, places }: QuerySources, tasks: Task[]): Task[] {
  const paused = tasks.find(({ paused_by }) => paused_by);
  const why = paused ? refusalOfTree(store, paused.tree_id, places) : null;
  return tasks.map((task) => {
    if (task.parked_by === "model_gone") return { ...task, switch_to: models.replacementOf(task.model) };
    if (task.paused_by && why !== null) return { ...task, paused_by: { ...task.paused_by, why: cannotGoOn(why) } };
    return task;
  });
}

/** Returns why nothing may work in the folder that a person named for the tree, or null. */
function refusalOfTree({ queries, loader }: Store, uid: string, places: Places): string | null {
  const { workspace, inPlace } = loader.tree(queries.trees.treeKey(uid));
  return inPlace ? refusalOfFolder(workspace, places) : null;
}

function chosenOrSelf({ store }: QuerySources, uid: string) {
  const task = store.queries.trees.findTask(uid);
  return chosenOf(store, task) ?? task;
}

function getMessage(store: Store, seq: number): Message {
  const message = store.queries.messages.get(seq);
  if (!message) throw new UserError("not_found", `There is no message ${seq}.`);
  return message;
}

type ReviewPart = Pick<
  Queries,
  "markOfReviews" | "listReviews" | "getReview" | "listInterventions" | "listRules" | "listRuleEvents"
>;

/** Review items, rules, and the supervisor's interventions. */
function reviewQueries({ sources, ids }: QueryContext): ReviewPart {
  const { store, now } = sources;
  const { reviews } = store.queries;
  return {
    markOfReviews: async () => reviews.mark(),
    listReviews: async ({ limit, after, alikeTo, ...options } = {}) =>
      reviews.list({
        ...options,
        ...(alikeTo !== undefined && { alikeTo: ids.review(alikeTo) }),
        after: cursorOf(after),
        limit: limitOf(limit),
        nowMs: now(),
      }),
    async getReview(id) {
      const review = reviews.get(ids.review(id), now());
      if (!review) throw new UserError("not_found", `There is no review item ${id}.`);
      return review;
    },
    listInterventions: async ({ treeId, taskId, action, rule, skip = 0, limit } = {}) =>
      store.interventions.list({
        ...(treeId && { treeUid: ids.tree(treeId) }),
        ...(taskId && { taskUid: ids.task(taskId) }),
        action,
        rule,
        skip,
        // One more than a page says whether there is another.
        limit: limitOf(limit, { most: MOST_ITEMS + 1 }),
      }),
    listRules: async () => store.rules.all(),
    listRuleEvents: async (id) => store.rules.historyOf(ids.rule(id)),
  };
}

/** Any unique prefix names what has an id. */
export function createIds(store: Store): Ids {
  const { trees, reviews } = store.queries;
  return {
    tree: (prefix) => uniquePrefix("tree", prefix, trees.treesLike(prefix)),
    task: (prefix) => uniquePrefix("task", prefix, trees.tasksLike(prefix)),
    rule: (prefix) => uniquePrefix("rule", prefix, store.rules.like(prefix)),
    token: (prefix) => uniquePrefix("token", prefix, store.people.tokensLike(prefix)),
    sharedProof: (prefix) => uniquePrefix("link to a proof", prefix, store.sharedProofs.like(prefix)),
    trial: (prefix) => uniquePrefix("trial", prefix, store.trials.like(prefix)),
    webhook: (prefix) =>
      uniquePrefix("webhook", prefix, [SETTINGS_WEBHOOK, ...store.webhooks.list().map(({ uid }) => uid)]),
    promotion: (prefix) => uniquePrefix("promotion", prefix, store.promotions.like(prefix)),
    review: (prefix) => uniquePrefix("review item", prefix, reviews.like(prefix)),
    treeOrTask(prefix) {
      const found = [
        ...trees.treesLike(prefix).map((uid) => ({ kind: "tree" as const, uid })),
        ...trees.tasksLike(prefix).map((uid) => ({ kind: "task" as const, uid })),
      ];
      const exact = found.find((match) => match.uid === prefix);
      if (exact) return exact;
      uniquePrefix(
        "tree or task",
        prefix,
        found.map((match) => match.uid),
      );
      return found[0] as (typeof found)[number];
    },
  };
}

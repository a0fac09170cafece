/** The application's queries: resolves shortened ids, and puts configuration and status beside the rows. */

import { usd } from "@/db/queries/shapes";
import type { Store } from "@/db/store";
import type { DailyCaps } from "@/lib/env";
import { limitsOf } from "@/lib/models/prices";
import type { SandboxStatus } from "@/lib/sandbox/port";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { type Queries, UserError } from "./application";
import { compareTrees } from "./compare";
import type { Configuration } from "./configuration";
import { personOf } from "./core/roles";
import type { ServerStatus } from "./core/shapes";
import type { ShownSetting } from "./core/shapes-people";
import { createEntryQueries } from "./entry-queries";
import { listForks } from "./listed-forks";
import { type MachineLook, monitorStatus } from "./machine";
import { nextAction } from "./next-action";
import { createOperationsQueries, type OperationsSources } from "./operations-queries";
import { outputPage } from "./output-page";
import { createProviderQueries } from "./provider-commands";
import type { Providers } from "./providers";
import { createReviewItemQueries } from "./review-item";
import { createSecretQueries } from "./secret-commands";
import type { Security } from "./security";
import { taskFiles } from "./task-files";
import { createTemplateQueries } from "./template-commands";
import { createToolQueries } from "./tool-queries";
import type { Catalogue } from "./tools/catalogue";
import { createTreeViewQueries } from "./tree-view-queries";

const PAGE = 100;
const MOST = 1_000;

export interface QuerySources {
  store: Store;
  security: Security;
  configuration: Configuration;
  /** Asked only for tools: loading them all takes longer than any other query. */
  catalogue(): Promise<Catalogue>;
  /** Whether commands of agents can be confined here. */
  terminal(): Promise<SandboxStatus>;
  now(): number;
  snapshots: Pick<SnapshotStore, "diff">;
  slots: number;
  providers: Providers;
  inEffect: ShownSetting[];
  version: string;
  /** null: nothing is known of it. */
  machine(): Promise<MachineLook | null>;
  maxDbBytes: number | null;
  operations: Pick<OperationsSources, "signs" | "backups" | "dataDir">;
  /** What all trees together may spend in a day. */
  dailyCap: DailyCaps["all"];
}

export function createQueries(sources: QuerySources): Queries {
  const { store, configuration } = sources;
  const { trees, messages, reviews, status } = store.queries;
  const ids = createIds(store);
  const limitOf = (limit: number | undefined) => Math.min(Math.max(1, limit ?? PAGE), MOST);

  const queries: Queries = {
    ...createSecretQueries(sources),
    ...createProviderQueries(sources),
    ...createToolQueries(sources),
    ...createTemplateQueries(store),
    listTrees: async ({ after, limit, unseenBy, ...filter } = {}) =>
      trees.listTrees(
        { ...filter, unseenBy: unseenBy && personOf(unseenBy), after: cursorOf(after), limit: limitOf(limit) },
        sources.now(),
      ),
    countTrees: async (filter = {}) => trees.countTrees(filter, sources.now()),
    listSubmitters: async () => trees.submitters(),
    ...createEntryQueries(sources),
    ...createOperationsQueries({ ...sources, ...sources.operations }),
    ...createReviewItemQueries(sources, ids),
    getTree: async (id, { tasks = "rows" } = {}) => trees.getTree(ids.tree(id), tasks, sources.now()),
    getTask: async (id) => trees.getTask(ids.task(id), sources.now()),
    ...createTreeViewQueries({ ...sources, ids }),
    listMessages: async (scope, options = {}) => {
      const full = "treeId" in scope ? { treeId: ids.tree(scope.treeId) } : { taskId: ids.task(scope.taskId) };
      return messages.list(full, { ...options, limit: limitOf(options.limit) });
    },
    async getMessage(seq) {
      const message = messages.get(seq);
      if (!message) throw new UserError("not_found", `There is no message ${seq}.`);
      return message;
    },
    getLogFacts: async (id) => messages.factsOf(ids.task(id)),
    getOutput: async (seq, from) => outputPage(store.outputs, await queries.getMessage(seq), from),
    listReviews: async ({ limit, after, alikeTo, ...options } = {}) =>
      reviews.list({
        ...options,
        ...(alikeTo !== undefined && { alikeTo: ids.review(alikeTo) }),
        after: cursorOf(after),
        limit: limitOf(limit),
        nowMs: sources.now(),
      }),
    async getReview(id) {
      const review = reviews.get(ids.review(id), sources.now());
      if (!review) throw new UserError("not_found", `There is no review item ${id}.`);
      return review;
    },
    listInterventions: async ({ treeId, taskId, action, rule, skip = 0, limit } = {}) =>
      store.interventions.list({
        ...(treeId && { treeUid: ids.tree(treeId) }),
        ...(taskId && { taskUid: ids.task(taskId) }),
        ...{ action, rule, skip },
        limit: limitOf(limit),
      }),
    listForks: async (id) => listForks(sources, ids.tree(id)),
    compareTrees: async (one, other) => compareTrees({ ...sources, queries }, ids.tree(one), ids.tree(other)),
    getTaskFiles: async (id) => taskFiles({ ...sources, files: store.queries.files }, ids.task(id)),
    nextAction: async (id) => ({
      sentence: nextAction({ loader: store.loader, limitsOf, now: sources.now }, trees.findTask(ids.task(id)).id),
    }),
    listRules: async () => store.rules.all(),
    listRuleEvents: async (id) => store.rules.historyOf(ids.rule(id)),
    listAgents: async () =>
      configuration.agents().map(({ name, description, model, tools, documents, version, edited }) => ({
        name,
        description,
        model,
        tools,
        documents,
        version,
        edited,
      })),
    listDocuments: async () => configuration.documents().map(({ body: _, ...rest }) => rest),
    listRunbooks: async () => configuration.runbooks().map(({ name, description }) => ({ name, description })),
    async getAgent(name) {
      const found = configuration.agents().find((agent) => agent.name === name);
      if (!found) throw unknown("agent", name, configuration.agents());
      const { description, model, tools, documents, version, edited, instruction } = found;
      return { name, description, model, tools, documents, version, edited, instruction };
    },
    async getDocument(name) {
      const found = configuration.documents().find((document) => document.name === name);
      if (!found) throw unknown("document", name, configuration.documents());
      const { description, version, body } = found;
      return { name, description, version, body };
    },
    getPolicy: async () => configuration.policy(),
    async getStatus() {
      // One after the other: the test of the terminal would be seen as load.
      const machine = await sources.machine();
      const terminal = await sources.terminal();
      const running = status.running();
      const halt = store.halts.current();
      const queued = status.queued();
      const database = { sizeBytes: sources.maxDbBytes ? status.sizeBytes() : 0, maxBytes: sources.maxDbBytes };
      return {
        slots: { used: running, max: sources.slots },
        queued,
        openReviews: reviews.countOpen(),
        defaultModel: sources.providers.defaultModel(),
        models: sources.providers.states(),
        terminal: { available: terminal.available, reason: terminal.available ? null : terminal.reason },
        version: sources.version,
        paused_everything: halt && { by: halt.by, since: new Date(halt.sinceMs).toISOString(), reason: halt.reason },
        monitor: machine && monitorStatus(machine, { running, queued, ...status.resting(), database }),
        today: todayOf(status.spentOn(sources.now()), sources.dailyCap),
      };
    },
    getFigures: async () => ({ ...status.figures(), commits: store.log.commits() }),
    listUsers: async () => store.people.listedUsers(),
    listSettings: async () => sources.inEffect,
    listTokens: async () => store.people.tokens(),
  };
  return queries;
}

function todayOf(spent: DailySpend, cap: DailyCaps["all"]): ServerStatus["today"] {
  return {
    cost_usd: usd(spent.microUsd),
    tokens: spent.tokens,
    cap_usd: cap.microUsd === null ? null : usd(cap.microUsd),
    cap_tokens: cap.tokens,
  };
}

type DailySpend = { tokens: number; microUsd: number };

/** Cursors are opaque to whoever uses them; one that was never given out is told from an end of the list. */
function cursorOf(after: string | undefined): string | undefined {
  if (after !== undefined && !/^\d{1,18}(?:-\d{1,15})?$/.test(after)) {
    throw new UserError("invalid", `The cursor "${after.slice(0, 100)}" is none: use the "next" of the last page.`);
  }
  return after;
}

function unknown(what: string, name: string, known: { name: string }[]): UserError {
  return new UserError(
    "not_found",
    `There is no ${what} ${name}. There are: ${known.map((one) => one.name).join(", ")}.`,
  );
}

export interface Ids {
  /** Full ids for unique prefixes. Throw UserError. */
  tree(prefix: string): string;
  task(prefix: string): string;
  review(prefix: string): string;
  rule(prefix: string): string;
  token(prefix: string): string;
  treeOrTask(prefix: string): { kind: "tree" | "task"; uid: string };
}

/** Any unique prefix names a tree, a task or a review item. */
export function createIds(store: Store): Ids {
  const { trees, reviews } = store.queries;
  const unique = (what: string, prefix: string, found: string[]): string => {
    if (prefix === "") throw new UserError("invalid", `The id of the ${what} is empty.`);
    const exact = found.find((uid) => uid === prefix);
    if (exact) return exact;
    if (found.length === 1 && found[0]) return found[0];
    const why =
      found.length > 1
        ? `More than one ${what} begins with ${prefix}: give more letters.`
        : `There is no ${what} ${prefix}.`;
    throw new UserError("not_found", why);
  };
  return {
    tree: (prefix) => unique("tree", prefix, trees.treesLike(prefix)),
    task: (prefix) => unique("task", prefix, trees.tasksLike(prefix)),
    rule: (prefix) => unique("rule", prefix, store.rules.like(prefix)),
    token: (prefix) => unique("token", prefix, store.people.tokensLike(prefix)),
    review: (prefix) => unique("review item", prefix, reviews.like(prefix)),
    treeOrTask(prefix) {
      const found = [
        ...trees.treesLike(prefix).map((uid) => ({ kind: "tree" as const, uid })),
        ...trees.tasksLike(prefix).map((uid) => ({ kind: "task" as const, uid })),
      ];
      const exact = found.find((one) => one.uid === prefix);
      if (exact) return exact;
      unique(
        "tree or task",
        prefix,
        found.map((one) => one.uid),
      );
      return found[0] as (typeof found)[number];
    },
  };
}

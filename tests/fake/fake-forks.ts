/** Forks and comparisons of the fake server. A fork copies rows; nothing runs. */
import { type Queries, UserError } from "@/agents/application";
import type { ComparedTree } from "@/core/shapes/comparison";
import type { ListedFork } from "@/core/shapes/forks";
import type { Task, Tree } from "@/core/shapes/shapes";
import { forkTitle } from "@/core/words/forks";
import type { FakeOperations } from "./fake-operator";
import type { FakeStore } from "./fake-store";

const PATCH = `diff --git a/src/middleware/tenant.ts b/src/middleware/tenant.ts
index 1111111..2222222 100644
--- a/src/middleware/tenant.ts
+++ b/src/middleware/tenant.ts
@@ -29,4 +29,5 @@ export function tenant(req, res, next)
   const tenant = fromHost(req.hostname);
-  Object.assign(req.query, { tenant });
+  res.locals.tenant = tenant;
+  // Readers of req.query.tenant look here now: routes/orders.ts, routes/public.ts, routes/admin.ts, routes/legacy.ts and eleven tests.
   next();
 }
diff --git a/src/adapter.ts b/src/adapter.ts
new file mode 100644
--- /dev/null
+++ b/src/adapter.ts
@@ -0,0 +1,2 @@
+export const tenantOf = (res) => res.locals.tenant;
+
diff --git a/docs/logo.png b/docs/logo.png
index 3333333..4444444 100644
Binary files a/docs/logo.png and b/docs/logo.png differ
`;

const FILES = [
  { path: "docs/logo.png", change: "modified" },
  { path: "src/adapter.ts", change: "added" },
  { path: "src/middleware/tenant.ts", change: "modified" },
] as const;

interface FakeForks {
  fork: NonNullable<FakeOperations["fork"]>;
  compare: Queries["compareTrees"];
  files: Queries["getTaskFiles"];
  list: Queries["listForks"];
}

export function fakeForks(store: FakeStore): FakeForks {
  return {
    async files(taskId) {
      const { agent, turns } = store.findTask(taskId);
      if (agent !== "coder" || turns === 0) return { files: [], patch: "", truncated: false, shared: false, at: null };
      const lines = { "src/adapter.ts": [2, 0], "src/middleware/tenant.ts": [2, 1] } as Record<string, number[]>;
      const files = FILES.map((file) => {
        const [additions = null, deletions = null] = lines[file.path] ?? [];
        return { ...file, additions, deletions, run_by: null };
      });
      return { files, patch: PATCH, truncated: false, shared: false, at: null };
    },
    async list(treeId) {
      const source = store.findTree(treeId).forked_from?.tree_id;
      const items = [...store.trees.keys()]
        .map((id) => store.findTree(id))
        .filter(({ id, forked_from }) => forked_from && id !== treeId && [treeId, source].includes(forked_from.tree_id))
        .map((tree) => forkOf(store, tree));
      return { items, next: null };
    },
    async fork({ id, once: _, ...request }, actor) {
      const task = store.trees.has(id) ? store.findTask(store.findTree(id).root_task_id) : store.findTask(id);
      if (request.instruction !== undefined && !request.instruction.trim())
        throw new UserError("invalid", "The new instruction is empty. Say what to do.");
      const seq = request.at ?? store.messages.find((message) => message.task_id === task.id)?.seq ?? 1;
      const what = Object.keys(request).some((key) => key !== "at") ? "with other words" : "as it was";
      return { ...forkTree(store, task, { seq, by: actor.name, what }, request) };
    },
    async compare(a, b) {
      const trees = [a, b].map((id) => sideOf(store, store.findTree(id))) as [ComparedTree, ComparedTree];
      const isKept = trees.every((tree) => !tree.title.startsWith("A tree of"));
      if (!isKept) return { trees, files: null, patch: null, truncated: false };
      return { trees, files: [...FILES], patch: PATCH, truncated: false };
    },
  };
}

function forkOf(store: FakeStore, tree: Tree): ListedFork {
  const { id, title, status, reason, created_at, ended_at, headline, totals } = tree;
  const origin = tree.forked_from ?? { tree_id: "", seq: 0 };
  const task_id = store.messages.find((message) => message.seq === origin.seq)?.task_id ?? null;
  const from = { ...origin, task_id };
  const shown = { id, title, status, reason, created_at, ended_at, headline };
  return { ...shown, from, created_by: "Mara Lind", cost_usd: totals.cost_usd };
}

interface Made {
  seq: number;
  by: string;
  what: string;
}

/** Copies the tasks up to the message under new ids. Tasks that were running keep running. */
export function forkTree(
  store: FakeStore,
  at: Task,
  { seq, by, what }: Made,
  edits: { instruction?: string | undefined; agent?: string | undefined; model?: string | undefined } = {},
): Tree {
  const source = store.findTree(at.tree_id);
  const point = { turn: at.turns, ...(at.parent_id !== null && { task: at.title }) };
  const tree = store.addTree({
    title: forkTitle(titleOf(source, at, edits.instruction), point),
    forked_from: { tree_id: source.id, seq, ...point },
  });
  const copies = new Map<string, Task>();
  for (const task of source.tasks) {
    const { id: _, tree_id: __, parent_id, ...rest } = task;
    const { agent = rest.agent, model = rest.model, instruction = rest.instruction } = task === at ? edits : {};
    const copy = store.addTask(tree, copies.get(parent_id ?? "") ?? null, { ...rest, agent, model, instruction });
    copies.set(task.id, copy);
  }
  const copy = copies.get(at.id);
  const event = { type: "forked", from: source.id, seq, by, what, files: "f00" } as const;
  if (copy) store.note(copy, { status: "running", ended_at: null, reason: null }, event);
  return tree;
}

/** Returns the title of the fork. */
function titleOf(source: Tree, at: Task, instruction: string | undefined): string {
  const first = source.tasks.find((task) => task.parent_id === null) ?? at;
  return first === at && instruction !== undefined ? (instruction.split("\n", 1)[0] ?? "") : first.title;
}

function sideOf(store: FakeStore, tree: Tree): ComparedTree {
  const root = store.findTask(tree.root_task_id);
  const copied = tree.forked_from ? 0.6 : 0;
  const { cost_usd, tasks } = tree.totals;
  return {
    tree_id: tree.id,
    title: tree.title,
    status: tree.status,
    reason: tree.reason,
    result: root.result,
    verdict: root.verdict,
    agent: root.agent,
    model: root.model,
    instruction: root.instruction,
    runbook: null,
    workspace: tree.workspace,
    grant: tree.grant,
    rights: ["read", "write"],
    agents: [...new Set(store.findTree(tree.id).tasks.map((task) => task.agent))].map((name) => ({
      name,
      versions: [tree.forked_from ? 2 : 1],
    })),
    documents: [],
    lessons_given: "found",
    lessons: [],
    rounds: tree.progress?.round ?? null,
    tasks,
    tokens: Math.round(cost_usd * 90_000),
    cost_usd,
    copied: { cost_usd: cost_usd * copied, tokens: Math.round(cost_usd * copied * 90_000) },
    seconds: Math.round((Date.parse(tree.ended_at ?? new Date().toISOString()) - Date.parse(tree.created_at)) / 1_000),
    forked_from: tree.forked_from,
  };
}

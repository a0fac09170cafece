/** Search and timeline for trees in memory. */
import type { Queries } from "@/agents/application";
import type { Task } from "@/core/shapes/shapes";
import type { Activity, FoundInTree, Stretch } from "@/core/shapes/tree-views";
import type { FakeStore } from "./fake-store";

export function fakeTreeViews(
  store: FakeStore,
): Pick<Queries, "searchTree" | "find" | "findInLog" | "getTimeline" | "listTurns"> {
  return {
    async searchTree(id, words) {
      const tree = store.findTree(id);
      const wanted = words.toLowerCase();
      const found = new Map<string, FoundInTree>();
      for (const { seq, tree_id, task_id, kind, content } of store.messages) {
        if (tree_id !== tree.id) continue;
        const text = [content.text, content.instruction].filter((part) => typeof part === "string").join(" ");
        const at = text.toLowerCase().indexOf(wanted);
        if (at < 0) continue;
        const where = kind === "tool_response" ? "output" : kind === "instruction" ? "instruction" : "message";
        const messages = (found.get(task_id)?.messages ?? 0) + 1;
        found.set(task_id, { task_id, seq, where, excerpt: text.slice(at, at + 120), messages });
      }
      return { items: [...found.values()], next: null };
    },
    async find(words, opened = []) {
      const has = (text: string) => text.toLowerCase().includes(words.toLowerCase());
      const trees = [...store.trees.values()];
      return {
        trees: trees.filter((tree) => has(tree.title)).slice(0, 6),
        tasks: trees
          .flatMap((tree) => tree.tasks.map((task) => ({ ...task, tree: tree.title })))
          .filter((task) => words !== "" && task.parent_id !== null && has(task.title))
          .slice(0, 8),
        opened: opened.flatMap((id) => trees.filter((tree) => tree.id === id)),
        entries: [],
        texts: [],
      };
    },
    async findInLog(id, words) {
      const has = (text: unknown) => typeof text === "string" && text.toLowerCase().includes(words.toLowerCase());
      const found = store.messages.filter((message) => message.task_id === id && has(message.content.text));
      return { seqs: found.map((message) => message.seq), more: false };
    },
    async listTurns(id) {
      const tree = store.findTree(id);
      return store.messages
        .filter(({ tree_id, kind }) => tree_id === tree.id && kind === "agent_response")
        .map(({ seq, task_id, turn, created_at }) => ({ seq, task_id, turn, at: created_at }));
    },
    async getTimeline(id, after) {
      const tree = store.findTree(id);
      const fromMs = Math.min(...tree.tasks.map((task) => Date.parse(task.created_at)));
      const costOf = (task: Task) => {
        const below = tree.tasks.filter((child) => child.parent_id === task.id);
        return Math.max(
          0,
          below.reduce((sum, task) => sum - (task.spent.cost_usd ?? 0), task.spent.cost_usd ?? 0),
        );
      };
      return {
        tree_id: tree.id,
        from: new Date(fromMs).toISOString(),
        at: new Date().toISOString(),
        slots: 4,
        cursor: String(Date.now()),
        partial: after !== undefined,
        tasks: tree.tasks.map((task) => ({
          id: task.id,
          stretches: stretchesOf(task, fromMs, tree.tasks),
          ends: [],
          cost_usd: tree.tasks.length > 500 ? 0 : costOf(task),
          tokens: 0,
        })),
      };
    },
  };
}

const NOW_IS: Partial<Record<Task["status"], Activity>> = {
  ready: "queued",
  waiting: "tasks",
  parked: "parked",
  paused: "paused",
};

function stretchesOf(task: Task, fromMs: number, all: readonly Task[]): Stretch[] {
  const at = (time: string) => Math.max(0, Date.parse(time) - fromMs);
  if (!task.started_at) return [[NOW_IS[task.status] ?? "queued", at(task.created_at), null]];
  const started = at(task.started_at);
  const queued: Stretch[] = started > at(task.created_at) ? [["queued", at(task.created_at), started]] : [];
  const end = task.ended_at ? Math.max(started, at(task.ended_at)) : null;
  const isParent = all.length < 500 && all.some((other) => other.parent_id === task.id);
  const waits = task.waiting_for?.reviews.length ? "you" : NOW_IS[task.status];
  if (!waits && !isParent) return [...queued, ["ran", started, end]];
  const worked = Math.min(started + 180_000, end ?? Number.POSITIVE_INFINITY);
  return [...queued, ["ran", started, worked], [waits ?? "tasks", worked, end]];
}

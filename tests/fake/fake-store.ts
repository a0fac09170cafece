/** An in-memory store of trees. It has the same shapes as the real store, and also publishes after each commit. */
import { UserError } from "@/agents/application";
import { createActivities } from "@/agents/boot/activities";
import { countOfTree } from "@/components/feed/outline";
import { askedOf } from "@/components/ui/status";
import type { TaskEvent } from "@/core/log/entries";
import type { MonitorStatus } from "@/core/shapes/health";
import type { ApprovalRule, Intervention, Message, MessageKind, Review, Task, Tree } from "@/core/shapes/shapes";
import { NO_COUNTS } from "@/core/words/counts";

type TreeListener = (change: { seqs: { from: number; to: number }; taskIds: string[] }) => void;

export const NO_CAP = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
const NOTHING_SPENT = { tokens: 0, cost_usd: 0, tasks: 1, depth: 0, seconds: 0 };

export class FakeStore {
  trees = new Map<string, Tree>();
  tasks = new Map<string, Task>();
  messages: Message[] = [];
  reviews = new Map<string, Review>();
  /** Newest first, like the interventions. */
  rules: ApprovalRule[] = [];
  interventions: Intervention[] = [];
  /** null if the machine is not monitored. */
  monitor: MonitorStatus | null = null;
  #seq = 0;
  #id = 0;
  #treeListeners = new Map<string, Set<TreeListener>>();
  #listListeners = new Set<(change: { treeIds: string[] }) => void>();
  activities = createActivities();

  newId(prefix: string): string {
    return `${prefix}${String(++this.#id).padStart(6, "0")}`;
  }

  addTree(fields: Partial<Tree> & { title: string }): Tree {
    const id = this.newId("t");
    const tree: Tree = {
      id,
      created_by: "you",
      status: "running",
      reason: null,
      created_at: new Date().toISOString(),
      ended_at: null,
      root_task_id: "",
      workspace: "/srv/orders-api",
      forked_from: null,
      parked_until: null,
      priority: 0,
      headline: "",
      grant: { ...NO_CAP },
      totals: { tasks: 0, ended: 0, tokens_in: 0, tokens_out: 0, cost_usd: 0 },
      counts: NO_COUNTS,
      tasks: [],
      ...fields,
    };
    this.trees.set(id, tree);
    return tree;
  }

  addTask(tree: Tree, parent: Task | null, fields: Partial<Task> & { title: string }): Task {
    const task: Task = {
      id: this.newId("k"),
      tree_id: tree.id,
      parent_id: parent?.id ?? null,
      role: "work",
      agent: "coder",
      model: "anthropic/claude-sonnet",
      instruction: fields.title,
      status: "ready",
      reason: null,
      reason_detail: null,
      waiting_for: null,
      depends_on: [],
      parked_until: null,
      parked_by: null,
      switch_to: null,
      paused_by: null,
      depth: parent ? parent.depth + 1 : 0,
      attempt: 1,
      tries: 1,
      turns: 0,
      headline: "",
      refused_subtasks: 0,
      result: null,
      summary: null,
      verdict: null,
      grant: { ...NO_CAP, cost_usd: 2 },
      spent: { ...NOTHING_SPENT },
      created_at: new Date().toISOString(),
      started_at: null,
      ended_at: null,
      ...fields,
    };
    if (!parent) tree.root_task_id = task.id;
    this.tasks.set(task.id, task);
    tree.tasks.push(task);
    this.append(task, "instruction", { instruction: task.instruction, criteria: null, material: null });
    return task;
  }

  /** Commits a message and the changed row. */
  append(
    task: Task,
    kind: MessageKind,
    content: Record<string, unknown>,
    rest: Partial<Pick<Message, "tool" | "tool_call_id" | "turn" | "usage" | "created_at">> = {},
  ): Message {
    const message: Message = {
      seq: ++this.#seq,
      tree_id: task.tree_id,
      task_id: task.id,
      turn: task.turns,
      kind,
      content,
      tool: null,
      tool_call_id: null,
      usage: null,
      created_at: new Date().toISOString(),
      ...rest,
    };
    this.messages.push(message);
    this.#publish(task, message.seq);
    return message;
  }

  /** Changes a row and logs why, because every change of a row has a message. */
  change(task: Task, fields: Partial<Task>, event?: string): void {
    Object.assign(task, fields);
    this.append(task, "event", { type: "note", text: event ?? task.headline });
  }

  /** Changes a row and logs the given event. */
  note(task: Task, fields: Partial<Task>, event: TaskEvent): void {
    Object.assign(task, fields);
    this.append(task, "event", { ...event });
  }

  findTree(id: string): Tree {
    return this.#find(this.trees, id, "tree");
  }

  findTask(id: string): Task {
    return this.#find(this.tasks, id, "task");
  }

  findReview(id: string): Review {
    return this.#find(this.reviews, id, "review item");
  }

  onTree(treeId: string, listener: TreeListener): () => void {
    return subscribe(this.#treeListeners, treeId, listener);
  }

  onTrees(listener: (change: { treeIds: string[] }) => void): () => void {
    this.#listListeners.add(listener);
    return () => this.#listListeners.delete(listener);
  }

  get listeners(): number {
    const sizes = [...this.#treeListeners.values()].map((set) => set.size);
    return sizes.reduce((sum, size) => sum + size, this.#listListeners.size);
  }

  #publish(task: Task, seq: number): void {
    const tree = this.trees.get(task.tree_id);
    if (!tree) return;
    const work = tree.tasks.filter((task) => task.role === "work");
    const root = work[0];
    tree.totals.tasks = work.length;
    tree.totals.ended = work.filter((task) => task.ended_at !== null).length;
    tree.counts = countOfTree(work, root ?? null, askedOf([...this.reviews.values()]));
    tree.totals.cost_usd = root?.spent.cost_usd ?? 0;
    if (root) {
      const busy = root.ended_at ? undefined : work.find((task) => task.status === "running" && task !== root);
      const { reason, ended_at, grant } = root;
      Object.assign(tree, { status: busy ? "running" : root.status, reason, ended_at, grant });
      tree.headline = busy?.headline || root.headline;
    }
    const change = { seqs: { from: seq, to: seq }, taskIds: [task.id] };
    for (const listener of this.#treeListeners.get(task.tree_id) ?? []) listener(change);
    for (const listener of this.#listListeners) listener({ treeIds: [task.tree_id] });
  }

  #find<Row>(rows: Map<string, Row>, id: string, noun: string): Row {
    const exact = rows.get(id);
    if (exact) return exact;
    const keys = id ? [...rows.keys()].filter((key) => key.startsWith(id)) : [];
    if (keys.length === 1) return rows.get(keys[0]!)!;
    throw new UserError("not_found", `There is no ${noun} ${id.slice(0, 80)}.`);
  }
}

function subscribe<Listener>(sets: Map<string, Set<Listener>>, key: string, listener: Listener): () => void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(listener));
  return () => set.delete(listener);
}

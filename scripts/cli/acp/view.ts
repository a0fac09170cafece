/** What an editor shows of a tree: the tree's messages and rows as updates of a session. Pure. */
import type { PlanEntry, SessionUpdate, ToolCallContent, ToolKind } from "@agentclientprotocol/sdk";
import type { Reason } from "@/core/log/reasons";
import { isEnded } from "@/core/log/terms";
import { isSelector } from "@/core/selection";
import type { Message, Review, Task, Tree } from "@/core/shapes/shapes";
import { REASON_WORDS } from "@/core/words/reasons";

export interface View {
  /** null until the server has sent the tree's present state. */
  tree: Tree | null;
  tasks: Map<string, Task>;
  /** Open items. */
  reviews: Review[];
  /** The editor's id of each waiting call, by the id of its review item. */
  callOf: Map<string, string>;
  /** The plan as it was last sent. */
  plan: string;
  /** Words of the person that the editor shows already. */
  own: Set<string>;
  /** Calls that the editor shows as running. */
  calls: Set<string>;
  /** The beginning of a fork repeats what the editor has shown. */
  isRepeating: boolean;
  /** Whether the root's end was sent. */
  hasEnded: boolean;
}

export function emptyView(): View {
  return {
    tree: null,
    tasks: new Map(),
    reviews: [],
    callOf: new Map(),
    plan: "[]",
    own: new Set(),
    calls: new Set(),
    isRepeating: false,
    hasEnded: false,
  };
}

export interface News {
  messages: readonly Message[];
  tasks: readonly Task[];
  tree: Tree;
  reviews: readonly Review[] | null;
}

const OUTPUT_CHARACTERS = 8_000;
const TITLE_CHARACTERS = 120;

/** Returns the updates for the editor, in order. */
export function take(view: View, { messages, tasks, tree, reviews }: News): SessionUpdate[] {
  view.tree = tree;
  for (const task of tasks) view.tasks.set(task.id, task);
  if (reviews) view.reviews = [...reviews];
  const updates = messages.flatMap((message) => {
    const told = updatesOf(view, tree, message);
    if (!view.isRepeating) return told;
    const isOver = message.task_id === tree.root_task_id && eventOf(message)?.type === "forked";
    if (isOver) view.isRepeating = false;
    return [];
  });
  const plan = planOf(view, tree);
  const asText = JSON.stringify(plan);
  if (asText === view.plan) return updates;
  view.plan = asText;
  return [...updates, { sessionUpdate: "plan", entries: plan }];
}

/** The root, and the task that agent_selector chose, which represents the root. */
function isMain(view: View, tree: Tree, taskId: string): boolean {
  if (taskId === tree.root_task_id) return true;
  const task = view.tasks.get(taskId);
  const root = view.tasks.get(tree.root_task_id);
  return root !== undefined && isSelector(root.agent) && task?.parent_id === root.id && task.role === "work";
}

function planOf(view: View, tree: Tree): PlanEntry[] {
  const shown = [...view.tasks.values()].filter(({ id, role }) => role === "work" && !isMain(view, tree, id));
  return shown.map((task) => ({
    content: `${pathOf(view, tree, task)}${task.status === "failed" || task.status === "stopped" ? ` (${task.status})` : ""}`,
    priority: "medium",
    status: isEnded(task.status) ? "completed" : task.started_at === null ? "pending" : "in_progress",
  }));
}

/** The task's title after those of the subtasks above it. */
function pathOf(view: View, tree: Tree, task: Task): string {
  const parent = task.parent_id === null ? undefined : view.tasks.get(task.parent_id);
  if (!parent || isMain(view, tree, parent.id)) return task.title;
  return `${pathOf(view, tree, parent)} › ${task.title}`;
}

type Event = { type?: unknown } & Record<string, unknown>;

function eventOf({ kind, content }: Message): Event | null {
  return kind === "event" ? (content as Event) : null;
}

const chunk = (kind: "user_message_chunk" | "agent_message_chunk" | "agent_thought_chunk", text: string) =>
  ({ sessionUpdate: kind, content: { type: "text", text } }) as const;

export const said = (text: string): SessionUpdate => chunk("agent_message_chunk", text);
export const thought = (text: string): SessionUpdate => chunk("agent_thought_chunk", text);

function updatesOf(view: View, tree: Tree, message: Message): SessionUpdate[] {
  const { kind, content, task_id } = message;
  const isOfMain = isMain(view, tree, task_id);
  switch (kind) {
    case "instruction":
      return task_id === tree.root_task_id ? person(view, content.instruction) : [];
    case "steer":
      return isOfMain ? person(view, content.text) : [];
    case "agent_response":
      return isOfMain ? textsOf(content.parts).map(thought) : [];
    case "tool_call":
      return callUpdates(view, tree, message);
    case "tool_response":
      return view.calls.delete(callId(message)) ? [responseOf(message)] : [];
    case "event":
      return eventUpdates(view, tree, message);
    default:
      return [];
  }
}

function person(view: View, text: unknown): SessionUpdate[] {
  if (typeof text !== "string" || view.own.delete(text)) return [];
  return [chunk("user_message_chunk", text)];
}

function textsOf(parts: unknown): string[] {
  const list = Array.isArray(parts) ? (parts as { type?: unknown; text?: unknown }[]) : [];
  return list.flatMap(({ type, text }) => (type === "text" && typeof text === "string" && text.trim() ? [text] : []));
}

/** A provider may use an id again in another turn or task. */
function callId({ task_id, turn, tool_call_id }: Pick<Message, "task_id" | "turn" | "tool_call_id">): string {
  return `${task_id}.${turn}.${tool_call_id ?? ""}`;
}

const KINDS: Readonly<Record<string, ToolKind>> = {
  read_file: "read",
  list_directory: "read",
  read_output: "read",
  git_history: "read",
  measure_folder: "read",
  find_files: "search",
  search_files: "search",
  web_search: "fetch",
  query_database: "search",
  write_file: "edit",
  edit_file: "edit",
  web_fetch: "fetch",
  use_terminal: "execute",
};

/** Calls that only work on the tree are shown by the plan. */
function callUpdates(view: View, tree: Tree, message: Message): SessionUpdate[] {
  const { content, task_id } = message;
  const tool = message.tool ?? "";
  if (content.mode !== "repeat" && content.mode !== "once") return [];
  const input = (content.input ?? {}) as Record<string, unknown>;
  const task = view.tasks.get(task_id);
  const whose = task && !isMain(view, tree, task_id) ? `${task.title}: ` : "";
  const changed = changeOf(tool, input, tree.workspace);
  view.calls.add(callId(message));
  return [
    {
      sessionUpdate: "tool_call",
      toolCallId: callId(message),
      title: `${whose}${tool} ${aboutOf(input)}`.trim().slice(0, TITLE_CHARACTERS),
      kind: KINDS[tool] ?? "other",
      status: content.ask === true ? "pending" : "in_progress",
      rawInput: input,
      ...(changed && { content: [changed], locations: [{ path: changed.path }] }),
    },
  ];
}

function aboutOf(input: Record<string, unknown>): string {
  const text = Object.values(input).find((value) => typeof value === "string" && value.trim() !== "");
  return String(text ?? "").replace(/\s+/g, " ");
}

type Difference = Extract<ToolCallContent, { type: "diff" }>;

/** Returns how the call changes its file. The text that a whole new text replaces is not in the log. */
function changeOf(tool: string, input: Record<string, unknown>, workspace: string): Difference | null {
  const { path, content, old_text, new_text } = input;
  if (typeof path !== "string") return null;
  const at = path.startsWith("/") ? path : `${workspace}/${path}`;
  if (tool === "edit_file" && typeof new_text === "string")
    return { type: "diff", path: at, oldText: String(old_text ?? ""), newText: new_text };
  if (tool === "write_file" && typeof content === "string") return { type: "diff", path: at, newText: content };
  return null;
}

function responseOf(message: Message): SessionUpdate {
  const { text, isError } = message.content;
  const output = String(text ?? "");
  const cut = output.length > OUTPUT_CHARACTERS ? `${output.slice(0, OUTPUT_CHARACTERS)}…` : output;
  const isEdit = KINDS[message.tool ?? ""] === "edit";
  return {
    sessionUpdate: "tool_call_update",
    toolCallId: callId(message),
    status: isError === true ? "failed" : "completed",
    // An edit keeps its diff unless it failed.
    ...((!isEdit || isError === true) && { content: [{ type: "content", content: { type: "text", text: cut } }] }),
  };
}

function eventUpdates(view: View, tree: Tree, message: Message): SessionUpdate[] {
  const event = eventOf(message) ?? {};
  const isRoot = message.task_id === tree.root_task_id;
  switch (event.type) {
    case "approval_asked":
      view.callOf.set(String(event.review), callId({ ...message, tool_call_id: String(event.call) }));
      return [];
    case "forked":
      if (isRoot) view.hasEnded = false;
      return [];
    case "retried":
      if (isRoot) view.hasEnded = false;
      return isMain(view, tree, message.task_id) ? person(view, event.words) : [];
    case "ended":
      if (!isRoot) return [];
      view.hasEnded = true;
      return [said(endOf(event))];
    default:
      return [];
  }
}

function endOf({ status, reason, detail, result, summary }: Event): string {
  const texts = [result ?? summary].filter((text): text is string => typeof text === "string" && text.trim() !== "");
  if (status === "succeeded") return texts[0] ?? "Done.";
  const words = typeof reason === "string" ? REASON_WORDS[reason as Reason] : undefined;
  const why = [words?.says, typeof detail === "string" ? detail : "", words?.remedy].filter(Boolean).join(" ");
  return [...(result ? texts : []), `${status === "stopped" ? "Stopped" : "Failed"}. ${why}`.trim()].join("\n\n");
}

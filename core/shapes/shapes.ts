/**
 * The JSON shapes that programs and pages see: the same in `--json`, the HTTP API and the socket.
 * Times are ISO 8601 in UTC, money is in dollars, cursors are opaque.
 */
import type { Level } from "@/core/log/entries";
import type { Usage } from "@/core/log/model";
import type { Reason } from "@/core/log/reasons";
import type { TaskRole, TaskStatus, Verdict } from "@/core/log/terms";

/** null means no cap. */
export interface Amounts {
  tokens: number | null;
  cost_usd: number | null;
  tasks: number | null;
  depth: number | null;
  seconds: number | null;
}

export interface WaitingFor {
  kind: "subtasks" | "predecessors" | "finishing" | "answer" | "approval";
  tasks: string[];
  reviews: string[];
}

/** In lists of tasks the long texts are left out (null) or cut. */
export interface Task {
  id: string;
  tree_id: string;
  parent_id: string | null;
  role: TaskRole;
  title: string;
  agent: string;
  model: string;
  instruction: string;
  status: TaskStatus;
  reason: Reason | null;
  /** A sentence that belongs to the reason: what exactly went wrong, or the words of whoever stopped it. */
  reason_detail: string | null;
  waiting_for: WaitingFor | null;
  /** Ids of the sibling tasks that must succeed before it starts. */
  depends_on: string[];
  parked_until: string | null;
  /** What parked it: a cap of the day, or its model's provider. */
  parked_by: "daily_cap" | "provider" | null;
  /** Who paused it, or a task above it, and since when; `is_stepping`: nobody did, it waits for its next step. */
  paused_by: { name: string; since: string; is_stepping: boolean } | null;
  depth: number;
  attempt: number;
  turns: number;
  /** What it does now, in a few words; kept after the end. */
  headline: string;
  result: string | null;
  summary: string | null;
  verdict: Verdict | null;
  grant: Amounts;
  spent: Amounts;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

/** In which order a list of trees may stand. */
export const TREE_SORTS = ["newest", "oldest", "ended", "cost", "tasks"] as const;
export type TreeSort = (typeof TREE_SORTS)[number];

export interface Tree {
  id: string;
  title: string;
  /** Who submitted it. */
  created_by: string;
  status: TaskStatus;
  reason: Reason | null;
  created_at: string;
  ended_at: string | null;
  root_task_id: string;
  /** The folder the tree works in, as a path on the server. */
  workspace: string;
  priority: number;
  /** What the tree does now, or why it does nothing: the root's headline, that of a task that runs, or why one is parked. */
  headline: string;
  /** Of a parked tree: when the first of its tasks goes on. */
  parked_until: string | null;
  /** The tree that it was forked from, and the last message that was copied. */
  forked_from: { tree_id: string; seq: number } | null;
  /** The root's. */
  grant: Amounts;
  totals: { tasks: number; ended: number; tokens_in: number; tokens_out: number; cost_usd: number };
  tasks: Task[];
}

export type MessageKind =
  | "system"
  | "instruction"
  | "agent_response"
  | "tool_call"
  | "tool_response"
  | "steer"
  | "event";

export interface Message {
  seq: number;
  tree_id: string;
  task_id: string;
  turn: number;
  kind: MessageKind;
  /** Depends on the kind; see `entries.ts`. Long texts are cut at 32 KB here, with `content.truncated` set. */
  content: Record<string, unknown>;
  tool: string | null;
  tool_call_id: string | null;
  usage: Usage | null;
  created_at: string;
}

export interface Review {
  id: string;
  tree_id: string;
  task_id: string;
  kind: "flag" | "approval" | "question" | "proposal" | "change";
  title: string;
  detail: string;
  evidence: string | null;
  /** 1 to 100: blast radius (1–5) × uncertainty (1–5) × what the waiting costs. */
  attention: number;
  /** Tasks that wait for the decision: the one that asks and those above it; 0: none. */
  waiting_tasks: number;
  blast_radius: number;
  uncertainty: number;
  /** What happens when nobody decides. */
  if_ignored: string | null;
  /** The answer that a question gets when nobody answers it in time; null: none. */
  default_answer: string | null;
  /** The tool of the call that an approval is about. */
  tool: string | null;
  /** How many open items are equal to it, itself included: one decision may settle them all. */
  alike: number;
  status: "open" | "approved" | "rejected" | "answered" | "withdrawn";
  answer: string | null;
  created_at: string;
  decided_by: string | null;
  /** Id of the rule that decided it; null: a person did, or nobody yet. */
  decided_by_rule: string | null;
  decided_at: string | null;
}

/** Approves calls without a person, until it expires or is revoked. */
export interface ApprovalRule {
  id: string;
  tool: string;
  /** Only calls of this agent; null: of every agent. */
  agent: string | null;
  /** Only calls with exactly the arguments of the item that it was made from. */
  exact: boolean;
  /** Only calls of this tree; null: of every tree. */
  tree_id: string | null;
  /** It approves so many calls at most, and then no more; null: any number until it expires. */
  most_uses: number | null;
  why: string;
  created_by: string;
  created_at: string;
  expires_at: string;
  revoked_by: string | null;
  revoked_at: string | null;
  /** How many items it decided. */
  uses: number;
}

/** What the supervisor found, and what it did. */
export interface Intervention {
  tree_id: string;
  task_id: string;
  /** The rule that found it, or `supervisor` for what its agent decided. */
  rule: string;
  action: "nudge" | "extend" | "restart" | "replace" | "stop" | "flag" | "asked" | "none";
  evidence: string;
  /** The task's last message before it; null: there was none. */
  seq: number | null;
  created_at: string;
}

/** Two trees side by side, as a person weighs a fork against what it came from. */
export interface Comparison {
  trees: [ComparedTree, ComparedTree];
  /** From the first to the second; null when the files of one of them were never kept. */
  files: { path: string; change: "added" | "modified" | "deleted" }[] | null;
  /** As git shows it; cut where it is long. */
  patch: string | null;
  truncated: boolean;
}

export interface ComparedTree {
  tree_id: string;
  title: string;
  status: TaskStatus;
  reason: Reason | null;
  result: string | null;
  verdict: Verdict | null;
  agent: string;
  model: string;
  tasks: number;
  tokens: number;
  cost_usd: number;
  /** Of its totals, what was copied with the fork and not spent by it. */
  copied: { tokens: number; cost_usd: number };
  /** From its beginning to its end, or until now. */
  seconds: number;
  forked_from: { tree_id: string; seq: number } | null;
}

/** `POST /tasks/:id/fork`. */
export interface ForkRequest {
  /** The message before which the fork begins; absent: the task's first one. */
  at?: number;
  /** Takes the place of the task's instruction. */
  instruction?: string;
  agent?: string;
  model?: string;
  /** Takes the place of the text of message `at`, which is then kept: an instruction, a steer or a tool's response. */
  message?: string;
}

export interface Page<T> {
  items: T[];
  /** Cursor for the next page, or null at the end. */
  next: string | null;
}

/** `POST /trees`, and `banyan run`. */
export interface Submission {
  task: string;
  agent?: string;
  model?: string;
  runbook?: string;
  /** A folder on the server; absent means a fresh one. */
  workspace?: string;
  /** A fresh folder begins as a copy of it, on that branch (default: the repository's own); not together with `workspace`. */
  repository?: { url: string; branch?: string };
  grant?: Partial<Amounts>;
  rights?: Level[];
  /** No subtask gets a tool that the first agent lacks. */
  confined?: boolean;
  /** Higher goes first; 0 is normal. */
  priority?: number;
  stepping?: "automatic" | "manual";
  criteria?: string;
}

/** What travels over the socket besides committed messages: the text of a turn that is still streaming. */
export interface DraftFrame {
  task_id: string;
  lease: number;
  turn: number;
  /** Character offset of `text` within the turn's draft. */
  offset: number;
  text: string;
  /** Instead of text: how far an open call has come. */
  progress?: { call: string; line: string };
}

/** Something runs short, with what to do about it. */
export interface MachineAlert {
  what: "cpu" | "memory" | "disk" | "database";
  percent: number;
  sentence: string;
  remedy: string;
}

/** The machine, or the container, and how much there is to do on it. Percentages are whole numbers from 0 to 100. */
export interface MonitorStatus {
  /** Of all cores together; null when it was not measured yet. */
  cpu_percent: number | null;
  memory_percent: number;
  /** Of the file system with the data folder. */
  disk_percent: number;
  /** Memory of the server's process; null when none runs on this machine. */
  process_mb: number | null;
  active_agents: number;
  queue_depth: number;
  parked: number;
  waiting: number;
  alerts: MachineAlert[];
}

/** What there is and was, for programs that keep watch; counted over the trees that are still there. */
export interface ServerFigures {
  tasks: Record<TaskStatus, number>;
  trees_open: number;
  tokens_in: number;
  tokens_out: number;
  micro_usd: number;
  /** Of the server's process, since its start. */
  commits: number;
}

/** Slots, queue, open reviews, models, terminal, machine: for the header of pages, `banyan status` and `/metrics`. */
export interface ServerStatus {
  slots: { used: number; max: number };
  queued: number;
  openReviews: number;
  defaultModel: string;
  models: { name: string; available: boolean; reason: string | null }[];
  terminal: { available: boolean; reason: string | null };
  version: string;
  monitor: MonitorStatus | null;
  /** Somebody has pulled the kill switch: nothing runs until it is taken back. */
  paused_everything: { by: string; since: string; reason: string } | null;
  /** Since midnight (UTC), of all trees together, and the caps on it; null: none. */
  today: { cost_usd: number; tokens: number; cap_usd: number | null; cap_tokens: number | null };
  caps: SpendCaps;
}

/** The caps on money of the installation, in dollars; null: no cap. */
export interface SpendCaps {
  /** For all trees together, since midnight (UTC). */
  day_usd: number | null;
  /** The setting that sets `day_usd`, so that nobody can change it here; null: none. */
  day_setting: string | null;
  /** For a tree that is submitted without a cap on its money or tokens. */
  tree_usd: number | null;
}

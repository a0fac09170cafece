/**
 * The JSON shapes for programs and pages: the same in `--json`, the HTTP API and the socket.
 * Times are ISO 8601 in UTC, money is in dollars, cursors are opaque.
 */

import type { Level } from "@/core/log/entries";
import type { GoalFields } from "@/core/log/goal";
import type { Usage } from "@/core/log/model";
import type { Reason } from "@/core/log/reasons";
import type { Danger, ParkedBy, TaskRole, TaskStatus, Verdict } from "@/core/log/terms";
import type { Counted } from "@/core/metrics/families";
import type { WaitingPromotion } from "./environments/promotions";
import type { StoppedEvolution, WaitingChange } from "./evolution";
import type { IssueOfTree, StuckForge } from "./forges";
import type { GoalProgress } from "./goals";
import type { MonitorStatus } from "./health";

/** Amounts of a grant or a spend. null means no cap. */
export interface Amounts {
  tokens: number | null;
  cost_usd: number | null;
  tasks: number | null;
  depth: number | null;
  seconds: number | null;
}

/** What a task waits for. */
export interface WaitingFor {
  kind: "subtasks" | "predecessors" | "finishing" | "answer" | "approval";
  tasks: string[];
  reviews: string[];
}

/** A task. In lists its long texts are left out (null) or cut. */
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
  /** Details of the reason: what exactly went wrong, or what the person who stopped it wrote. */
  reason_detail: string | null;
  waiting_for: WaitingFor | null;
  /** Ids of the sibling tasks that must succeed before it starts. */
  depends_on: string[];
  parked_until: string | null;
  /** What parked it: a daily cap, its model's provider, or that its provider no longer has the model. */
  parked_by: ParkedBy | "provider" | null;
  /** With `model_gone`: the model that replaces its own; null when none is alike. */
  switch_to: string | null;
  /**
   * Who paused it or a task above it, and since when. With `is_stepping` it waits for its next step. `why` says why nobody
   * can resume it now, and what to do instead.
   */
  paused_by: { name: string; since: string; is_stepping: boolean; why?: string } | null;
  depth: number;
  attempt: number;
  /** Number of attempts at the newest words of a person: more than 1 only after an attempt that ended was retried without words. */
  tries: number;
  turns: number;
  /** What it is doing, in a few words. After its agent has ended it: the first sentence of its result. */
  headline: string;
  /** Number of subtasks that it asked for and that were refused. */
  refused_subtasks: number;
  result: string | null;
  summary: string | null;
  verdict: Verdict | null;
  grant: Amounts;
  /**
   * Set for a task that ended because its grant did not cover its next request: the grant with which it would have, with
   * an answer of usual length. null: that unit has no cap.
   */
  grant_needed?: Pick<Amounts, "tokens" | "cost_usd">;
  spent: Amounts;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

/** Sort orders of a list of trees. */
export const TREE_SORTS = ["newest", "oldest", "ended", "cost", "tasks"] as const;
export type TreeSort = (typeof TREE_SORTS)[number];

/** Where a fork began. */
export interface ForkOrigin {
  tree_id: string;
  /** The last copied message. */
  seq: number;
  /** The turn with which it continues, from 1. */
  turn?: number;
  /** The title of the task that went back; absent for the task that heads the tree. */
  task?: string;
}

/** A task with all its subtasks. */
export interface Tree {
  id: string;
  title: string;
  /** Who submitted it. */
  created_by: string;
  /** Set for a tree that Banyan made for itself: no list shows it, and its cost is no person's. */
  is_system?: true;
  status: TaskStatus;
  reason: Reason | null;
  created_at: string;
  ended_at: string | null;
  root_task_id: string;
  /** The folder the tree works in, as a path on the server. */
  workspace: string;
  priority: number;
  /**
   * What the tree is doing, or why it is idle: the headline of a running task, what a person is asked, or why a task is
   * parked. After the end: the first sentence of its result.
   */
  headline: string;
  /** For a parked tree: when the first of its tasks continues. */
  parked_until: string | null;
  /** For a fork: its origin, and where it went back to. */
  forked_from: ForkOrigin | null;
  /** The schedule that began it; absent for other trees. */
  schedule?: { id: string; name: string; due_at: string; cause: "time" | "person"; is_removed?: true };
  /** Set in the answer to one tree: the issue of a forge that it resolves. */
  issue?: IssueOfTree;
  /** Set for a pinned tree, which retention keeps: who pinned it, and when. */
  pinned?: { by: string; at: string };
  /** Set for a tree instead of which a person kept another one: the id of that one, who kept it, and when. */
  not_kept?: { instead: string; by: string; at: string };
  /** Set for a tree that works on runners: the one that has its folders (null: none now), that place's number, and whether the pool has no free slot. */
  place?: { pool: string; runner: string | null; number: number; is_held: boolean };
  /** Set for a tree that is checked on the runners of this pool, and not where it works. */
  checks_pool?: string;
  /** Set for a tree that was read from an archive: people can view it, and nothing in it continues. */
  from_archive?: true;
  /** Set for a tree that pursues a goal: how far it has come. */
  progress?: GoalProgress;
  /** The grant of the whole tree. */
  grant: Amounts;
  /** That of its root task. */
  grant_needed?: Task["grant_needed"];
  /** `tasks` counts what the outline shows: no finishing tasks, and an agent_selector and its choice as one. `ended` of them have ended. */
  totals: {
    tasks: number;
    ended: number;
    tokens_in: number;
    tokens_out: number;
    cost_usd: number;
    /** For a fork: the part of the cost that its origin had spent. */
    copied_cost_usd?: number;
  };
  /**
   * How many tasks are in each state; `you` means waiting for a person. The root task stands for the tree: with
   * subtasks it is not counted when it has ended or only waits for them.
   */
  counts: Readonly<Record<TaskStatus | "you", number>>;
  tasks: Task[];
}

/** What a message is. */
export type MessageKind =
  | "system"
  | "instruction"
  | "agent_response"
  | "tool_call"
  | "tool_response"
  | "steer"
  | "event";

/** One entry of a task's log. */
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

/** Something that waits for a person, or waited for one. */
export interface Review {
  id: string;
  tree_id: string;
  task_id: string;
  kind: "flag" | "approval" | "question" | "proposal" | "change";
  /** What is decided, as a title: the same on all pages, the command line and in all clients. */
  act: string;
  /** The first line of the agent's question or flag, or of what the host stored about the item. */
  title: string;
  detail: string;
  evidence: string | null;
  /** 1 to 100: blast radius (1–5) × uncertainty (1–5) × cost of waiting (1–4). */
  attention: number;
  /** Tasks that wait for the decision: the one that asks and those above it; 0: none. */
  waiting_tasks: number;
  blast_radius: number;
  uncertainty: number;
  /** What happens when nobody decides. */
  if_ignored: string | null;
  /** For a question: the answer after a timeout, if there is one. */
  default_answer: string | null;
  /** For an approval: the tool of the call. */
  tool: string | null;
  /** For an approval: what its commands do that cannot be taken back, or that reaches beyond its folder; most serious first. */
  dangers: Danger[];
  /** What a decision risks, as far as the host knows; `says` is a sentence without its beginning and end. */
  risk: { level: "No" | "Low" | "Medium" | "High"; says: string };
  /** Number of identical open items, including this one. One decision can settle them all. */
  alike: number;
  status: "open" | "approved" | "rejected" | "answered" | "withdrawn";
  answer: string | null;
  created_at: string;
  decided_by: string | null;
  /** Id of the rule that decided it; null when a person did, or when it is undecided. */
  decided_by_rule: string | null;
  decided_at: string | null;
}

/** A rule approves calls without a person until it expires or is revoked. */
export interface ApprovalRule {
  id: string;
  tool: string;
  /** The only agent whose calls it approves; null for every agent. */
  agent: string | null;
  /** Whether it approves only calls with the same arguments as the item that it was made from. */
  exact: boolean;
  /** The only tree whose calls it approves; null for every tree. */
  tree_id: string | null;
  /** Most calls that it approves; null for any number until it expires. */
  most_uses: number | null;
  why: string;
  created_by: string;
  created_at: string;
  expires_at: string;
  revoked_by: string | null;
  revoked_at: string | null;
  /** Number of items that it decided. */
  uses: number;
}

/** A finding of the supervisor and its action. */
export interface Intervention {
  tree_id: string;
  task_id: string;
  /** The rule that found it, or `supervisor` for a decision of the supervisor agent. */
  rule: string;
  action: "nudge" | "extend" | "restart" | "replace" | "stop" | "flag" | "asked" | "none";
  evidence: string;
  /** The task's last message before the intervention, if there was one. */
  seq: number | null;
  created_at: string;
}

/** A page of a list. `next` is the cursor of the next page; null on the last one. */
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
  /** A project: the task works in its repository, with its agent, model and cap where this names none. */
  project?: string;
  /** A folder on the server; absent for a new folder. */
  workspace?: string;
  /** Works in a copy of `workspace`, which itself stays as it is and may be in use or have changes. */
  copy?: boolean;
  /** Starts a new folder with a clone of the repository, on that branch (default: its default branch); not together with `workspace`. */
  repository?: { url: string; branch?: string };
  /**
   * Starts a new folder with a copy of each of these repositories in a folder of its own, side by side: folders of the
   * server or addresses. Not together with `workspace` or `repository`.
   */
  repositories?: { folder: string; address: string; branch?: string }[];
  /** The pool of runners that the tree works on; null: the server's machine; absent: the setting BANYAN_POOL where it can, else that machine. */
  pool?: string | null;
  /** The pool of runners on which the host checks claims and goals, in rooms made of snapshots; absent: where the tree works. */
  checks_pool?: string;
  grant?: Partial<Amounts>;
  rights?: Level[];
  /** Whether subtasks get only tools that the first agent has. */
  confined?: boolean;
  /** Whether a task fails when its share of the grant runs out. By default it borrows what the tasks above have left. */
  fixed_shares?: boolean;
  /** Higher runs first; 0 is normal. */
  priority?: number;
  stepping?: "automatic" | "manual";
  criteria?: string;
  /** Pursues the task as a goal, in rounds, until it is shown to be reached. */
  goal?: GoalFields;
}

/** Totals over all existing trees, for monitoring programs. */
export interface ServerFigures {
  tasks: Record<TaskStatus, number>;
  trees_open: number;
  tokens_in: number;
  tokens_out: number;
  micro_usd: number;
  /** Commits of the server's process since its start. */
  commits: number;
  /** What the server counted of its work since the beginning. */
  counted: Counted[];
  /** `interval_seconds` is null without a schedule, `last_success` before the first backup. */
  backup: {
    last_success: string | null;
    has_failed: boolean;
    interval_seconds: number | null;
    /** null without a bucket. */
    bucket: { last_copy: string | null; last_proof: string | null; has_failed: boolean } | null;
  };
}

/** Slots, queue, open reviews, models, terminal and machine, for the header of pages, `banyan status` and `/metrics`. */
export interface ServerStatus {
  slots: { used: number; max: number };
  queued: number;
  openReviews: number;
  /** Lessons that wait for a person, at most 1,000. */
  candidate_lessons: number;
  defaultModel: string;
  models: { name: string; available: boolean; reason: string | null }[];
  /** A sentence for each model in use that is gone, is about to be retired, or has no known limits. */
  model_notes: string[];
  terminal: { available: boolean; reason: string | null };
  /** Runners of this installation, and the pool of trees that name none (null: the server's machine). Null: it has no runners. */
  runners: { usual_pool: string | null } | null;
  version: string;
  monitor: MonitorStatus | null;
  /** The kill switch: while it is set, nothing runs; null when it is not set. */
  paused_everything: { by: string; since: string; reason: string } | null;
  /** Schedules that Banyan has paused, which wait for a person; the newest pause first, at most 20. */
  paused_schedules: PausedSchedule[];
  /** Links of projects with forges that bring no work until a person does something; the newest first, at most 20. */
  stuck_forges: StuckForge[];
  /** Changes of evolutions that wait for a person and are decided here; the newest first, at most 20. */
  waiting_changes: WaitingChange[];
  /** Promotions that wait for an approval, the newest first. */
  waiting_promotions: WaitingPromotion[];
  /** Evolutions that Banyan has stopped, which wait for a person; the newest first, at most 20. */
  stopped_evolutions: StoppedEvolution[];
  /** Spend of all trees since midnight (UTC), with its caps; null without a cap. */
  today: { cost_usd: number; tokens: number; cap_usd: number | null; cap_tokens: number | null };
  caps: SpendCaps;
}

/** A schedule that begins nothing until a person resumes it. */
export interface PausedSchedule {
  id: string;
  name: string;
  at: string;
  /** Why Banyan paused it. */
  sentence: string;
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

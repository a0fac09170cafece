/**
 * The JSON shapes for programs and pages: the same in `--json`, the HTTP API and the socket.
 * Times are ISO 8601 in UTC, money is in dollars, cursors are opaque.
 */
import type { Usage } from "@/core/log/model";
import type { Reason } from "@/core/log/reasons";
import type { Danger, ParkedBy, TaskRole, TaskStatus, Verdict } from "@/core/log/terms";
import type { IssueOfTree } from "./forges";
import type { GoalProgress } from "./goals";
import type { UnreadMessage } from "./log";

/** Amounts of a grant or a spend. null means no cap. */
export interface Amounts {
  /** Tokens of model calls, input and output together; null: no cap. */
  tokens: number | null;
  /** US dollars; null: no cap. */
  cost_usd: number | null;
  /** Number of tasks, the task itself included; null: no cap. */
  tasks: number | null;
  /** Levels of subtasks below the task; null: no cap. */
  depth: number | null;
  /** Seconds from the start of the task; null: no cap. */
  seconds: number | null;
}

/** What a task waits for. */
export interface WaitingFor {
  /** Its subtasks, the siblings in `depends_on`, its own finishing tasks, an answer, or an approval. */
  kind: "subtasks" | "predecessors" | "finishing" | "answer" | "approval";
  /** Ids of the tasks that it waits for. */
  tasks: string[];
  /** Ids of the review items that it waits for. */
  reviews: string[];
}

/** A task. In lists its long texts are left out (null) or cut. */
export interface Task {
  /** Id of the task, as in `/tasks/{id}`. */
  id: string;
  tree_id: string;
  /** Id of the task that started it; null for the root task of a tree. */
  parent_id: string | null;
  role: TaskRole;
  /** The first words of what it has to do. */
  title: string;
  /** Name of the agent that works on it. */
  agent: string;
  /** Model of its agent, as `provider/model`; `runbook` for a task that a runbook does. */
  model: string;
  /** What it has to do. Lists cut it. */
  instruction: string;
  status: TaskStatus;
  /** Why it failed or was stopped; null without such a reason. */
  reason: Reason | null;
  /** Details of the reason: what exactly went wrong, or what the person who stopped it wrote. */
  reason_detail: string | null;
  /** Set while its status is `waiting`; else null. */
  waiting_for: WaitingFor | null;
  /** Ids of the sibling tasks that must succeed before it starts. */
  depends_on: string[];
  /** For a parked task: when it continues; null when no time is set. */
  parked_until: string | null;
  /** What parked it: a daily cap, its model's provider, or that its provider no longer has the model. */
  parked_by: ParkedBy | "provider" | null;
  /** With `model_gone`: the model that replaces its own; null when none is alike. */
  switch_to: string | null;
  /**
   * Who paused it or a task above it, and since when. With `is_stepping` it waits for its next step. `why` says why nobody
   * can resume it now, and what to do instead.
   */
  paused_by: {
    /** The name of the person, or `manual stepping`. */
    name: string;
    /** Since when it is paused. */
    since: string;
    /** Whether it runs one step at a time and waits for the next one. */
    is_stepping: boolean;
    /** Why nobody can resume it now, and what to do instead; absent: a person can. */
    why?: string;
  } | null;
  /** Levels above it in its tree; 0 for the root task. */
  depth: number;
  /** Number of its attempt: 1, and one more with each retry. */
  attempt: number;
  /** Number of attempts at the newest words of a person: more than 1 only after an attempt that ended was retried without words. */
  tries: number;
  /** Number of replies of its model so far. */
  turns: number;
  /** Messages to it that it has not read, oldest first: it reads them at its next turn. Absent: there are none. */
  unread_messages?: UnreadMessage[];
  /** What it is doing, in a few words. After its agent has ended it: the first sentence of its result. */
  headline: string;
  /** Number of subtasks that it asked for and that were refused. */
  refused_subtasks: number;
  /** What its agent ended it with; null before its end, and in lists. */
  result: string | null;
  /** The short text that the task above it reads; null before its end, and in lists. */
  summary: string | null;
  /** What judging its result came to; null when nobody judged it, and in lists. */
  verdict: Verdict | null;
  /** What it may use, with its subtasks. */
  grant: Amounts;
  /**
   * Set for a task that ended because its grant did not cover its next request: the grant with which it would have, with
   * an answer of usual length. null: that unit has no cap.
   */
  grant_needed?: Pick<Amounts, "tokens" | "cost_usd">;
  /**
   * Set for a task that has ended and whose grant has a cap on time: the seconds that it and its subtasks worked, which are
   * those that the cap counts.
   */
  active_seconds?: number;
  /** What it has used, with its subtasks. */
  spent: Amounts;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

/** Where a fork began. */
export interface ForkOrigin {
  /** Id of the tree that was forked. */
  tree_id: string;
  /** The last copied message. */
  seq: number;
  /** The turn with which it continues, from 1. */
  turn?: number;
  /** The title of the task that went back; absent for the task that heads the tree. */
  task?: string;
}

interface TaskCounts {
  /** Tasks that wait for a free slot. */
  readonly ready: number;
  /** Tasks that run now. */
  readonly running: number;
  /** Tasks that wait for other tasks. */
  readonly waiting: number;
  /** Tasks that continue at a later time, such as when their provider answers again. */
  readonly parked: number;
  /** Tasks that a person paused. */
  readonly paused: number;
  /** Tasks that ended with success. */
  readonly succeeded: number;
  /** Tasks that failed. */
  readonly failed: number;
  /** Tasks that were stopped. */
  readonly stopped: number;
  /** Tasks that wait for a person. */
  readonly you: number;
}

/** A task with all its subtasks. */
export interface Tree {
  /** Id of the tree, as in `/trees/{id}`. */
  id: string;
  /** The first line of the task that was submitted, shortened. */
  title: string;
  /** Who submitted it. */
  created_by: string;
  /** Set for a tree that Banyan made for itself: no list shows it, and its cost is no person's. */
  is_system?: true;
  status: TaskStatus;
  /** Why it failed or was stopped; null without such a reason. */
  reason: Reason | null;
  created_at: string;
  ended_at: string | null;
  /** Id of its first task. */
  root_task_id: string;
  /** The folder the tree works in, as a path on the server. */
  workspace: string;
  /** Set in the answer to its submission: why agents cannot use git in the folder, and what to do. */
  git_off?: string;
  /** Higher runs first; 0 is normal. */
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
  schedule?: {
    /** Id of the schedule. */
    id: string;
    /** Name of the schedule. */
    name: string;
    /** The time of the schedule for which it began. */
    due_at: string;
    /** `time`: its time had come. `person`: somebody ran the schedule. */
    cause: "time" | "person";
    /** Set when the schedule was removed since. */
    is_removed?: true;
  };
  /** Set in the answer to one tree: the issue of a forge that it resolves. */
  issue?: IssueOfTree;
  /** Set for a pinned tree, which retention keeps: who pinned it, and when. */
  pinned?: {
    /** Name of the person who pinned it. */
    by: string;
    /** When it was pinned. */
    at: string;
  };
  /** Set for a tree instead of which a person kept another one: the id of that one, who kept it, and when. */
  not_kept?: {
    /** Id of the tree that was kept instead. */
    instead: string;
    /** Name of the person who kept the other tree. */
    by: string;
    /** When the other tree was kept. */
    at: string;
  };
  /** Set for a tree that works on runners: the one that has its folders (null: none now), that place's number, and whether the pool has no free slot. */
  place?: {
    /** Name of the pool of runners. */
    pool: string;
    /** Name of the runner that has its folders; null: none now. */
    runner: string | null;
    /** Number of the place, which grows each time the tree moves. */
    number: number;
    /** Whether its tasks wait because no runner of the pool has a free slot. */
    is_held: boolean;
  };
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
  /** That of its root task. */
  active_seconds?: Task["active_seconds"];
  /** `tasks` counts what the outline shows: no finishing tasks, and an agent_selector and its choice as one. `ended` of them have ended. */
  totals: {
    /** Tasks that the outline shows. */
    tasks: number;
    /** Those of them that have ended. */
    ended: number;
    /** Input tokens of all its tasks, including those of a provider's cache. */
    tokens_in: number;
    /** Output tokens of all its tasks. */
    tokens_out: number;
    /** What all its tasks have cost, in US dollars. */
    cost_usd: number;
    /** For a fork: the part of the cost that its origin had spent. */
    copied_cost_usd?: number;
  };
  /**
   * How many tasks are in each state; `you` means waiting for a person. The root task stands for the tree: with
   * subtasks it is not counted when it has ended or only waits for them.
   */
  counts: TaskCounts;
  /** Its tasks. Lists of trees leave them out. */
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
  /** Number of the message, unique on this server and ascending within its tree. */
  seq: number;
  tree_id: string;
  task_id: string;
  /** Number of the turn of its task to which it belongs. */
  turn: number;
  kind: MessageKind;
  /** Depends on the kind; see `entries.ts`. Long texts are cut at 32 KB here, with `content.truncated` set. */
  content: Record<string, unknown>;
  /** For a call or its response: the name of the tool; else null. */
  tool: string | null;
  /** Joins a call with its response; null for other messages. */
  tool_call_id: string | null;
  /** For a reply of a model: its tokens; else null. */
  usage: Usage | null;
  created_at: string;
}

/** Something that waits for a person, or waited for one. */
export interface Review {
  /** Id of the item, as in `/reviews/{id}`. */
  id: string;
  tree_id: string;
  task_id: string;
  /**
   * What is asked: to approve a call (`approval`), to answer (`question`), to accept a new version (`proposal`) or a
   * `change`, or to look (`flag`).
   */
  kind: "flag" | "approval" | "question" | "proposal" | "change";
  /** What is decided, as a title: the same on all pages, the command line and in all clients. */
  act: string;
  /** The first line of the agent's question or flag, or of what the host stored about the item. */
  title: string;
  /** The whole text of the question, flag or request. */
  detail: string;
  /** What the agent gave as evidence; null: nothing. */
  evidence: string | null;
  /** 1 to 100: blast radius (1–5) × uncertainty (1–5) × cost of waiting (1–4). */
  attention: number;
  /** Tasks that wait for the decision: the one that asks and those above it; 0: none. */
  waiting_tasks: number;
  /** How far a wrong decision reaches, from 1 to 5. */
  blast_radius: number;
  /** How unsure the outcome is, from 1 to 5. */
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
  risk: {
    /** How bad a wrong decision could be. */
    level: "No" | "Low" | "Medium" | "High";
    /** What the level rests on. */
    says: string;
  };
  /** Number of identical open items, including this one. One decision can settle them all. */
  alike: number;
  /** `open` until it is decided; `withdrawn` when nobody has to decide it any more. */
  status: "open" | "approved" | "rejected" | "answered" | "withdrawn";
  /** What the person answered or gave as the reason; null: nothing. */
  answer: string | null;
  created_at: string;
  /** Who decided it: a person, or a rule; null: nobody has. */
  decided_by: string | null;
  /** Id of the rule that decided it; null when a person did, or when it is undecided. */
  decided_by_rule: string | null;
  /** When it was decided; null: nobody has. */
  decided_at: string | null;
}

/** A rule approves calls without a person until it expires or is revoked. */
export interface ApprovalRule {
  /** Id of the rule, as in `/rules/{id}`. */
  id: string;
  /** Name of the tool whose calls it approves. */
  tool: string;
  /** The only agent whose calls it approves; null for every agent. */
  agent: string | null;
  /** Whether it approves only calls with the same arguments as the item that it was made from. */
  exact: boolean;
  /** The only tree whose calls it approves; null for every tree. */
  tree_id: string | null;
  /** Most calls that it approves; null for any number until it expires. */
  most_uses: number | null;
  /** The reason that its maker gave. */
  why: string;
  /** Name of the person who answers for it: who made it, or last let it approve more. */
  created_by: string;
  created_at: string;
  /** When it stops approving. */
  expires_at: string;
  /** Who revoked it; null: nobody has. */
  revoked_by: string | null;
  /** When it was revoked; null: it was not. */
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
  /** What the supervisor did; `none`: it only noted the finding. */
  action: "nudge" | "extend" | "restart" | "replace" | "stop" | "flag" | "asked" | "none";
  /** What the rule saw in the log, or the reason of the supervisor agent. */
  evidence: string;
  /** The task's last message before the intervention, if there was one. */
  seq: number | null;
  created_at: string;
}

/** A page of a list. `next` is the cursor of the next page; null on the last one. */
export interface Page<T> {
  /** The items of this page. */
  items: T[];
  /** Cursor for the next page, or null at the end. */
  next: string | null;
}

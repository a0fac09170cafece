/** Everything that the runtime touches outside its own state, in one parameter, so that tests can replace it. */
import type { CapabilityView } from "@/agents/capabilities/capabilities";
import type { Configuration } from "@/agents/configuration/configuration";
import type { LessonFinding } from "@/agents/memory/find";
import type { ProviderParks } from "@/agents/providers/parks";
import type { TreePlaces } from "@/agents/runners/places";
import type { ServerCalls } from "@/agents/servers/server-calls";
import type { Catalogue } from "@/agents/tools/catalogue";
import type { OpenLook } from "@/agents/tools/contract/control";
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";
import type { SelfTools } from "@/agents/tools/self/check-change";
import type { ToolClient } from "@/agents/tools/server";
import type { CallLimits, Exhausted, Letter, Relative } from "@/core/facts";
import type { Spending } from "@/core/goals/spending";
import type { CallRefusal } from "@/core/log/call-faults";
import type { CallMode, Level, Unasked } from "@/core/log/entries";
import type { ModelPort, ToolCallRequest, ToolSpec, Usage } from "@/core/log/model";
import type { KindTimes } from "@/core/log/plans";
import type { Counts } from "@/core/metrics/counts";
import type { GrantState } from "@/core/rules/grants";
import type { Channel } from "@/core/shapes/live";
import type { Call, TaskState, Totals } from "@/core/state";
import type { Loader, TreeFacts } from "@/db/log/load";
import type { Log } from "@/db/log/log";
import type { Attachments } from "@/db/records/attachments";
import type { AuditedAct, DailyCapReached, LeasedTask, TaskRecord } from "@/db/records/records";
import type { Loans } from "@/db/trees/loans";
import type { ModelGateway } from "@/lib/model-gateway/gateway";
import type { ModelLimits } from "@/lib/models/known/table";
import type { Redactor } from "@/lib/secrets/redact";
import type { SnapshotStore } from "@/lib/snapshots/port";
import type { Timers } from "@/lib/time/timers";
import type { WorkplaceChecks } from "@/lib/workplace/checks";
import type { Workplaces } from "@/lib/workplace/port";
import type { LinkedGit } from "@/lib/workspace/path";

/** A task that a worker has open: its folded state, decisions that are not yet on disk, and the facts around it. */
export interface OpenTask {
  claim: LeasedTask;
  state: TaskState;
  tree: TreeFacts;
  letters: Letter[];
  relatives: Map<string, Relative>;
  held: boolean;
  turnsAllowed: number;
  priority: number;
  /** The grant as of the last commit; `grantNow` adds what was spent since. */
  grant: GrantState;
  /** Set when the grant does not cover what comes next. */
  exhausted: Exhausted | null;
  /** The daily cap that refused the last reservation. */
  dailyCap: DailyCapReached | null;
  /** Decided and folded, not yet committed. */
  draft: Draft;
  /** Length and spend at the last commit. */
  committed: { length: number; spent: Totals };
  /** A call of this turn may have changed files that are in no snapshot yet. */
  mayHaveChangedFiles: boolean;
  /** What the last model call cost beyond its reservation, until the next commit. */
  overrun: { tokens: number; microUsd: number } | null;
}

/** Decided and folded, but not yet in the log. */
export type Draft = Required<
  Pick<
    TaskRecord,
    | "entries"
    | "children"
    | "reviews"
    | "reviewChanges"
    | "mail"
    | "lettersRead"
    | "interventions"
    | "outputs"
    | "attachments"
    | "toolUses"
    | "audit"
    | "proposals"
    | "folders"
    | "taintsFolders"
  >
> &
  Pick<TaskRecord, "snapshot">;

export interface CheckedCall {
  mode: CallMode;
  /** What the model reads when the call does not run, and why as a code. */
  problem?: string;
  refused?: CallRefusal;
  level?: Level;
  /** A person must approve the call. `why` gives the reason when it is not the tool's own policy. */
  ask?: true;
  why?: string;
  /** Why nobody is asked. */
  unasked?: Unasked;
  /** The call goes on after a crash. */
  resumes?: true;
  /** A row for the audit, when a right or a policy refused the call. */
  refusal?: AuditedAct;
}

/** A call that a right, a policy or its server's state does not allow. */
export type RefusedCall = CheckedCall & Required<Pick<CheckedCall, "problem" | "refused" | "refusal">>;

export interface CallCheck {
  /**
   * Returns the offered tools. Their order does not depend on the agent's list, so the prompt's bytes stay the same.
   */
  specsFor(state: TaskState): ToolSpec[];
  check(state: TaskState, isFolderTainted: boolean, offered: ReadonlySet<string>, call: ToolCallRequest): CheckedCall;
  /** Returns the refusal of a call that was allowed when the agent made it and is about to run, or null. */
  refusalNow(state: TaskState, call: Call): RefusedCall | null;
  /** Whether the call may leave content from outside in files, also when it is cut before it answers. */
  mayLeaveOutside(state: TaskState, call: Call): boolean;
  /** Returns the added server's tool with that name, in the task's pinned version, or null. */
  serverTool(state: TaskState, name: string): OfferedServerTool | null;
}

interface RuntimeLimits {
  maxDepth: number;
  maxWidth: number;
  maxTasksPerTree: number;
  /** A daily cap on all trees exists, so every reservation must be stored. */
  readonly isDayCapped: boolean;
  /** How long a tool that gives signs of life may be silent before it is ended. */
  silentMs: number;
  /** How long a call that can go on later waits in its process for a person. */
  heldMs: number;
  /** `host:port`s that tools may reach even with private addresses. */
  privateHosts: readonly string[];
  /** Timeout of one model call, and of each tool call without its own timeout. */
  defaultTimeoutMs: number;
}

/** The world without the parts that the worker adds itself. */
export type WorkerWorld = Omit<World, "alive" | "mustHold" | "draining" | "moreUrgent">;

/** What a task does now, while it does it. The texts are redacted. */
interface ShownActivity {
  write(channel: Channel, text: string): void;
  report(line: string): void;
  /** `lost`: the reply broke off, so its text does not count. */
  end(how?: { lost: true }): void;
}

export interface World {
  now(): number;
  /** Returns a number between 0 and 1, for the jitter of backoffs. */
  random(): number;
  timers: Timers;
  /** Yields to the event loop when many replies arrive together. */
  turnstile(): Promise<void>;
  log: Log;
  loader: Loader;
  /** The files of calls' responses. */
  attachments: Attachments;
  loans: Loans;
  configuration: Configuration;
  models: ModelPort;
  /** What this process counts of its work. */
  counts: Pick<Counts, "observe">;
  parks: ProviderParks;
  /** Returns micro-dollars, or null when the model has no price. */
  costOf(model: string, usage: Usage): number | null;
  /** Whether nobody knows what the model costs; one on a person's own server costs nothing. */
  isUnpriced(model: string): boolean;
  /** `silentMs`: how long a call of this model may show no sign of life. */
  limitsOf(
    model: string,
  ): CallLimits & Pick<ModelLimits, "reads" | "isAssumed"> & { silentMs: number; isLocal: boolean };
  catalogue: Catalogue;
  capabilities: CapabilityView;
  /** What other tasks have taught. */
  lessons: LessonFinding;
  callCheck: CallCheck;
  /** Lets programs of a task's calls reach models, at the cost of the task. */
  modelGateway: Pick<ModelGateway, "open">;
  tools: ToolClient;
  servers: ServerCalls;
  /** Returns whether a tool of the server was called or tried in the tree. */
  wasServerUsed(treeUid: string, server: string): boolean;
  /** Programs that outlive a call. They end with their task, with their tree, or when everything is paused. */
  programs: {
    /** `isLeft`: the task goes on elsewhere, so its programs on a runner stay. */
    endOfTask(taskUid: string, isLeft?: boolean): Promise<void>;
    endOf(treeUid: string): Promise<void>;
    endAll(): Promise<void>;
  };
  /** Redacts known secrets from everything that is stored, shown or sent to a model. */
  redactor: Redactor;
  /** Returns what a goal's planner is told of failures that happened in the repository, or to the agent. */
  preventionsFor(treeUid: string, agent: string): string[];
  /** Returns what the tasks below a task spent, for each of its own subtasks by agent. */
  spentBelow(taskUid: string): Spending[];
  /** Returns what finished units of goals took in the project of a tree, or in its repository. */
  unitTimes(treeUid: string): KindTimes[];
  /** Proposed changes of Banyan's own code. */
  self: SelfTools;
  /** Returns the look at faults that the tree was made for, with its limits; null for every other tree. */
  lookOf(treeUid: string): OpenLook | null;
  /** What the server keeps of folders. Folders themselves are reached through `workplaces`. */
  snapshots: Pick<SnapshotStore, "diff" | "merge" | "files" | "changes" | "contents" | "find" | "missing">;
  workplaces: Workplaces;
  /** Which trees work on runners, and where. */
  places: TreePlaces;
  /** Where the host checks what trees claim. */
  checks: WorkplaceChecks;
  /** Returns the snapshot of the files with which a tree began; null where its folder was empty. */
  startOf(treeId: number): string | null;
  /** Records that the checkout of a fork's folder is complete. */
  filesAreThere(treeId: number): Promise<void>;
  limits: RuntimeLimits;
  /**
   * Returns hidden host paths, and whether only the scratch folder is writable, as in the running system's checkout.
   */
  rulesOf(tree: { workspace: string; inPlace: boolean }): {
    hiddenPaths: string[];
    isReadOnly: boolean;
  };
  /** Returns the repository outside of the folder that a person named; null: it is in the folder, or there is none. */
  linkedGitOf(treeUid: string): LinkedGit | null;
  /** Returns why nothing may work in the tree's folder now, as a sentence, or null. */
  refusalOf(tree: { workspace: string; inPlace: boolean }): string | null;
  /** Returns the path of a task's own folder, which is beside the tree's folder and never inside it. */
  ownFolderOf(treeUid: string, taskUid: string): string;
  /** Returns the folder for a tree's host-side caches. The first tool that uses it creates it. */
  cacheDirOf(treeUid: string): string;
  /** Shows people what a task does now. */
  activities: {
    begin(activity: {
      treeId: string;
      taskId: string;
      turn: number;
      call: { id: string; tool: string; about: string } | null;
    }): ShownActivity;
  };
  /** Reports a sign of life of a task's work; the next one may take up to `forMs`. */
  alive(taskUid: string, forMs: number): void;
  /** Call it before an effect. Throws LeaseLostError when the worker was frozen and lost its lease. Otherwise free. */
  mustHold(claim: LeasedTask): void;
  /** Returns whether the server is stopping, so that no new turn starts. */
  draining(): boolean;
  /** Returns whether a task with a higher priority waits for a slot of this worker. */
  moreUrgent(priority: number): boolean;
}

/**
 * The successful answer of every route; its comment is its summary in the API's description. `shapes.json` is generated
 * from this file: run `npm run shapes` after a change.
 */
import type { Objectives } from "@/core/metrics/objectives";
import type { HostPolicy } from "@/core/rules/policy";
import type { ApiToken, Role, User } from "@/core/rules/roles";
import type { RunnerList } from "@/core/runners/shapes";
import type { ReadArchive } from "@/core/shapes/archives";
import type { Comparison } from "@/core/shapes/comparison";
import type {
  AgentFields,
  DocumentFields,
  EntryFile,
  EntryKind,
  EntryVersion,
  ListedEntry,
  RunbookFields,
} from "@/core/shapes/configuration";
import type { Continuation, Continued } from "@/core/shapes/continuation";
import type { Conversation } from "@/core/shapes/conversation";
import type { AppliedBranch } from "@/core/shapes/files";
import type { ForkStart, ListedFork } from "@/core/shapes/forks";
import type { GoalView, ListedGoal } from "@/core/shapes/goals";
import type { ListedUser, ShownSetting } from "@/core/shapes/installation/people";
import type { ListedProvider, ProviderTest } from "@/core/shapes/installation/providers";
import type { Limits } from "@/core/shapes/limits";
import type { LogFacts, ModelUse, OutputPage } from "@/core/shapes/log";
import type { CheckedModel, Models } from "@/core/shapes/models";
import type { Backups, History, OldTrees, ProviderState, ServerStart, WorkerState } from "@/core/shapes/operations";
import type { Proof, SharedProof } from "@/core/shapes/proof";
import type { Retention, RetentionPreview } from "@/core/shapes/retention";
import type { DecidedReview, ReviewItem, RuleEvent } from "@/core/shapes/review";
import type { FoundOut, PackagesFacts, PushComparison } from "@/core/shapes/reviews/found";
import type { Found, FoundInLog } from "@/core/shapes/search";
import type { AuditVerdict, ListedAudit, ListedSecret } from "@/core/shapes/security";
import type { ApprovalRule, Intervention, Message, Page, Review, Task, Tree } from "@/core/shapes/shapes";
import type { ServerStatus, SpendCaps } from "@/core/shapes/status";
import type {
  ImportedServer,
  ListedTool,
  ServerFinding,
  ServerPreview,
  ShownServer,
  TestedServer,
  ToolHistory,
} from "@/core/shapes/tools";
import type { FoundInTree, Timeline, TreeTurn } from "@/core/shapes/tree-views";
import type { FailedTask, Template } from "@/core/shapes/trees";
import type { Mail, Webhook, WebhookBody } from "@/core/shapes/webhooks";
import type { All, Said } from "./answer-shapes";
import type { CapabilityAnswers } from "./capability-answers";
import type { FileAnswers } from "./file-answers";
import type { ImprovingAnswers } from "./improving-answers";
import type { MemoryAnswers } from "./memory-answers";
import type { ProjectAnswers } from "./project-answers";
import type { ScheduleAnswers } from "./schedule-answers";
import type { TrialAnswers } from "./trial-answers";

/** `decided`: ids of the decided review items. */
export interface Decided extends Said {
  /** Ids of the decided review items. */
  decided: string[];
}

/** The caller. */
export interface Session {
  /** Name of the person or the token. */
  name: string;
  role: Role;
  /** The token sees only this task and its subtasks; null: everything. */
  task: string | null;
}

/** The version data of an entry, beside its fields. */
export interface EntrySaid {
  kind: EntryKind;
  /** Number of the live version; send it as `If-Match` to change it. */
  version: number;
  /** Who made the live version. */
  by: string;
  /** The reason of the live version. */
  why: string;
  origin: EntryVersion["origin"];
  /** Whether it differs from its seed. */
  edited: boolean;
  /** When the live version was made. */
  edited_at: string;
}

/** An agent with its version. */
export type AgentEntry = AgentFields & EntrySaid;
/** A document with its version. */
export type DocumentEntry = DocumentFields & EntrySaid;
/** A runbook with its version. */
export type RunbookEntry = RunbookFields & EntrySaid;

/** A tool with the schema of its input. */
export type Tool = ListedTool & {
  /** JSON Schema of its input; empty for a server. */
  schema: Record<string, unknown>;
  /** The configuration of a server; absent for other tools. */
  server?: ShownServer;
};

/** The added servers, and a sentence for each entry that could not be added. */
export interface ImportedServers extends Said {
  /** The servers that were added. */
  servers: ImportedServer[];
  /** What will not work, by the server's name, after the mends. */
  findings: Record<string, ServerFinding[]>;
  /** One sentence for each entry that could not be added. */
  problems: string[];
  /** One sentence for each entry of a server that is already added. */
  already: string[];
}

interface GoalOfTree {
  /** The goal that the tree pursues; null for another tree. */
  goal: GoalView | null;
}

type TreeWithGoal = Tree & GoalOfTree;

/** A changed tool or server. */
interface ChangedTool extends Said {
  /** Number of the new version. */
  version: number;
  /** For a server: as agents can use it now. */
  server?: ImportedServer;
  /** For a server: one sentence for each thing that was left out. */
  problems?: string[];
}

/** The new version that a restore made. */
export type Restored = Said & {
  /** Number of the new version. */
  version: number;
};

/** Shapes that the results of operations name (see `shape` in `agents/operations/operation.ts`), and that of webhooks. */
export interface OperationShapes {
  AppliedBranch: AppliedBranch;
  Continued: Continued;
  ProviderTest: ProviderTest;
  ReadArchive: ReadArchive;
  SpendCaps: SpendCaps;
  TestedServer: TestedServer;
  User: User;
  WebhookBody: WebhookBody;
}

export interface Answers
  extends TrialAnswers,
    FileAnswers,
    ImprovingAnswers,
    MemoryAnswers,
    ProjectAnswers,
    ScheduleAnswers,
    CapabilityAnswers {
  /** The caller and their role. */
  "GET session": Session;
  /** The present state of the installation. */
  "GET status": ServerStatus;
  /** The best matches among trees, tasks, agents, documents, tools, runbooks and the texts of logs. */
  "GET find": Found;
  /** Trees, newest first unless sorted otherwise. */
  "GET trees": Page<Tree>;
  /** Goals with their scores and rounds, newest first. */
  "GET goals": Page<ListedGoal>;
  /** Failed tasks of open trees whose parent has not read the result, so that a retry can still replace it; newest first. */
  "GET failed-tasks": Page<FailedTask>;
  /** Submits a task, which starts a new tree. */
  "POST trees": Tree;
  /** A tree with all its tasks. */
  "GET trees/:id": TreeWithGoal;
  /** The goal that a tree pursues, with its rounds; null for another tree. */
  "GET trees/:id/goal": GoalOfTree;
  /** Messages of all tasks of a tree, in ascending order of `seq`. */
  "GET trees/:id/messages": Page<Message>;
  /** Tasks of a tree whose texts contain the words, those with the newest such message first. */
  "GET trees/:id/search": Page<FoundInTree>;
  /** The timeline of a tree: who did what, when, and at what cost. */
  "GET trees/:id/timeline": Timeline;
  /** The newest turns of the tasks of a tree, to which a person can go back. */
  "GET trees/:id/turns": All<TreeTurn>;
  /** Trees that were forked from this one, then those that were forked from its own origin; each newest first. */
  "GET trees/:id/forks": Page<ListedFork>;
  /** Two trees side by side: result, verdict, spend, duration and files. */
  "GET trees/:id/compare": Comparison;
  /** Saved templates of tasks. */
  "GET templates": All<Template>;
  /** A task. */
  "GET tasks/:id": Task;
  /** Messages of a task, in ascending order of `seq`. */
  "GET tasks/:id/messages": Page<Message>;
  /** Facts about a task's log: its size and its first error. */
  "GET tasks/:id/log": LogFacts;
  /** A task as a conversation: what people said to it, and what it answered. */
  "GET tasks/:id/conversation": Conversation;
  /** The last interventions of the supervisor in a task, newest first. */
  "GET tasks/:id/interventions": All<Intervention>;
  /** The messages of a task that contain the words. */
  "GET tasks/:id/find": FoundInLog;
  /** A complete message; `id` is its `seq`. */
  "GET messages/:id": Message;
  /** The output of a call, from a given character on; `id` is the `seq` of its response. */
  "GET messages/:id/output": OutputPage;
  /** Says what the task would do next, without doing it. */
  "GET :unit/:id/next": Said;
  /** The proof of an ended tree or task: what was asked, shown, changed, spent and approved. */
  "GET :unit/:id/proof": Proof;
  /** The links to proofs of a tree, newest first, also those that have ended. Their secrets are stored nowhere. */
  "GET trees/:id/proofs": All<SharedProof>;
  /** What the model calls used: of a task without its subtasks, or of all tasks of a tree. */
  "GET :unit/:id/usage": ModelUse;
  /** What `continue` would do to the task now. */
  "GET :unit/:id/continuation": Continuation;
  /** What a fork takes over: from the beginning, or from a message. */
  "GET :unit/:id/fork": ForkStart;
  /** Forks a tree: a new tree that continues from a message of this tree. */
  "POST :unit/:id/fork": Tree;
  /** Open review items, most urgent first. */
  "GET reviews": Page<Review>;
  /** Decisions of people and rules, newest first. */
  "GET reviews/decided": Page<DecidedReview>;
  /** A review item. */
  "GET reviews/:id": Review;
  /** A review item with the exact call or change, its consequences and its comments. */
  "GET reviews/:id/item": ReviewItem;
  /** What npm's registry says of the packages that an open call installs by name, or why it was not asked. */
  "GET reviews/:id/packages": FoundOut<PackagesFacts>;
  /** The commits that a force-push would lose and bring on its remote, or why they were not compared. */
  "GET reviews/:id/push": FoundOut<PushComparison>;
  /** Approves a review item; with `alike` also every equal open item. */
  "POST reviews/:id/approve": Decided;
  /** Rejects a review item; the task receives the reason. */
  "POST reviews/:id/reject": Decided;
  /** Rules that approve calls automatically, newest first. */
  "GET rules": All<ApprovalRule>;
  /** The changes to a rule, and its decisions. */
  "GET rules/:id/history": All<RuleEvent>;
  /** Agents in their current versions. */
  "GET agents": All<ListedEntry>;
  /** Creates an agent. */
  "POST agents": AgentEntry;
  /** An agent. */
  "GET agents/:id": AgentEntry;
  /** Changes an agent, which creates a new version. */
  "PUT agents/:id": AgentEntry;
  /** Removes an agent that nothing uses. Its versions stay. */
  "DELETE agents/:id": Said;
  /** Versions of an agent, newest first. */
  "GET agents/:id/versions": All<EntryVersion>;
  /** An agent as a file with front matter. */
  "GET agents/:id/export": EntryFile;
  /** Restores an older version as a new version. */
  "POST agents/:id/restore": Restored;
  /** Context documents in their current versions. */
  "GET documents": All<ListedEntry>;
  /** Creates a document. */
  "POST documents": DocumentEntry;
  /** A document. */
  "GET documents/:id": DocumentEntry;
  /** Changes a document, which creates a new version. */
  "PUT documents/:id": DocumentEntry;
  /** Removes a document that nothing uses. Its versions stay. */
  "DELETE documents/:id": Said;
  /** Versions of a document, newest first. */
  "GET documents/:id/versions": All<EntryVersion>;
  /** A document as a file with front matter. */
  "GET documents/:id/export": EntryFile;
  /** Restores an older version as a new version. */
  "POST documents/:id/restore": Restored;
  /** Runbooks in their current versions. */
  "GET runbooks": All<ListedEntry>;
  /** Creates a runbook. */
  "POST runbooks": RunbookEntry;
  /** A runbook. */
  "GET runbooks/:id": RunbookEntry;
  /** Changes a runbook, which creates a new version. */
  "PUT runbooks/:id": RunbookEntry;
  /** Removes a runbook that nothing uses. Its versions stay. */
  "DELETE runbooks/:id": Said;
  /** Versions of a runbook, newest first. */
  "GET runbooks/:id/versions": All<EntryVersion>;
  /** A runbook as a file with front matter. */
  "GET runbooks/:id/export": EntryFile;
  /** Restores an older version as a new version. */
  "POST runbooks/:id/restore": Restored;
  /** Tools and tool servers. */
  "GET tools": All<ListedTool>;
  /** Adds servers from a file in the `mcpServers` format, and starts each once. */
  "POST tools": ImportedServers;
  /** The same as `POST tools`, but answers with 200. */
  "POST tools/import": ImportedServers;
  /** What a file of servers would add, with what will not work about each and how that can be mended. */
  "POST tools/preview": ServerPreview;
  /** A tool, a tool server, or a tool of a server. */
  "GET tools/:id": Tool;
  /** Changes the policy of a tool, or the configuration of a server. */
  "PUT tools/:id": ChangedTool;
  /** The latest calls of a tool, and its versions. */
  "GET tools/:id/history": ToolHistory;
  /** Sets whether calls of a tool run, need approval, or are refused. */
  "POST tools/:id/policy": Said;
  /** The policy of each level, and the hosts that need no approval. */
  "GET policy": HostPolicy;
  /** The caps on money: of a day, and of a tree that is submitted without a cap of its own. */
  "GET caps": SpendCaps;
  /** Interventions of the supervisor, newest first. */
  "GET interventions": Page<Intervention>;
  /** Measurements over time: machine, agents, queue, tokens and cost. */
  "GET history": History;
  /** Model providers and their state. */
  "GET providers": All<ProviderState>;
  /** Pools and runners, as the server heard them last, and which trees have their folders there. */
  "GET runners": RunnerList;
  /** Processes that use this database. */
  "GET workers": All<WorkerState>;
  /** The last starts of servers and workers, and how they ended. */
  "GET starts": All<ServerStart>;
  /** The settings of retention, what takes space, and what the last run removed. */
  "GET retention": Retention;
  /** What a run with these limits would remove now, and what stays and why. */
  "GET retention/preview": RetentionPreview;
  /** Backups of the database. */
  "GET backups": Backups;
  /** Trees that ended long ago, oldest first, and the space that deleting them frees. */
  "GET old-trees": OldTrees;
  /** Names of secrets, never their values. */
  "GET secrets": All<ListedSecret>;
  /** Service level objectives over 28 days: what is wanted, what was measured, and what is left of the error budget. */
  "GET objectives": Objectives;
  /** Limits of the machine and the installation, how close each is, and what happened at them. */
  "GET limits": Limits;
  /** How e-mail is sent, with its newest messages. */
  "GET mail": Mail;
  /** The webhooks, each with its newest messages. */
  "GET webhooks": All<Webhook>;
  /** The audit log: who did what, newest first. */
  "GET audit": Page<ListedAudit>;
  /** Verifies that no row of the audit log was changed. */
  "GET audit/verify": AuditVerdict;
  /** The users who may sign in. */
  "GET users": All<ListedUser>;
  /** API tokens without their values, newest first. */
  "GET tokens": All<ApiToken>;
  /** The effective settings of this server. Of a secret, only whether it is set. */
  "GET settings": All<ShownSetting>;
  /** The models that are known by name, with limits, prices, and whether their provider still has them. */
  "GET models": Models;
  /** Whether tasks may have the model; if not, why, and which model comes nearest. */
  "GET models/:id": CheckedModel;
  /** Model providers and how Banyan connects to each, without the keys. */
  "GET provider-keys": All<ListedProvider>;
  /** This description. */
  "GET openapi.json": Record<string, unknown>;
}

/**
 * What every route answers when all went well; the comment of each is its line in the API's description. `shapes.json`
 * is made from this file: run `npm run shapes` after changing it.
 */
import type { HostPolicy } from "@/core/rules/policy";
import type { ApiToken, Role, User } from "@/core/rules/roles";
import type {
  AgentFields,
  DocumentFields,
  EntryFile,
  EntryKind,
  EntryVersion,
  ListedEntry,
  RunbookFields,
} from "@/core/shapes/configuration";
import type { TaskFiles } from "@/core/shapes/files";
import type { ListedFork } from "@/core/shapes/forks";
import type { LogFacts, OutputPage } from "@/core/shapes/log";
import type { Backups, History, OldTrees, ProviderState, WorkerState } from "@/core/shapes/operations";
import type { ListedUser, ShownSetting } from "@/core/shapes/people";
import type { ListedProvider, ProviderTest } from "@/core/shapes/providers";
import type { DecidedReview, ReviewItem, RuleEvent } from "@/core/shapes/review";
import type { AuditVerdict, ListedAudit, ListedSecret } from "@/core/shapes/security";
import type {
  ApprovalRule,
  Comparison,
  Intervention,
  Message,
  Page,
  Review,
  ServerStatus,
  Task,
  Tree,
} from "@/core/shapes/shapes";
import type { ImportedServer, ListedTool, ShownServer, TestedServer, ToolHistory } from "@/core/shapes/tools";
import type { FoundInTree, Timeline } from "@/core/shapes/tree-views";
import type { Template } from "@/core/shapes/trees";

/** What was done, and what follows from it, in one sentence. */
export interface Said {
  sentence: string;
}

/** `decided`: ids of the review items that were. */
export interface Decided extends Said {
  decided: string[];
}

export interface Session {
  name: string;
  role: Role;
  /** Nothing but this task and what is below it may be seen; null: everything. */
  task: string | null;
}

/** An entry of the configuration beside its fields. */
export interface EntrySaid {
  kind: EntryKind;
  version: number;
  by: string;
  why: string;
  origin: EntryVersion["origin"];
  /** It is not what a seed wrote. */
  edited: boolean;
  edited_at: string;
}

export type AgentEntry = AgentFields & EntrySaid;
export type DocumentEntry = DocumentFields & EntrySaid;
export type RunbookEntry = RunbookFields & EntrySaid;

export type Tool = ListedTool & { schema: Record<string, unknown>; server?: ShownServer };

/** Servers that were added, and one sentence for each entry that could not be. */
export interface ImportedServers extends Said {
  servers: ImportedServer[];
  problems: string[];
}

/** Everything that there is, on one page. */
export interface All<Item> {
  items: Item[];
  next: null;
}

export type Restored = Said & { version: number };

export interface Answers {
  /** Who asks, and what they may. */
  "GET session": Session;
  /** What the whole installation does now. */
  "GET status": ServerStatus;
  /** Trees, the newest first unless sorted otherwise. */
  "GET trees": Page<Tree>;
  /** Submits a task: a new tree. */
  "POST trees": Tree;
  /** One tree with all of its tasks. */
  "GET trees/:id": Tree;
  /** Deletes a tree that has ended, with everything of it. */
  "DELETE trees/:id": Said;
  /** Messages of all tasks of a tree, in ascending order of `seq`. */
  "GET trees/:id/messages": Page<Message>;
  /** Tasks of a tree in whose texts words stand. */
  "GET trees/:id/search": All<FoundInTree>;
  /** Who did what when in a tree, and what it took. */
  "GET trees/:id/timeline": Timeline;
  /** Trees that were forked from this one. */
  "GET trees/:id/forks": All<ListedFork>;
  /** Two trees side by side: result, verdict, spend, duration and files. */
  "GET trees/:id/compare": Comparison;
  /** A failure that this person has looked at: their Home does not show it any more. */
  "POST trees/:id/seen": Said;
  /** What is submitted again and again. */
  "GET templates": All<Template>;
  /** Saves a template, or replaces it. */
  "POST templates": Said;
  /** Removes a template. */
  "DELETE templates/:id": Said;
  /** One task. */
  "GET tasks/:id": Task;
  /** Messages of a task, in ascending order of `seq`. */
  "GET tasks/:id/messages": Page<Message>;
  /** What stands where in a task's log: its size, its first error. */
  "GET tasks/:id/log": LogFacts;
  /** What the task and its subtasks changed in the folder that it works in. */
  "GET tasks/:id/files": TaskFiles;
  /** One message, whole; `id` is its `seq`. */
  "GET messages/:id": Message;
  /** What a call put out, from a character on; `id` is the `seq` of its response. */
  "GET messages/:id/output": OutputPage;
  /** What the task would do next if it went on now; nothing is done. */
  "GET :unit/:id/next": Said;
  /** Pauses a tree or a task with its branch, at the end of the turn that runs. */
  "POST :unit/:id/pause": Said;
  /** Lets a tree or a task with its branch go on. */
  "POST :unit/:id/resume": Said;
  /** Lets a task take one turn, and wait again. */
  "POST :unit/:id/step": Said;
  /** Stops a tree or a task with its branch; its work stays. */
  "POST :unit/:id/stop": Said;
  /** Tries a task again that failed or was stopped. */
  "POST :unit/:id/retry": Said;
  /** Writes to a task, which reads it at its next turn. */
  "POST :unit/:id/steer": Said;
  /** Another agent, model or priority from the next turn on. */
  "POST :unit/:id/change": Said;
  /** Adds to the grant of a tree, or of a task and what stands above it. */
  "POST :unit/:id/grant": Said;
  /** A new tree that goes on from a message of this one. */
  "POST :unit/:id/fork": Tree;
  /** The kill switch: cuts every call, and starts nothing before it is resumed. */
  "POST pause": Said;
  /** Lets everything go on after the kill switch. */
  "POST resume": Said;
  /** What waits for a person, the most pressing first. */
  "GET reviews": Page<Review>;
  /** What people and rules decided, the newest first. */
  "GET reviews/decided": Page<DecidedReview>;
  /** One review item. */
  "GET reviews/:id": Review;
  /** One review item with what exactly would run or change, what follows, and what was said about it. */
  "GET reviews/:id/item": ReviewItem;
  /** Approves it; `alike`: every open item that is equal to it, too. */
  "POST reviews/:id/approve": Decided;
  /** Rejects it; the reason reaches the task. */
  "POST reviews/:id/reject": Decided;
  /** Answers a question. */
  "POST reviews/:id/answer": Said;
  /** Writes a comment beside it, which its task reads with the decision. */
  "POST reviews/:id/comment": Said;
  /** Asks the task about it, which reads the question at once. */
  "POST reviews/:id/ask": Said;
  /** Approves a call with other arguments than the task's own. */
  "POST reviews/:id/approve-changed": Decided;
  /** Makes what an approved proposal replaced live again. */
  "POST reviews/:id/restore": Said;
  /** Rules that approve calls by themselves, the newest first. */
  "GET rules": All<ApprovalRule>;
  /** Makes such a rule; what waits and matches is approved at once. */
  "POST rules": Decided & { rule: string };
  /** What happened to a rule, and what it decided. */
  "GET rules/:id/history": All<RuleEvent>;
  /** Changes how long and how often a rule holds, or switches it on again. */
  "POST rules/:id/change": Decided;
  /** Removes a rule that has approved nothing. */
  "DELETE rules/:id": Said;
  /** Ends a rule. */
  "POST rules/:id/revoke": Decided;
  /** Agents, as tasks that begin now use them. */
  "GET agents": All<ListedEntry>;
  /** Makes an agent. */
  "POST agents": AgentEntry;
  /** One agent. */
  "GET agents/:id": AgentEntry;
  /** Changes an agent: a new version. */
  "PUT agents/:id": AgentEntry;
  /** Removes an agent that nothing needs; its versions stay. */
  "DELETE agents/:id": Said;
  /** Versions of an agent, the newest first. */
  "GET agents/:id/versions": All<EntryVersion>;
  /** An agent as a file with front matter. */
  "GET agents/:id/export": EntryFile;
  /** Makes what an older version says a new one. */
  "POST agents/:id/restore": Restored;
  /** Context documents, as tasks that begin now use them. */
  "GET documents": All<ListedEntry>;
  /** Makes a document. */
  "POST documents": DocumentEntry;
  /** One document. */
  "GET documents/:id": DocumentEntry;
  /** Changes a document: a new version. */
  "PUT documents/:id": DocumentEntry;
  /** Removes a document that nothing needs; its versions stay. */
  "DELETE documents/:id": Said;
  /** Versions of a document, the newest first. */
  "GET documents/:id/versions": All<EntryVersion>;
  /** A document as a file with front matter. */
  "GET documents/:id/export": EntryFile;
  /** Makes what an older version says a new one. */
  "POST documents/:id/restore": Restored;
  /** Runbooks, as tasks that begin now use them. */
  "GET runbooks": All<ListedEntry>;
  /** Makes a runbook. */
  "POST runbooks": RunbookEntry;
  /** One runbook. */
  "GET runbooks/:id": RunbookEntry;
  /** Changes a runbook: a new version. */
  "PUT runbooks/:id": RunbookEntry;
  /** Removes a runbook that nothing needs; its versions stay. */
  "DELETE runbooks/:id": Said;
  /** Versions of a runbook, the newest first. */
  "GET runbooks/:id/versions": All<EntryVersion>;
  /** A runbook as a file with front matter. */
  "GET runbooks/:id/export": EntryFile;
  /** Makes what an older version says a new one. */
  "POST runbooks/:id/restore": Restored;
  /** Tools and servers of tools. */
  "GET tools": All<ListedTool>;
  /** Adds servers from a file in the `mcpServers` layout; each is started once. */
  "POST tools": ImportedServers;
  /** The same, answered with 200. */
  "POST tools/import": ImportedServers;
  /** A tool, a server of tools, or one tool of a server. */
  "GET tools/:id": Tool;
  /** Changes a tool's policy, or a server's entry. */
  "PUT tools/:id": Said & { version: number; server?: ImportedServer; problems?: string[] };
  /** Removes a server. */
  "DELETE tools/:id": Said;
  /** Its newest calls and its configuration's past. */
  "GET tools/:id/history": ToolHistory;
  /** Starts a server and compares what it lists with what was approved. */
  "POST tools/:id/test": TestedServer;
  /** Whether calls of a tool run, wait for a person, or are refused. */
  "POST tools/:id/policy": Said;
  /** What holds for calls of each level, and the hosts that nobody is asked about. */
  "GET policy": HostPolicy;
  /** Changes it. */
  "POST policy": Said & { policy: HostPolicy };
  /** What the supervisor found and did, the newest first. */
  "GET interventions": Page<Intervention>;
  /** What was measured: machine, agents, queue, tokens and money. */
  "GET history": History;
  /** Providers of models, and which of them are paused. */
  "GET providers": All<ProviderState>;
  /** Processes that work on this database. */
  "GET workers": All<WorkerState>;
  /** Copies of the database. */
  "GET backups": Backups;
  /** Copies the database while it is in use, and reads the copy back. */
  "POST backups": Said & { name: string; size_bytes: number };
  /** Deletes a copy. */
  "DELETE backups/:id": Said;
  /** Trees that ended long ago, the oldest first, and what deleting them frees. */
  "GET old-trees": OldTrees;
  /** Names of secrets; their values are never told. */
  "GET secrets": All<ListedSecret>;
  /** Sets a secret; `id` is its name. */
  "PUT secrets/:id": Said;
  /** Removes a secret. */
  "DELETE secrets/:id": Said;
  /** Encrypts all secrets with a new key. */
  "POST secrets/rotate": Said;
  /** Who did what, the newest first. */
  "GET audit": Page<ListedAudit>;
  /** Whether every row of the audit is what was written. */
  "GET audit/verify": AuditVerdict;
  /** Everybody who may sign in. */
  "GET users": All<ListedUser>;
  /** Lets somebody sign in. */
  "POST users": User;
  /** Gives a user another role; `id` is an id or an address. */
  "POST users/:id/role": Said;
  /** Removes a user; their sessions and tokens end. */
  "POST users/:id/remove": Said;
  /** API tokens without the tokens themselves, the newest first. */
  "GET tokens": All<ApiToken>;
  /** Makes a token, which is told this one time. */
  "POST tokens": ApiToken & { token: string };
  /** Ends a token. */
  "POST tokens/:id/revoke": Said;
  /** Settings of this server, as they hold; of a secret only whether it is set. */
  "GET settings": All<ShownSetting>;
  /** Providers of models, and how Banyan gets in at each; keys are never told. */
  "GET provider-keys": All<ListedProvider>;
  /** Sets a key or an address, used from the next call on. */
  "PUT provider-keys/:id": Said;
  /** Removes what was set. */
  "DELETE provider-keys/:id": Said;
  /** Asks the provider for its models, with what is sent or what calls use; nothing is kept. */
  "POST provider-keys/:id/test": ProviderTest;
  /** This description. */
  "GET openapi.json": Record<string, unknown>;
}

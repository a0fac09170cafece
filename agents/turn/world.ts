/** Everything the runtime touches outside its own state, as one plain parameter: tests and the simulation bring their own. */

import type { Configuration } from "@/agents/configuration/configuration";
import type { ProviderParks } from "@/agents/providers/parks";
import type { ServerCalls } from "@/agents/servers/server-calls";
import type { Catalogue } from "@/agents/tools/catalogue";
import type { ToolClient } from "@/agents/tools/server";
import type { ModelPort, Usage } from "@/core/log/model";
import type { DraftFrame } from "@/core/shapes/shapes";
import type { Loader } from "@/db/log/load";
import type { Log } from "@/db/log/log";
import type { LeasedTask } from "@/db/records/records";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { Redactor } from "@/lib/secrets/redact";
import type { SnapshotStore } from "@/lib/snapshots/port";
import type { Timers } from "@/lib/time/timers";
import type { Gateway } from "./gateway";

export interface RuntimeLimits {
  maxDepth: number;
  maxWidth: number;
  maxTasksPerTree: number;
  /** Something caps what all trees spend in a day: every reservation is stored then. */
  readonly isDayCapped: boolean;
  /** A model call, or a tool that shows when it is alive, is ended when nothing was heard of it for so long. */
  silentMs: number;
  /** `host:port`s that tools may reach although their addresses are private. */
  privateHosts: readonly string[];
  /** Bounds one model call, and each tool call without its own time-out. */
  defaultTimeoutMs: number;
}

/** What a worker is given; it adds what only itself knows. */
export type WorkerWorld = Omit<World, "alive" | "mustHold" | "draining" | "moreUrgent">;

export interface World {
  now(): number;
  /** Between 0 and 1: jitter of back-offs. */
  random(): number;
  timers: Timers;
  /** Lets the event loop breathe when many replies come at once. */
  turnstile(): Promise<void>;
  log: Log;
  loader: Loader;
  configuration: Configuration;
  models: ModelPort;
  parks: ProviderParks;
  /** Micro-dollars; null when the model has no price. */
  costOf(model: string, usage: Usage): number | null;
  limitsOf(model: string): { contextTokens: number; maxOutputTokens: number };
  catalogue: Catalogue;
  gateway: Gateway;
  tools: ToolClient;
  servers: ServerCalls;
  /** What outlives a call: ended with its task, with its tree, or with everything when all is halted. */
  programs: {
    endOfTask(taskUid: string): Promise<void>;
    endOf(treeUid: string): Promise<void>;
    endAll(): Promise<void>;
  };
  /** Takes the secrets that this process knows of out of what is stored, shown or sent to a model. */
  redactor: Redactor;
  sandbox: SandboxPort;
  snapshots: Pick<SnapshotStore, "take" | "checkOut" | "diff" | "merge" | "apply" | "copy">;
  /** What a fork's folder was to hold is in it. */
  filesAreThere(treeId: number): Promise<void>;
  limits: RuntimeLimits;
  /** Host paths that no tool may show, and whether only the scratch folder takes files, as in the running system's checkout. */
  rulesOf(tree: { workspace: string; inPlace: boolean }): {
    hiddenPaths: string[];
    isReadOnly: boolean;
  };
  /** Where the own folder of a task lies: with the tree's folders, and never in one of them. */
  ownFolderOf(treeUid: string, taskUid: string): string;
  /** Folder for host-side caches of a tree; made by the first tool that keeps something there. */
  cacheDirOf(treeUid: string): string;
  onDraft(treeUid: string, frame: DraftFrame): void;
  /** A sign of life of a task's work; nothing more need be heard of it for `forMs`. */
  alive(taskUid: string, forMs: number): void;
  /** Call it before an effect. Throws LeaseLostError when this worker stood still and its lease was taken away. Costs nothing otherwise. */
  mustHold(claim: LeasedTask): void;
  /** No new turn is begun: the server stops at the boundary. */
  draining(): boolean;
  /** A task with a higher priority waits for a slot of this worker. */
  moreUrgent(priority: number): boolean;
}

import { statfsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Queries, UserError } from "@/agents/application";
import { withDefaultCap } from "@/agents/commands/installation/spend-caps";
import type { Configuration, RunbookFinder } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import { checkModel, refuseMissing } from "@/agents/providers/check-model";
import type { Providers } from "@/agents/providers/providers";
import { copyOfSelf, type SelfChanges } from "@/agents/self/changes";
import type { SelfSwitch } from "@/agents/self/switch";
import type { Servers } from "@/agents/servers/servers";
import type { WebhookSources } from "@/agents/webhooks/webhooks";
import { idOf } from "@/core/ids";
import { type Assignment, type Entry, type GrantAmounts, type Level, NO_CAPS } from "@/core/log/entries";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { SELECTOR } from "@/core/selection";
import { SELF_URL } from "@/core/shapes/self";
import type { Amounts, Submission } from "@/core/shapes/shapes";
import type { LiveBackups } from "@/db/file/live-backup";
import type { Store } from "@/db/store";
import type { BackupSettings, DailyCaps } from "@/lib/env";
import type { KnownModels } from "@/lib/models/known-models";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { type PreparedWorkspace, prepareWorkspace } from "@/lib/workspace/prepare";
import type { CloneWorkspace } from "./clone-workspace";
import { copyWorkspace } from "./copy-workspace";

export interface CommandSources {
  store: Store;
  security: Security;
  webhooks: WebhookSources;
  configuration: Configuration;
  findRunbook: RunbookFinder;
  queries: Pick<Queries, "getTree">;
  dataDir: string;
  /** Folder of the running system's own files. */
  checkout: string;
  providers: Providers;
  priceOf(model: string): number | null;
  models: Pick<KnownModels, "confirm" | "isNamed" | "replacementOf" | "own" | "refresh">;
  now(): number;
  snapshots: SnapshotStore;
  /** Folders below which people without the admin role may choose a workspace. */
  workspaceRoots: readonly string[];
  cloneWorkspace: CloneWorkspace;
  self: { changes: SelfChanges; power: SelfSwitch };
  /** A larger folder is not copied. */
  maxWorkspaceBytes: number;
  /** Started on first use. */
  servers(): Promise<Servers>;
  /** Key files: a folder that contains one cannot be a workspace. */
  keyPaths: readonly string[];
  /** Returns host paths in a folder that tools must not show and snapshots must not keep. */
  hiddenPathsOf(workspace: string): string[];
  maxDbBytes: number | null;
  /** Caps of a day that the settings give. */
  dailyCaps: DailyCaps;
  /** Absent in a process that is not a server. */
  shutDown?(by: string): void;
  backups: LiveBackups;
  backupSettings: BackupSettings;
}

/** A longer task belongs in a workspace file. */
export const MAX_TASK_BYTES = 1_000_000;
const MOST_PRIORITY = 100;
const DEFAULT_RIGHTS: Level[] = ["read", "write", "network"];

/** Creates the tree. Throws UserError with one sentence, and then creates nothing. */
export async function submit(sources: CommandSources, submission: Submission, by: string, uid: string): Promise<void> {
  const { store, configuration } = sources;
  const task = submission.task?.trim() ?? "";
  checkTask(task, submission);
  refuseFullDisk(sources);
  const { agent, runbook, model, choice } = choose(sources, submission, task);
  await refuseMissing(sources.models, modelOf(configuration, agent, model));
  const own = withinGrantOf(capsOf(submission.grant), configuration.agentBody(agent));
  if (own.microUsd !== null && sources.priceOf(model) === null) {
    throw new UserError(
      "invalid",
      `A cost cap needs a price, and ${model} has no price: cap tokens instead, or set its price with \`npx banyan models set ${model}\`.`,
    );
  }
  const caps = withDefaultCap(sources, own, submission.grant, model);
  const priority = priorityOf(submission.priority ?? 0);
  const { prepared, origin, isTainted } = await aboutWorkspace(() => placeFor(sources, submission, uid));
  const setup = configuration.setupFor(agent, {
    model,
    rights: submission.rights ?? DEFAULT_RIGHTS,
    ...(submission.confined && { confined: true }),
    instruction: task,
    ...(runbook && { runbook }),
  });
  const title = (task.split("\n", 1)[0] ?? "").slice(0, 200);
  const choices: Entry[] = choice ? [{ kind: "event", turn: 0, content: { type: "choice", ...choice } }] : [];
  const inserted = await store.trees.insert({
    uid,
    rootUid: idOf(uid, { turn: 0, id: "root" }, "task"),
    title,
    workspace: prepared.root,
    inPlace: !prepared.ownedByBanyan,
    isTainted,
    priority,
    createdBy: by,
    caps,
    setup,
    assignment: rootAssignment({
      instruction: task,
      title,
      grant: caps,
      workspace: "shared",
      criteria: submission.criteria?.trim() || null,
      stepping: submission.stepping ?? "automatic",
      ...(submission.fixed_shares && { fixedShares: true }),
    }),
    events: [...choices, ...origin],
  });
  if (!inserted.ok) {
    throw new UserError(
      "conflict",
      `The tree “${inserted.lockedBy}” works in ${prepared.root}: wait until it has ended, stop it, work in a copy, or choose another folder.`,
      WRONG_WORKSPACE,
    );
  }
}

/** Returns the model of the root task: the agent's own, else the one that was chosen. */
function modelOf(configuration: Configuration, agent: string, model: string): string {
  const own = configuration.agents().find((one) => one.name === agent)?.model ?? "inherit";
  return own === "inherit" ? model : own;
}

function checkTask(task: string, submission: Submission): void {
  if (!task) throw new UserError("invalid", "The task is empty: say what should be done.");
  if (Buffer.byteLength(task) > MAX_TASK_BYTES) {
    const size = (Buffer.byteLength(task) / 1_000_000).toFixed(1);
    throw new UserError(
      "too_large",
      `The task is ${size} MB long, and 1 MB is the limit: put the material into workspace files and name them.`,
    );
  }
  if (submission.agent && submission.runbook) throw new UserError("invalid", "Name an agent or a runbook, not both.");
  if (submission.copy && !submission.workspace)
    throw new UserError("invalid", "A copy needs a folder: name the workspace to copy.");
  if (submission.workspace && submission.repository)
    throw new UserError(
      "invalid",
      "Name a folder or a repository, not both: a repository is copied into a new folder.",
    );
}

/** Throws UserError. */
export function checkAgent(configuration: Configuration, name: string): void {
  if (configuration.agents().some((agent) => agent.name === name)) return;
  const known = configuration.agents().map((agent) => agent.name);
  throw new UserError("not_found", `There is no agent ${name}. Agents: ${known.join(", ")}.`);
}

/** Throws UserError. */
export function priorityOf(priority: number): number {
  if (Number.isInteger(priority) && Math.abs(priority) <= MOST_PRIORITY) return priority;
  throw new UserError(
    "invalid",
    `The priority must be a whole number from -${MOST_PRIORITY} to ${MOST_PRIORITY}, not ${priority}.`,
  );
}

/**
 * Returns the root's agent and model. `--agent` makes that agent the root, `--runbook` makes `worker` the root; without
 * a language model the host chooses a runbook.
 */
function choose(sources: CommandSources, submission: Submission, task: string) {
  const { configuration } = sources;
  const model = submission.model ?? (submission.runbook ? "runbook" : sources.providers.defaultModel());
  checkModel(model);
  if (submission.agent) checkAgent(configuration, submission.agent);
  if (submission.runbook) {
    if (!configuration.runbooks().some((one) => one.name === submission.runbook)) {
      const known = configuration.runbooks().map((one) => one.name);
      throw new UserError("not_found", `There is no runbook ${submission.runbook}. Runbooks: ${known.join(", ")}.`);
    }
    return {
      agent: "worker",
      runbook: submission.runbook,
      model,
      choice: { what: submission.runbook, why: "The runbook was named with the task." },
    };
  }
  if (submission.agent) return { agent: submission.agent, model, choice: null };
  if (model !== "runbook") return { agent: SELECTOR, model, choice: null };
  const found = sources.findRunbook(task, configuration.runbooks());
  if (!found)
    return {
      agent: "worker",
      model,
      choice: { what: "none", why: "No language model is configured, and no runbook fits the task." },
    };
  return {
    agent: "worker",
    runbook: found,
    model,
    choice: { what: found, why: "No language model is configured; this runbook's words fit the task." },
  };
}

const WRONG_WORKSPACE = { code: "wrong_field", field: "workspace" } as const;

/** Runs the work. What it refuses names the workspace as the wrong field. */
async function aboutWorkspace<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError) || error.refusal) throw error;
    throw new UserError(error.kind, error.message, WRONG_WORKSPACE);
  }
}

interface Place {
  prepared: PreparedWorkspace;
  /** Tells the agents what their folder contains. */
  origin: Entry[];
  /** The folder holds content from outside. */
  isTainted: boolean;
}

/** Returns the tree's folder with its contents, which are there before the tree: a failed copy leaves nothing behind. */
async function placeFor(sources: CommandSources, submission: Submission, uid: string): Promise<Place> {
  const named = workspaceFor(sources, submission.workspace, uid, submission.copy);
  const { repository } = submission;
  if (repository) {
    const { text, from } = await withoutRest(sources, uid, () => cloned(sources, repository, named.root, uid));
    return { prepared: named, origin: [noteOf(text, from)], isTainted: from === repository.url };
  }
  if (!submission.copy) return { prepared: named, origin: [], isTainted: false };
  const prepared = workspaceFor(sources, undefined, uid);
  const text = await withoutRest(sources, uid, () => copyWorkspace(named, prepared.root, sources.maxWorkspaceBytes));
  return {
    prepared,
    origin: [noteOf(text, named.root)],
    isTainted: sources.store.queries.folders.isTainted(named.root),
  };
}

/** `repository`: the address or the folder of which the tree's folder is a copy. */
function noteOf(text: string, repository: string): Entry {
  return { kind: "event", turn: 0, content: { type: "note", text, repository } };
}

/** Removes what a failed copy has left. */
async function withoutRest<Result>(
  { dataDir }: CommandSources,
  uid: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    for (const kind of ["workspaces", "cache"]) await rm(join(dataDir, kind, uid), { recursive: true, force: true });
    throw error;
  }
}

function workspaceFor(sources: CommandSources, folder: string | undefined, treeId: string, isCopied = false) {
  try {
    return prepareWorkspace({
      dataDir: sources.dataDir,
      treeId,
      request: folder ? { folder, isCopied } : {},
      checkout: sources.checkout,
      keyPaths: sources.keyPaths,
    });
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    throw error;
  }
}

/** Copies the repository. Returns a sentence about what the folder contains, and what is recorded as its origin. */
async function cloned(
  { cloneWorkspace, dataDir }: CommandSources,
  { url, branch }: { url: string; branch?: string },
  folder: string,
  uid: string,
): Promise<{ text: string; from: string }> {
  const repository = { url: url.trim(), ...(branch?.trim() && { branch: branch.trim() }) };
  const copy = await cloneWorkspace(folder, join(dataDir, "cache", uid), repository);
  const at = copy.commit === null ? "which has no commits yet" : `branch ${copy.branch} at ${copy.commit.slice(0, 12)}`;
  const text = `The folder is a copy of ${repository.url}, ${at}.`;
  const isSelf = repository.url === SELF_URL && copy.commit !== null;
  return { text, from: isSelf ? copyOfSelf(copy.commit ?? "") : url };
}

/** Throws UserError when the database is at its limit, or the disk has less than 50 MB left. */
export function refuseFullDisk(sources: CommandSources): void {
  const trouble = sources.store.log.trouble();
  if (trouble) throw new UserError("unavailable", trouble);
  const size = sources.store.queries.status.sizeBytes();
  if (sources.maxDbBytes !== null && size >= sources.maxDbBytes) {
    throw new UserError(
      "unavailable",
      `The database has reached its limit BANYAN_MAX_DB_MB with ${Math.round(size / 1e6)} MB: delete trees, or raise the setting.`,
    );
  }
  const disk = statfsSync(sources.dataDir);
  if (disk.bavail * disk.bsize < 50_000_000) {
    throw new UserError(
      "unavailable",
      `The disk of ${sources.dataDir} has less than 50 MB left: free some space first.`,
    );
  }
}

function capsOf(grant: Partial<Amounts> | undefined): GrantAmounts {
  const amount = (name: string, value: number | null | undefined, scale = 1): number | null => {
    if (value === null || value === undefined) return null;
    const least = name === "depth" ? 0 : Number.MIN_VALUE;
    if (!Number.isFinite(value) || value < least)
      throw new UserError("invalid", `The cap on ${name} cannot be ${value}: give a positive number.`);
    const whole = Math.floor(value * scale + 1e-6);
    if (whole > Number.MAX_SAFE_INTEGER) {
      const most = Math.floor(Number.MAX_SAFE_INTEGER / scale);
      throw new UserError(
        "invalid",
        `The cap on ${name} cannot be ${value}: the maximum is ${most}; leave it out for no cap.`,
      );
    }
    return whole;
  };
  if (!grant) return NO_CAPS;
  return {
    tokens: amount("tokens", grant.tokens),
    microUsd: amount("cost", grant.cost_usd, 1_000_000),
    tasks: amount("tasks", grant.tasks),
    depth: amount("depth", grant.depth),
    seconds: amount("time", grant.seconds),
  };
}

/** Returns a root's assignment: no parent, no predecessors, and not chosen by agent_selector. */
export function rootAssignment(
  of: Pick<Assignment, "instruction" | "title" | "grant" | "workspace" | "criteria" | "stepping" | "fixedShares">,
): Assignment {
  return { ...of, role: "work", purpose: null, depth: 0, chosen: false, dependsOn: [], material: null };
}

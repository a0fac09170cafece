import { statfsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Queries, UserError } from "@/agents/application";
import type { Configuration, RunbookFinder } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import { checkModel } from "@/agents/providers/check-model";
import type { Providers } from "@/agents/providers/providers";
import type { Servers } from "@/agents/servers/servers";
import { idOf } from "@/core/ids";
import { type Assignment, type Entry, type GrantAmounts, type Level, NO_CAPS } from "@/core/log/entries";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { SELECTOR } from "@/core/selection";
import type { Amounts, Submission } from "@/core/shapes/shapes";
import type { LiveBackups } from "@/db/file/live-backup";
import type { Store } from "@/db/store";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { prepareWorkspace } from "@/lib/workspace/prepare";
import type { CloneWorkspace } from "./clone-workspace";

export interface CommandSources {
  store: Store;
  security: Security;
  configuration: Configuration;
  findRunbook: RunbookFinder;
  queries: Pick<Queries, "getTree">;
  dataDir: string;
  /** Folder of the running system's own files. */
  checkout: string;
  providers: Providers;
  priceOf(model: string): number | null;
  now(): number;
  snapshots: SnapshotStore;
  /** Folders below which people who are no admins may name a workspace. */
  workspaceRoots: readonly string[];
  cloneWorkspace: CloneWorkspace;
  /** Started when a command needs one. */
  servers(): Promise<Servers>;
  /** Files of keys: no folder that holds one is a workspace. */
  keyPaths: readonly string[];
  /** Host paths in a folder that nothing of an agent may show or keep. */
  hiddenPathsOf(workspace: string): string[];
  maxDbBytes: number | null;
  /** Absent in a process that is no server. */
  shutDown?(): void;
  backups: LiveBackups;
}

/** A task longer than this belongs in a file of the workspace. */
export const MAX_TASK_BYTES = 1_000_000;
const MOST_PRIORITY = 100;
const DEFAULT_RIGHTS: Level[] = ["read", "write", "network"];

/** Throws UserError with the sentence that says what is wrong; nothing exists then. */
export async function submit(sources: CommandSources, submission: Submission, by: string, uid: string): Promise<void> {
  const { store, configuration } = sources;
  const task = submission.task?.trim() ?? "";
  checkTask(task, submission);
  refuseFullDisk(sources);
  const { agent, runbook, model, choice } = choose(sources, submission, task);
  const caps = withinGrantOf(capsOf(submission.grant), configuration.agentBody(agent));
  if (caps.microUsd !== null && sources.priceOf(model) === null) {
    throw new UserError("invalid", `A money cap needs a price, and ${model} has none: cap its tokens instead.`);
  }
  const priority = priorityOf(submission.priority ?? 0);
  const prepared = workspaceFor(sources, submission.workspace, uid);
  const origin = submission.repository ? await cloned(sources, submission.repository, prepared.root, uid) : [];
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
    isTainted: submission.repository !== undefined,
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
    }),
    events: [...choices, ...origin],
  });
  if (!inserted.ok) {
    throw new UserError(
      "conflict",
      `The tree “${inserted.lockedBy}” works in ${prepared.root}: wait until it has ended, stop it, or name another folder.`,
    );
  }
}

function checkTask(task: string, submission: Submission): void {
  if (!task) throw new UserError("invalid", "The task is empty: say what should be done.");
  if (Buffer.byteLength(task) > MAX_TASK_BYTES) {
    const size = (Buffer.byteLength(task) / 1_000_000).toFixed(1);
    throw new UserError(
      "too_large",
      `The task is ${size} MB long and may be 1 MB: put the material into files of the workspace and name them.`,
    );
  }
  if (submission.agent && submission.runbook) throw new UserError("invalid", "Name an agent or a runbook, not both.");
  if (submission.workspace && submission.repository)
    throw new UserError(
      "invalid",
      "Name a folder or a repository, not both: a repository is copied into a fresh folder.",
    );
}

/** Throws UserError. */
export function checkAgent(configuration: Configuration, name: string): void {
  if (configuration.agents().some((agent) => agent.name === name)) return;
  const known = configuration.agents().map((agent) => agent.name);
  throw new UserError("not_found", `There is no agent ${name}. There are: ${known.join(", ")}.`);
}

/** Throws UserError. */
export function priorityOf(priority: number): number {
  if (Number.isInteger(priority) && Math.abs(priority) <= MOST_PRIORITY) return priority;
  throw new UserError(
    "invalid",
    `The priority is a whole number from -${MOST_PRIORITY} to ${MOST_PRIORITY}, not ${priority}.`,
  );
}

/** `--agent` makes that agent the root, `--runbook` makes `worker` the root; without a language model the host selects. */
function choose(sources: CommandSources, submission: Submission, task: string) {
  const { configuration } = sources;
  const model = submission.model ?? (submission.runbook ? "runbook" : sources.providers.defaultModel());
  checkModel(model);
  if (submission.agent) checkAgent(configuration, submission.agent);
  if (submission.runbook) {
    if (!configuration.runbooks().some((one) => one.name === submission.runbook)) {
      const known = configuration.runbooks().map((one) => one.name);
      throw new UserError("not_found", `There is no runbook ${submission.runbook}. There are: ${known.join(", ")}.`);
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
      choice: { what: "none", why: "No language model is configured and no runbook fits the task." },
    };
  return {
    agent: "worker",
    runbook: found,
    model,
    choice: { what: found, why: "No language model is configured; this runbook's words fit the task." },
  };
}

function workspaceFor(sources: CommandSources, folder: string | undefined, treeId: string) {
  try {
    return prepareWorkspace({
      dataDir: sources.dataDir,
      treeId,
      request: folder ? { folder } : {},
      checkout: sources.checkout,
      keyPaths: sources.keyPaths,
    });
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    throw error;
  }
}

/** Before there is a tree: a repository that cannot be had leaves nothing behind. The entry tells the agents what stands in their folder. */
async function cloned(
  { cloneWorkspace, dataDir }: CommandSources,
  { url, branch }: { url: string; branch?: string },
  folder: string,
  uid: string,
): Promise<Entry[]> {
  const repository = { url: url.trim(), ...(branch?.trim() && { branch: branch.trim() }) };
  try {
    const copy = await cloneWorkspace(folder, join(dataDir, "cache", uid), repository);
    const at =
      copy.commit === null ? "which has no commits yet" : `branch ${copy.branch} at ${copy.commit.slice(0, 12)}`;
    const text = `The folder began as a copy of ${repository.url}, ${at}.`;
    return [{ kind: "event", turn: 0, content: { type: "note", text } }];
  } catch (error) {
    for (const kind of ["workspaces", "cache"]) await rm(join(dataDir, kind, uid), { recursive: true, force: true });
    throw error;
  }
}

/** No new trees when the database is at its limit, or the disk has less than 50 MB left. Throws UserError. */
export function refuseFullDisk(sources: CommandSources): void {
  const trouble = sources.store.log.trouble();
  if (trouble) throw new UserError("unavailable", trouble);
  const size = sources.store.queries.status.sizeBytes();
  if (sources.maxDbBytes !== null && size >= sources.maxDbBytes) {
    throw new UserError(
      "unavailable",
      `The database is ${Math.round(size / 1e6)} MB large and BANYAN_MAX_DB_MB allows no more: delete trees, or raise the setting.`,
    );
  }
  const disk = statfsSync(sources.dataDir);
  if (disk.bavail * disk.bsize < 50_000_000) {
    throw new UserError(
      "unavailable",
      `The disk of ${sources.dataDir} has less than 50 MB left: free some space before new work begins.`,
    );
  }
}

function capsOf(grant: Partial<Amounts> | undefined): GrantAmounts {
  const amount = (name: string, value: number | null | undefined, scale = 1): number | null => {
    if (value === null || value === undefined) return null;
    const least = name === "depth" ? 0 : Number.MIN_VALUE;
    if (!Number.isFinite(value) || value < least)
      throw new UserError("invalid", `The cap on ${name} cannot be ${value}: it is a positive number.`);
    const whole = Math.floor(value * scale + 1e-6);
    if (whole > Number.MAX_SAFE_INTEGER) {
      const most = Math.floor(Number.MAX_SAFE_INTEGER / scale);
      throw new UserError(
        "invalid",
        `The cap on ${name} cannot be ${value}: it is ${most} at most; leave it out for none.`,
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

/** What a root is started with: nobody's subtask, after nobody, and not chosen by agent_selector. */
export function rootAssignment(
  of: Pick<Assignment, "instruction" | "title" | "grant" | "workspace" | "criteria" | "stepping">,
): Assignment {
  return { ...of, role: "work", purpose: null, depth: 0, chosen: false, dependsOn: [], material: null };
}

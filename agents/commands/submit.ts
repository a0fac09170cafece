import { statfsSync } from "node:fs";
import { join } from "node:path";
import { aboutField, insideField, UserError, wrongField } from "@/agents/application";
import { withDefaultCap } from "@/agents/commands/installation/spend-caps";
import type { CommandSources } from "@/agents/commands/world/sources";
import type { Configuration } from "@/agents/configuration/configuration";
import { checkModel, refuseMissing } from "@/agents/providers/check-model";
import type { ServiceWork } from "@/core/goals/service/specify";
import { idOf } from "@/core/ids";
import { armOf, isDrawn, type MemorySettings } from "@/core/lessons/holdout";
import { type GrantAmounts, NO_CAPS } from "@/core/log/amounts";
import type { Assignment, Entry, Level, Setup } from "@/core/log/entries";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { PinnedVersion } from "@/core/log/versions";
import { needsModel } from "@/core/programs/names";
import { repositoryKey } from "@/core/projects/repository";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { SELECTOR } from "@/core/selection";
import type { Amounts } from "@/core/shapes/shapes";
import type { Submission } from "@/core/shapes/submission";
import type { TreeTrial } from "@/db/configuration/trials";
import { CANARY_PERSON } from "@/db/people/canary";
import type { NewTree } from "@/db/trees/trees";
import { forgetGit, rememberGit } from "@/lib/workspace/git-around";
import { goalOf, languageModel, refuseCommitBeside, refuseProtectedBranch } from "./goal";
import { withOwnFolder } from "./workspace/own-folder";
import { placeFor } from "./workspace/place";
import { checksPoolFor, poolFor } from "./workspace/pool";

/** A longer task belongs in a workspace file. */
export const MAX_TASK_BYTES = 1_000_000;
const MOST_PRIORITY = 100;
const DEFAULT_RIGHTS: Level[] = ["read", "write", "network"];

interface SubmitOptions {
  /** A service that the tree's goal makes or changes before its first round. */
  service?: ServiceWork;
  /** Whether words of somebody else stand in the task. Then its root is tainted from the start. */
  isOutside?: boolean;
  /** The span on whose behalf somebody submits it. */
  caller?: string | undefined;
  /** Whether the person may name a folder of the server. Absent: none besides those of the submission, which were checked. */
  mayName?(folder: string): boolean;
}

/** Creates the tree. Throws UserError with one sentence, and then creates nothing. */
export async function submit(
  sources: CommandSources,
  submission: Submission,
  by: string,
  uid: string,
  { service, isOutside = false, caller, mayName = () => false }: SubmitOptions = {},
): Promise<void> {
  const { configuration } = sources;
  const task = submission.task?.trim() ?? "";
  checkTask(task, submission);
  await refuseFullDisk(sources);
  const submitted = goalGiven(sources, submission);
  const given = submitted && service ? { ...submitted, ...service } : submitted;
  const { agent, runbook, model, choice } = choose(sources, submission, task);
  await refuseMissing(sources.models, modelOf(configuration, agent, model));
  const trials = trialsOf(sources, uid, model);
  const caps = capsOfTree(sources, submission, { agent, model, trials });
  const priority = priorityOf(submission.priority ?? 0);
  // The check of a release asks whether this server works.
  const isCanary = by === CANARY_PERSON;
  const pool = isCanary ? null : poolFor(sources.runners, submission, service !== undefined);
  const checksPool = isCanary ? null : checksPoolFor(sources.runners, submission, service !== undefined);
  await withOwnFolder(sources, submission, uid, async () => {
    const { prepared, address, origin, isTainted, git } = await aboutWorkspace(() =>
      placeFor(sources, submission, uid, { runbook, mayName }),
    );
    if (given) refuseProtectedBranch(given, prepared.root, sources.gitBranches);
    const inherited = {
      model,
      rights: submission.rights ?? DEFAULT_RIGHTS,
      ...(submission.confined && { confined: true as const }),
      instruction: task,
      ...(runbook && { runbook }),
      ...(given && memoryOf(uid, sources.store.lessons.settings())),
    };
    const title = (task.split("\n", 1)[0] ?? "").slice(0, 200);
    const choices: Entry[] = choice ? [{ kind: "event", turn: 0, content: { type: "choice", ...choice } }] : [];
    const tree = {
      uid,
      rootUid: idOf(uid, { turn: 0, id: "root" }, "task"),
      title,
      workspace: prepared.root,
      inPlace: !prepared.ownedByBanyan,
      pool,
      checksPool,
      repository: address && repositoryKey(address),
      // It is nobody's work, so it appears in no list, message or figure.
      isSystem: isCanary,
      // A person has to approve what a tainted task sends, even if the policy allows it without asking.
      isTainted: isTainted || isCanary || isOutside,
      priority,
      createdBy: by,
      caps,
      assignment: rootAssignment({
        instruction: task,
        title,
        grant: caps,
        workspace: "shared",
        criteria: submission.criteria?.trim() || null,
        stepping: submission.stepping ?? (given?.mode === "debug" ? "manual" : "automatic"),
        ...(submission.fixed_shares && { fixedShares: true }),
        ...(isOutside && { tainted: true }),
        ...(given && { goal: given }),
      }),
      events: [...choices, ...origin],
    };
    // Before the tree, whose first command may run at once.
    const cacheDir = join(sources.dataDir, "cache", uid);
    if (git && (git.why ?? git.linked) !== null) rememberGit(cacheDir, git);
    const inserted = await insertOnTrial(sources, tree, { trials, agent, inherited, caller });
    if (!inserted.ok) {
      forgetGit(cacheDir);
      throw new UserError(
        "conflict",
        `The tree “${inserted.lockedBy}” works in ${prepared.root}: wait until it has ended, stop it, work in a copy, or choose another folder.`,
        WRONG_WORKSPACE,
      );
    }
  });
}

/** Throws UserError when the submission cannot be right at any time. Creates nothing. */
export function checkSubmission(sources: CommandSources, submission: Submission): void {
  const task = submission.task?.trim() ?? "";
  checkTask(task, submission);
  const { agent, model } = choose(sources, submission, task);
  capsOfTree(sources, submission, { agent, model, trials: [] });
  goalGiven(sources, submission);
  poolFor(sources.runners, submission, false);
  checksPoolFor(sources.runners, submission, false);
  priorityOf(submission.priority ?? 0);
}

/** Inserts the tree. When a trial has ended since its version was chosen, the tree uses what is live now. */
async function insertOnTrial(
  sources: CommandSources,
  tree: Omit<NewTree, "setup" | "trials">,
  given: {
    trials: TreeTrial[];
    agent: string;
    inherited: Parameters<Configuration["setupFor"]>[1];
    caller: string | undefined;
  },
): Promise<{ ok: true } | { ok: false; lockedBy: string }> {
  const { agent, inherited, caller } = given;
  for (let { trials } = given; ; trials = trialsOf(sources, tree.uid, inherited.model)) {
    const setup = sources.configuration.setupFor(agent, { ...inherited, pinned: pinnedBy(trials) });
    const traced = { ...setup, ...(caller !== undefined && { caller }) };
    const inserted = await sources.store.trees.insert({ ...tree, setup: traced, trials });
    if (inserted.ok || "lockedBy" in inserted) return inserted;
  }
}

/**
 * Returns the trials that the new tree takes part in: none while changes by agents are switched off. A tree without a
 * language model says nothing about texts that only such a model reads.
 */
function trialsOf({ store, self }: CommandSources, uid: string, model: string): TreeTrial[] {
  if (self.power.state().off !== null) return [];
  return store.trials.forNewTree(uid).filter(({ kind }) => model !== "runbook" || kind === "runbook");
}

function pinnedBy(trials: readonly TreeTrial[]): PinnedVersion[] {
  return trials.map(({ kind, name, version }) => ({ kind, name, version }));
}

/** Returns the model of the root task: the agent's own, else the one that was chosen. */
function modelOf(configuration: Configuration, agent: string, model: string): string {
  const own = configuration.agents().find((known) => known.name === agent)?.model ?? "inherit";
  return own === "inherit" || needsModel(own) ? model : own;
}

/** Returns the goal of a submission with rounds; null for any other. Throws UserError. */
const goalGiven = (sources: Parameters<typeof goalOf>[0], submission: Submission) =>
  submission.goal?.mode === "single" ? null : insideField("goal", () => goalOf(sources, submission));

function checkTask(task: string, submission: Submission): void {
  if (!task) throw wrongField("task", "The task is empty: say what should be done.");
  if (Buffer.byteLength(task) > MAX_TASK_BYTES) {
    const size = (Buffer.byteLength(task) / 1_000_000).toFixed(1);
    throw aboutField(
      "task",
      new UserError(
        "too_large",
        `The task is ${size} MB long, and 1 MB is the limit: put the material into workspace files and name them.`,
      ),
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
  if (submission.repositories) checkBeside(submission);
}

/** Throws UserError when several repositories cannot be side by side in the tree's folder. */
function checkBeside({ repositories = [], workspace, repository, copy, goal }: Submission): void {
  if (workspace || repository || copy)
    throw wrongField(
      "repositories",
      "Several repositories are copied into a new folder: name no other folder with them.",
    );
  if (repositories.some(({ address }) => address.trim().startsWith("banyan:")))
    throw wrongField(
      "repositories",
      "Banyan's own sources and the sample have a folder of their own: name each alone.",
    );
  insideField("goal", () => refuseCommitBeside(goal?.on_success));
}

/** Throws UserError. */
export function checkAgent(configuration: Configuration, name: string): void {
  if (configuration.agents().some((agent) => agent.name === name)) return;
  const known = configuration.agents().map((agent) => agent.name);
  throw aboutField("agent", new UserError("not_found", `There is no agent ${name}. Agents: ${known.join(", ")}.`));
}

/** Throws UserError. */
export function priorityOf(priority: number): number {
  if (Number.isInteger(priority) && Math.abs(priority) <= MOST_PRIORITY) return priority;
  throw wrongField(
    "priority",
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
  if (submission.goal && submission.goal.mode !== "single")
    return { agent: GOAL_AGENTS.goal, model: languageModel(model), choice: null };
  if (submission.agent) checkAgent(configuration, submission.agent);
  if (submission.runbook) {
    if (!configuration.runbooks().some((runbook) => runbook.name === submission.runbook)) {
      const known = configuration.runbooks().map((runbook) => runbook.name);
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

/** Runs the work. A refusal names the workspace as the wrong field. */
async function aboutWorkspace<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError) || error.refusal) throw error;
    throw new UserError(error.kind, error.message, WRONG_WORKSPACE);
  }
}

/** Throws UserError when the database is at its limit, or the disk has less than 50 MB left. */
export async function refuseFullDisk(sources: CommandSources): Promise<void> {
  const { log, installation } = sources.store;
  // Space may have become free since the last write of this process.
  if (log.trouble() !== null) await installation.proveWrite().catch(() => {});
  const trouble = log.trouble();
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

/** Returns the tree's caps: what is submitted and the agent allows, else the installation's. Throws UserError. */
function capsOfTree(
  sources: CommandSources,
  submission: Submission,
  { agent, model, trials }: { agent: string; model: string; trials: readonly TreeTrial[] },
): GrantAmounts {
  const { configuration } = sources;
  const own = withinGrantOf(capsOf(submission.grant), configuration.agentBody(agent, pinnedBy(trials)));
  return withDefaultCap(sources, own, submission, [...new Set([model, modelOf(configuration, agent, model)])]);
}

function capsOf(grant: Partial<Amounts> | undefined): GrantAmounts {
  const amount = (field: string, name: string, value: number | null | undefined, scale = 1): number | null => {
    if (value === null || value === undefined) return null;
    const least = name === "depth" ? 0 : Number.MIN_VALUE;
    if (!Number.isFinite(value) || value < least)
      throw wrongField(`grant.${field}`, `The cap on ${name} cannot be ${value}: give a positive number.`);
    const whole = Math.floor(value * scale + 1e-6);
    if (whole > Number.MAX_SAFE_INTEGER) {
      const most = Math.floor(Number.MAX_SAFE_INTEGER / scale);
      throw wrongField(
        `grant.${field}`,
        `The cap on ${name} cannot be ${value}: the maximum is ${most}; leave it out for no cap.`,
      );
    }
    return whole;
  };
  if (!grant) return NO_CAPS;
  return {
    tokens: amount("tokens", "tokens", grant.tokens),
    microUsd: amount("cost_usd", "cost", grant.cost_usd, 1_000_000),
    tasks: amount("tasks", "tasks", grant.tasks),
    depth: amount("depth", "depth", grant.depth),
    seconds: amount("seconds", "time", grant.seconds),
  };
}

/** Returns a root's assignment: no parent, no predecessors, and not chosen by agent_selector. */
export function rootAssignment(
  of: Pick<
    Assignment,
    "instruction" | "title" | "grant" | "workspace" | "criteria" | "stepping" | "fixedShares" | "tainted" | "goal"
  >,
): Assignment {
  return { ...of, role: "work", purpose: null, depth: 0, chosen: false, dependsOn: [], material: null };
}

function memoryOf(uid: string, settings: MemorySettings): Pick<Setup, "memory" | "memoryFixed"> {
  return { memory: armOf(uid, settings), ...(!isDrawn(settings) && { memoryFixed: true as const }) };
}

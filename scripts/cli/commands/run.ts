/** `banyan run`: submits a tree and follows it to the end. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { LEVELS, type Level } from "@/core/log/entries";
import type { Amounts, Tree } from "@/core/shapes/shapes";
import type { Submission } from "@/core/shapes/submission";
import { startCommand } from "@/lib/places";
import { type ActingApplication, type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { watchWorkers } from "@/scripts/cli/context/live-workers";
import { readText } from "@/scripts/cli/context/task-text";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { short } from "@/scripts/cli/print/words";
import { seedInstallation } from "@/seeds/apply";
import { follow } from "./follow";

export async function run(context: Context, [task]: (string | undefined)[], flags: Flags): Promise<number> {
  const options = submissionOf(context, flags);
  return submitAndFollow(context, { ...options, task: await readText("task", task) }, flags);
}

/** Submits a tree, and follows it unless `--detach` is given. Resolves with the exit status. */
export function submitAndFollow(context: Context, submission: Submission, flags: Flags): Promise<number> {
  return startAndFollow(context, submission, flags, ({ application }) => application.commands.submitTree(submission));
}

/** Starts a tree in another way than by a submission alone, and follows it as `submitAndFollow` does. */
export async function startAndFollow(
  context: Context,
  chosen: Pick<Submission, "model" | "runbook">,
  flags: Flags,
  start: (acting: ActingApplication) => Promise<Tree>,
): Promise<number> {
  makeDataFolder(context);
  return withActing(
    context,
    async (acting) => {
      // A server seeds when it starts. Without a server, this command may be the first to need the agents.
      if (!watchWorkers(acting.store).isLive()) await seedInstallation(acting.store, join(context.program, "seeds"));
      const tree = await start(acting);
      // Printed only after the submission is accepted, so that a refusal stays one sentence.
      warnOfModel(acting, chosen);
      if (tree.git_off) warn(tree.git_off);
      return flags.detach ? detach(context, acting, tree) : follow(context, acting, tree.id);
    },
    { migrate: true },
  );
}

/** Says when the model of the task is about to be retired, or when its limits are not known. */
function warnOfModel(
  { models, providers }: ActingApplication,
  { model, runbook }: Pick<Submission, "model" | "runbook">,
): void {
  if (runbook) return;
  const { kind, sentence } = models.standingOf(model ?? providers.defaultModel());
  // Submitting refuses a missing model with the same sentence.
  if (sentence && kind !== "missing") warn(sentence);
}

function makeDataFolder({ settings }: Context): void {
  try {
    mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UsageError(
      `Cannot create the data folder ${settings.dataDir} (${(error as Error).message}): choose another with --data or BANYAN_DATA_DIR.`,
    );
  }
}

/** Prints the tree's id and leaves the tree to the workers of this database. */
export function detach(context: Context, acting: ActingApplication, tree: Tree): number {
  if (context.json) printJson(tree);
  else print(`Tree ${tree.id}`);
  if (tree.ended_at === null && !watchWorkers(acting.store).isLive()) {
    warn(
      `No worker is running: start the server with \`${startCommand()}\`, or run the tree here with: npx banyan resume ${short(tree.id)}`,
    );
  }
  return 0;
}

function rightsOf(list: string | undefined): Level[] | undefined {
  if (list === undefined) return undefined;
  const names = list.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !LEVELS.some((level) => level === name));
  if (wrong !== undefined) throw new UsageError(`--rights cannot contain "${wrong}": use any of ${LEVELS.join(", ")}.`);
  return LEVELS.filter((level) => names.includes(level));
}

/** Returns the submission of the flags, without its task. Throws UsageError. */
export function submissionOf(context: Context, flags: Flags): Omit<Submission, "task"> {
  const text = (name: string) => textFlag(flags, name);
  const folder = text("workspace");
  const stepping = text("stepping");
  if (stepping !== undefined && stepping !== "manual" && stepping !== "automatic")
    throw new UsageError(`--stepping cannot be "${stepping}": use manual or automatic.`);
  const priority = numberFlag(flags, "priority", { whole: true, least: -100, most: 100 });
  const grant = grantOf(flags);
  const submission = {
    agent: text("agent"),
    runbook: text("runbook"),
    model: text("model"),
    project: text("project"),
    workspace: folder === undefined ? undefined : folderAt(context.cwd, folder),
    copy: copyOf(flags.copy === true, folder ?? text("project")),
    repository: repositoryOf(text("repository"), text("branch")),
    pool: flags.pool === false ? null : text("pool"),
    checks_pool: text("checksPool"),
    priority,
    rights: rightsOf(text("rights")),
    confined: flags.confined === true ? true : undefined,
    fixed_shares: flags.fixedShares === true ? true : undefined,
    stepping,
    grant,
  };
  const given = Object.entries(submission).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Omit<Submission, "task">;
}

function copyOf(isCopy: boolean, place: string | undefined): true | undefined {
  if (isCopy && place === undefined)
    throw new UsageError("--copy needs --workspace with the folder to copy, or --project.");
  return isCopy || undefined;
}

function repositoryOf(url: string | undefined, branch: string | undefined): Submission["repository"] {
  if (url !== undefined) return { url, ...(branch && { branch }) };
  if (branch !== undefined) throw new UsageError("--branch needs --repository with the repository's URL.");
  return undefined;
}

function folderAt(cwd: string, folder: string): string {
  if (!folder.trim()) throw new UsageError("--workspace is empty: name a folder, or omit the flag for a new one.");
  return resolve(cwd, folder);
}

function grantOf(flags: Flags): Partial<Amounts> | undefined {
  const minutes = numberFlag(flags, "maxMinutes", { least: 0 });
  const grant: Record<keyof Amounts, number | null | undefined> = {
    // `none` declines the cap that a tree gets by default.
    cost_usd: flags.maxCostUsd === "none" ? null : numberFlag(flags, "maxCostUsd", { least: 0 }),
    tokens: numberFlag(flags, "maxTokens", { whole: true, least: 1 }),
    depth: numberFlag(flags, "maxDepth", { whole: true, least: 0 }),
    tasks: numberFlag(flags, "maxTasks", { whole: true, least: 1 }),
    seconds: minutes === undefined ? undefined : minutes * 60,
  };
  const caps = Object.entries(grant).filter(([, value]) => value !== undefined);
  return caps.length > 0 ? Object.fromEntries(caps) : undefined;
}

/**
 * One promotion from its files to its end. Its state says which step is next, so a kill, or everything being paused,
 * repeats the step that it cut off, and no other: commands of targets say which version a target has, and have to be
 * repeatable.
 */
import { existsSync, mkdirSync } from "node:fs";
import { UserError } from "@/agents/application";
import { redactedLog } from "@/agents/environments/bring-up";
import { prepare } from "@/agents/environments/prepare";
import type { UntilHalt } from "@/agents/environments/until-halt";
import type { Infrastructure } from "@/core/shapes/environments/infrastructure";
import { infrastructureFault } from "@/core/words/environments/infrastructure";
import { formerVersion } from "@/core/words/environments/promotions";
import type { StoredProject } from "@/db/projects/projects";
import type { StoredPromotion, StoredTarget } from "@/db/promotions/promotions";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";
import { contractBetween } from "./contract";
import { readInfrastructure } from "./infrastructure";
import { keepPlan } from "./plan-text";
import { runCommand } from "./run-command";
import { foldersOf, type PromotionSources } from "./sources";

interface Step {
  sources: PromotionSources;
  promotion: StoredPromotion;
  project: StoredProject;
  target: StoredTarget;
  signal: AbortSignal;
  requireNoHalt(): void;
  requireLead(): void;
  say(text: string): void;
  /** Called with what the command itself prints, beside `say`. */
  hear?(text: string): void;
}

/** Does the next step of a promotion that is not settled and waits for nobody. Throws UserError or WorkspaceError. */
export async function step(
  { sources, signal, isHalted, requireNoHalt }: UntilHalt<PromotionSources>,
  promotion: StoredPromotion,
  project: StoredProject,
  requireLead: () => void,
): Promise<void> {
  const target = sources.store.promotions.targets(project.name).find(({ id }) => id === promotion.targetId);
  if (target === undefined) return;
  const log = redactedLog(sources, foldersOf(sources.dataDir, promotion.uid).log);
  const given: Step = { sources, promotion, project, target, signal, requireNoHalt, requireLead, say: log.append };
  try {
    if (promotion.state === "preparing") await begin(given);
    else if (promotion.state === "planning") await plan(given);
    else if (promotion.state === "deploying") await deploy(given);
    else if (promotion.state === "smoking") await smoke(given);
    else if (promotion.state === "taking_back") await takeBack(given);
  } catch (error) {
    // Also when the step is tried again, which its state does not show.
    if (isHalted()) given.say("Everything was paused: this step was ended, and begins again after the resume.\n");
    else if (error instanceof Error && !signal.aborted) given.say(`${error.message}\n`);
    throw error;
  } finally {
    log.end();
  }
}

async function begin(given: Step): Promise<void> {
  const { sources, promotion, target } = given;
  const { promotions } = sources.store;
  const current = promotions.current(target.id);
  // A version that may be there has failed, so the one before it would come back.
  const former = current && (current.commit ?? current.former);
  let infrastructure: Infrastructure | null = null;
  try {
    const commit = await filesOf(given, "files", promotion.commit, async (written, files) => {
      given.requireNoHalt();
      infrastructure = await readInfrastructure(sources, { files, signal: given.signal, say: given.say });
      const fault = infrastructure && infrastructureFault(infrastructure);
      // What was there before may come back with its faults: nobody waits for a repair while the target is down.
      if (fault !== null && promotion.kind === "promote") throw new FaultyFiles(fault, written);
    });
    const contract = former === null ? null : await contractSince(given, { former, commit });
    const state = target.plan === null ? "asked" : "planning";
    await promotions.set(promotion, { state, commit, former, contract, infrastructure });
  } catch (error) {
    if (!(error instanceof FaultyFiles)) throw error;
    const why = sources.security.redactor.redact(error.message);
    await promotions.set(promotion, { state: "failed", why, commit: error.commit, former, infrastructure });
  }
}

/** Ends the preparing before anything of the commit runs. */
class FaultyFiles extends Error {
  constructor(
    message: string,
    readonly commit: string,
  ) {
    super(message);
  }
}

/** Whoever approves reads which clients break at the target. */
async function contractSince(given: Step, commits: { former: string; commit: string }) {
  const { sources, promotion, signal } = given;
  const { scratch } = foldersOf(sources.dataDir, promotion.uid);
  mkdirSync(scratch, { recursive: true });
  try {
    return await sources.openRepository(placeOf(given, commits.commit), { dir: scratch, signal }, ({ gitDir }) =>
      contractBetween(gitDir, commits, signal),
    );
  } finally {
    await removeTree(scratch);
  }
}

/** The plan is what a person approves. Without one they approve the commit. */
async function plan(given: Step): Promise<void> {
  const { sources, promotion, target } = given;
  const kept = keepPlan();
  const redacted = sources.security.redactor.redactStream();
  const hear = (text: string) => kept.add(redacted.push(text));
  const fault = await run({ ...given, hear }, target.plan ?? "true");
  kept.add(redacted.end());
  const shown = kept.end();
  if (fault === null) await sources.store.promotions.set(promotion, { state: "asked", plan: shown });
  else await settle(given, "failed", `The plan of ${target.name} ${fault}. Nothing was changed there.`, shown);
}

async function deploy(given: Step): Promise<void> {
  const { sources, promotion, target } = given;
  const fault = await run(given, target.deploy);
  const { promotions } = sources.store;
  if (fault === null) await promotions.set(promotion, { state: "smoking" });
  else await promotions.set(promotion, { state: "taking_back", why: `The command that deploys ${fault}.` });
}

async function smoke(given: Step): Promise<void> {
  const { sources, promotion, target } = given;
  const fault = target.smoke === null ? null : await run(given, target.smoke);
  const { promotions } = sources.store;
  if (fault !== null) await promotions.set(promotion, { state: "taking_back", why: `The smoke test ${fault}.` });
  else
    await settle(given, "done", target.smoke === null ? "No smoke test is set, so nothing shows that it works." : null);
}

/** Brings the former version back, and shows that it works. */
async function takeBack(given: Step): Promise<void> {
  const { promotion, target } = given;
  const { former } = promotion;
  const why = promotion.why ?? "";
  if (former === null && target.rollback === null)
    return settle(given, "failed", `${why} Nothing of Banyan's was there before, so nothing could be brought back.`);
  const returned =
    target.rollback === null ? await deployFormer(given, former ?? "") : await run(given, target.rollback);
  const back = formerWords(promotion);
  if (returned !== null)
    return settle(given, "failed", `${why} ${back} did not come back either: its command ${returned}.`);
  const fault = target.smoke === null ? null : await smokeFormer(given, target.smoke);
  if (fault !== null) return settle(given, "failed", `${why} ${back} was brought back, but its smoke test ${fault}.`);
  await settle(given, "taken_back", `${why} ${back} is back${target.smoke === null ? "" : " and passes it"}.`);
}

/** Begins a sentence about what a target had before. */
export function formerWords({ former }: Pick<StoredPromotion, "former">): string {
  const words = formerVersion({ former });
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** The former version passes the test that it has itself: that of the new one may ask for what came with it. */
async function smokeFormer(given: Step, command: string): Promise<string | null> {
  const { former } = given.promotion;
  if (former === null) return run(given, command);
  try {
    return await run(given, command, former, "former");
  } catch (error) {
    // It is back all the same, which whoever looks after the target has to hear.
    if (given.signal.aborted || !(error instanceof UserError || error instanceof WorkspaceError)) throw error;
    return `could not run: ${given.sources.security.redactor.redact(error.message).replace(/\.$/, "")}`;
  }
}

async function deployFormer(given: Step, former: string): Promise<string | null> {
  await filesOf(given, "former", former);
  return run(given, given.target.deploy, former, "former");
}

/** Runs a command of the target in the files of the promotion. */
async function run(
  given: Step,
  command: string,
  version?: string,
  where: "files" | "former" = "files",
): Promise<string | null> {
  const { sources, promotion, target, signal, requireNoHalt, requireLead, say, hear } = given;
  const { commit } = promotion;
  if (commit === null) throw new UserError("conflict", "This promotion has no files.");
  const { [where]: files } = foldersOf(sources.dataDir, promotion.uid);
  // A kill may have come while they were removed.
  if (!existsSync(files)) await filesOf(given, where, version ?? commit);
  requireNoHalt();
  say(`$ ${command}\n`);
  return runCommand(sources, {
    command,
    files,
    target,
    // The commit itself says what its plan does, and nobody has approved it yet.
    secrets: promotion.state === "planning" ? target.plan_secrets : target.secrets,
    commit: version ?? commit,
    former: promotion.former,
    promotion,
    signal,
    requireLead,
    say(text) {
      say(text);
      hear?.(text);
    },
  });
}

function filesOf(
  given: Step,
  where: "files" | "former",
  commit: string | null,
  written?: (commit: string, folder: string) => Promise<void>,
): Promise<string> {
  const { sources, promotion, project, signal, say } = given;
  const folders = foldersOf(sources.dataDir, promotion.uid);
  return prepare(sources, {
    files: folders[where],
    scratch: folders.scratch,
    place: placeOf(given, commit ?? undefined),
    setup: project.setup,
    signal,
    say,
    ...(written && { written }),
  });
}

function placeOf({ promotion, project }: Step, commit?: string) {
  return { address: project.address, branch: promotion.branch ?? project.branch, commit };
}

async function settle(
  { sources, promotion }: Step,
  state: "done" | "taken_back" | "failed",
  why: string | null,
  plan?: string,
): Promise<void> {
  await sources.store.promotions.set(promotion, { state, why, ...(plan !== undefined && { plan }) });
}

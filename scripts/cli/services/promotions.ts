/**
 * `service target`, `service promote`, `service rollback` and `service promotions`: how commits of a project go to
 * production.
 */
import { createIds } from "@/agents/queries/queries";
import { type Promotion, type PromotionsOfProject, SETTLED } from "@/core/shapes/environments/promotions";
import { infrastructureLines } from "@/core/words/environments/infrastructure";
import { contractSentence, promotionLine, targetLine } from "@/core/words/environments/promotions";
import { plural } from "@/core/words/figures";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import {
  type ActingApplication,
  type Context,
  type Flags,
  withActing,
  withReadRuntimeEvenNew,
} from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { INTERRUPTED, listenForInterrupt, needsReader } from "@/scripts/cli/context/interrupt";
import { needServer } from "@/scripts/cli/context/live-workers";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { settingsIn } from "./settings";
import { printLog } from "./whole-log";

const PAUSE_MS = 300;
/** What can be done with one promotion. */
const DECISIONS: readonly string[] = ["approve", "reject", "stop", "log"];

/** Sets how commits go to a target; `--remove` removes it. */
export function target(context: Context, [project, name]: Arguments, flags: Flags): Promise<number> {
  if (!project) throw new UsageError("Say of which project: npx banyan service target PROJECT NAME --deploy COMMAND.");
  if (!name && Object.keys(flags).some((flag) => flag !== "json" && flag !== "data"))
    throw new UsageError(`Name the target: npx banyan service target ${project} NAME --deploy "make deploy".`);
  if (!name) return list(context, project);
  if (flags.remove === true)
    return act(context, ({ application: { commands } }) => commands.setTarget({ id: project, name, deploy: null }));
  const deploy = textFlag(flags, "deploy");
  if (deploy === undefined)
    throw new UsageError(`Say what deploys: npx banyan service target ${project} ${name} --deploy "make deploy".`);
  const [plan, smoke, rollback] = [textFlag(flags, "plan"), textFlag(flags, "smoke"), textFlag(flags, "rollback")];
  const given = {
    id: project,
    name,
    deploy,
    ...(plan !== undefined && { plan }),
    ...(smoke !== undefined && { smoke }),
    ...(rollback !== undefined && { rollback }),
    secrets: settingsIn(flags.secret, "--secret", "TOKEN=shop.token"),
    plan_secrets: settingsIn(flags.planSecret, "--plan-secret", "TOKEN=shop.reader"),
    hosts: Array.isArray(flags.host) ? [...(flags.host as readonly string[])] : [],
  };
  return act(context, ({ application: { commands } }) => commands.setTarget(given));
}

/** Asks for a commit to go to a target, and follows it until it waits for a person or has ended. */
export function promote(context: Context, [project]: Arguments, flags: Flags): Promise<number> {
  const { id, to } = placeIn(project, flags, "promote");
  const [branch, commit] = [textFlag(flags, "branch"), textFlag(flags, "commit")];
  const given = { id, target: to, ...(branch !== undefined && { branch }), ...(commit !== undefined && { commit }) };
  return asked(context, id, ({ application: { commands } }) => commands.promote(given));
}

export function rollback(context: Context, [project]: Arguments, flags: Flags): Promise<number> {
  const { id, to } = placeIn(project, flags, "rollback");
  return asked(context, id, ({ application: { commands } }) => commands.rollback({ id, target: to }));
}

/** Lists promotions, or decides one: `approve ID`, `reject ID`, `stop ID`, `log ID`. */
export function promotions(context: Context, [what, id]: Arguments, flags: Flags): Promise<number> {
  if (what !== undefined && DECISIONS.includes(what) !== (id !== undefined))
    throw new UsageError(
      id === undefined
        ? `Say which: npx banyan service promotions ${what} ID. \`npx banyan service promotions PROJECT\` lists them.`
        : `There is no \`banyan service promotions ${oneLine(what)} ID\`: use ${DECISIONS.join(", ")}.`,
    );
  if (what === "log" && id) return log(context, id);
  if (what === "reject" && id) {
    const reason = textFlag(flags, "reason");
    return act(context, ({ application: { commands } }) =>
      commands.rejectPromotion({ id, ...(reason !== undefined && { reason }) }),
    );
  }
  if ((what === "approve" || what === "stop") && id)
    return withActing(context, async (acting) => {
      const whole = createIds(acting.store).promotion(id);
      const { approvePromotion, stopPromotion } = acting.application.commands;
      const { sentence } = await (what === "stop" ? stopPromotion : approvePromotion)({ id: whole });
      if (!context.json) print(sentence);
      needServer(acting.store, "go on with it");
      const project = acting.store.promotions.get(whole)?.project ?? "";
      return follow(context, acting, project, whole);
    });
  if (!what)
    throw new UsageError(
      "Say of which project: npx banyan service promotions PROJECT, or approve ID, reject ID, stop ID, log ID.",
    );
  return list(context, what);
}

function placeIn(project: string | undefined, flags: Flags, verb: string): { id: string; to: string } {
  const to = textFlag(flags, "to");
  if (!project || to === undefined)
    throw new UsageError(`Say which project and where: npx banyan service ${verb} PROJECT --to production.`);
  return { id: project, to };
}

async function asked(
  context: Context,
  project: string,
  ask: (acting: ActingApplication) => Promise<{ sentence: string; promotion: string }>,
): Promise<number> {
  return withActing(context, async (acting) => {
    const { sentence, promotion } = await ask(acting);
    if (!context.json) print(sentence);
    needServer(acting.store, "go on with it");
    return follow(context, acting, project, promotion);
  });
}

async function one({ queries }: Pick<ActingApplication, "queries">, project: string, id: string): Promise<Promotion> {
  const { promotions: all } = await queries.listPromotions(project);
  const found = all.find((promotion) => promotion.id === id);
  if (found === undefined) throw new UsageError("The promotion was removed meanwhile.");
  return found;
}

/** Resolves with 3 when it waits for a person, 0 when it is done, 1 when it failed or was taken back. */
async function follow(context: Context, acting: ActingApplication, project: string, id: string): Promise<number> {
  needsReader();
  const interrupt = listenForInterrupt();
  let told = "";
  try {
    for (;;) {
      const now = await one(acting, project, id);
      const line = promotionLine(now);
      if (line !== told && !context.json) print(clean(line));
      told = line;
      if (now.state === "asked" || SETTLED.includes(now.state)) return conclude(context, now);
      if (interrupt.isRequested()) {
        warn(`Interrupted. The server goes on with it: see \`npx banyan service promotions ${project}\`.`);
        return INTERRUPTED;
      }
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  } finally {
    interrupt.close();
  }
}

function conclude(context: Context, now: Promotion): number {
  if (context.json) printJson(now);
  else if (now.state === "asked") {
    const changed = contractSentence(now.contract, now.target);
    if (changed !== null) print(clean(changed));
    for (const one of now.contract?.breaking ?? []) print(clean(`  ${one}`));
    for (const line of now.infrastructure === null ? [] : infrastructureLines(now.infrastructure)) print(clean(line));
    if (now.plan !== null) print(clean(now.plan));
    print(`It waits for a person: npx banyan service promotions approve ${now.id}`);
  } else if (now.state === "failed") print(`Its log: npx banyan service promotions log ${now.id}`);
  if (now.state === "asked") return 3;
  return now.state === "done" ? 0 : 1;
}

function list(context: Context, project: string): Promise<number> {
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const found = await queries.listPromotions(project);
    if (context.json) printJson(found);
    else show(project, found);
    return 0;
  });
}

function show(project: string, { targets, promotions, promotions_total: total }: PromotionsOfProject): void {
  if (targets.length === 0)
    print(
      `${oneLine(project)} has no targets: an admin sets one with \`npx banyan service target ${project} NAME --deploy COMMAND\`.`,
    );
  for (const one of targets) print(clean(targetLine(one)));
  for (const one of promotions) print(clean(`  ${one.id}  ${promotionLine(one)}`));
  const more = total - promotions.length;
  if (more > 0) print(`  ${plural(more, "older settled promotion")} ${more === 1 ? "is" : "are"} not listed.`);
}

function log(context: Context, id: string): Promise<number> {
  return withReadRuntimeEvenNew(context, ({ queries }) =>
    printLog(context, (after) => queries.getPromotionLog(id, after)),
  );
}

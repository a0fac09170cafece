/** `service env`: environments of projects, which the server keeps. */
import { checksHold, type Environment, type EnvironmentChecks } from "@/core/shapes/environments/environments";
import { checkLines, environmentLine, isSettled } from "@/core/words/environments/environments";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withActing, withReadRuntimeEvenNew } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { INTERRUPTED, listenForInterrupt, needsReader } from "@/scripts/cli/context/interrupt";
import { needServer } from "@/scripts/cli/context/live-workers";
import { runningAt } from "@/scripts/cli/context/running-server";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { settingsIn } from "./settings";
import { printLog } from "./whole-log";

const VERBS = ["up", "down", "list", "restart", "check", "log"] as const;
const PAUSE_MS = 300;

export function environment(context: Context, [verb, target]: Arguments, flags: Flags): Promise<number> {
  if (verb === undefined || verb === "list") return list(context, target);
  if (!VERBS.some((known) => known === verb))
    throw new UsageError(`There is no \`banyan service env ${oneLine(verb)}\`: use ${VERBS.join(", ")}.`);
  if (verb === "up") return up(context, target, flags);
  if (target === undefined)
    throw new UsageError(`Say which: npx banyan service env ${verb} NAME. \`npx banyan service env list\` lists them.`);
  if (verb === "log") return log(context, target);
  if (verb === "check") return check(context, target, flags);
  return act(
    context,
    ({ application: { commands } }) =>
      verb === "down" ? commands.endEnvironment({ id: target }) : commands.restartEnvironment({ id: target }),
    { needsWorker: true },
  );
}

/** Makes it, and waits until it runs or has failed. */
async function up(context: Context, project: string | undefined, flags: Flags): Promise<number> {
  if (project === undefined)
    throw new UsageError("Say of which project: npx banyan service env up PROJECT. `npx banyan project` lists them.");
  const [name, branch, command] = [textFlag(flags, "name"), textFlag(flags, "branch"), textFlag(flags, "command")];
  const keep_days = numberFlag(flags, "keep", { whole: true, least: 1 });
  const variables = settingsIn(flags.env, "--env", "API_KEYS=choose-a-key");
  const secrets = settingsIn(flags.secret, "--secret", "API_KEYS=shop.keys");
  const given = {
    id: project,
    ...(name !== undefined && { name }),
    ...(branch !== undefined && { branch }),
    ...(command !== undefined && { command }),
    ...(keep_days !== undefined && { keep_days }),
    // An environment that is there keeps what is not named.
    ...(Object.keys(variables).length > 0 && { variables }),
    ...(Object.keys(secrets).length > 0 && { secrets }),
  };
  return withActing(context, async ({ application, queries, store }) => {
    const { id, sentence } = await application.commands.bringUpEnvironment(given);
    if (!context.json) print(sentence);
    needServer(store, "bring it up");
    return follow(context, () => queries.getEnvironment(id));
  });
}

async function follow(context: Context, read: () => Promise<Environment>): Promise<number> {
  needsReader();
  const interrupt = listenForInterrupt();
  let told = "";
  try {
    for (;;) {
      const now = await read();
      const line = environmentLine(now);
      if (line !== told && !context.json) print(clean(line));
      told = line;
      if (isSettled(now)) return conclude(context, now);
      if (interrupt.isRequested()) {
        warn("Interrupted. The server goes on with it: see `npx banyan service env list`.");
        return INTERRUPTED;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    interrupt.close();
  }
}

function conclude(context: Context, now: Environment): number {
  if (context.json) printJson(now);
  else if (now.state === "failed") print(`See its log: npx banyan service env log ${now.project}/${now.name}`);
  else print(`Open it: ${addressOf(context, now)}`);
  return now.state === "failed" ? 1 : 0;
}

/** Checks it, and waits for what is found. */
async function check(context: Context, target: string, flags: Flags): Promise<number> {
  const requests = numberFlag(flags, "requests", { whole: true, least: 1 });
  const path = textFlag(flags, "load");
  const connections = numberFlag(flags, "connections", { whole: true, least: 1 });
  const seconds = numberFlag(flags, "seconds", { whole: true, least: 1 });
  const p95_ms = numberFlag(flags, "p95", { whole: true, least: 1 });
  const more = {
    ...(connections !== undefined && { connections }),
    ...(seconds !== undefined && { seconds }),
    ...(p95_ms !== undefined && { p95_ms }),
  };
  if (path === undefined && Object.keys(more).length > 0)
    throw new UsageError("Say which path is loaded: --load /reports.");
  const given = { ...(requests !== undefined && { requests }), ...(path !== undefined && { load: { path, ...more } }) };
  needsReader();
  return withActing(context, async ({ application, queries, store }) => {
    const { sentence } = await application.commands.checkEnvironment({ id: target, ...given });
    if (!context.json) print(sentence);
    needServer(store, "check it");
    const checks = await checked(() => queries.getEnvironment(target));
    if (checks === "interrupted") return INTERRUPTED;
    if (context.json) printJson(checks);
    else for (const line of checkLines(checks)) print(clean(line));
    return checksHold(checks) ? 0 : 1;
  });
}

async function checked(read: () => Promise<Environment>): Promise<EnvironmentChecks | "interrupted"> {
  const interrupt = listenForInterrupt();
  try {
    for (;;) {
      const { is_checking, checks } = await read();
      if (!is_checking && checks !== null) return checks;
      if (interrupt.isRequested()) return "interrupted";
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    interrupt.close();
  }
}

function list(context: Context, project: string | undefined): Promise<number> {
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const found = await queries.listEnvironments(project);
    if (context.json) printJson(found);
    else if (found.items.length === 0)
      print(`There are no environments: make one with \`npx banyan service env up ${project ?? "PROJECT"}\`.`);
    for (const one of context.json ? [] : found.items) {
      print(clean(`${one.project}/${environmentLine(one)}`));
      print(
        `      ${addressOf(context, one)}; ends ${one.ends_at.slice(0, 16).replace("T", " ")} UTC unless it is used`,
      );
    }
    return 0;
  });
}

function log(context: Context, id: string): Promise<number> {
  return withReadRuntimeEvenNew(context, ({ queries }) =>
    printLog(context, (after) => queries.getEnvironmentLog(id, after)),
  );
}

function addressOf({ settings }: Context, { open }: Environment): string {
  return `${settings.publicUrl ?? runningAt(settings.dataDir) ?? "(when the server runs) "}${open}`;
}

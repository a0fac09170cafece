/** `demo`: Banyan at work without a key. A scripted model and a server of its own, which end and vanish with Ctrl-C. */
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { testTerminal } from "@/agents/boot/read-runtime";
import { LINK_VALID_MS, signInLink } from "@/lib/auth/auth";
import { readSettings } from "@/lib/env";
import { SCRIPTED_MODEL, startScriptedModel } from "@/lib/models/scripted-model";
import { signInCommand } from "@/lib/places";
import { type ActingApplication, type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { numberFlag } from "@/scripts/cli/context/flags";
import { listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { print, printJsonLine, UsageError, warn } from "@/scripts/cli/print/output";
import { makeRepositories } from "./repositories";
import { demoScript, finishedTrees, liveTree } from "./script";
import { type DemoServer, demoEnvironment, type Keeper, startDemoServer, startKeeper, untilAborted } from "./server";

const PACE_MS = 1_200;
const LOOK_MS = 250;

export async function demo(context: Context, _: unknown, flags: Flags): Promise<number> {
  const paceMs = numberFlag(flags, "pace", { whole: true, least: 0, most: 60_000, orZero: true }) ?? PACE_MS;
  const named = flags.data === undefined ? null : newFolder(context.settings.dataDir);
  const folder = named ?? mkdtempSync(join(tmpdir(), "banyan-demo-"));
  const interrupt = listenForInterrupt();
  const stopping = new AbortController();
  interrupt.onRequest(() => stopping.abort());
  const keeper = startKeeper(context, named === null ? folder : null);
  try {
    await show({ context, folder, isKept: named !== null, paceMs, keeper }, stopping.signal);
  } finally {
    await keeper.end();
    interrupt.close();
  }
  return 0;
}

interface Stage {
  context: Context;
  folder: string;
  isKept: boolean;
  paceMs: number;
  keeper: Keeper;
}

/** Resolves when `signal` aborts. */
async function show({ context, folder, isKept, paceMs, keeper }: Stage, signal: AbortSignal): Promise<void> {
  const { available: hasSandbox } = await testTerminal();
  if (!hasSandbox)
    warn("There is no sandbox here, so the demo runs no commands and has no goal. See `npx banyan doctor`.");
  const repositories = makeRepositories(folder);
  const model = await startScriptedModel(demoScript({ paceMs, hasSandbox }));
  try {
    const env = await demoEnvironment(context, { folder, modelUrl: model.url, model: SCRIPTED_MODEL });
    const server = await startDemoServer(context, { env, keeper, signal });
    if (!server) return;
    const own = { ...context, settings: readSettings(env, context.checkout) };
    await withActing(own, async (acting) => {
      const { commands } = acting.application;
      await commands.setToolPolicy({ id: "edit_file", policy: "ask" });
      for (const tree of finishedTrees(repositories, hasSandbox)) await commands.submitTree(tree);
      if (context.json) printJsonLine({ url: server.url, link: server.link, data: own.settings.dataDir });
      else printGuide(server.link, signInCommand(context, own.settings), isKept ? folder : null);
      const hasVisitor = await untilVisited(context, acting, server, signal);
      if (hasVisitor) await commands.submitTree(liveTree(repositories));
    });
    await Promise.race([server.ended, untilAborted(signal)]);
    if (!signal.aborted) throw new UsageError("The demo's server has ended by itself.");
  } finally {
    // Turns that still run may ask the model.
    await keeper.end();
    await model.close();
  }
}

function printGuide(link: string, newLink: string, folder: string | null): void {
  const kept = folder ? `Everything is in ${folder} and stays there.` : "Everything is removed at the end.";
  print(
    [
      `Open the demo and press “Sign in”:  ${link}`,
      "1. On Home, open “Add discount codes”, which begins when you sign in: it plans, starts subtasks and runs tests.",
      "2. Approve the edit of cart.js when Review asks. Then open the result, and Files to see the change.",
      `3. Look at the finished trees. The model is a script: it costs nothing and solves nothing else. ${kept} Ctrl-C ends the demo.`,
      `For a new link, as for another browser, run in another terminal:  ${newLink}`,
    ].join("\n"),
  );
}

/** Resolves with true when somebody has signed in. Each link is valid for minutes, so a new one replaces it before. */
async function untilVisited(
  context: Context,
  { store, application: { commands } }: ActingApplication,
  server: DemoServer,
  signal: AbortSignal,
): Promise<boolean> {
  let linkedMs = Date.now();
  const hasEnded = server.ended.then(() => true);
  while (!signal.aborted) {
    if (store.people.hasSession()) return true;
    if (Date.now() - linkedMs > LINK_VALID_MS * 0.9) {
      linkedMs = Date.now();
      const { token } = await commands.createSignInLink();
      const link = signInLink(server.url, token);
      if (context.json) printJsonLine({ url: server.url, link });
      else print(`A new link, because the last one is about to expire:  ${link}`);
    }
    if (await Promise.race([hasEnded, sleep(LOOK_MS, false)])) return false;
  }
  return false;
}

/** The demo never adds to data that exists. */
function newFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0)
    throw new UsageError(`The folder ${folder} is not empty: name a new folder with --data, or leave --data out.`);
  return folder;
}

/** `evolve`: begins a run of an evolution and follows it, or acts on the evolution of a project. */
import { join, resolve } from "node:path";
import type { EvolutionRules } from "@/core/shapes/evolution";
import { rulesShown } from "@/core/words/insights/evolve";
import { startCommand } from "@/lib/places";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import {
  type ActingApplication,
  type Context,
  type Flags,
  withActing,
  withReadRuntime,
} from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { freeDeadWorkers, watchWorkers } from "@/scripts/cli/context/live-workers";
import { goalFields } from "@/scripts/cli/goals/goal";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { seedInstallation } from "@/seeds/apply";
import { followRun } from "./follow";
import { statusLines } from "./lines";

type Verb = (context: Context, project: string, given: { cycle: string | undefined; flags: Flags }) => Promise<number>;

const VERBS: Record<string, Verb> = {
  follow: (context, project) => followGoing(context, project),
  status: (context, project) => status(context, project),
  stop: (context, project) =>
    act(context, ({ application }) => application.commands.stopEvolution({ id: project }), { needsWorker: true }),
  resume: (context, project) =>
    act(context, ({ application }) => application.commands.resumeEvolution({ id: project })),
  accept(context, project, given) {
    const cycle = cycleOf(project, "accept", given.cycle);
    const branch = textFlag(given.flags, "branch");
    const folder = textFlag(given.flags, "repository");
    return act(context, ({ application }) =>
      application.commands.acceptCycle({
        id: project,
        cycle,
        ...(branch !== undefined && { branch }),
        ...(folder !== undefined && { repository: resolve(context.cwd, folder) }),
      }),
    );
  },
  reject(context, project, given) {
    const cycle = cycleOf(project, "reject", given.cycle);
    const reason = textFlag(given.flags, "reason");
    if (reason === undefined)
      throw new UsageError(`Say why: npx banyan evolve ${project} reject ${cycle} --reason "on purpose".`);
    return act(context, ({ application }) => application.commands.rejectCycle({ id: project, cycle, reason }));
  },
  rules: (context, project, { flags }) => rules(context, project, flags),
};

export function evolve(context: Context, [project, verb, cycle]: Arguments, flags: Flags): Promise<number> {
  if (!project)
    throw new UsageError("Say which project evolves: npx banyan evolve PROJECT. `npx banyan project` lists them.");
  if (verb === undefined) return begin(context, project, flags);
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (known === undefined)
    throw new UsageError(
      `There is no \`banyan evolve ${project} ${oneLine(verb)}\`: use ${Object.keys(VERBS).join(", ")}.`,
    );
  return known(context, project, { cycle, flags });
}

function cycleOf(project: string, verb: string, cycle: string | undefined): string {
  if (cycle !== undefined) return cycle;
  throw new UsageError(
    `Say which cycle: npx banyan evolve ${project} ${verb} CYCLE. \`npx banyan evolve ${project} status\` lists them.`,
  );
}

function begin(context: Context, project: string, flags: Flags): Promise<number> {
  const cycles = numberFlag(flags, "maxCycles", { whole: true, least: 1, most: 100 });
  const insight = textFlag(flags, "insight");
  const model = textFlag(flags, "model");
  const goal = goalFields(flags);
  return withSeeded(context, async (acting) => {
    const { run, sentence } = await acting.application.commands.evolveProject({
      id: project,
      ...(cycles !== undefined && { cycles }),
      ...(insight !== undefined && { insight }),
      ...(model !== undefined && { model }),
      ...(Object.keys(goal).length > 0 && { goal }),
    });
    if (!context.json) print(sentence);
    if (!flags.detach) return followRun(context, acting, { project, run });
    if (context.json) printJson(await acting.queries.getEvolution(project));
    if (!watchWorkers(acting.store).isLive())
      warn(
        `No worker is running: start the server with \`${startCommand()}\`, or go on here with: npx banyan evolve ${project} follow`,
      );
    return 0;
  });
}

function withSeeded(context: Context, use: (acting: ActingApplication) => Promise<number>): Promise<number> {
  return withActing(
    context,
    async (acting) => {
      await freeDeadWorkers(acting.store);
      // A server seeds when it starts. Without a server, this command may be the first to need the agents.
      if (!watchWorkers(acting.store).isLive()) await seedInstallation(acting.store, join(context.program, "seeds"));
      return use(acting);
    },
    { migrate: true },
  );
}

function followGoing(context: Context, project: string): Promise<number> {
  return withSeeded(context, async (acting) => {
    const { runs } = await acting.queries.getEvolution(project);
    const [newest] = runs;
    if (newest === undefined)
      throw new UsageError(`No run of ${project} goes on: begin one with npx banyan evolve ${project}.`);
    return followRun(context, acting, { project, run: newest.id });
  });
}

function status(context: Context, project: string): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const evolution = await queries.getEvolution(project);
    if (context.json) printJson(evolution);
    else for (const line of statusLines(evolution)) print(clean(line));
    return 0;
  });
}

async function rules(context: Context, project: string, flags: Flags): Promise<number> {
  const before = await withReadRuntime(context, async ({ queries }) => (await queries.getEvolution(project)).rules);
  const change = changeOf(flags, before);
  if (Object.keys(change).length > 0)
    return act(context, ({ application }) => application.commands.setEvolution({ id: project, ...change }));
  if (context.json) printJson(before);
  else for (const [name, words] of rulesShown(before)) print(`${name}: ${oneLine(words)}`);
  return 0;
}

function changeOf(flags: Flags, before: EvolutionRules): Partial<EvolutionRules> {
  const { path } = flags;
  const change = {
    cycle_usd: numberFlag(flags, "cycleUsd", { least: 0 }),
    day_usd: numberFlag(flags, "dayUsd", { least: 0 }),
    most_open: numberFlag(flags, "mostOpen", { whole: true, least: 1, most: 50 }),
    paths: Array.isArray(path) ? [...(path as readonly string[])] : undefined,
    least_score: numberFlag(flags, "leastScore", { least: 0, most: 1, orZero: true }),
    quiet: quietOf(flags, before),
    stop_after: numberFlag(flags, "stopAfter", { whole: true, least: 1, most: 50 }),
  };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function quietOf(flags: Flags, before: EvolutionRules): EvolutionRules["quiet"] | undefined {
  const zone = textFlag(flags, "zone");
  if (flags.quiet === false) return null;
  const times = textFlag(flags, "quiet");
  if (times === undefined) {
    if (zone === undefined) return undefined;
    if (before.quiet === null) throw new UsageError("--zone needs --quiet with the times, such as 08:00-18:00.");
    return { ...before.quiet, zone };
  }
  const [from = "", until, ...rest] = times.split("-").map((part) => part.trim());
  if (until === undefined || rest.length > 0)
    throw new UsageError(`--quiet cannot be "${oneLine(times)}": use two times, such as 08:00-18:00.`);
  return { from, until, zone: zone ?? before.quiet?.zone ?? "UTC" };
}

/** `project`: lists, adds, shows, changes and removes repositories that Banyan looks after. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Project } from "@/core/shapes/projects";
import { money, plural } from "@/core/words/figures";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntimeEvenNew } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import * as forge from "./forge";

type Verb = (context: Context, target: string | undefined, flags: Flags) => Promise<number>;

const VERBS: Record<string, Verb> = {
  list,
  add,
  show,
  change,
  link: (context, target, flags) => forge.link(context, named("link", target), flags),
  unlink: (context, target) => forge.change("unlinkForge")(context, named("unlink", target)),
  issues: (context, target) => forge.issues(context, named("issues", target)),
  look: (context, target) => forge.change("lookAtForge")(context, named("look", target)),
  pause: (context, target) => forge.change("pauseForge")(context, named("pause", target)),
  resume: (context, target) => forge.change("resumeForge")(context, named("resume", target)),
  remove: (context, target) => {
    const id = named("remove", target);
    return act(context, ({ application }) => application.commands.removeProject({ id }));
  },
};

export function project(context: Context, [verb = "list", target]: Arguments, flags: Flags): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run)
    throw new UsageError(
      `There is no \`banyan project ${oneLine(verb)}\`: use list, add FOLDER|URL, or show, change, remove, link, unlink, issues, look, pause or resume NAME.`,
    );
  return run(context, target, flags);
}

function named(verb: string, target: string | undefined): string {
  if (target) return target;
  throw new UsageError(`Say which project: npx banyan project ${verb} NAME. \`npx banyan project\` lists them.`);
}

function list(context: Context): Promise<number> {
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const found = await queries.listProjects();
    if (context.json) {
      printJson(found);
      return 0;
    }
    if (found.items.length === 0) print("There are no projects yet: add one with npx banyan project add FOLDER.");
    for (const { name, address, check, figures } of found.items) {
      print(`${name}  ${oneLine(address)}`);
      print(`  ${check ? `check: ${oneLine(check.command)}` : "check not confirmed"}; ${workOf(figures)}`);
    }
    return 0;
  });
}

function add(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  if (!target) throw new UsageError("Say which repository: npx banyan project add FOLDER|URL.");
  const address = addressOf(context.cwd, target);
  const name = textFlag(flags, "name");
  return act(context, ({ application }) =>
    application.commands.addProject({ address, ...(name !== undefined && { name }), ...fieldsOf(flags) }),
  );
}

/** A relative path is one where the command was called; anything else that is no folder there is an address. */
function addressOf(cwd: string, target: string): string {
  const folder = resolve(cwd, target);
  return /^(\.|\/|~)/.test(target) || existsSync(folder) ? folder : target;
}

function show(context: Context, target: string | undefined): Promise<number> {
  const name = named("show", target);
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const found = await queries.getProject(name);
    if (context.json) printJson(found);
    else for (const line of linesOf(found)) print(line);
    return 0;
  });
}

function change(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  const id = named("change", target);
  return act(context, ({ application }) => application.commands.changeProject({ id, ...fieldsOf(flags) }));
}

function fieldsOf(flags: Flags) {
  const given = {
    branch: textFlag(flags, "branch"),
    check: textFlag(flags, "check"),
    setup: textFlag(flags, "setup"),
    agent: textFlag(flags, "agent"),
    model: textFlag(flags, "model"),
    cost_usd: numberFlag(flags, "maxCostUsd", { least: 0 }),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof typeof given]?: NonNullable<(typeof given)[Key]>;
  };
}

function linesOf({ name, address, branch, check, setup, found, defaults, figures, schedules }: Project): string[] {
  const { agent, model, cost_usd } = defaults;
  const begins = [agent && `agent ${agent}`, model && `model ${model}`, cost_usd && `up to ${money(cost_usd)}`];
  const chosen = begins.filter(Boolean).join(", ");
  return [
    `${name}  ${oneLine(address)}${branch === null ? "" : `, branch ${branch}`}`,
    ...(check ? [`Check: ${oneLine(check.command)} (by ${check.by})`] : uncheckedLines(name, found)),
    ...(setup === null ? [] : [`Setup: ${oneLine(setup)}`]),
    ...(chosen === "" ? [] : [`New tasks: ${chosen}`]),
    `${workOf(figures)}; ${plural(schedules, "schedule")}`,
  ];
}

function uncheckedLines(name: string, { checks, kinds }: Project["found"]): string[] {
  if (checks.length === 0) {
    const what = kinds.length > 0 ? ` in this repository (${kinds.join(", ")})` : "";
    return [`No check was found${what}: say it with npx banyan project change ${name} --check COMMAND.`];
  }
  return [
    `The check is not confirmed. Choose it with npx banyan project change ${name} --check COMMAND. Its files say:`,
    ...checks.map(({ command, from }) => `  ${oneLine(command)}  (${oneLine(from)})`),
  ];
}

function workOf({ days, trees, running, failed, cost_usd }: Project["figures"]): string {
  const states = [running > 0 && `${running} running`, failed > 0 && `${failed} failed`].filter(Boolean).join(", ");
  return `${plural(trees, "tree")} in ${days} days${states ? ` (${states})` : ""}, ${money(cost_usd)}`;
}

/** `project`: lists, adds, shows, changes and removes repositories that Banyan looks after. */
import path from "node:path";
import { UserError } from "@/agents/application";
import type { OperationInput } from "@/agents/guard/guard";
import { repositoryKey } from "@/core/projects/repository";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntimeEvenNew } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import * as forge from "./forge";
import { projectLines, workOf } from "./lines";
import { addressOf, repository, textsOf } from "./repositories";

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
  clean,
  remove: (context, target) => {
    const id = named("remove", target);
    return act(context, ({ application }) => application.commands.removeProject({ id }));
  },
};

export function project(context: Context, [verb = "list", target, ...more]: Arguments, flags: Flags): Promise<number> {
  if (verb === "repository") return repository(context, [target, ...more], flags);
  const [excess] = more.filter(Boolean);
  if (excess !== undefined)
    throw new UsageError(`\`banyan project ${oneLine(verb)}\` takes no ${JSON.stringify(excess)}: leave it out.`);
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run)
    throw new UsageError(
      `There is no \`banyan project ${oneLine(verb)}\`: use list, add FOLDER|URL, or show, change, clean, remove, link, unlink, issues, look, pause or resume NAME, or repository add, change or remove PROJECT.`,
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
  const given = { address, ...textsOf(flags, ["name", ...TEXTS]), ...capOf(flags) };
  const url = textFlag(flags, "forge");
  const link = forge.linkIn(flags);
  if (url !== undefined) return addLinked(context, given, { url, ...link });
  if (Object.keys(link).length > 0)
    throw new UsageError("--label, --rules, --jira and --most-open are of the link with a forge: add --forge URL.");
  return act(context, ({ application }) => application.commands.addProject(given));
}

/** A project that cannot be linked stays, as after `add` alone, and the error says so. */
function addLinked(
  context: Context,
  given: OperationInput<"addProject">,
  { url, ...link }: { url: string } & ReturnType<typeof forge.linkIn>,
): Promise<number> {
  const key = repositoryKey(url);
  return act(
    context,
    async ({ application: { commands }, store }) => {
      const added = await commands.addProject(given);
      const notLinked = (why: string) =>
        new UsageError(`Added the project ${added.name}, which is not linked with its forge. ${why}`);
      if (key === null || !store.projects.get(added.name)?.keys.includes(key))
        throw notLinked(`${oneLine(url)} is not the address of its repository or of its remote origin.`);
      const linked = await commands.linkForge({ id: added.name, ...link }).catch((error: unknown) => {
        throw error instanceof UserError ? notLinked(error.message) : error;
      });
      return { ...added, hook: linked.hook, sentence: `${added.sentence} ${linked.sentence}` };
    },
    { lines: async ({ hook }) => forge.hookLines(hook) },
  );
}

function show(context: Context, target: string | undefined): Promise<number> {
  const name = named("show", target);
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const found = await queries.getProject(name);
    if (context.json) printJson(found);
    else for (const line of projectLines(found)) print(line);
    return 0;
  });
}

function change(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  const id = named("change", target);
  const given = { id, ...textsOf(flags, [...TEXTS, "start"], null), ...capOf(flags), ...previewsOf(flags) };
  return act(context, ({ application }) => application.commands.changeProject(given));
}

/** Takes the name of a project, or a folder. */
function clean(context: Context, target: string | undefined): Promise<number> {
  const called = named("clean", target);
  return act(context, async ({ application: { queries, commands } }) => {
    const { items } = await queries.listProjects();
    const address = items.find(({ name }) => name === called)?.address ?? called;
    if (address.includes("://"))
      throw new UserError(
        "invalid",
        `${address} is no folder of the server: trees work in copies, which always count as from outside.`,
      );
    return commands.cleanFolder({ folder: path.resolve(address) });
  });
}

const TEXTS = ["branch", "check", "setup", "agent", "model"] as const;

function previewsOf(flags: Flags): { previews?: boolean } {
  const given = textFlag(flags, "previews");
  if (given === undefined) return {};
  if (given !== "on" && given !== "off") throw new UsageError("Switch previews with --previews on or --previews off.");
  return { previews: given === "on" };
}

function capOf(flags: Flags): { cost_usd?: number } {
  const cost_usd = numberFlag(flags, "maxCostUsd", { least: 0 });
  return cost_usd === undefined ? {} : { cost_usd };
}

/** Further repositories of projects: their trees have all of them side by side, and a change of several is merged as one. */
import { z } from "zod";
import { UserError, wrongField } from "@/agents/application";
import { projectFor } from "@/agents/commands/workspace/named-project";
import { commandsAt, repositoryAt } from "@/agents/commands/workspace/named-repository";
import { refuseForeignAddress } from "@/agents/configuration/workspace-roots";
import { said } from "@/agents/operations/operation";
import { changeOf, text, whole } from "@/agents/operations/parse";
import { ownFolder, type ProjectsRepository, repositoriesOf } from "@/agents/projects/repositories";
import { circleIn, inMergeOrder, REPOSITORY_FOLDER, suggestedFolder } from "@/core/projects/repositories";
import { personOf } from "@/core/rules/roles";
import type { Projects, StoredProject } from "@/db/projects/projects";
import type { Needs } from "@/db/projects/repositories";
import { isLeftover } from "@/lib/apply/left-out";
import { check, checkWords, gitWords, setup } from "./projects";
import { operation } from "./world/operation";

const MOST_REPOSITORIES = 20;

const folder = text.refine(
  (name) => REPOSITORY_FOLDER.test(name),
  whole("A folder's name has 1 to 60 letters, digits, dots, dashes or underscores, and begins with a letter or digit."),
);
const folders = z.array(text, "must be a list of folders").max(MOST_REPOSITORIES, "has too many folders");

export const repositoryOperations = {
  addRepository: operation({
    right: "configure",
    summary:
      "Adds a further repository to a project: its trees work in copies of all of them side by side. needs: folders of those that are merged before it; needed_by: of those that are merged after it, the project's own when it is not sent.",
    on: "name",
    http: "POST projects/:id/repositories",
    input: z.strictObject({
      address: text.describe("A folder of the server, or the address of a git repository."),
      folder: folder.optional().describe("Name of its folder in trees; absent: that of the repository."),
      branch: text.optional().describe("Branch that is worked on; absent: the default branch of the repository."),
      check: check.optional().describe("The command that shows that it works."),
      setup: setup.optional().describe("The command that installs its packages in a fresh copy."),
      needs: folders.optional().describe("Folders of repositories that are merged before it."),
      needed_by: folders.optional().describe("Folders of repositories that are merged after it."),
    }),
    audit: ["address", "folder", "branch", "check", "setup", "needs", "needed_by"],
    result: said.extend({
      folder: z.string().describe("Name of its folder in trees."),
      checks: z
        .array(
          z.strictObject({
            command: z.string().describe("The command as it would be run."),
            from: z.string().describe("The file that says so."),
          }),
        )
        .describe("Commands that its files name as checks, the most telling first."),
    }),
    async run({ id, ...given }, actor, world) {
      const { projects } = world.store;
      const project = projectFor(world, id, actor);
      const all = repositoriesOf(projects, project);
      if (all.length >= MOST_REPOSITORIES)
        throw new UserError("conflict", `A project has at most ${MOST_REPOSITORIES} repositories.`);
      if (project.address.startsWith("banyan:"))
        throw new UserError(
          "conflict",
          `Trees of ${project.address} work in it alone, so it has no further repository.`,
        );
      const { address, keys } = repositoryAt(world, given.address, actor);
      if (address.startsWith("banyan:"))
        throw wrongField("address", `Trees of ${address} work in it alone: add it as a project of its own.`);
      const there = all.find((one) => one.keys.some((key) => keys.includes(key)));
      if (there) throw wrongField("address", `The project has this repository already, in the folder ${there.folder}.`);
      const taken = new Set(all.map((one) => one.folder));
      const name = given.folder ?? suggestedFolder(address, taken);
      if ([...taken].some((one) => one.toLowerCase() === name.toLowerCase()))
        throw wrongField("folder", `There is already a folder ${name}: choose another name.`);
      if (isLeftover(name)) throw wrongField("folder", leftoverWords(name));
      const own = ownFolder(project);
      // Its folder has the name of its address, which nobody can choose here.
      if (isLeftover(own))
        throw new UserError(
          "conflict",
          `The project's own repository would be in a folder ${own}, whose files count as leftovers of tools: add it by an address with another name first.`,
        );
      const work = (before: Needs) =>
        needsWith(before, { own, folder: name, needs: given.needs, neededBy: given.needed_by });
      // Refused before its files are looked for.
      work(needsOf(all));
      const branch = given.branch?.trim() || null;
      const found = await commandsAt(world, { address, branch }, actor);
      const added = await projects.addRepository(
        id,
        {
          folder: name,
          address,
          keys,
          branch,
          check: given.check ?? null,
          setup: given.setup ?? found.setup,
          found,
          createdBy: personOf(actor.name),
        },
        { own, work },
      );
      if (!added) throw new UserError("conflict", "Somebody has changed the repositories meanwhile: try again.");
      const how = `banyan project repository change ${id} ${name}`;
      const sentence = `Added ${address} to ${id} as the folder ${name}. ${orderWords(projects, project)} ${checkWords(how, given.check, found.checks)}${gitWords(found)}`;
      return { sentence, folder: name, checks: found.checks };
    },
  }),
  changeRepository: operation({
    right: "configure",
    summary:
      "Changes or confirms what is sent of a project's further repository; null removes it. needs can be sent of the project's own folder too.",
    on: "name",
    http: "POST projects/:id/change-repository",
    input: changeOf({
      folder: text.describe("Name of its folder in trees."),
      check: check.nullable().optional().describe("The command that shows that it works; null: none."),
      setup: setup
        .nullable()
        .optional()
        .describe("The command that installs its packages in a fresh copy; null: none."),
      branch: text
        .nullable()
        .optional()
        .describe("Branch that is worked on; null: the default branch of the repository."),
      needs: folders.optional().describe("Folders of repositories that are merged before it."),
    }),
    audit: ["folder", "check", "setup", "branch", "needs"],
    result: said,
    async run({ id, folder: name, needs, ...given }, actor, world) {
      const { projects } = world.store;
      const project = projectFor(world, id, actor);
      const all = repositoriesOf(projects, project);
      const { isOwn, address } = repositoryCalled(all, name);
      refuseForeignAddress(address, world.workspaceRoots, actor);
      const [first] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
      if (first === undefined && needs === undefined)
        throw new UserError("invalid", "Nothing to change: give a check, a setup command, a branch, or what it needs.");
      if (isOwn && first !== undefined)
        throw wrongField(
          first,
          `${name} is the project's own repository: change it with \`banyan project change ${id}\`.`,
        );
      const by = personOf(actor.name);
      const own = ownFolder(project);
      if (needs !== undefined)
        await projects.changeNeeds(id, {
          own,
          work: (before) => needsWith(before, { own, folder: name, needs, neededBy: [] }),
        });
      if (first !== undefined)
        await projects.changeRepository(id, name, {
          ...(given.check !== undefined && { check: given.check === null ? null : { command: given.check, by } }),
          ...(given.setup !== undefined && { setup: given.setup }),
          ...(given.branch !== undefined && { branch: given.branch?.trim() || null }),
        });
      const confirmed = given.check ? ` Its check is now ${given.check}.` : "";
      return { sentence: `Saved ${name} of ${id}.${confirmed}${needs ? ` ${orderWords(projects, project)}` : ""}` };
    },
  }),
  removeRepository: operation({
    right: "configure",
    summary: "Removes a further repository from a project. It and its trees stay.",
    on: "name",
    http: "POST projects/:id/remove-repository",
    input: z.strictObject({ folder: text.describe("Name of its folder in trees.") }),
    audit: ["folder"],
    result: said,
    async run({ id, folder: name }, actor, world) {
      const { projects } = world.store;
      const project = projectFor(world, id, actor);
      const { isOwn, address } = repositoryCalled(repositoriesOf(projects, project), name);
      refuseForeignAddress(address, world.workspaceRoots, actor);
      if (isOwn)
        throw wrongField(
          "folder",
          `${name} is the project's own repository: remove the project, or another of its repositories.`,
        );
      await projects.removeRepository(id, name);
      return { sentence: `Removed ${name} from ${id}. The repository and its trees stay.` };
    },
  }),
};

function leftoverWords(folder: string): string {
  return `Files in a folder ${folder} count as leftovers of tools, so no change in it would be kept: choose another name.`;
}

function repositoryCalled<Repository extends { folder: string }>(all: readonly Repository[], name: string): Repository {
  const found = all.find(({ folder }) => folder === name);
  if (found) return found;
  const known = all.map(({ folder }) => folder).join(", ");
  throw wrongField("folder", `The project has no repository ${JSON.stringify(name.slice(0, 60))}: it has ${known}.`);
}

function needsOf(all: readonly ProjectsRepository[]): Needs {
  return Object.fromEntries(all.map(({ folder: one, needs }) => [one, needs]));
}

interface GivenNeeds {
  /** Folder of the project's own repository. */
  own: string;
  folder: string;
  needs: string[] | undefined;
  neededBy: string[] | undefined;
}

/** Returns what each needs with this one. Throws UserError for unknown folders and circles. */
function needsWith(before: Needs, { own, folder: name, needs, neededBy }: GivenNeeds): Needs {
  const known = Object.keys(before).map((one) => ({ folder: one }));
  for (const one of [...(needs ?? []), ...(neededBy ?? [])]) repositoryCalled(known, one);
  // A library beside its application is the usual case.
  const after = neededBy ?? (needs?.includes(own) ? [] : [own]);
  const now = new Map<string, readonly string[]>(Object.entries(before));
  now.set(name, [...new Set(needs ?? now.get(name) ?? [])]);
  for (const one of after) now.set(one, [...new Set([...(now.get(one) ?? []), name])]);
  const circle = circleIn([...now].map(([one, folders]) => ({ folder: one, needs: folders })));
  if (circle)
    throw wrongField(
      "needs",
      `Then they would need each other in a circle, so none could be merged first: ${circle.join(" needs ")}.`,
    );
  return Object.fromEntries(now);
}

/** Says in which order a change of all of them is merged. */
function orderWords(projects: Pick<Projects, "repositories" | "get">, { name }: StoredProject): string {
  const project = projects.get(name);
  if (project === null) return "";
  const all = inMergeOrder(repositoriesOf(projects, project)).map(({ folder: one }) => one);
  return `A change of several is merged in this order: ${all.join(", ")}.`;
}

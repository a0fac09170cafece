/** Services: whole repositories that are made from a document, and made again from a newer blueprint. */
import { realpathSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { wrongField } from "@/agents/application";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { refuseWorkedIn } from "@/agents/files/target";
import { said } from "@/agents/operations/operation";
import { text, whole } from "@/agents/operations/parse";
import { serviceFiles } from "@/agents/services/make";
import { placeKey, putRepository, realPlace, requireEmptyPlace, requireUsable } from "@/agents/services/place";
import { makeAgain } from "@/agents/services/upgrade";
import { PROJECT_NAME, suggestedName } from "@/core/projects/project";
import type { Blueprint } from "@/core/services/blueprints/blueprints";
import { plural } from "@/core/words/figures";
import { removeTree } from "@/lib/workspace/remove-tree";
import { projectOperations } from "./projects";
import { inTurn } from "./workspace/in-turn";
import { operation } from "./world/operation";

const DEFAULT_BLUEPRINT = "rest-api";
const MOST_PARTS = 20;

/** Where a service is made, and like what. */
export const serviceFields = z.strictObject({
  workspace: text.describe("An empty or absent folder of the server."),
  blueprint: text.optional().describe("Name of a blueprint, or the folder of your own one; absent: `rest-api`."),
  with: z
    .array(text)
    .max(MOST_PARTS, whole(`Name at most ${MOST_PARTS} parts.`))
    .optional()
    .describe("Names of the parts that the service gets."),
  variables: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .describe("Values for the variables of the blueprint and its parts, by name."),
  name: text
    .refine(
      (name) => PROJECT_NAME.test(name),
      whole(
        "A service's name has 1 to 60 small letters, digits, dots, dashes or underscores, and begins with a letter or digit.",
      ),
    )
    .optional()
    .describe("Name of the service and its project; absent: that of the folder."),
});

const serviceInput = serviceFields.extend({
  openapi: text.optional().describe("Text of the OpenAPI document that it is made of."),
  entities: text.optional().describe("Text with the entities that it is made of."),
});

export const serviceOperations = {
  newService: operation({
    right: "configure",
    summary:
      "Makes a service as a repository in an empty or absent folder of the server, and adds it as a project. It is made of the text of an OpenAPI document (openapi) or of entities (entities), if its blueprint is made from a document.",
    http: "POST services",
    input: serviceInput,
    // Documents have examples that look like keys. They go into the person's repository as they are, and nowhere else.
    keepsSecrets: true,
    audit: ["workspace", "blueprint", "with", "name"],
    result: said.extend({
      name: z.string().describe("Name of the project."),
      folder: z.string().describe("The folder on the server."),
      operations: z.number().describe("Number of operations of its OpenAPI document."),
      to_write: z.array(z.string()).describe("Operations that still answer with an example, such as `GET /orders`."),
      setup: z.string().describe("The command that installs its packages."),
      check: z.string().describe("The command that shows that it works."),
    }),
    made: ({ name }) => ({ subject: name, tree: "" }),
    async run(given, actor, world) {
      const { workspace, blueprint: called = DEFAULT_BLUEPRINT } = given;
      refuseForeignFolder(workspace, world.workspaceRoots, actor);
      const folder = realPlace(workspace);
      refuseForeignFolder(folder, world.workspaceRoots, actor);
      if (path.isAbsolute(called)) refuseForeignFolder(called, world.workspaceRoots, actor);
      const known = new Set(world.store.projects.all().map(({ name }) => name));
      if (given.name !== undefined && known.has(given.name))
        throw wrongField("name", `There is already a project ${given.name}: choose another name.`);
      const name = given.name ?? suggestedName(path.basename(folder), known);
      const wish = { name, blueprint: called, parts: given.with ?? [], variables: given.variables ?? {} };
      const { files, model, blueprint } = await serviceFiles(world.program, wish, given);
      await inTurn({ dataDir: world.dataDir, key: placeKey(folder), what: "this service" }, () => {
        requireEmptyPlace(world, folder);
        const requireFree = () => refuseWorkedIn(world, folder);
        requireFree();
        return putRepository(folder, files, { message: `Make ${name} ${fromWords(blueprint)}`, requireFree });
      });
      const { setup, check } = blueprint;
      try {
        await projectOperations.addProject.run({ address: folder, name, setup, check }, actor, world);
      } catch (error) {
        await removeTree(folder);
        throw error;
      }
      const operations = model?.operations.length ?? 0;
      const to_write = model?.unwritten.map(({ key }) => key) ?? [];
      const made =
        model === null
          ? `${fromWords(blueprint)} in ${folder}.`
          : `in ${folder}: ${madeWords(operations, to_write.length)}`;
      return {
        sentence: `Made the service ${name} ${made}`,
        name,
        folder,
        operations,
        to_write,
        setup,
        check,
      };
    },
  }),
  upgradeService: operation({
    right: "configure",
    summary:
      "Makes the files of a service again from its document and the newest version of its blueprint, and merges them with what people changed. Files with conflicts are named, and marked as git marks them.",
    http: "POST services/upgrade",
    input: z.strictObject({ folder: text.describe("The folder of the service on the server.") }),
    audit: ["folder"],
    result: said.extend({
      written: z.array(z.string()).describe("Files that were written."),
      merged: z.array(z.string()).describe("Files in which changes of both sides were merged."),
      conflicts: z.array(z.string()).describe("Files in which both sides changed the same lines."),
      removed: z.array(z.string()).describe("Files that were removed."),
      notes: z.array(z.string()).describe("What a person has to know, a sentence each."),
    }),
    async run({ folder }, actor, world) {
      refuseForeignFolder(folder, world.workspaceRoots, actor);
      if (!path.isAbsolute(folder))
        throw wrongField("folder", "Name the folder by its whole path, which begins with /.");
      requireUsable(world, folder);
      refuseWorkedIn(world, realpathSync(folder));
      const { from, to, ...lists } = await makeAgain(folder, {
        blueprints: path.join(world.program, "blueprints"),
        requireAllowed: (own) => refuseForeignFolder(own, world.workspaceRoots, actor),
        requireFree: () => refuseWorkedIn(world, realpathSync(folder)),
      });
      const changed = lists.written.length + lists.merged.length + lists.removed.length;
      const versions =
        from === to ? `version ${to} of its blueprint` : `version ${to} of its blueprint, before ${from}`;
      const open = lists.conflicts.length;
      const conflicts =
        open === 0
          ? ""
          : ` ${plural(open, "file")} ${open === 1 ? "needs" : "need"} you, because both sides changed the same lines: ${lists.conflicts.join(", ")}.`;
      return { sentence: `Made again from ${versions}: ${plural(changed, "file")} changed.${conflicts}`, ...lists };
    },
  }),
};

function fromWords({ name, from }: Blueprint): string {
  return from === "document" ? "from its document" : `from the blueprint ${name}`;
}

function madeWords(operations: number, unwritten: number): string {
  const rest = unwritten === 0 ? "" : ` ${unwritten} of them answer with an example until somebody writes them.`;
  return `${plural(operations, "operation")}.${rest}`;
}

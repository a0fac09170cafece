/** A service from requirements: a tree writes their specification, makes the service, and finishes it as a goal. */
import { mkdirSync, rmdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { UserError, wrongField } from "@/agents/application";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { submissionFields } from "@/agents/operations/submission";
import { blueprintFolders, partsCalled, variablesOf } from "@/agents/services/compose";
import { realPlace, requireEmptyPlace } from "@/agents/services/place";
import { goalFields } from "@/core/goals/fields";
import type { ServiceWish } from "@/core/log/goal";
import { isProgram } from "@/core/programs/names";
import { suggestedName } from "@/core/projects/project";
import { personOf, rightsRefusal } from "@/core/rules/roles";
import type { Tree } from "@/core/shapes/shapes";
import { serviceFields } from "./blueprints";
import { projectOperations } from "./projects";
import { requirementsField } from "./services/requirements";
import { submit } from "./submit";
import { makeTree } from "./trees";
import { doneOnce, madeTree } from "./world/done-once";
import { type CommandWorld, operation } from "./world/operation";

export const specifyOperations = {
  specifyService: operation({
    right: "configure",
    summary:
      "Makes a service from requirements in an empty or absent folder, which becomes a project: a tree writes their specification, asks once what is open, makes the service, and finishes it as a goal. `outside`: the requirements are the text of somebody else.",
    http: "POST services/specify",
    input: serviceFields
      .extend({
        requirements: requirementsField.describe("What the service has to do, in words."),
        outside: z
          .boolean("must be true or false")
          .optional()
          .describe("Whether the requirements are the text of somebody else."),
        once: text.optional().describe("A repeated request with the same value gets the tree of the first one."),
      })
      .extend(submissionFields.pick({ model: true, grant: true, rights: true, priority: true, stepping: true }).shape)
      .extend(goalFields.pick({ mode: true, executor: true, max_iterations: true, on_success: true }).shape),
    audit: ["workspace", "blueprint", "with", "name", "outside", "model", "grant", "rights"],
    result: shape<Tree>("Tree"),
    made: ({ id }) => ({ subject: id, tree: id }),
    async run({ once, ...given }, actor, world) {
      const why = rightsRefusal(actor.role, given.rights ?? []);
      if (why !== null) throw new UserError("forbidden", why);
      if (given.mode === "single" || given.mode === "debug")
        throw wrongField("mode", "A service is made in the mode autonomous or supervised.");
      const make = async (uid: string) => {
        const { folder, wish, commands, isThere } = wishOf(given, actor, world);
        if (isProgram(given.model ?? world.providers.defaultModel()))
          throw new UserError(
            "invalid",
            "Requirements need a language model: set one up on the settings page, or name it. An OpenAPI document or entities need none: --openapi FILE or --entities FILE.",
          );
        const {
          requirements: task,
          outside,
          mode,
          executor,
          max_iterations,
          on_success,
          model,
          grant,
          rights,
          priority,
          stepping,
        } = given;
        const goal = {
          // What is finished is a commit, so that it can run somewhere; people's branches stay theirs.
          on_success: on_success ?? "branch",
          ...(mode && { mode }),
          ...(executor && { executor }),
          ...(max_iterations && { max_iterations }),
        } as const;
        const options = Object.fromEntries(
          Object.entries({ model, grant, rights, priority, stepping }).filter(([, value]) => value !== undefined),
        );
        const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
        try {
          if (isThere) await projectOperations.changeProject.run({ id: wish.name, ...commands }, actor, world);
          else await projectOperations.addProject.run({ address: folder, name: wish.name, ...commands }, actor, world);
          const more = { service: { service: wish }, isOutside: outside === true, caller: actor.traceparent };
          const submission = { task, workspace: folder, goal, ...options };
          await submit(world, submission, personOf(actor.name), uid, more);
        } catch (error) {
          if (!isThere) await takeBack(world, folder, { name: wish.name, isNew });
          throw error;
        }
      };
      const asked = { what: "specify service", once, input: given };
      const made = await doneOnce(world.store, actor, asked, madeTree, async (_, name) => {
        const tree = await makeTree(world, name, make);
        return { id: tree.id };
      });
      return world.queries.getTree(made.id);
    },
  }),
};

type Given = Omit<z.infer<typeof serviceFields>, never>;

/** Returns what is to be made, and where. Throws UserError for what could be refused only after the work. */
function wishOf(
  { workspace, blueprint: called = "rest-api", with: names = [], variables: given = {}, name: named }: Given,
  actor: Parameters<typeof refuseForeignFolder>[2],
  world: CommandWorld,
): { folder: string; wish: ServiceWish; commands: { setup: string; check: string }; isThere: boolean } {
  refuseForeignFolder(workspace, world.workspaceRoots, actor);
  const folder = realPlace(workspace);
  refuseForeignFolder(folder, world.workspaceRoots, actor);
  if (path.isAbsolute(called)) refuseForeignFolder(called, world.workspaceRoots, actor);
  const { projects } = world.store;
  const known = new Set(projects.all().map(({ name }) => name));
  // A kill came between the project and its tree, or somebody has added the empty folder.
  const there = projects
    .all()
    .find(
      ({ name, address }) => address === folder && name === (named ?? name) && projects.figures(name, 0).trees === 0,
    );
  if (named !== undefined && known.has(named) && there === undefined)
    throw wrongField("name", `There is already a project ${named}: choose another name.`);
  const { blueprint, folders } = blueprintFolders(called, [path.join(world.program, "blueprints")]);
  const { setup, check, from } = blueprint.described;
  if (from === "nothing")
    throw wrongField(
      "blueprint",
      `The blueprint ${blueprint.described.name} is made from nothing, so no requirements become it: use rest-api or web-app.`,
    );
  const variables = variablesOf(blueprint.described, partsCalled(names, blueprint.described, folders), given);
  requireEmptyPlace(world, folder);
  const name = there?.name ?? named ?? suggestedName(path.basename(folder), known);
  const wish = { name, blueprint: called, parts: names, variables };
  return { folder, wish, commands: { setup, check }, isThere: there !== undefined };
}

/** Nothing began, so nothing stays. */
async function takeBack(
  { store: { projects } }: CommandWorld,
  folder: string,
  { name, isNew }: { name: string; isNew: boolean },
): Promise<void> {
  if (projects.get(name)?.address === folder) await projects.remove(name);
  if (isNew) rmdirSync(folder);
}

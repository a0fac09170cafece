/** A service from requirements: a tree writes their specification, makes the service, and finishes it as a goal. */
import { mkdirSync, readdirSync, rmdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { UserError, wrongField } from "@/agents/application";
import { mayName, refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { submissionFields } from "@/agents/operations/submission";
import { blueprintFolders, partsCalled, variablesOf } from "@/agents/services/compose";
import { placeKey, realPlace, requireEmptyPlace } from "@/agents/services/place";
import { goalFields } from "@/core/goals/facts/fields";
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
import { inTurn } from "./workspace/in-turn";
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
      const make = async (folder: string, uid: string) => {
        const { wish, commands, isThere } = wishOf(folder, given, actor, world);
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
        let isAdded = false;
        try {
          if (isThere) await projectOperations.changeProject.run({ id: wish.name, ...commands }, actor, world);
          else await projectOperations.addProject.run({ address: folder, name: wish.name, ...commands }, actor, world);
          isAdded = !isThere;
          const mayUse = (folder: string) => mayName(folder, world.workspaceRoots, actor);
          const more = {
            service: { service: wish },
            isOutside: outside === true,
            caller: actor.traceparent,
            mayName: mayUse,
          };
          const submission = { task, workspace: folder, goal, ...options };
          await submit(world, submission, personOf(actor.name), uid, more);
        } catch (error) {
          // Nothing began, so nothing of this request stays.
          if (isAdded) await world.store.projects.remove(wish.name);
          if (isNew && readdirSync(folder).length === 0) rmdirSync(folder);
          throw error;
        }
      };
      const asked = { what: "specify service", once, input: given };
      const made = await doneOnce(world.store, actor, asked, madeTree, async (_, name) => {
        const tree = await makeTree(world, name, async (uid) => {
          const folder = foundPlace(given.workspace, actor, world);
          // Two requests for one folder would give it two trees, and the refused one would take back what is the other's.
          await inTurn({ dataDir: world.dataDir, key: placeKey(folder), what: "this service" }, () =>
            make(folder, uid),
          );
        });
        return { id: tree.id };
      });
      return world.queries.getTree(made.id);
    },
  }),
};

/** Returns where the folder is, without links on the way to it. Throws UserError when the person may not use it. */
function foundPlace(
  workspace: string,
  actor: Parameters<typeof refuseForeignFolder>[2],
  { workspaceRoots }: CommandWorld,
): string {
  refuseForeignFolder(workspace, workspaceRoots, actor);
  const folder = realPlace(workspace);
  refuseForeignFolder(folder, workspaceRoots, actor);
  return folder;
}

type Given = Omit<z.infer<typeof serviceFields>, never>;

/** Returns what is to be made. Throws UserError for what could be refused only after the work. */
function wishOf(
  folder: string,
  { blueprint: called = "rest-api", with: names = [], variables: given = {}, name: named }: Given,
  actor: Parameters<typeof refuseForeignFolder>[2],
  world: CommandWorld,
): { wish: ServiceWish; commands: { setup: string; check: string }; isThere: boolean } {
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
  return { wish, commands: { setup, check }, isThere: there !== undefined };
}

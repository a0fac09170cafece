/** A change of what a service has to do: a tree changes its specification, makes it again, and finishes it as a goal. */
import { join } from "node:path";
import { z } from "zod";
import { type Actor, UserError, wrongField } from "@/agents/application";
import { mayName, refuseForeignFolder, refuseForeignFolders } from "@/agents/configuration/workspace-roots";
import { shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { submissionFields } from "@/agents/operations/submission";
import { projectCalled } from "@/agents/projects/find-project";
import { isSeveral } from "@/agents/projects/repositories";
import { withProject } from "@/agents/projects/with-project";
import { recordIn, wasMade } from "@/agents/services/upgrade";
import { specificationOf } from "@/agents/specification/of-project";
import { goalFields } from "@/core/goals/facts/fields";
import type { GoalFields, ServiceChange } from "@/core/log/goal";
import { isProgram } from "@/core/programs/names";
import { personOf, rightsRefusal } from "@/core/rules/roles";
import type { Tree } from "@/core/shapes/shapes";
import type { Submission } from "@/core/shapes/submission";
import { OPENAPI_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import type { StoredProject } from "@/db/projects/projects";
import { uncommittedIn } from "@/lib/git/uncommitted";
import { withFolder } from "@/lib/insights/source";
import { WorkspaceError } from "@/lib/workspace/path";
import { requirementsField } from "./services/requirements";
import { submit } from "./submit";
import { makeTree } from "./trees";
import { doneOnce, madeTree } from "./world/done-once";
import { type CommandWorld, operation } from "./world/operation";

/** How long git may compare a folder with its commit. */
const LOOK_MS = 60_000;

export const serviceChangeOperations = {
  changeService: operation({
    right: "run",
    summary:
      "Changes what a service has to do: a tree changes its specification, asks what is open and before clients break, makes the service again with everything that people changed in it, and finishes it as a goal on a branch of its own. `outside`: the change is the text of somebody else.",
    on: "name",
    http: "POST services/:id/change",
    input: z
      .strictObject({
        change: requirementsField.describe("What should be different, in words."),
        outside: z
          .boolean("must be true or false")
          .optional()
          .describe("Whether the change is the text of somebody else."),
        once: text.optional().describe("A repeated request with the same value gets the tree of the first one."),
      })
      .extend(submissionFields.pick({ model: true, grant: true, rights: true, priority: true, stepping: true }).shape)
      .extend(goalFields.pick({ mode: true, executor: true, max_iterations: true, on_success: true }).shape),
    audit: ["change", "outside", "model", "grant", "rights"],
    result: shape<Tree>("Tree"),
    made: ({ id }) => ({ subject: id, tree: id }),
    async run(
      { id, once, change, outside, mode, executor, max_iterations, on_success, grant, ...given },
      actor,
      world,
    ) {
      const why = rightsRefusal(actor.role, given.rights ?? []);
      if (why !== null) throw new UserError("forbidden", why);
      if (mode === "single" || mode === "debug")
        throw wrongField("mode", "A service is changed in the mode autonomous or supervised.");
      const input = { change, outside, mode, executor, max_iterations, on_success, grant, ...given };
      const make = async (uid: string) => {
        const pursued = {
          on_success: on_success ?? "branch",
          ...(mode && { mode }),
          ...(executor && { executor }),
          ...(max_iterations && { max_iterations }),
        } as const;
        const { submission, wish } = await whatChanges({ id, goal: pursued, grant }, actor, world);
        const model = given.model ?? submission.model ?? world.providers.defaultModel();
        if (isProgram(model))
          throw new UserError(
            "invalid",
            "A change of requirements needs a language model: set one up on the settings page, or name it.",
          );
        const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const mayUse = (folder: string) => mayName(folder, world.workspaceRoots, actor);
        const more = {
          service: { service_change: wish },
          isOutside: outside === true,
          caller: actor.traceparent,
          mayName: mayUse,
        };
        const whole = { ...submission, ...options, task: change };
        await submit(world, whole, personOf(actor.name), uid, more);
      };
      const asked = { what: "change service", subject: id, once, input };
      const made = await doneOnce(world.store, actor, asked, madeTree, async (_, name) => {
        const tree = await makeTree(world, name, make);
        return { id: tree.id };
      });
      return world.queries.getTree(made.id);
    },
  }),
};

/** Returns where the tree works, and what it changes. Throws UserError for what could be refused only after the work. */
async function whatChanges(
  { id, goal, grant }: { id: string; goal: GoalFields } & Pick<Submission, "grant">,
  actor: Actor,
  world: CommandWorld,
) {
  const { projects } = world.store;
  const project = projectCalled(projects, id);
  if (isSeveral(projects, project))
    throw new UserError("conflict", `${id} has several repositories: a change of requirements needs a service in one.`);
  // The project's agent does the work of the goal, its check shows that the goal is reached, and its cap is added to what the
  // grant names.
  const submission = withProject(world, { task: "", project: id, goal, ...(grant && { grant }) });
  refuseForeignFolders(submission, world.workspaceRoots, actor);
  const wish: ServiceChange = { name: id };
  if (project.address.startsWith("/")) {
    await requireSpecified(project, world);
    const folder = wasMade(project.address) ? recordIn(project.address).blueprint.folder : undefined;
    if (folder !== undefined) {
      refuseForeignFolder(folder, world.workspaceRoots, actor);
      wish.blueprint_folder = folder;
    }
  }
  return { submission, wish };
}

/** The tree works in the folder and commits everything in it, so nobody's unfinished work may be there. */
async function requireSpecified({ name, address }: StoredProject, { dataDir }: CommandWorld): Promise<void> {
  const specification = await specificationOf(dataDir, { address, branch: null });
  if (specification === null)
    throw new UserError(
      "conflict",
      `${name} has no ${SPECIFICATION_FILE}, so there are no requirements to change: edit ${OPENAPI_FILE}, and make it again with \`banyan service upgrade\`.`,
    );
  const [fault] = specification.faults;
  if (fault) throw new UserError("conflict", `The specification of ${name} is not consistent: ${fault.text}`);
  const options = { branch: null, dir: join(dataDir, "cache"), signal: AbortSignal.timeout(LOOK_MS) };
  const changed = await withFolder(address, options, (source) => uncommittedIn(address, source)).catch((error) => {
    throw error instanceof WorkspaceError ? new UserError("invalid", error.message) : error;
  });
  if (changed.length > 0)
    throw new UserError(
      "conflict",
      `${address} has changes that are not committed, such as ${JSON.stringify(changed[0]?.slice(0, 100))}: commit or remove them first.`,
    );
}

/** Projects: repositories that Banyan looks after. */
import { z } from "zod";
import { type Actor, UserError, wrongField } from "@/agents/application";
import { projectFor } from "@/agents/commands/workspace/named-project";
import { commandsAt, repositoryAt } from "@/agents/commands/workspace/named-repository";
import { hookSecretName } from "@/agents/forges/hook";
import { forgetRepository } from "@/agents/insights/look";
import { said } from "@/agents/operations/operation";
import { changeOf, numberWithin, text, whole, yesOrNo } from "@/agents/operations/parse";
import { projectCalled } from "@/agents/projects/find-project";
import type { FoundCheck } from "@/core/projects/files";
import { PROJECT_NAME, type ProjectDefaults, type Serving, suggestedName } from "@/core/projects/project";
import { repositoryName } from "@/core/projects/repository";
import { may, personOf } from "@/core/rules/roles";
import type { FoundCommands } from "@/core/shapes/projects";
import { refuseOtherUseOfProject } from "./services/other-use";
import { promotionGoesOn } from "./services/promotions";
import { commandField, startCommand } from "./world/command-field";
import { operation } from "./world/operation";

const MOST_PROJECTS = 500;
const MOST_USD = 10_000;

export const check = commandField("check");
export const setup = commandField("setup command");
const cost = numberWithin(
  (value) => value > 0 && value <= MOST_USD,
  `The cap of a project's tasks is more than 0 and at most ${MOST_USD} dollars`,
);

/** A new project. What is absent is found in its files, and has to be confirmed. */
const newProject = z.strictObject({
  address: text.describe("A folder of the server, or the address of a git repository."),
  name: text
    .refine(
      (name) => PROJECT_NAME.test(name),
      whole(
        "A project's name has 1 to 60 small letters, digits, dots, dashes or underscores, and begins with a letter or digit.",
      ),
    )
    .optional()
    .describe("Name of the project; absent: that of the repository."),
  branch: text.optional().describe("Branch that is worked on; absent: the default branch of the repository."),
  check: check.optional().describe("The command that shows that it works; absent: a person confirms one later."),
  setup: setup.optional().describe("The command that installs its packages in a fresh copy."),
  agent: text.optional().describe("Agent of its trees whose submission names none."),
  model: text.optional().describe("Model of its trees whose submission names none, as `provider/model`."),
  cost_usd: cost.optional().describe("Most US dollars of a tree whose submission names no cap."),
});

/** A change of a project; null removes what was set. */
const projectChange = changeOf({
  check: check.nullable().optional().describe("The command that shows that it works; null: none."),
  setup: setup.nullable().optional().describe("The command that installs its packages in a fresh copy; null: none."),
  branch: text.nullable().optional().describe("Branch that is worked on; null: the default branch of the repository."),
  agent: text
    .nullable()
    .optional()
    .describe("Agent of its trees whose submission names none; null: Banyan chooses one."),
  model: text
    .nullable()
    .optional()
    .describe("Model of its trees whose submission names none, as `provider/model`; null: the agent's own."),
  cost_usd: cost
    .nullable()
    .optional()
    .describe("Most US dollars of a tree whose submission names no cap; null: the cap of the installation."),
  start: startCommand
    .nullable()
    .optional()
    .describe(
      "The command that starts its service in environments; null: the script `preview` or `start` of package.json does.",
    ),
  previews: yesOrNo.optional().describe("Whether each pull request of Banyan's gets an environment."),
});

export const projectOperations = {
  addProject: operation({
    right: "configure",
    summary: "Adds a repository as a project. A check that is not sent is only suggested: it has to be confirmed.",
    http: "POST projects",
    input: newProject,
    audit: ["address", "name", "branch", "check", "setup"],
    result: said.extend({
      name: z.string().describe("Name of the project."),
      checks: z
        .array(
          z.strictObject({
            command: z.string().describe("The command as it would be run."),
            from: z.string().describe("The file that says so."),
          }),
        )
        .describe("Commands that its files name as checks, the most telling first."),
    }),
    made: ({ name }) => ({ subject: name, tree: "" }),
    async run(given, actor, world) {
      const { projects, lessons } = world.store;
      const known = new Set(projects.all().map(({ name }) => name));
      if (known.size >= MOST_PROJECTS)
        throw new UserError("conflict", `There are already ${MOST_PROJECTS} projects: remove an unused one first.`);
      const repository = repositoryAt(world, given.address, actor);
      const owner = repository.keys.map(projects.ofKey).find((name) => name !== null);
      if (owner !== undefined) throw alreadyThere(owner);
      if (given.name !== undefined && known.has(given.name)) throw nameTaken(given.name);
      const name = given.name ?? suggestedName(repositoryName(repository.address), known);
      const branch = given.branch?.trim() || null;
      const found = await commandsAt(world, { address: repository.address, branch }, actor);
      const added = await projects.add({
        name,
        address: repository.address,
        keys: repository.keys,
        branch,
        check: given.check ?? null,
        setup: given.setup ?? found.setup,
        found,
        defaults: defaultsOf({}, given),
        createdBy: personOf(actor.name),
      });
      // Somebody else was quicker.
      if (added !== "added") throw "name" in added ? nameTaken(name) : alreadyThere(added.project);
      // Trees of before there were projects learn now which repository they are of.
      while (await projects.fillRepositories(lessons.repositoryOf));
      const { checks } = found;
      return {
        sentence: `Added the project ${name}. ${checkWords(`banyan project change ${name}`, given.check, checks)}${gitWords(found)}`,
        name,
        checks,
      };
    },
  }),
  changeProject: operation({
    right: "configure",
    summary: "Changes or confirms what is sent of a project; null removes it.",
    on: "name",
    http: "POST projects/:id/change",
    input: projectChange,
    audit: ["check", "setup", "branch", "agent", "model", "cost_usd", "start", "previews"],
    result: said,
    async run({ id, ...given }, actor, world) {
      const known = projectFor(world, id, actor);
      refuseOtherUseOfProject(world.store, known, given, actor);
      const by = personOf(actor.name);
      await world.store.projects.change(id, {
        ...(given.check !== undefined && { check: given.check === null ? null : { command: given.check, by } }),
        ...(given.setup !== undefined && { setup: given.setup }),
        ...(given.branch !== undefined && { branch: given.branch?.trim() || null }),
        defaults: (before) => defaultsOf(before, given),
        service: (before) => serviceOf(before, given),
      });
      return { sentence: `Saved the project ${id}.${given.check ? ` Its check is now ${given.check}.` : ""}` };
    },
  }),
  removeProject: operation({
    right: "configure",
    summary:
      "Removes a project, with its targets, promotions, environments and the link with its forge. Its trees, schedules and files stay. Only an admin removes one that has targets or a link. Refused while a promotion goes on.",
    on: "name",
    http: "DELETE projects/:id",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const { projects, promotions, environments, forges } = world.store;
      const project = projectFor(world, id, actor);
      const hasTargets = promotions.targets(id).length > 0;
      const isLinked = forges.link(id) !== null;
      if (hasTargets || isLinked) refuseRemoval(id, hasTargets ? "targets" : "a link with its forge", actor);
      const gone = [
        ...(hasTargets ? ["targets, with what is known of their promotions"] : []),
        ...(environments.all().some((one) => one.project === id) ? ["environments"] : []),
        ...(isLinked ? ["link with its forge"] : []),
      ];
      if (!(await projects.remove(id))) {
        // Somebody else may have been quicker.
        projectCalled(projects, id);
        throw promotionGoesOn(promotions.going().find((one) => one.project === id)?.target ?? "one of its targets");
      }
      forgetRepository(world.dataDir, project);
      // Only a project that was linked has one.
      await world.security.vault.remove(hookSecretName(id)).catch(() => undefined);
      const rest = gone.length === 0 ? "" : ` Removed with it: its ${gone.join(", and its ")}.`;
      return { sentence: `Removed the project ${id}. Its trees, schedules and files stay.${rest}` };
    },
  }),
};

/** What an admin has set goes with the project, so nobody else removes it that way. */
function refuseRemoval(id: string, has: string, { role }: Actor): void {
  if (may(role, "administer")) return;
  throw new UserError("forbidden", `${id} has ${has}, which only an admin removes: ask an admin.`);
}

type Given = Partial<Record<"agent" | "model", string | null>> & { cost_usd?: number | null | undefined };

/** Returns the defaults with what was given: null and an empty text remove one. */
function defaultsOf(
  before: ProjectDefaults,
  { agent, model, cost_usd }: { [Key in keyof Given]: Given[Key] | undefined },
): ProjectDefaults {
  const next = {
    agent: agent === undefined ? before.agent : agent?.trim() || undefined,
    model: model === undefined ? before.model : model?.trim() || undefined,
    cost_usd: cost_usd === undefined ? before.cost_usd : (cost_usd ?? undefined),
  };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
}

/** Returns how its service runs, with what was given: null removes the command. */
function serviceOf(
  before: Serving,
  { start, previews }: { start?: string | null | undefined; previews?: boolean | undefined },
): Serving {
  const command = start === undefined ? before.start : (start ?? undefined);
  const hasPreviews = previews ?? before.previews === true;
  return { ...(command !== undefined && { start: command }), ...(hasPreviews && { previews: true }) };
}

function nameTaken(name: string): UserError {
  return wrongField("name", `There is already a project ${name}: choose another name.`);
}

function alreadyThere(name: string): UserError {
  return new UserError(
    "conflict",
    `This repository is already the project ${name}: see \`banyan project show ${name}\`.`,
  );
}

/** Says that a folder is no git repository, and what to do; "" for one. */
export function gitWords({ is_git: isGit }: Pick<FoundCommands, "is_git">): string {
  if (isGit) return "";
  return " The folder is no git repository, which branches, insights and an evolution need: run `git init` there and commit.";
}

/** Says what the check is, or how the person says it: with a command that begins so. */
export function checkWords(how: string, check: string | undefined, found: readonly FoundCheck[]): string {
  if (check !== undefined) return `Its check is ${check}.`;
  const [first] = found;
  if (first === undefined) return `No check was found: say how it is shown to work with \`${how} --check COMMAND\`.`;
  const others = found.length > 1 ? `, or another of ${found.length}` : "";
  return `Its check is not confirmed: ${first.from} says ${first.command}. Confirm it with \`${how} --check ${JSON.stringify(first.command)}\`${others}.`;
}

/** Environments: where people use a commit of a project before it is anywhere else. */
import { z } from "zod";
import { type Actor, UserError, wrongField } from "@/agents/application";
import { projectFor } from "@/agents/commands/workspace/named-project";
import { startCommand } from "@/agents/commands/world/command-field";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { environmentCalled } from "@/agents/environments/find-environment";
import { said } from "@/agents/operations/operation";
import { text, whole, wholeNumber } from "@/agents/operations/parse";
import { may, personOf, refusalOf } from "@/core/rules/roles";
import {
  DAY_MS,
  ENVIRONMENT_LIMITS,
  ENVIRONMENT_NAME,
  ENVIRONMENT_STATES,
  labelOf,
  PREVIEW_NAME,
  VARIABLE_NAME,
} from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import { newId } from "@/lib/new-id";
import { refuseOtherUse } from "./other-use";

const DEFAULT_NAME = "preview";
/** The server brings it from one of these to the next while somebody asks for something else. */
const NOT_ENDING = ENVIRONMENT_STATES.filter((state) => state !== "ending");
const NEW: Settings = {
  branch: null,
  pullHead: null,
  command: null,
  variables: {},
  secrets: {},
  keepMs: ENVIRONMENT_LIMITS.keepDays * DAY_MS,
};

const variables = z
  .record(
    z.string(),
    text.refine(
      (value) => value.length <= ENVIRONMENT_LIMITS.variableCharacters,
      whole(`The value of a variable has at most ${ENVIRONMENT_LIMITS.variableCharacters} characters.`),
    ),
    "must be an object of texts",
  )
  .refine(
    (given) => Object.keys(given).length <= ENVIRONMENT_LIMITS.variables,
    whole(`Set at most ${ENVIRONMENT_LIMITS.variables} variables.`),
  )
  .refine(
    (given) => Object.keys(given).every((name) => VARIABLE_NAME.test(name)),
    whole("The name of a variable has letters, digits and underscores, and begins with no digit, such as API_KEYS."),
  );

const environment = z.strictObject({
  name: text
    .refine(
      (name) => ENVIRONMENT_NAME.test(name),
      whole("An environment's name has 1 to 40 small letters, digits or dashes, with a letter or digit at both ends."),
    )
    .optional()
    .describe("Name of the environment, which is a part of its address; absent: `preview`."),
  branch: text
    .trim()
    .refine((name) => name !== "", whole("Name a branch, or leave it out: then the project's branch is shown."))
    .optional()
    .describe("Branch to show; absent: that of the environment, else the project's."),
  command: startCommand
    .optional()
    .describe("The command that starts it; absent: that of the environment, else of the project."),
  variables: variables
    .optional()
    .describe(
      "All variables of its process with their values; absent: those that the environment has, with another branch or command only for an admin.",
    ),
  secrets: variables
    .optional()
    .describe(
      "All variables whose values are secrets of the vault, with the names of the secrets; absent: those that the environment has.",
    ),
  keep_days: wholeNumber("number of days", 1, ENVIRONMENT_LIMITS.mostKeepDays)
    .optional()
    .describe("Days without a visit after which it ends; absent: those of the environment, else 3."),
});

const { requests, connections, seconds } = ENVIRONMENT_LIMITS;
const checks = z.strictObject({
  requests: wholeNumber("number of generated requests", 1, requests)
    .optional()
    .describe("Generated requests against `openapi.yaml`."),
  load: z
    .strictObject({
      path: text
        .refine(
          (path) => /^\/(?!\/)[\x21-\x7e]{0,1000}$/.test(path),
          whole("The path of the load begins with one / and has no blanks, such as /reports?limit=10."),
        )
        .describe("The path that is requested."),
      connections: wholeNumber("number of connections", 1, connections).optional().describe("Connections at a time."),
      seconds: wholeNumber("number of seconds", 1, seconds).optional().describe("How long it lasts, in seconds."),
      p95_ms: wholeNumber("number of milliseconds", 1, 60_000)
        .optional()
        .describe("The milliseconds within which 95 % of the answers have to come; absent: it is only measured."),
    })
    .optional()
    .describe("Sends load; absent: none."),
});

export const environmentOperations = {
  bringUpEnvironment: operation({
    right: "run",
    summary:
      "Makes an environment of a project, or makes the one of this name again of the newest commit. It keeps its data, and each setting that is left out. Values of `secrets` are names of secrets of the vault, which only an admin may give it.",
    on: "name",
    http: "POST projects/:id/environments",
    input: environment,
    // Variables may be keys of the service. They are stored for it, and no answer shows them.
    keepsSecrets: true,
    audit: ["name", "branch", "command", "secrets", "keep_days"],
    tells: ({ variables = {} }) => ({ variables: Object.keys(variables) }),
    result: said.extend({ id: z.string().describe("Id of the environment, the first part of its host name.") }),
    made: ({ id }) => ({ subject: id, tree: "" }),
    async run({ id, ...given }, actor, world) {
      const { store } = world;
      projectFor(world, id, actor);
      refuseSecrets(given.secrets, actor);
      const { name = DEFAULT_NAME } = given;
      const all = store.environments.all();
      const known = all.find((one) => one.project === id && one.name === name);
      const wanted = settingsOf(given, known);
      if (known?.pull != null)
        throw wrongField("name", `${name} belongs to a pull request and follows it: choose another name.`);
      if (known) {
        refuseOtherUse(known, given, wanted, actor);
        if (!(await store.environments.renew(known.uid, wanted))) throw ends(name);
        return { sentence: `${name} of ${id} is made again of the newest commit.`, id: known.uid };
      }
      if (PREVIEW_NAME.test(name))
        throw wrongField("name", `${name} is kept for the environment of a pull request: choose another name.`);
      if (all.length >= ENVIRONMENT_LIMITS.environments)
        throw new UserError(
          "conflict",
          `There are already ${ENVIRONMENT_LIMITS.environments} environments: end one with \`banyan service env down\` first.`,
        );
      const uid = `${labelOf(name, id)}-${newId()}`;
      const created = { uid, project: id, name, pull: null, createdBy: personOf(actor.name) };
      if (!(await store.environments.add({ ...created, ...wanted })))
        throw new UserError(
          "conflict",
          `Somebody else has just made ${name} of ${id} or the last possible environment, or removed the project.`,
        );
      return { sentence: `The environment ${name} of ${id} is being prepared.`, id: uid };
    },
  }),
  restartEnvironment: operation({
    right: "run",
    summary: "Starts the service of an environment again, with the same files and data.",
    on: "name",
    http: "POST environments/:id/restart",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const { uid, name } = environmentOf(world, id, actor);
      const { environments } = world.store;
      if (!(await environments.set(uid, NOT_ENDING, { state: "waiting" }))) throw ends(name);
      await environments.use(uid);
      return { sentence: `${name} starts again.` };
    },
  }),
  checkEnvironment: operation({
    right: "run",
    summary:
      "Checks the commit of an environment in a sandbox of its own, with empty data: generated requests against its OpenAPI document, and load where `load` names a path. What was found is in `checks`.",
    on: "name",
    http: "POST environments/:id/check",
    input: checks,
    audit: ["requests"],
    tells: ({ load }) => ({ load: load?.path ?? null }),
    result: said,
    async run({ id, requests = 500, load }, actor, world) {
      const { uid, name, commit, state } = environmentOf(world, id, actor);
      if (commit === null || state === "failed")
        throw new UserError("conflict", `${name} does not run yet: its service can be checked once it did.`);
      const { path = "", connections = 10, seconds = 10, p95_ms = null } = load ?? {};
      const wanted = { requests, load: load ? { path, connections, seconds, p95_ms } : null };
      if (!(await world.store.environments.wantChecks(uid, { ...wanted, by: personOf(actor.name) })))
        throw new UserError("conflict", `${name} is being checked already, or ends.`);
      return { sentence: `${name} is being checked at ${commit.slice(0, 7)}.` };
    },
  }),
  endEnvironment: operation({
    right: "run",
    summary: "Ends an environment, and removes its files and its data.",
    on: "name",
    http: "DELETE environments/:id",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const { uid, name, project, pull } = environmentOf(world, id, actor);
      // Where this changes nothing, it ends already.
      await world.store.environments.set(uid, NOT_ENDING, { state: "ending" });
      const again =
        pull === null ? "" : ` While pull request ${pull} is open it comes again: switch previews of ${project} off.`;
      return { sentence: `${name} of ${project} ends. Its files and its data are removed.${again}` };
    },
  }),
};

/** Throws UserError, also for one of a folder that the actor may not name: they end nothing that others run of it. */
function environmentOf(world: CommandWorld, id: string, actor: Actor): StoredEnvironment {
  const found = environmentCalled(world.store.environments, id);
  projectFor(world, found.project, actor);
  return found;
}

/** Whoever reaches an environment could make it show its variables. */
function refuseSecrets(secrets: Record<string, string> | undefined, { role }: Actor): void {
  if (secrets === undefined || Object.keys(secrets).length === 0 || may(role, "administer")) return;
  throw new UserError("forbidden", refusalOf(role, "administer"));
}

type Settings = Pick<StoredEnvironment, "branch" | "pullHead" | "command" | "variables" | "secrets" | "keepMs">;

/** What is left out stays as the environment has it. */
function settingsOf(given: z.infer<typeof environment>, known: Settings | undefined): Settings {
  const { branch, command, variables, secrets, keepMs } = known ?? NEW;
  return {
    branch: given.branch ?? branch,
    pullHead: null,
    command: given.command ?? command,
    variables: given.variables ?? variables,
    secrets: given.secrets ?? secrets,
    keepMs: given.keep_days === undefined ? keepMs : given.keep_days * DAY_MS,
  };
}

function ends(name: string): UserError {
  return new UserError("conflict", `${name} ends just now: try it again in a moment.`);
}

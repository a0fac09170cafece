/** Links of projects with their forges, from which issues become work. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UserError, wrongField } from "@/agents/application";
import { inOneSentence } from "@/agents/commands/installation/secrets";
import { hookSecretName } from "@/agents/forges/hook";
import { said } from "@/agents/operations/operation";
import { numberWithin, text, whole, yesOrNo } from "@/agents/operations/parse";
import { projectCalled } from "@/agents/projects/find-project";
import { type ForgeRules, rulesIn } from "@/core/forges/rules";
import { personOf } from "@/core/rules/roles";
import type { JiraProject } from "@/core/shapes/forges";
import { forgeWords, issueName, jiraProjectOf, jiraSecretOf, tokenSecretOf } from "@/core/words/projects";
import type { StoredIssue, StoredLink } from "@/db/forges/stored";
import { clientOf } from "@/lib/forges/kinds";
import { ForgeError } from "@/lib/forges/port";
import { deadline } from "@/lib/time/deadline";
import { compileGlobs } from "@/lib/workspace/glob";
import { WorkspaceError } from "@/lib/workspace/path";
import { type CommandWorld, operation } from "./world/operation";

const DEFAULT_LABEL = "banyan";
const DEFAULT_MOST_OPEN = 3;
const MOST_OPEN = 50;
const ANSWER_MS = 60_000;
const PAGE_IN_JIRA = /\/browse\/[A-Z][A-Z0-9_]+-\d+$/;

const label = text
  .trim()
  .refine(
    (given) => given !== "" && given.length <= 50 && !given.includes(","),
    whole("A label has 1 to 50 characters and no comma."),
  );
const rules = text.superRefine((given, context) => {
  const read = rulesIn(given);
  const fault = "fault" in read ? read.fault : faultOfPatterns(read);
  if (fault !== null) context.addIssue({ code: "custom", message: fault });
});
const mostOpen = numberWithin(
  (value) => Number.isInteger(value) && value >= 1 && value <= MOST_OPEN,
  `The number of issues in work is a whole number from 1 to ${MOST_OPEN}`,
);

const jiraAddress = text
  .trim()
  .refine(
    (given) => given === "" || jiraProjectOf(given) !== null,
    whole("Give the address of a project of Jira, such as https://acme.atlassian.net/browse/ACME."),
  );

export const forgeOperations = {
  linkForge: operation({
    right: "administer",
    summary:
      "Links a project with its repository at its forge: issues with the label become trees, and what they change becomes pull requests, on GitLab merge requests. The issues are at the forge, or in a project of Jira: jira is its address, or empty for the forge. The first answer contains the secret for the forge's webhook, and so does that to new_secret.",
    on: "name",
    http: "POST projects/:id/link",
    input: z.strictObject({
      label: label
        .optional()
        .describe("Issues with this label become work; absent: the label stays, at first `banyan`."),
      most_open: mostOpen
        .optional()
        .describe("Issues that are in work at a time; absent: the number stays, at first 3."),
      rules: rules
        .optional()
        .describe("Which pull requests get which labels and reviewers, and which Banyan merges: one rule a line."),
      jira: jiraAddress
        .optional()
        .describe("Address of the project in Jira that has the issues; absent: as before, at first the forge itself."),
      new_secret: yesOrNo
        .optional()
        .describe("Whether the webhook gets a new secret in place of a lost one; absent: only when it has none."),
    }),
    audit: ["label", "most_open", "rules", "jira", "new_secret"],
    result: said.extend({
      hook: z
        .strictObject({
          path: z.string().describe("Path on Banyan's address to which the forge sends."),
          secret: z
            .string()
            .nullable()
            .describe(
              "Secret of the webhook, which no later answer shows; null: it has one already, which new_secret replaces.",
            ),
          sends: z.string().describe("Which deliveries the forge should send, in words."),
        })
        .describe("What to enter at the forge for its webhook."),
    }),
    async run({ id, ...given }, actor, world) {
      const { store, forges, security } = world;
      const project = projectCalled(store.projects, id);
      const before = store.forges.link(id);
      const place = forges.placeOf(project);
      const { login, mayPush } = await tried(world, place);
      if (mayPush === false)
        throw new UserError(
          "conflict",
          `The token of ${place.host} belongs to ${login}, who may not push to ${place.path}: give it the right to write there.`,
        );
      const jira = given.jira === undefined ? (before?.jira ?? null) : jiraProjectOf(given.jira);
      const requirePlace = () => requireOnePlace(store.forges.newestIssue(id), jira, id);
      requirePlace();
      const account = jira === null ? login : await triedJira(world, jira);
      const link = await store.forges.setLink(id, (now) => {
        refuseOtherLink(id, before, now);
        requirePlace();
        return {
          ...place,
          jira,
          login,
          label: given.label ?? now?.label ?? DEFAULT_LABEL,
          rules: given.rules ?? now?.rules ?? "",
          mostOpen: given.most_open ?? now?.mostOpen ?? DEFAULT_MOST_OPEN,
          maker: actor,
          createdBy: personOf(actor.name),
        };
      });
      if (link === null) throw new UserError("not_found", `Somebody has removed the project ${id}.`);
      // After the link, so that of two first links at once only the one that was stored makes a secret.
      // One that is there without a link is of a former link.
      const hasSecret = before !== null && security.vault.list().some(({ name }) => name === hookSecretName(id));
      const secret = hasSecret && given.new_secret !== true ? null : clientOf(place.kind).newSecret();
      if (secret !== null) await inOneSentence(() => security.vault.set(hookSecretName(id), secret, actor.name));
      const kept =
        secret === null
          ? " Its webhook keeps its secret: link it with new_secret (--new-secret) when that is lost."
          : "";
      const issues = jira === null ? "issues" : `issues of ${jira.key} in Jira`;
      const may = jira === null ? "write there" : `edit issues of ${jira.key}`;
      const sentence = `Linked ${id} with ${place.host}/${place.path} as ${login}: ${issues} with the label “${link.label}”, issues that are assigned to ${account}, and comments that begin with /banyan become work, if their author may ${may}.${kept}`;
      return { sentence, hook: { path: `/hooks/forges/${id}`, secret, sends: forgeWords(place.kind).hook } };
    },
  }),
  unlinkForge: operation({
    right: "administer",
    summary: "Ends the link of a project with its forge. Trees and pull or merge requests stay.",
    on: "name",
    http: "POST projects/:id/unlink",
    audit: [],
    result: said,
    async run({ id }, _actor, { store, security: { vault } }) {
      projectCalled(store.projects, id);
      const { kind = null } = store.forges.link(id) ?? {};
      if (!(await store.forges.unlink(id))) throw notLinked(id);
      await vault.remove(hookSecretName(id)).catch(() => undefined);
      return { sentence: `Unlinked ${id}. Trees that work go on, and ${forgeWords(kind).pull}s stay as they are.` };
    },
  }),
  pauseForge: operation({
    right: "run",
    summary: "Pauses the work from a project's forge. Trees that work go on, and nothing is sent to the forge.",
    on: "name",
    http: "POST projects/:id/pause",
    audit: [],
    result: said,
    async run({ id }, actor, { store: { forges } }) {
      const link = forges.link(id) ?? fail(id);
      if (!(await forges.pause(link.id, personOf(actor.name), null)))
        throw new UserError("conflict", "It is paused already.");
      if (link.pausedAtMs !== null)
        return { sentence: "It stays paused, and no longer needs anybody. You can still resume it." };
      return { sentence: `Paused: nothing of ${link.host}/${link.path} becomes work, and nothing is sent there.` };
    },
  }),
  resumeForge: operation({
    right: "administer",
    summary: "Resumes the work from a project's forge, with the rights of the caller.",
    on: "name",
    http: "POST projects/:id/resume",
    audit: [],
    result: said,
    async run({ id }, actor, { store: { forges } }) {
      const link = forges.link(id) ?? fail(id);
      if (!(await forges.resume(link.id, actor))) throw new UserError("conflict", "It is not paused.");
      return { sentence: `Resumed: Banyan looks at ${link.host}/${link.path} now.` };
    },
  }),
  lookAtForge: operation({
    right: "run",
    summary: "Looks at a project's forge now, instead of within a minute.",
    on: "name",
    http: "POST projects/:id/poll",
    audit: [],
    result: said,
    async run({ id }, _actor, { store: { forges }, now }) {
      const link = forges.link(id) ?? fail(id);
      if (link.pausedAtMs !== null) throw new UserError("conflict", "It is paused: resume it first.");
      await forges.makeDue(link.id, now());
      return { sentence: `Banyan looks at ${link.host}/${link.path} now.` };
    },
  }),
};

/** Returns what is wrong with the patterns of rules, as a sentence; null: nothing. */
function faultOfPatterns({ labels, reviews, merges }: ForgeRules): string | null {
  try {
    for (const { paths } of [...labels, ...reviews, ...merges]) compileGlobs(paths);
    return null;
  } catch (error) {
    if (error instanceof WorkspaceError) return error.message;
    throw error;
  }
}

/** Asks the forge who the token is, and whether it may push. Throws UserError. */
async function tried(
  { forges }: CommandWorld,
  place: ReturnType<CommandWorld["forges"]["placeOf"]>,
): Promise<{ login: string; mayPush: boolean | null }> {
  const limit = deadline(new AbortController().signal, ANSWER_MS);
  try {
    const port = forges.portOf(place, limit.signal);
    if (port === null)
      throw new UserError(
        "conflict",
        `There is no token for ${place.host}: set the secret ${tokenSecretOf(place.host)} first (docs/forges.md says which rights it needs).`,
      );
    const { mayPush } = await port.repository();
    return { login: await port.login(), mayPush };
  } catch (error) {
    if (error instanceof ForgeError) throw new UserError("unavailable", error.message);
    throw error;
  } finally {
    limit.end();
  }
}

/**
 * Throws UserError when the link is no longer the one that was read before its forge was asked: the answer holds for that
 * one, and what somebody has paused or ended since must stay so.
 */
function refuseOtherLink(project: string, before: StoredLink | null, now: StoredLink | null): void {
  // A link that is made after another one was ended may get its id.
  const decided = (link: StoredLink | null) => link && [link.id, link.createdAtMs, link.pausedAtMs, link.jira];
  if (isDeepStrictEqual(decided(now), decided(before))) return;
  throw new UserError(
    "conflict",
    `Somebody has linked, unlinked, paused or resumed ${project}, or chosen another place of its issues, while its forge was asked: nothing was saved, so look at its link and send this again.`,
  );
}

/** Issues are stored by their number, which another place of issues counts on its own, also after the link was ended. */
function requireOnePlace(newest: StoredIssue | null, jira: JiraProject | null, project: string): void {
  if (newest === null) return;
  const { url, number } = newest;
  const isThere = jira === null ? !PAGE_IN_JIRA.test(url) : url === `${jira.url}/browse/${issueName(jira, number)}`;
  if (isThere) return;
  throw wrongField(
    "jira",
    `Issues of another place became work of ${project} already, such as ${url}: add the repository as another project to have its issues elsewhere.`,
  );
}

/** Asks Jira who the account is, and whether it may do what it has to. Resolves with its login. Throws UserError. */
async function triedJira({ forges }: CommandWorld, jira: JiraProject): Promise<string> {
  await forges.requireSite(jira);
  const limit = deadline(new AbortController().signal, ANSWER_MS);
  try {
    const port = forges.jiraOf(jira, limit.signal);
    if (port === null)
      throw new UserError(
        "conflict",
        `There is no account for ${jira.host}: set the secret ${jiraSecretOf(jira.host)} to EMAIL:TOKEN first (docs/forges.md says what it has to be allowed).`,
      );
    const login = await port.login();
    await port.issues({ label: DEFAULT_LABEL }, null);
    if (await port.mayWrite(login)) return login;
    throw wrongField("jira", `The account ${login} may not edit issues of ${jira.key}: give it that permission.`);
  } catch (error) {
    if (error instanceof ForgeError) throw new UserError("unavailable", error.message);
    throw error;
  } finally {
    limit.end();
  }
}

function fail(id: string): never {
  throw notLinked(id);
}

function notLinked(id: string): UserError {
  return new UserError(
    "conflict",
    `The project ${id} is not linked with a forge: link it with \`banyan project link ${id}\`.`,
  );
}

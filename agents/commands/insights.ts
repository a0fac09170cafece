/** Insights: what is worth doing in the repository of a project. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { repositoryAt } from "@/agents/commands/workspace/named-repository";
import { lookAtProject } from "@/agents/insights/look";
import { said } from "@/agents/operations/operation";
import { text, whole } from "@/agents/operations/parse";
import { projectCalled } from "@/agents/projects/find-project";
import { oneCalled } from "@/agents/queries/ids";
import { personOf } from "@/core/rules/roles";
import { plural } from "@/core/words/figures";
import type { Store } from "@/db/store";
import { operation } from "./world/operation";

const MOST_REASON = 500;

const insight = text;
const reason = text
  .trim()
  .refine((given) => given !== "" && given.length <= MOST_REASON, whole(`Say why in 1 to ${MOST_REASON} characters.`));

export const insightOperations = {
  lookForInsights: operation({
    right: "run",
    summary:
      "Looks at the repository of a project for what is worth doing. No model is asked and none of its code runs.",
    on: "name",
    http: "POST projects/:id/look",
    audit: [],
    result: said.extend({
      found: z.number().describe("Insights that the look found."),
      new: z.number().describe("Those of them that were not known."),
      done: z.number().describe("Insights that are no longer there."),
    }),
    async run({ id }, actor, world) {
      const project = projectCalled(world.store.projects, id);
      // Only who may name the folder may have it read.
      if (project.address.startsWith("/")) repositoryAt(world, project.address, actor);
      const { fresh, done, result } = await lookAtProject(world, project, personOf(actor.name));
      const found = result.insights.length;
      const sentence = `Looked at ${plural(result.code, "file")} of code at ${result.commit.slice(0, 7)}: ${plural(found, "insight")}, ${fresh} new, ${done} done.`;
      return { sentence, found, new: fresh, done };
    },
  }),
  dismissInsight: operation({
    right: "run",
    summary: "Dismisses an insight with a reason. It is offered again once its score has risen by a fifth.",
    on: "name",
    http: "POST projects/:id/dismiss",
    input: z.strictObject({
      insight: insight.describe("Id of the insight."),
      reason: reason.describe("Why it is not worth doing."),
    }),
    audit: ["insight", "reason"],
    result: said,
    async run({ id, insight: given, reason: why }, actor, { store }) {
      const { title, uid } = insightCalled(store, id, given);
      const isDismissed = await store.insights.dismiss(id, uid, { reason: why, by: personOf(actor.name) });
      if (!isDismissed) throw new UserError("conflict", `${title}: this is done, so there is nothing to dismiss.`);
      return { sentence: `Dismissed: ${title}.` };
    },
  }),
  reopenInsight: operation({
    right: "run",
    summary: "Opens a dismissed insight again.",
    on: "name",
    http: "POST projects/:id/reopen",
    input: z.strictObject({ insight: insight.describe("Id of the insight.") }),
    audit: ["insight"],
    result: said,
    async run({ id, insight: given }, actor, { store }) {
      const { title, uid } = insightCalled(store, id, given);
      if (!(await store.insights.reopen(id, uid, personOf(actor.name))))
        throw new UserError("conflict", `${title}: only a dismissed insight can be opened again.`);
      return { sentence: `Open again: ${title}.` };
    },
  }),
};

/** `given`: its id, or a prefix that no other insight of the project has. Throws UserError. */
export function insightCalled(
  { projects, insights }: Pick<Store, "projects" | "insights">,
  name: string,
  given: string,
) {
  projectCalled(projects, name);
  const none = `The project ${name} has no insight ${JSON.stringify(given.slice(0, 40))}: see \`banyan insights ${name}\`.`;
  return oneCalled("insight", given, insights.of(name), none);
}

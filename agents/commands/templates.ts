/** Templates of submissions. Banyan has some, people save more, and all users share them. */
import { z } from "zod";
import { aboutField, UserError, wrongField } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { submissionFields } from "@/agents/operations/submission";
import { listed } from "@/agents/queries/templates";
import { personOf } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/submission";
import { withoutDisguise } from "@/core/words/visible";

const MOST_TEMPLATES = 100;
const MOST_NAME_CHARACTERS = 60;
/** Longer material belongs in a workspace file. */
const MOST_CHARACTERS = 50_000;

/** A template's task may be empty: it is written at submission. */
const template = z.strictObject({
  name: text,
  submission: submissionFields,
  /** The template that it replaces and renames. */
  replaces: text
    .optional()
    .describe("Name of the template that this one replaces and renames; absent: it is a new one."),
});

export const templateOperations = {
  saveTemplate: operation({
    right: "run",
    summary: "Saves a template, or replaces it.",
    http: "POST templates",
    input: template,
    audit: ["replaces"],
    names: ({ name }) => name,
    result: said,
    made: () => undefined,
    async run({ name: given, submission, replaces }, actor, { store }) {
      const name = checkedName(given);
      const known = listed(store);
      const before = replaces === undefined ? undefined : known.find((template) => template.name === replaces);
      if (replaces !== undefined && !before) throw unknown(replaces);
      const taken = known.find((template) => sameName(template.name, name) && template !== before);
      if (taken) {
        throw aboutField(
          "name",
          new UserError(
            "conflict",
            `The template “${taken.name}” already exists: choose another name, or delete it first.`,
          ),
        );
      }
      if (!before && known.length >= MOST_TEMPLATES) {
        throw new UserError(
          "conflict",
          `There are already ${MOST_TEMPLATES} templates: delete an unused template first.`,
        );
      }
      checkSize(submission);
      await store.templates.save({ name, saved_by: personOf(actor.name), submission }, before?.name);
      return { sentence: before ? `The template is now called “${name}”.` : `Saved as the template “${name}”.` };
    },
  }),
  removeTemplate: operation({
    right: "run",
    summary: "Removes a template.",
    on: "name",
    http: "DELETE templates/:id",
    audit: [],
    result: said,
    async run({ id: name }, _actor, { store }) {
      if (!listed(store).some((template) => template.name === name)) throw unknown(name);
      await store.templates.remove(name);
      return { sentence: `Deleted the template “${name}”. Trees submitted from it stay.` };
    },
  }),
};

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unknown(name: string): UserError {
  return new UserError(
    "not_found",
    `The template “${name.slice(0, 100)}” no longer exists: somebody has renamed or deleted it.`,
  );
}

function checkedName(given: string): string {
  const name = withoutDisguise(given.replace(/\s+/g, " ").trim());
  if (name === "") throw wrongField("name", "The template needs a name.");
  if (name.length > MOST_NAME_CHARACTERS) {
    throw wrongField("name", `The template's name is longer than the limit of ${MOST_NAME_CHARACTERS} characters.`);
  }
  return name;
}

function checkSize(submission: Submission): void {
  if (JSON.stringify(submission).length <= MOST_CHARACTERS) return;
  throw new UserError(
    "too_large",
    "The template is longer than 50,000 characters. Put long material into a workspace file and name the file.",
  );
}

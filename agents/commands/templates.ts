/** Commands for templates of submissions. Banyan has some, people save more, and all users share them. */

import { type Commands, UserError } from "@/agents/application";
import { listed } from "@/agents/queries/templates";
import { personOf } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";
import type { Store } from "@/db/store";

const MOST_TEMPLATES = 100;
const MOST_NAME_CHARACTERS = 60;
/** Longer material belongs in a workspace file. */
const MOST_CHARACTERS = 50_000;

interface Sources {
  store: Pick<Store, "templates">;
  redact(text: string): string;
}

export function createTemplateCommands({ store, redact }: Sources): Pick<Commands, "saveTemplate" | "removeTemplate"> {
  return {
    async saveTemplate({ name: given, submission, replaces }, actor) {
      const name = checkedName(given);
      const known = listed(store);
      const before = replaces === undefined ? undefined : known.find((one) => one.name === replaces);
      if (replaces !== undefined && !before) throw unknown(replaces);
      const taken = known.find((one) => sameName(one.name, name) && one !== before);
      if (taken) {
        throw new UserError(
          "conflict",
          `The template “${taken.name}” already exists: choose another name, or delete it first.`,
        );
      }
      if (!before && known.length >= MOST_TEMPLATES) {
        throw new UserError(
          "conflict",
          `There are already ${MOST_TEMPLATES} templates: delete an unused template first.`,
        );
      }
      await store.templates.save(
        { name, saved_by: personOf(actor.name), submission: checkedSubmission(submission, redact) },
        before?.name,
      );
      return { sentence: before ? `The template is now called “${name}”.` : `Saved as the template “${name}”.` };
    },
    async removeTemplate(name) {
      if (!listed(store).some((one) => one.name === name)) throw unknown(name);
      await store.templates.remove(name);
      return { sentence: `Deleted the template “${name}”. Trees submitted from it stay.` };
    },
  };
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function unknown(name: string): UserError {
  return new UserError(
    "not_found",
    `The template “${name.slice(0, 100)}” no longer exists: somebody has renamed or deleted it.`,
  );
}

function checkedName(given: string): string {
  const name = withoutDisguise(given.replace(/\s+/g, " ").trim());
  if (name === "") throw new UserError("invalid", "The template needs a name.");
  if (name.length > MOST_NAME_CHARACTERS) {
    throw new UserError(
      "invalid",
      `The template's name is longer than the limit of ${MOST_NAME_CHARACTERS} characters.`,
    );
  }
  return name;
}

function checkedSubmission(submission: Submission, redact: (text: string) => string): Submission {
  if (JSON.stringify(submission).length > MOST_CHARACTERS) {
    throw new UserError(
      "too_large",
      "The template is longer than 50,000 characters. Put long material into a workspace file and name the file.",
    );
  }
  return { ...submission, task: redact(submission.task) };
}

/** Sentences about the models in use that are gone, are about to be retired, or have no known limits. */
import { isProgram } from "@/core/programs/names";
import type { KnownModels } from "@/lib/models/known-models";

export interface NotedModels {
  models: Pick<KnownModels, "standingOf" | "own">;
  defaultModel(): string;
  /** Live agents; `inherit` means that an agent has no model of its own. */
  agents(): readonly { name: string; model: string }[];
}

/** Returns one sentence for each model that needs a person's attention, the default model first. */
export function modelNotes({ models, defaultModel, agents }: NotedModels): string[] {
  const users = new Map<string, string[]>([[defaultModel(), []]]);
  for (const { name, model } of agents()) {
    // A program has no limits and no price.
    if (model !== "inherit" && !isProgram(model)) users.set(model, [...(users.get(model) ?? []), name]);
  }
  const notes = [...users].flatMap(([model, names]) => {
    const { sentence } = models.standingOf(model);
    return sentence ? [`${whoUses(names, model === defaultModel())}: ${sentence}`] : [];
  });
  const problem = models.own.problem();
  return problem ? [problem, ...notes] : notes;
}

function whoUses(names: readonly string[], isDefault: boolean): string {
  const agents = names.length === 0 ? "" : `${names.length === 1 ? "agent" : "agents"} ${names.join(", ")}`;
  const who = [isDefault ? "default model" : "", agents].filter(Boolean).join(" and ");
  return who.charAt(0).toUpperCase() + who.slice(1);
}

/** The query for templates of submissions. */
import type { Queries } from "@/agents/application";
import { SEEDED_TEMPLATES } from "@/agents/configuration/seeded-templates";
import type { Template } from "@/core/shapes/trees";
import type { Store } from "@/db/store";

export function createTemplateQueries(store: Pick<Store, "templates">): Pick<Queries, "listTemplates"> {
  return { listTemplates: async () => listed(store) };
}

/** Returns people's own templates first, then Banyan's, except those that somebody has deleted or renamed. */
export function listed(store: Pick<Store, "templates">): Template[] {
  const { saved, removed } = store.templates.read();
  const own = saved.toSorted((a, b) => a.name.localeCompare(b.name));
  return [...own, ...SEEDED_TEMPLATES.filter((template) => !removed.includes(template.name))];
}

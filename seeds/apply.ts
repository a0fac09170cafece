import type { ConfigEntry, ConfigurationStore, SeedReport } from "@/db/configuration/configuration";
import { loadSeeds } from "./load";

/** Writes the seeds of a folder into the database. Keeps rows that people or agents edited, and reports them. */
export async function applySeeds(store: ConfigurationStore, folder: string): Promise<SeedReport> {
  const { agents, documents, tools, runbooks } = await loadSeeds(folder);
  const entry = (kind: ConfigEntry["kind"], body: { name: string; description: string }): ConfigEntry => {
    return { kind, name: body.name, description: body.description, body };
  };
  return store.seed([
    ...agents.map((body) => entry("agent", body)),
    ...documents.map((body) => entry("document", body)),
    ...tools.map((body) => entry("tool", body)),
    ...runbooks.map((body) => entry("runbook", body)),
  ]);
}

import type { ConfigEntry, ConfigurationStore, SeedReport } from "@/db/configuration/configuration";
import type { SpendCapStore } from "@/db/records/spend-caps";
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

/** What a new installation may spend until an admin changes it: little enough that a mistake on the first day is cheap. */
export const NEW_INSTALLATION_CAPS = { dayMicroUsd: 20_000_000, treeMicroUsd: 5_000_000 };

/** Seeds the database of an installation. A new installation gets its caps; an existing one keeps what it has. */
export async function seedInstallation(
  store: { configuration: ConfigurationStore; spendCaps: Pick<SpendCapStore, "startNew"> },
  folder: string,
): Promise<SeedReport> {
  // Before the seeds, because an installation counts as new while it has no configuration.
  await store.spendCaps.startNew(NEW_INSTALLATION_CAPS);
  return applySeeds(store.configuration, folder);
}

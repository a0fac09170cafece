import type { ConfigEntry, ConfigurationStore, SeedReport } from "@/db/configuration/configuration";
import type { SpendCapStore } from "@/db/records/spend-caps";
import { SeedError } from "./front-matter";
import { type LeftOut, loadSeed, loadSeeds, type OneSeed } from "./load";

/** Says of a file such as `seeds/agents/worker.md` whether agents changed it, so that nobody has approved it as configuration. */
export type HeldSeeds = LeftOut;

const NONE_HELD: HeldSeeds = () => false;

/** Writes the seeds of a folder into the database. Keeps rows that people or agents edited, and reports them. */
export async function applySeeds(
  store: ConfigurationStore,
  folder: string,
  isHeld: HeldSeeds = NONE_HELD,
): Promise<SeedReport> {
  const { agents, documents, tools, runbooks } = await loadSeeds(folder, isHeld);
  const entry = (kind: ConfigEntry["kind"], body: { name: string; description: string }): ConfigEntry => {
    return { kind, name: body.name, description: body.description, body };
  };
  const entries = [
    ...agents.map((body) => entry("agent", body)),
    ...documents.map((body) => entry("document", body)),
    ...tools.map((body) => entry("tool", body)),
    ...runbooks.map((body) => entry("runbook", body)),
  ];
  return store.seed(entries);
}

/**
 * Reads the seeds of a folder that agents changed. `say` gets a sentence about each that cannot be read: nobody has
 * approved it, so it must not stop the start.
 */
export async function changedSeeds(
  folder: string,
  files: readonly string[],
  say: (sentence: string) => void,
): Promise<OneSeed[]> {
  const read = files.map(async (file) => {
    try {
      return await loadSeed(folder, file);
    } catch (error) {
      if (!(error instanceof SeedError)) throw error;
      say(`Agents changed ${file}, and it is left out: ${error.message}`);
      return null;
    }
  });
  return (await Promise.all(read)).filter((seed) => seed !== null);
}

/** What a new installation may spend until an admin changes it: little enough that a mistake on the first day is cheap. */
export const NEW_INSTALLATION_CAPS = { dayMicroUsd: 20_000_000, treeMicroUsd: 5_000_000 };

/** Seeds the database of an installation. A new installation gets its caps; an existing one keeps what it has. */
export async function seedInstallation(
  store: { configuration: ConfigurationStore; spendCaps: Pick<SpendCapStore, "startNew"> },
  folder: string,
  isHeld: HeldSeeds = NONE_HELD,
): Promise<SeedReport> {
  // Before the seeds, because an installation counts as new while it has no configuration.
  await store.spendCaps.startNew(NEW_INSTALLATION_CAPS);
  return applySeeds(store.configuration, folder, isHeld);
}

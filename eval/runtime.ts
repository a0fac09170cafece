/** The real runtime in a fresh folder, with the person's settings and keys, and one model for all tasks. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAM_PORTS } from "@/agents/boot/programs";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { createRuntime } from "@/agents/boot/runtime";
import type { Runtime } from "@/agents/boot/runtime-parts";
import { createProviders } from "@/agents/providers/providers";
import { readSettings, type Settings } from "@/lib/env";
import { openKnownModels } from "@/lib/models/known-models";
import { createModelPort } from "@/lib/models/model-port";
import type { ProviderSettings } from "@/lib/models/providers/table";
import { applySeeds } from "@/seeds/apply";

export interface EvalRuntime {
  runtime: Runtime;
  /** `provider/model` of all tasks. */
  model: string;
  /** Holds the database, and a folder for each task. */
  folder: string;
  /** Learns from goals that have ended. */
  learn(): Promise<void>;
  close(): Promise<void>;
}

export interface Access {
  /** Keys and addresses of the providers. */
  providers: ProviderSettings;
  model: string;
  /** The installation's data folder, for limits and prices that a person set; absent: none. */
  dataDir?: string;
}

type Env = Record<string, string | undefined>;

/** Returns the providers and the default model that the environment and the installation's database name. */
export async function configuredAccess(env: Env, checkout: string): Promise<Access> {
  const settings = readSettings(env, checkout);
  const { dataDir } = settings;
  if (!existsSync(settings.databaseFile)) return { ...withoutDatabase(settings), dataDir };
  const readRuntime = openReadRuntime({ settings, program: checkout, checkout, version: "eval", migrate: false });
  try {
    return { providers: readRuntime.providers.settings(), model: readRuntime.providers.defaultModel(), dataDir };
  } finally {
    await readRuntime.close();
  }
}

function withoutDatabase(settings: Settings): Pick<Access, "providers" | "model"> {
  const models = openKnownModels(settings.dataDir, { access: () => settings.providers, now: Date.now });
  const nothing = { vault: { get: () => null, version: () => "" }, addresses: { read: () => null } };
  try {
    return { providers: settings.providers, model: createProviders({ settings, models, ...nothing }).defaultModel() };
  } finally {
    models.close();
  }
}

export async function startEvalRuntime(access: Access, env: Env, checkout: string): Promise<EvalRuntime> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-eval-"));
  // The person's own database, daily caps and list of people are not used.
  const { PATH, HOME, MAX_CONCURRENT_AGENTS, DEFAULT_TIMEOUT_SECONDS } = env;
  const own = { PATH, HOME, MAX_CONCURRENT_AGENTS, DEFAULT_TIMEOUT_SECONDS, BANYAN_MODEL: access.model };
  const settings = readSettings({ ...own, BANYAN_DATA_DIR: join(folder, "data") }, checkout);
  const ownPrices = join(access.dataDir ?? folder, "models.json");
  mkdirSync(settings.dataDir, { recursive: true });
  if (existsSync(ownPrices)) copyFileSync(ownPrices, join(settings.dataDir, "models.json"));
  const runtime = await createRuntime({
    settings: { ...settings, providers: access.providers },
    program: checkout,
    checkout,
    version: "eval",
    models: createModelPort(() => access.providers, PROGRAM_PORTS),
    report: (message, error) => console.error(message, error),
  });
  await applySeeds(runtime.store.configuration, join(checkout, "seeds"));
  const worker = await runtime.startWorker({ role: "all" });
  return {
    runtime,
    folder,
    model: access.model,
    learn: () => worker.lessons.check(),
    async close() {
      await worker.stop(0);
      await runtime.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

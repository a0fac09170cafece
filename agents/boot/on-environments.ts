/** Keeps environments of projects, and brings promotions on. */
import { createOpenRepository } from "@/agents/commands/workspace/open-repository";
import { type EnvironmentWatchOptions, startEnvironmentWatch } from "@/agents/environments/watch";
import { startPromotionWatch } from "@/agents/promotions/watch";
import type { Checks } from "@/lib/time/checks";
import type { RuntimeParts } from "./runtime-parts";

/** Starts the watches of environments and promotions. */
export function keepEnvironments(
  { acting, options, sandbox }: Pick<RuntimeParts, "acting" | "options" | "sandbox">,
  watched: Pick<EnvironmentWatchOptions, "timers" | "leads" | "report" | "now">,
): { environments: Checks; promotions: Checks } {
  const { store, security, configuration, self } = acting;
  const { settings, program } = options;
  const sources = {
    ...watched,
    store,
    security,
    configuration,
    openRepository: createOpenRepository({ settings, vault: security.vault, self }),
    sandbox,
    dataDir: settings.dataDir,
    privateHosts: settings.privateHosts,
    program,
  };
  return {
    environments: startEnvironmentWatch(sources),
    promotions: startPromotionWatch(sources),
  };
}

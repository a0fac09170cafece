/** Keeps environments of projects. */
import { createOpenRepository } from "@/agents/commands/workspace/open-repository";
import { type EnvironmentWatchOptions, startEnvironmentWatch } from "@/agents/environments/watch";
import type { Checks } from "@/lib/time/checks";
import type { RuntimeParts } from "./runtime-parts";

/** Starts the watch. */
export function keepEnvironments(
  { acting, options, sandbox }: Pick<RuntimeParts, "acting" | "options" | "sandbox">,
  watched: Pick<EnvironmentWatchOptions, "timers" | "leads" | "report" | "now">,
): Checks {
  const { store, security, configuration, self } = acting;
  const { settings } = options;
  return startEnvironmentWatch({
    ...watched,
    store,
    security,
    configuration,
    openRepository: createOpenRepository({ settings, vault: security.vault, self }),
    sandbox,
    program: options.program,
    dataDir: settings.dataDir,
    privateHosts: settings.privateHosts,
  });
}

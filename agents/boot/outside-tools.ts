/** Configures the tools that reach outside hosts, from the settings and the vault. */
import { join } from "node:path";
import { gitCredentialOf } from "@/agents/commands/workspace/clone-workspace";
import type { Providers } from "@/agents/providers/providers";
import type { ToolServices } from "@/agents/tools/world-tools";
import type { Settings } from "@/lib/env";
import { GITHUB } from "@/lib/git/forge";
import type { Vault } from "@/lib/secrets/vault";
import type { Timers } from "@/lib/time/timers";
import { createWeb } from "@/lib/web/web";

/** Returns the services of web and git tools. `program`: folder of the running system's files. */
export function outsideTools(
  settings: Settings,
  program: string,
  vault: Pick<Vault, "get">,
  timers: Timers,
  providers: Pick<Providers, "settings" | "defaultModel">,
): Pick<ToolServices, "web" | "git"> {
  const { search, gitBranches, gitWriteScope } = settings;
  const web = createWeb({
    cacheDir: join(settings.dataDir, "cache"),
    program,
    search: {
      ...search,
      // Read with each search, because an admin may have set a key in the meantime.
      get model() {
        return providers.defaultModel();
      },
      get providers() {
        return providers.settings();
      },
    },
    secret: (name) => vault.get(name),
    timers,
  });
  const git = {
    credential: async (host: string) => gitCredentialOf(vault, host),
    forges: [GITHUB, ...settings.forges.filter(({ kind }) => kind === "github")],
    privateHosts: settings.privateHosts,
    ...(gitBranches && { branches: gitBranches }),
    ...(gitWriteScope && { writeScope: gitWriteScope }),
  };
  return { web, git };
}

/** What tools that reach outside are given, from the settings and the vault. */
import { join } from "node:path";
import type { Settings } from "@/lib/env";
import { GITHUB } from "@/lib/git/forge";
import type { Vault } from "@/lib/secrets/vault";
import type { Timers } from "@/lib/timers";
import { createWeb } from "@/lib/web/web";
import { gitCredentialOf } from "./clone-workspace";
import type { Providers } from "./providers";
import type { ToolServices } from "./tools/world-tools";

export function outsideTools(
  settings: Settings,
  vault: Pick<Vault, "get">,
  timers: Timers,
  providers: Pick<Providers, "settings" | "defaultModel">,
): Pick<ToolServices, "web" | "git"> {
  const { search, gitBranches, gitWriteScope } = settings;
  const web = createWeb({
    cacheDir: join(settings.dataDir, "cache"),
    search: {
      ...search,
      // Read with each search: an admin may have set a key meanwhile.
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
    forges: [GITHUB, ...settings.forges],
    privateHosts: settings.privateHosts,
    ...(gitBranches && { branches: gitBranches }),
    ...(gitWriteScope && { writeScope: gitWriteScope }),
  };
  return { web, git };
}

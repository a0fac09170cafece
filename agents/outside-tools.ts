/** What tools that reach outside are given, from the settings and the vault. */
import { join } from "node:path";
import type { Settings } from "@/lib/env";
import { GITHUB } from "@/lib/git/forge";
import type { Vault } from "@/lib/secrets/vault";
import type { Timers } from "@/lib/timers";
import { createWeb } from "@/lib/web/web";
import { gitCredentialOf } from "./clone-workspace";
import { withStoredKeys } from "./security";
import type { ToolServices } from "./tools/world-tools";

export function outsideTools(
  settings: Settings,
  vault: Pick<Vault, "get">,
  timers: Timers,
): Pick<ToolServices, "web" | "git"> {
  const { defaultModel, search, gitBranches, gitWriteScope } = settings;
  const web = createWeb({
    cacheDir: join(settings.dataDir, "cache"),
    search: {
      ...search,
      model: defaultModel,
      providers: withStoredKeys(settings.providers, vault),
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

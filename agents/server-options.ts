/** What servers of tools need of this installation, in whatever process they are started. */

import type { Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import type { Vault } from "@/lib/secrets/vault";
import type { Configuration } from "./configuration";
import { callbackUrl } from "./server-sign-in";
import { isServer } from "./server-tools";
import type { ServersOptions } from "./servers";

interface Sources {
  settings: Pick<Settings, "dataDir" | "privateHosts" | "host" | "port">;
  store: Pick<Store, "toolStates">;
  vault: Pick<Vault, "get" | "set">;
  keyPaths: readonly string[];
  configuration: Pick<Configuration, "tools">;
  version: string;
  report(message: string): void;
}

export function serverOptions(sources: Sources): Omit<ServersOptions, "sandbox"> {
  const { settings, store, vault, keyPaths, configuration, version, report } = sources;
  return {
    dataDir: settings.dataDir,
    vault,
    callbackUrl: callbackUrl(settings),
    approvedHash(server, tool) {
      const live = configuration.tools().find((one) => one.name === server);
      return live && isServer(live) ? live.server.tools.find((one) => one.name === tool)?.hash : undefined;
    },
    toolStates: store.toolStates,
    version,
    privateHosts: settings.privateHosts,
    keyPaths,
    report,
  };
}

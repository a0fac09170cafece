/** Returns what tool servers need from this installation, in any process that starts them. */
import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import { isSameServer, isServer } from "@/agents/tools/outside/server-tools";
import type { Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import type { ServersOptions } from "./servers";
import { callbackUrl } from "./sign-in";

interface Sources {
  settings: Pick<Settings, "dataDir" | "privateHosts" | "host" | "port" | "publicUrl">;
  store: Pick<Store, "toolStates" | "outsideCalls">;
  security: Pick<Security, "vault" | "keyPaths">;
  configuration: Pick<Configuration, "tools">;
  version: string;
  now(): number;
  report(message: string): void;
}

export function serverOptions(sources: Sources): Omit<ServersOptions, "sandbox"> {
  const { settings, store, security, configuration, version, now, report } = sources;
  const liveServer = (name: string) => {
    const live = configuration.tools().find((tool) => tool.name === name);
    if (!live || !isServer(live) || !live.availability.available) return null;
    return store.toolStates.quarantineOf(name) === null ? live : null;
  };
  return {
    dataDir: settings.dataDir,
    vault: security.vault,
    keyPaths: security.keyPaths,
    callbackUrl: callbackUrl(settings),
    approvedHash(server, tool) {
      const live = configuration.tools().find((tool) => tool.name === server);
      return live && isServer(live) ? live.server.tools.find((listed) => listed.name === tool)?.hash : undefined;
    },
    isLive({ name, server }) {
      const live = liveServer(name);
      // As for the call check: the next version of a server that an agent wrote is the same server.
      return live !== null && (server.files !== undefined || isSameServer(server, live.server));
    },
    liveServer,
    toolStates: store.toolStates,
    outsideCalls: store.outsideCalls,
    version,
    privateHosts: settings.privateHosts,
    now,
    report,
  };
}

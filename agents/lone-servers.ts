/** Servers of tools for a process without a worker, such as a command that approves one: started when needed, ended with it. */
import type { Store } from "@/db/store";
import type { ActingOptions } from "./acting";
import type { Security } from "./security";
import type { Servers } from "./servers";

export interface LoneServers {
  servers: Servers;
  close(): Promise<void>;
}

export async function loneServers(
  { settings, version, report = () => {} }: ActingOptions,
  store: Store,
  { vault, keyPaths }: Security,
): Promise<LoneServers> {
  const [{ createSandbox }, { createServers }] = await Promise.all([
    import("@/lib/sandbox/sandbox"),
    import("./servers"),
  ]);
  const sandbox = createSandbox();
  const servers = createServers({
    dataDir: settings.dataDir,
    sandbox,
    secretOf: async (name) => vault.get(name) ?? undefined,
    toolStates: store.toolStates,
    version,
    privateHosts: settings.privateHosts,
    keyPaths,
    report,
  });
  return {
    servers,
    async close() {
      await servers.close();
      sandbox.close();
    },
  };
}

/** Tool servers and their sandbox for a process without a worker, such as a command that approves a server. */
import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import { serverOptions } from "@/agents/servers/server-options";
import type { Servers } from "@/agents/servers/servers";
import type { Store } from "@/db/store";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { ReadRuntimeOptions } from "./read-runtime";

export interface LoneServers {
  servers: Servers;
  sandbox: SandboxPort;
  close(): Promise<void>;
}

export async function loneServers(
  { settings, version, report = () => {} }: Pick<ReadRuntimeOptions, "settings" | "version" | "report">,
  store: Store,
  security: Security,
  configuration: Configuration,
): Promise<LoneServers> {
  const [{ createSandbox }, { createServers }] = await Promise.all([
    import("@/lib/sandbox/sandbox"),
    import("@/agents/servers/servers"),
  ]);
  const sandbox = createSandbox();
  const servers = createServers({
    ...serverOptions({ settings, store, security, configuration, version, now: Date.now, report }),
    sandbox,
  });
  return {
    servers,
    sandbox,
    async close() {
      await servers.close();
      sandbox.close();
    },
  };
}

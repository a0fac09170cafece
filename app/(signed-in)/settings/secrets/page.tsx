import type { Metadata } from "next";
import type { Queries } from "@/agents/application";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/layout/admins-only";
import { RotateKey } from "./rotate-key";
import { missingSecrets, secretUse } from "./secret-words";
import { Secrets } from "./secrets";

export const metadata: Metadata = { title: "Secrets" };

export default async function SecretsPage() {
  const app = await enter();
  if (!app.may("listSecrets")) return <AdminsOnly what="The page Secrets" role={app.actor.role} />;
  const [kept, servers] = await Promise.all([app.queries.listSecrets(), serversOf(app.queries)]);
  const secrets = kept.map((secret) => ({ ...secret, use: secretUse(secret.name, servers) }));
  return (
    <>
      <Secrets secrets={secrets} missing={missingSecrets(kept, servers)} />
      <RotateKey count={kept.length} />
    </>
  );
}

/** Returns each MCP server with the names of the secrets that it receives. */
async function serversOf(queries: Queries): Promise<{ name: string; secrets: string[] }[]> {
  const tools = (await queries.listTools()).filter((tool) => tool.source === "mcp");
  const found = await Promise.all(tools.map((tool) => queries.getTool(tool.name).catch(() => null)));
  return found.flatMap((tool) => (tool?.server ? [{ name: tool.name, secrets: tool.server.secrets }] : []));
}

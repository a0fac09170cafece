/** The use of a secret, from its name and from the servers that name it. Pure. */
import type { ListedSecret } from "@/agents/application";
import { providerLabel } from "@/lib/models/providers/labels";

export type ShownSecret = ListedSecret & { use: SecretUse };

export interface SecretUse {
  /** Servers that receive it. */
  servers: string[];
  /** The use in words when no server receives it. */
  purpose: string | null;
  /** Stored by Banyan itself; nobody types it. */
  isOwn: boolean;
}

export function secretUse(name: string, servers: readonly { name: string; secrets: readonly string[] }[]): SecretUse {
  const users = servers.filter((server) => server.secrets.includes(name)).map((server) => server.name);
  const [, signedIn] = /^mcp\/([^/]+)\/oauth-[0-9a-f]+$/.exec(name) ?? [];
  if (signedIn !== undefined) return { servers: [signedIn], purpose: null, isOwn: true };
  const [, host] = /^git\/(.+)$/.exec(name) ?? [];
  const search = /^search\/|^(brave|tavily|searxng)/.test(name) ? "searches of the web" : null;
  const purpose = modelsOf(name) ?? (host ? `repositories at ${host}` : search);
  return { servers: users, purpose, isOwn: false };
}

/** Returns the secrets that servers name and nobody has set. */
export function missingSecrets(
  kept: readonly { name: string }[],
  servers: readonly { name: string; secrets: readonly string[] }[],
): { name: string; server: string }[] {
  const names = new Set(kept.map((secret) => secret.name));
  return servers.flatMap((server) =>
    server.secrets.filter((name) => !names.has(name)).map((name) => ({ name, server: server.name })),
  );
}

/** Names the provider of a key that was stored before there was a page for keys. */
function modelsOf(name: string): string | null {
  const provider = providerLabel(name.replace(/_api_key$/, ""));
  return provider && name.endsWith("_api_key") ? `the models of ${provider}` : null;
}

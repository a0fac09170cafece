/** The part of `doctor` that checks what agents can call and reach: policy, added tool servers, web search, git tokens. */
import { type Configuration, createConfiguration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import type { Providers } from "@/agents/providers/providers";
import { isServer } from "@/agents/tools/outside/server-tools";
import type { Store } from "@/db/store";
import { GITHUB } from "@/lib/git/forge";
import { chooseSearch } from "@/lib/web/search/choose";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./finding";

export function configurationOf({ settings }: Context, store: Store): Configuration {
  const { defaultTimeoutMs, allowedHosts, fetchHosts } = settings;
  return createConfiguration(store.configuration, {
    defaultTimeoutMs,
    allowedHosts,
    fetchHosts,
    findRunbook: () => null,
  });
}

export function policy({ settings }: Context, configuration: Configuration): Finding {
  const name = "Policy";
  const { levels, hosts } = configuration.policy();
  const words = Object.entries(levels).map(([level, policy]) => `${level}: ${policy}`);
  const reached = `Hosts without approval: ${hosts.join(", ") || "none"}.`;
  const own =
    settings.privateHosts.length > 0
      ? ` Private addresses that tools can reach: ${settings.privateHosts.join(", ")}.`
      : "";
  const text = `${words.join(", ")}. ${reached}${own}`;
  const loose = (["network", "host", "change"] as const).filter((level) => levels[level] === "auto");
  if (loose.length === 0) return { name, mark: "ok", text, remedy: "" };
  const remedy = `Calls of level ${loose.join(" and ")} run without approval; to change that: \`banyan policy ${loose[0]} ask\`.`;
  return { name, mark: "warn", text, remedy };
}

/** Returns a finding that counts the callable servers, and one for each server that cannot be called. */
export function servers(store: Store, configuration: Configuration): Finding[] {
  const all = configuration.tools().filter((tool) => isServer(tool));
  const name = "Tool servers";
  if (all.length === 0) {
    return [{ name, mark: "off", text: "None added.", remedy: "Add servers with `banyan tools add FILE`." }];
  }
  const bad = all.flatMap((server): Finding[] => {
    const held = store.toolStates.quarantineOf(server.name);
    const of = `Server ${server.name}`;
    if (held !== null) {
      const remedy = `See what changed with \`banyan tools test ${server.name}\`, which says how to approve it.`;
      return [{ name: of, mark: "warn", text: `Held back: ${held}`, remedy }];
    }
    if (!server.availability.available) {
      const remedy = `Fix it, then run \`banyan tools test ${server.name}\`, or remove it: \`banyan tools remove ${server.name}\`.`;
      return [{ name: of, mark: "warn", text: `Off: ${server.availability.reason}`, remedy }];
    }
    if (server.policy !== "deny") return [];
    return [{ name: of, mark: "off", text: "Its policy is deny, so all its calls are refused.", remedy: "" }];
  });
  const isBad = (server: string) => bad.some((finding) => finding.name === `Server ${server}`);
  const good = all.filter((server) => !isBad(server.name)).map((server) => server.name);
  const text = `${good.length} of ${all.length} can be called${good.length > 0 ? `: ${good.join(", ")}` : ""}.`;
  return [{ name, mark: bad.some(({ mark }) => mark === "warn") ? "warn" : "ok", text, remedy: "" }, ...bad];
}

export function search({ settings }: Context, { vault }: Security, providers: Providers): Finding {
  const name = "Web search";
  const secret = (wanted: string) => readable(() => vault.get(wanted));
  const found = chooseSearch(
    { ...settings.search, model: providers.defaultModel(), providers: providers.settings() },
    secret,
  );
  if (typeof found === "string") return { name, mark: "off", text: found, remedy: "" };
  return { name, mark: "ok", text: `Uses ${found.name}.`, remedy: "" };
}

/** Checks only which hosts have a token. The first use of a token shows whether it is valid. */
export function forges({ settings }: Context, { vault }: Security): Finding {
  const name = "Git tokens";
  const hosts = [GITHUB, ...settings.forges].map(({ host }) => host);
  const tokens = vault.list().flatMap((secret) => (secret.name.startsWith("git/") ? [secret.name] : []));
  const without = hosts.filter((host) => !tokens.includes(`git/${host.replace(":", "_")}`));
  const remedy = `Set one with \`banyan secrets set git/${without[0] ?? "HOST"}\`.`;
  if (tokens.length === 0) {
    const text = `None for ${hosts.join(", ")}: agents can clone public repositories and cannot push.`;
    return { name, mark: "off", text, remedy };
  }
  const rest = without.length > 0 ? ` None for: ${without.join(", ")}.` : "";
  return { name, mark: "ok", text: `Set: ${tokens.join(", ")}.${rest}`, remedy: "" };
}

/** Returns null for a secret that cannot be read: the finding on secrets reports it. */
function readable(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

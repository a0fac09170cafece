/** The part of `doctor` about what agents may call and reach: the policy, added servers, the search, and tokens for repositories. */
import { type Configuration, createConfiguration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import type { Providers } from "@/agents/providers/providers";
import { isServer } from "@/agents/tools/outside/server-tools";
import type { Store } from "@/db/store";
import { GITHUB } from "@/lib/git/forge";
import { chooseSearch } from "@/lib/web/search/choose";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./doctor";

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
  const words = Object.entries(levels).map(([level, one]) => `${level}: ${one}`);
  const reached = `Hosts that nobody is asked about: ${hosts.join(", ") || "none"}.`;
  const own =
    settings.privateHosts.length > 0
      ? ` Private addresses that tools may reach: ${settings.privateHosts.join(", ")}.`
      : "";
  const text = `${words.join(", ")}. ${reached}${own}`;
  const loose = (["network", "host", "change"] as const).filter((level) => levels[level] === "auto");
  if (loose.length === 0) return { name, mark: "ok", text, remedy: "" };
  const remedy = `Nobody is asked about ${loose.join(" and ")}: \`banyan policy ${loose[0]} ask\` changes that.`;
  return { name, mark: "warn", text, remedy };
}

/** One line for those that can be called, and one for each that cannot. */
export function servers(store: Store, configuration: Configuration): Finding[] {
  const all = configuration.tools().filter((tool) => isServer(tool));
  const name = "Servers of tools";
  if (all.length === 0) {
    return [{ name, mark: "off", text: "None was added.", remedy: "Add some with `banyan tools add FILE`." }];
  }
  const bad = all.flatMap((server): Finding[] => {
    const held = store.toolStates.quarantineOf(server.name);
    const of = `Server ${server.name}`;
    if (held !== null) {
      const remedy = `Look at it with \`banyan tools test ${server.name}\`; with --accept it counts as it is now.`;
      return [{ name: of, mark: "warn", text: `Held back: ${held}`, remedy }];
    }
    if (!server.availability.available) {
      const remedy = `Mend it, then \`banyan tools test ${server.name}\`; or \`banyan tools remove ${server.name}\`.`;
      return [{ name: of, mark: "warn", text: `Off: ${server.availability.reason}`, remedy }];
    }
    if (server.policy !== "deny") return [];
    return [{ name: of, mark: "off", text: "Its policy is deny: its calls are refused.", remedy: "" }];
  });
  const isBad = (server: string) => bad.some((one) => one.name === `Server ${server}`);
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
  return { name, mark: "ok", text: `It goes through ${found.name}.`, remedy: "" };
}

/** Names only: whether a token is good is seen when it is used. */
export function forges({ settings }: Context, { vault }: Security): Finding {
  const name = "Git tokens";
  const hosts = [GITHUB, ...settings.forges].map(({ host }) => host);
  const tokens = vault.list().flatMap((secret) => (secret.name.startsWith("git/") ? [secret.name] : []));
  const without = hosts.filter((host) => !tokens.includes(`git/${host.replace(":", "_")}`));
  const remedy = `Set one with \`banyan secrets set git/${without[0] ?? "HOST"}\`.`;
  if (tokens.length === 0) {
    const text = `None for ${hosts.join(", ")}: agents clone public repositories, and push nothing.`;
    return { name, mark: "off", text, remedy };
  }
  const rest = without.length > 0 ? ` None for: ${without.join(", ")}.` : "";
  return { name, mark: "ok", text: `There are ${tokens.join(", ")}.${rest}`, remedy: "" };
}

/** A secret that cannot be read has a line of its own. */
function readable(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Which forges are known, and their clients with the tokens of the vault. */
import { wrongField } from "@/agents/application";
import type { JiraProject } from "@/core/shapes/forges";
import { jiraSecretOf, tokenSecretOf } from "@/core/words/projects";
import type { StoredLink } from "@/db/forges/stored";
import type { StoredProject } from "@/db/projects/projects";
import type { ConfiguredForge } from "@/lib/env/forges";
import { createJira } from "@/lib/forges/jira";
import { clientOf } from "@/lib/forges/kinds";
import type { ForgePort, IssuePort } from "@/lib/forges/port";
import { AddressError, checkTarget } from "@/lib/net/guard";

/** Forges that need no setting. */
const PUBLIC_FORGES: readonly ConfiguredForge[] = [
  { host: "github.com", kind: "github", apiUrl: "https://api.github.com" },
  { host: "gitlab.com", kind: "gitlab", apiUrl: "https://gitlab.com/api/v4" },
  { host: "codeberg.org", kind: "gitea", apiUrl: "https://codeberg.org/api/v1" },
  { host: "gitea.com", kind: "gitea", apiUrl: "https://gitea.com/api/v1" },
];

type Place = Pick<StoredLink, "kind" | "host" | "apiUrl" | "path">;

/** What says where a repository is. */
type Named = Pick<StoredProject, "name" | "address" | "keys">;

export interface ForgeAccessPort {
  tokenOf(host: string): string | null;
  /** Returns the client of a repository, or null when the vault has no token for its host. */
  portOf(place: Place, signal: AbortSignal): ForgePort | null;
  /** Returns the client of a project of Jira, or null when the vault has no account for its site. */
  jiraOf(project: JiraProject, signal: AbortSignal): IssuePort | null;
  /** Throws UserError when Banyan must send nothing to the site: a person gave its address. */
  requireSite(project: JiraProject): Promise<void>;
  /** Returns where the project's repository is at its forge. Throws UserError when it is at none that is known. */
  placeOf(project: Named): Place & { cloneUrl: string };
}

interface AccessOptions {
  /** Hosts with the addresses of their APIs, as the settings name them. */
  configured: readonly ConfiguredForge[];
  /** Hosts that may have private addresses. */
  privateHosts: readonly string[];
  secret(name: string): string | null;
  now(): number;
}

export function createForgeAccess({ configured, privateHosts, secret, now }: AccessOptions): ForgeAccessPort {
  const known = [...configured, ...PUBLIC_FORGES];
  const tokenOf = (host: string) => secret(tokenSecretOf(host));
  return {
    tokenOf,
    portOf(place, signal) {
      const token = tokenOf(place.host);
      return token === null ? null : clientOf(place.kind).create({ access: { ...place, token }, signal, now });
    },
    jiraOf(project, signal) {
      const account = secret(jiraSecretOf(project.host));
      return account === null ? null : createJira({ project, secret: account, signal, now });
    },
    async requireSite({ url }) {
      try {
        const { isPrivateHost } = await checkTarget(url, { privateHosts });
        if (url.startsWith("https:") || isPrivateHost) return;
      } catch (error) {
        throw error instanceof AddressError ? wrongField("jira", error.message) : error;
      }
      throw wrongField("jira", `Jira's address has to begin with https://, because the token is sent there.`);
    },
    placeOf: (project) => placeOf(project, known),
  };
}

function placeOf({ name, address, keys }: Named, known: readonly ConfiguredForge[]) {
  const elsewhere = keys.filter((key) => !key.startsWith("/") && key.includes("/"));
  if (elsewhere.length === 0)
    throw wrongField(
      "id",
      `The project ${name} is a folder without a remote called origin, so no forge gives it work: add its repository's address as a project.`,
    );
  for (const key of elsewhere) {
    const host = key.slice(0, key.indexOf("/"));
    const path = key.slice(host.length + 1);
    const forge = known.find((one) => one.host === host);
    const isUrl = URL.canParse(address) && address.startsWith("http");
    if (forge) return { ...forge, path, cloneUrl: isUrl ? address : `https://${host}/${path}.git` };
  }
  const hosts = elsewhere.map((key) => key.slice(0, key.indexOf("/"))).join(", ");
  throw wrongField(
    "id",
    `Banyan does not know the API of ${hosts}: name it in the setting BANYAN_FORGES, as in ${hosts}=https://${hosts}/api/v4 for GitLab. The address ends with /api/v3 for GitHub Enterprise, and with /api/v1 for Gitea and Forgejo.`,
  );
}

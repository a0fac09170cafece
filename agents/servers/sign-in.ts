/** Sign-ins at tool servers, kept in the vault so that every process of this database has them. */
import { createHash } from "node:crypto";
import { UserError } from "@/agents/application";
import type { OAuthRecord, OAuthStore } from "@/lib/mcp/calls/oauth";
import { CALLBACK_PATH } from "@/lib/mcp/config/oauth-callback";
import type { Vault } from "@/lib/secrets/vault";

/** The vault's name for the writer of sign-ins, because tokens are renewed without a person. */
const KEEPER = "banyan";

/** Begins the name of a sign-in in the vault. The names of its other secrets have no hyphen. */
const SIGN_IN = "oauth-";

/** Thrown when a person must sign in at the server. */
export class SignInNeeded extends UserError {
  constructor(
    message: string,
    /** The sign-in page's address, http or https. */
    readonly page: string,
  ) {
    super("conflict", message);
  }
}

/** Returns the page to which people return: at the public address, else at the host that the server listens on. */
export function callbackUrl({
  host,
  port,
  publicUrl,
}: {
  host: string;
  port: number;
  publicUrl?: string | null;
}): string {
  if (publicUrl) return `${publicUrl}${CALLBACK_PATH}`;
  const isAnywhere = host === "0.0.0.0" || host === "::";
  const name = isAnywhere ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}${CALLBACK_PATH}`;
}

/** Returns a store with one secret per server and address, under `mcp/<server>/`, which is removed with the server. */
export function signInStore(vault: Pick<Vault, "get" | "set">): OAuthStore {
  const nameOf = (key: string) => {
    const hash = createHash("sha256").update(key).digest("hex").slice(0, 16);
    return `mcp/${key.split(" ", 1)[0]}/${SIGN_IN}${hash}`;
  };
  return {
    async read(key) {
      const kept = vault.get(nameOf(key));
      return kept === null ? undefined : (JSON.parse(kept) as OAuthRecord);
    },
    write: (key, record) => vault.set(nameOf(key), JSON.stringify(record), KEEPER),
  };
}

/** Returns a text that changes when a secret of the server is set or removed. Renewed tokens do not change it. */
export function secretsVersion(vault: Pick<Vault, "list">, server: string): string {
  const own = `mcp/${server}/`;
  const set = vault.list().filter(({ name }) => name.startsWith(own) && !name.startsWith(`${own}${SIGN_IN}`));
  return set.map(({ name, updatedAtMs }) => `${name} ${updatedAtMs}`).join();
}

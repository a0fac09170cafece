/** Sign-ins at servers that ask for one: kept in the vault, so that every process of this database has them. */
import { createHash } from "node:crypto";
import { UserError } from "@/agents/application";
import type { OAuthRecord, OAuthStore } from "@/lib/mcp/calls/oauth";
import { CALLBACK_PATH } from "@/lib/mcp/config/oauth-callback";
import type { Vault } from "@/lib/secrets/vault";

/** In whose name sign-ins are kept: a token is renewed when nobody is there. */
const KEEPER = "banyan";

/** The server asks somebody to sign in. */
export class SignInNeeded extends UserError {
  constructor(
    message: string,
    /** The address that a person opens for it, which is http or https. */
    readonly page: string,
  ) {
    super("conflict", message);
  }
}

/** Our page, to which people are sent back: where people reach the server, or on this machine unless it listens elsewhere. */
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

/** One secret for each server and address, under `mcp/<server>/`, so that it goes when the server is removed. */
export function signInStore(vault: Pick<Vault, "get" | "set">): OAuthStore {
  const nameOf = (key: string) => {
    const hash = createHash("sha256").update(key).digest("hex").slice(0, 16);
    return `mcp/${key.split(" ", 1)[0]}/oauth-${hash}`;
  };
  return {
    async read(key) {
      const kept = vault.get(nameOf(key));
      return kept === null ? undefined : (JSON.parse(kept) as OAuthRecord);
    },
    write: (key, record) => vault.set(nameOf(key), JSON.stringify(record), KEEPER),
  };
}

import { resolveValue } from "@/lib/mcp/config/secret-values";
import type { HttpServer } from "@/lib/mcp/config/types";
import { type OAuthOptions, type ServerAuth, serverAuth } from "./oauth";

type SecretOf = (name: string) => Promise<string | undefined>;

/** One sign-in per server for all scopes, because its refresh token can be used only once at a time. */
export interface Auths {
  /** `key` identifies the server and its configuration. Rejects with the end of a sentence. */
  of(server: HttpServer, key: string, url: URL, secretOf: SecretOf): Promise<ServerAuth>;
  /** Drops what is kept of a server, because its client's secret may have changed. */
  forget(server: string): void;
}

export function createAuths(oauth: OAuthOptions | undefined): Auths {
  const auths = new Map<string, Promise<ServerAuth>>();
  return {
    of(server, key, url, secretOf) {
      if (!oauth) return Promise.reject(new Error("sign-ins for tool servers are not configured"));
      const made = auths.get(key) ?? makeAuth(server, url, secretOf, oauth);
      auths.set(key, made);
      made.catch(() => auths.delete(key));
      return made;
    },
    forget(server) {
      for (const key of auths.keys()) if (key.startsWith(`${server} `)) auths.delete(key);
    },
  };
}

async function makeAuth(server: HttpServer, url: URL, secretOf: SecretOf, oauth: OAuthOptions): Promise<ServerAuth> {
  const secret = server.oauth?.clientSecret;
  return serverAuth(server, url, secret === undefined ? undefined : await resolveValue(secret, secretOf), oauth);
}

/** A real OpenID provider on this machine that replaces Google. Its page offers a choice of accounts. */
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Context, interactionPolicy } from "oidc-provider";

export interface Account {
  email: string;
  email_verified?: boolean | string;
  name?: string;
}

export interface OpenIdProvider {
  /** The settings with which a server trusts this provider. */
  settings: { GOOGLE_ISSUER: string; GOOGLE_CLIENT_ID: string; GOOGLE_CLIENT_SECRET: string };
  close(): Promise<void>;
}

const CLIENT = { id: "banyan", secret: "kept-between-the-two-of-them-only" };

/** Starts the provider. `accounts` maps names on its page to claims. */
export async function startOpenIdProvider(accounts: Record<string, Account>): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = createProvider(issuer, accounts);
  const answer = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const [, page, uid, name] = (request.url ?? "/").split("/");
    if (page !== "pick" || !uid) return answer(request, response);
    if (name === undefined) return void sendChoice(response, uid, Object.keys(accounts));
    const given = name === "cancel" ? { error: "access_denied" } : { select_account: {}, login: { accountId: name } };
    void provider.interactionFinished(request, response, given);
  });
  return {
    settings: { GOOGLE_ISSUER: issuer, GOOGLE_CLIENT_ID: CLIENT.id, GOOGLE_CLIENT_SECRET: CLIENT.secret },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * Returns a new private key. It goes through PEM text, so that the exported key is not the generated object: Node 20
 * deadlocks if it collects the job that generated a key while that key is exported.
 */
function newPrivateKey() {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return createPrivateKey(privateKey).export({ format: "jwk" });
}

function createProvider(issuer: string, accounts: Record<string, Account>): Provider {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: ["http://127.0.0.1/api/auth/callback/google"],
      },
    ],
    jwks: { keys: [{ ...newPrivateKey(), kid: "one", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["only for tests"] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    // Puts the claims into the ID token, like Google.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { policy, url: (_: unknown, { uid }: { uid: string }) => `/pick/${uid}` },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) }),
    async loadExistingGrant({ oidc }: Context) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  // Accepts any port, because the server under test takes a free port.
  provider.Client.prototype.redirectUriAllowed = (uri) =>
    /^http:\/\/(127\.0\.0\.1|localhost):\d+\/api\/auth\/callback\/google$/.test(uri);
  return provider;
}

function sendChoice(response: ServerResponse, uid: string, names: string[]): void {
  const links = [...names, "cancel"].map((name) => `<p><a href="/pick/${uid}/${name}">${name}</a></p>`).join("");
  response.writeHead(200, { "content-type": "text/html" });
  response.end(`<!doctype html><title>Choose an account</title><h1>Choose an account</h1>${links}`);
}

import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import type { HttpServer } from "@/lib/mcp/config/types";
import { type AuthFixture, startAuthServer } from "@/lib/mcp/testing/auth-server";
import { approved, failureOf } from "@/lib/mcp/testing/calls";
import { sendJson, startHttp } from "@/lib/mcp/testing/http-server";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import type { OAuthRecord, OAuthStore } from "./oauth";
import { createMcpPool } from "./pool";

const REDIRECT = "http://127.0.0.1:3000/tools/sign-in";
let auth: AuthFixture;
let server: HttpServer;

beforeEach(async () => {
  auth = await startAuthServer();
  server = { kind: "http", name: "guarded", url: `${auth.origin}/mcp`, headers: {} };
});
afterEach(() => auth.stop());

function memoryStore(): OAuthStore & { records: Map<string, OAuthRecord> } {
  const records = new Map<string, OAuthRecord>();
  return {
    records,
    read: async (key) => structuredClone(records.get(key)),
    write: async (key, record) => void records.set(key, structuredClone(record)),
  };
}

function poolWith(
  store: OAuthStore,
  secretOf = async (): Promise<string | undefined> => undefined,
  secretsVersion = () => "",
  privateHosts = [auth.host],
) {
  const pages: string[] = [];
  const pool = createMcpPool({
    sandbox: { start: () => Promise.reject(new Error("no process is started here")) },
    packagesDir: "/nonexistent",
    hiddenPaths: [],
    secretOf,
    secretsVersion,
    guard: createAddressGuard({ privateHosts }),
    oauth: { store, redirectUrl: REDIRECT, needsPerson: (_server, url) => pages.push(url) },
  });
  onTestFinished(() => pool.close());
  return { pool, pages };
}

/** What a person's browser does: opens the page and follows it to the callback address. */
async function signIn(page: string | undefined): Promise<{ code: string; state: string; issuer: string }> {
  const response = await fetch(page ?? "", { redirect: "manual" });
  const back = new URL(response.headers.get("location") ?? "");
  expect(back.origin + back.pathname).toBe(REDIRECT);
  const [code = "", state = "", issuer = ""] = ["code", "state", "iss"].map(
    (name) => back.searchParams.get(name) ?? "",
  );
  return { code, state, issuer };
}

/** Signs in at the server, whose tools are then approved. */
async function signedIn(store: OAuthStore) {
  const { pool, pages } = poolWith(store);
  await failureOf(pool.describe(server));
  const { code, state, issuer } = await signIn(pages[0]);
  await pool.finishSignIn(server, { code, state, issuer });
  const call = await approved(pool, server);
  return { pages, call };
}

test("a server that requires a sign-in: a person is asked, and then it works, also after a restart", async () => {
  const store = memoryStore();
  const { pool, pages } = poolWith(store);
  const failure = await failureOf(pool.describe(server));
  expect(failure).toMatchObject({ kind: "needs_person", mayHaveRun: false });
  expect(failure.message).toBe("The server guarded requires a sign-in: run “banyan tools signin guarded”.");
  expect(pages).toHaveLength(1);
  expect(new URL(pages[0] ?? "").searchParams.get("code_challenge_method")).toBe("S256");
  expect(pool.health().failing).toEqual([]);

  const { code, state, issuer } = await signIn(pages[0]);
  await expect(pool.finishSignIn(server, { code, state: "another state", issuer })).rejects.toThrow(
    "was not requested, or was already used; start it again",
  );
  await pool.finishSignIn(server, { code, state, issuer });
  await expect(pool.finishSignIn(server, { code, state, issuer })).rejects.toThrow("was already used");
  const call = await approved(pool, server);
  expect((await call("who")).text).toBe("signed in");
  await pool.close();

  const again = await approved(poolWith(store).pool, server);
  expect((await again("who")).text).toBe("signed in");
  expect(auth.asked).toMatchObject({ register: 1, authorize: 1, code: 1, refresh: 0 });
});

test("a person is asked even if reaching the sign-in page takes longer than the wait for a lost answer", async () => {
  auth.registerMs = 800;
  expect(await failureOf(poolWith(memoryStore()).pool.describe(server))).toMatchObject({ kind: "needs_person" });
});

test("while a sign-in page is open, other requests show the same page", async () => {
  const { pool, pages } = poolWith(memoryStore());
  for (let times = 1; times <= 3; times += 1) await failureOf(pool.describe(server));
  expect(new Set(pages).size).toBe(1);
  const { code, state, issuer } = await signIn(pages[0]);
  await pool.finishSignIn(server, { code, state, issuer });
  expect((await pool.describe(server)).tools).toHaveLength(1);
});

test("an expired token is refreshed once, even if many calls notice at the same time", async () => {
  const { pages, call } = await signedIn(memoryStore());
  await call("who");
  auth.expire();
  const results = await Promise.all(["a", "b", "c", "shared", "shared"].map((scope) => call("who", {}, { scope })));
  expect(results.map(({ text }) => text)).toEqual(Array(5).fill("signed in"));
  expect(auth.asked.refresh).toBe(1);
  expect(pages).toHaveLength(1);
});

test("two processes that refresh the same token leave the new one in place, and both go on", async () => {
  const store = memoryStore();
  const { pages, call } = await signedIn(store);
  const [key = "", before] = [...store.records][0] ?? [];
  // The other process has read the token before this one has renewed it.
  const hasRefreshed = () => auth.asked.refresh >= 2;
  const late: OAuthStore = {
    read: async (name) => (hasRefreshed() ? store.read(name) : structuredClone(before)),
    write: async (name, record) => (hasRefreshed() ? store.write(name, record) : undefined),
  };
  const other = await approved(poolWith(late).pool, server);
  auth.expire();
  expect((await call("who")).text).toBe("signed in");
  const renewed = store.records.get(key)?.tokens?.access_token;
  expect(renewed).not.toBe(before?.tokens?.access_token);
  expect((await other("who")).text).toBe("signed in");
  expect(pages).toHaveLength(1);
  expect((await call("who")).text).toBe("signed in");
});

test("a sign-in that was revoked asks for a person again", async () => {
  const { pages, call } = await signedIn(memoryStore());
  auth.revoke();
  expect(await failureOf(call("who"))).toMatchObject({ kind: "needs_person", mayHaveRun: false });
  expect(pages).toHaveLength(2);
});

test("a token belongs to one server's address: another address under the same name does not get it", async () => {
  const store = memoryStore();
  const { pool, pages } = poolWith(store);
  await failureOf(pool.describe(server));
  const { code, state, issuer } = await signIn(pages[0]);
  await pool.finishSignIn(server, { code, state, issuer });
  expect([...store.records.keys()]).toEqual([`guarded ${auth.origin}/mcp`]);
});

test("a sign-in page with an address that is not http or https is not shown", async () => {
  auth.authorizePage = "javascript:alert(1)";
  const { pool, pages } = poolWith(memoryStore());
  const failure = await failureOf(pool.describe(server));
  expect(failure.kind).toBe("unavailable");
  expect(pages).toEqual([]);
});

test("a code that another authorisation server gave, or gives no name for, is not used", async () => {
  for (const issuer of ["https://other.example", undefined]) {
    const { pool, pages } = poolWith(memoryStore());
    await failureOf(pool.describe(server));
    const { code, state } = await signIn(pages[0]);
    const answer = { code, state, ...(issuer && { issuer }) };
    await expect(pool.finishSignIn(server, answer)).rejects.toThrow(/^The sign-in at guarded failed: /);
  }
  expect(auth.asked.code).toBe(0);
});

test("a server that wants a key and offers no sign-in says so", async () => {
  const closed = await startHttp((request, _body, response) =>
    sendJson(response, request.url === "/mcp" ? 401 : 404, { error: "no" }),
  );
  onTestFinished(() => closed.stop());
  const { pool, pages } = poolWith(memoryStore(), undefined, undefined, [closed.host]);
  const failure = await failureOf(pool.describe({ ...server, url: `${closed.origin}/mcp` }));
  expect(failure.message).toBe(
    "The server guarded answers HTTP 401 and offers no sign-in: put its key into the headers of its entry, or correct the key there.",
  );
  expect([failure.kind, pages]).toEqual(["unavailable", []]);
});

test("a client of the configuration belongs to the authorisation server at which it was used first", async () => {
  const store = memoryStore();
  const own = { ...server, oauth: { clientId: "ours" } };
  const { pool } = poolWith(store);
  await failureOf(pool.describe(own));
  expect([...store.records.values()]).toMatchObject([{ issuer: auth.origin }]);
  expect(auth.asked.register).toBe(0);
  for (const record of store.records.values()) Object.assign(record, { issuer: "https://other.example", pageAtMs: 0 });
  await failureOf(pool.describe(own));
  expect(auth.asked.register).toBe(1);
});

test("the secret of a configured client is read again after its connections were closed, and when it was set elsewhere", async () => {
  let reads = 0;
  let version = "1";
  const secretOf = async () => {
    reads += 1;
    return "the client's secret";
  };
  const { pool } = poolWith(memoryStore(), secretOf, () => version);
  const own = { ...server, oauth: { clientId: "ours", clientSecret: { secret: "mcp/guarded/client" } } };
  for (let times = 1; times <= 2; times += 1) await failureOf(pool.describe(own));
  expect(reads).toBe(1);
  await pool.closeServer("guarded");
  await failureOf(pool.describe(own));
  expect(reads).toBe(2);
  version = "2";
  await failureOf(pool.describe(own));
  expect(reads).toBe(3);
});

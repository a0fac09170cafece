/** Sign-in through a real OpenID provider over real HTTP: hostile cases A3 and A4 of the security model. */
import { expect, onTestFinished, test } from "vitest";
import { createSignIn } from "@/agents/guard/sign-in";
import { ownerCalled } from "@/core/rules/roles";
import { parseAllowList } from "@/lib/auth/allow-list";
import { createGoogleSignIn, GOOGLE_BEGIN_PATH } from "@/lib/auth/google";
import { type Account, startOpenIdProvider } from "@/tests/openid-provider";
import { type Answer, ask, type Doors, startDoors } from "./testing/doors";

const ACCOUNTS: Record<string, Account> = {
  ann: { email: "Ann@Example.org", email_verified: true, name: "Ann Example" },
  ben: { email: "ben@example.com", email_verified: true },
  unverified: { email: "ann@example.org", email_verified: false },
  nearly: { email: "ann@example.org", email_verified: "true" },
  unsaid: { email: "ann@example.org" },
  off: { email: "eve@evil.example", email_verified: true },
  suffix: { email: "ann@example.org.evil.example", email_verified: true },
  below: { email: "x@sub.example.com", email_verified: true },
};

async function startWithProvider(): Promise<Doors & { faults: string[]; provider: { close(): Promise<void> } }> {
  const provider = await startOpenIdProvider(ACCOUNTS);
  onTestFinished(() => provider.close());
  const faults: string[] = [];
  const { GOOGLE_ISSUER: issuer, GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = provider.settings;
  const signIn = createGoogleSignIn({ issuer, clientId, clientSecret }, (message) => faults.push(message));
  const list = parseAllowList("ann@example.org, @example.com");
  const doors = await startDoors(undefined, (store) => ({ google: { signIn, admit: createSignIn(store, list) } }));
  return { ...doors, faults, provider };
}

type Jar = Record<string, string>;

/** A cookie jar like that of a browser: stores cookies and sends them back to the same server. */
async function visit(url: string, jar: Jar): Promise<Answer> {
  const cookie = Object.entries(jar)
    .map((pair) => pair.join("="))
    .join("; ");
  const answer = await ask(url, { headers: { ...(cookie && { cookie }) } });
  for (const line of (answer.headers["set-cookie"] as string[] | undefined) ?? []) {
    const [name = "", value = ""] = (line.split(";", 1)[0] ?? "").split(/=(.*)/s);
    if (value === "" || /max-age=0|01 jan 1970/i.test(line)) delete jar[name];
    else jar[name] = value;
  }
  return answer;
}

const locationOf = (answer: Answer) => String(answer.headers.location ?? "");

/**
 * Walks from our page through the provider and its choice of accounts. Returns the address that it redirects back to.
 */
async function atProvider(begun: Answer, account: string): Promise<string> {
  const jar: Jar = {};
  let url = locationOf(begun);
  const home = new URL(url).origin;
  for (let steps = 0; new URL(url).origin === home; steps += 1) {
    expect(steps).toBeLessThan(8);
    const answer = await visit(url, jar);
    const next = answer.status === 200 ? `${new URL(url).pathname}/${account}` : locationOf(answer);
    expect([answer.status, next !== "", answer.status === 200 && next]).toEqual([
      expect.any(Number),
      true,
      answer.status === 200 ? expect.stringContaining("/pick/") : false,
    ]);
    url = new URL(next, url).href;
  }
  return url;
}

async function signIn(doors: Doors, account: string, { jar = {}, wanted = "" }: { jar?: Jar; wanted?: string } = {}) {
  const query = wanted === "" ? "" : `?callbackUrl=${encodeURIComponent(wanted)}`;
  const begun = await visit(`${doors.server.url}${GOOGLE_BEGIN_PATH}${query}`, jar);
  const back = await atProvider(begun, account);
  return { answer: await visit(back, jar), jar, back };
}

const sessionsOf = ({ store }: Doors) => store.client.sqlite.prepare("SELECT count(*) FROM sessions").pluck().get();
const whoIs = async (doors: Doors, jar: Jar) => {
  const answer = await visit(`${doors.server.url}/api/v1/session`, jar);
  return answer.status === 200 ? (JSON.parse(answer.text) as unknown) : answer.status;
};

test("A3: an unverified or unlisted address gets an error and no session row", async () => {
  const doors = await startWithProvider();
  for (const [account, problem] of [
    ["unverified", "unverified"],
    ["nearly", "unverified"],
    ["unsaid", "unverified"],
    ["off", "list"],
    ["suffix", "list"],
    ["below", "list"],
    ["cancel", "cancelled"],
  ] as const) {
    const { answer, jar } = await signIn(doors, account);
    expect([account, answer.status, locationOf(answer), answer.text]).toEqual([
      account,
      303,
      `/signin?problem=${problem}&callbackUrl=%2F`,
      "",
    ]);
    expect([account, sessionsOf(doors), await whoIs(doors, jar)]).toEqual([account, 0, 401]);
  }
  expect(doors.store.people.users()).toEqual([]);
  const { items } = doors.store.audit.list({ limit: 10, action: "signIn" });
  expect(items.map(({ actor, detail }) => [actor, JSON.parse(detail).outcome])).toContainEqual([
    "eve@evil.example",
    "refused",
  ]);
});

test("the first listed address becomes admin, the others operators; a removed user stays out until added again", async () => {
  const doors = await startWithProvider();
  const { answer, jar } = await signIn(doors, "ann");
  expect([answer.status, locationOf(answer)]).toEqual([303, "/"]);
  expect(await whoIs(doors, jar)).toEqual({ name: "ann@example.org", role: "admin", task: null });
  expect(doors.store.people.users()).toMatchObject([{ email: "ann@example.org", name: "Ann Example", role: "admin" }]);
  const ben = await signIn(doors, "ben");
  expect(await whoIs(doors, ben.jar)).toMatchObject({ name: "ben@example.com", role: "operator" });
  expect(Object.keys(ben.jar).filter((name) => /session-token/.test(name))).toEqual([]);

  const { commands } = doors.trial.runtime.application;
  await commands.removeUser({ id: "ben@example.com" }, ownerCalled("test"));
  expect(await whoIs(doors, ben.jar)).toBe(401);
  const again = await signIn(doors, "ben", { jar: ben.jar });
  expect(locationOf(again.answer)).toContain("problem=list");
  expect(await whoIs(doors, ben.jar)).toBe(401);
  await commands.addUser({ email: "ben@example.com", role: "viewer" }, ownerCalled("test"));
  expect(await whoIs(doors, (await signIn(doors, "ben")).jar)).toMatchObject({ role: "viewer" });

  // An admin added this user, who may sign in without being on the list.
  await commands.addUser({ email: "eve@evil.example", role: "viewer" }, ownerCalled("test"));
  expect(await whoIs(doors, (await signIn(doors, "off")).jar)).toMatchObject({ name: "eve@evil.example" });
});

test("the first listed address becomes admin also when others signed in before, but not beside an admin", async () => {
  const doors = await startWithProvider();
  await signIn(doors, "ben");
  expect(await whoIs(doors, (await signIn(doors, "ann")).jar)).toMatchObject({ role: "admin" });
  const other = await startWithProvider();
  const { commands } = other.trial.runtime.application;
  await commands.addUser({ email: "eve@evil.example", role: "admin" }, ownerCalled("test"));
  expect(await whoIs(other, (await signIn(other, "ann")).jar)).toMatchObject({ role: "operator" });
});

test("each sign-in starts a new session and ends the old session of the browser", async () => {
  const doors = await startWithProvider();
  const { jar } = await signIn(doors, "ann");
  const name = doors.server.auth.cookieName;
  const old = { ...jar };
  await signIn(doors, "ann", { jar });
  expect(jar[name]).not.toBe(old[name]);
  expect([await whoIs(doors, old), await whoIs(doors, jar)]).toEqual([401, expect.anything()]);
  const fixed: Jar = { [name]: "chosen-by-somebody-else" };
  await signIn(doors, "ann", { jar: fixed });
  expect(fixed[name]).not.toBe("chosen-by-somebody-else");
});

test("A4: after sign-in people land on a page of this server, even if the address pointed elsewhere", async () => {
  const doors = await startWithProvider();
  expect(locationOf((await signIn(doors, "ann", { wanted: "/trees?q=x" })).answer)).toBe("/trees?q=x");
  for (const wanted of [
    "//evil.example",
    "/\\evil.example",
    "\\evil.example",
    "javascript:alert(1)",
    "http://evil.example/",
    "/%2F%2Fevil.example",
    "/%255Cevil.example",
    "/\t/evil.example",
    "%2F%2Fevil.example",
  ])
    expect([wanted, locationOf((await signIn(doors, "ann", { wanted })).answer)]).toEqual([wanted, "/"]);
  // A cookie is only trusted when it holds a path.
  for (const value of ["https://evil.example/", "//evil.example", "javascript:alert(1)"]) {
    const jar: Jar = {};
    const begun = await visit(`${doors.server.url}${GOOGLE_BEGIN_PATH}`, jar);
    jar["next-auth.callback-url"] = encodeURIComponent(value);
    const answer = await visit(await atProvider(begun, "ann"), jar);
    expect([value, locationOf(answer)]).toEqual([value, expect.stringMatching(/^\/(signin\?|$)/)]);
  }
});

test("a callback that started in another browser, or is used twice, does not sign anybody in", async () => {
  const doors = await startWithProvider();
  const { back, jar } = await signIn(doors, "ann");
  const before = sessionsOf(doors);
  for (const given of [{}, jar]) {
    const answer = await visit(back, { ...given });
    expect(locationOf(answer)).toBe("/signin?problem=again&callbackUrl=%2F");
  }
  const own: Jar = {};
  await visit(`${doors.server.url}${GOOGLE_BEGIN_PATH}`, own);
  // An answer for another person must not sign this browser in as that person.
  expect(locationOf(await visit(back, own))).toContain("/signin?problem=again");
  expect(sessionsOf(doors)).toBe(before);
});

test("another site cannot start a sign-in, and an unreachable provider gives an error", async () => {
  const doors = await startWithProvider();
  const url = `${doors.server.url}${GOOGLE_BEGIN_PATH}?callbackUrl=%2Ftrees`;
  for (const site of ["cross-site", "same-site"]) {
    const answer = await ask(url, { headers: { "sec-fetch-site": site } });
    expect([answer.status, locationOf(answer)]).toEqual([303, "/signin?callbackUrl=%2Ftrees"]);
  }
  await doors.provider.close();
  expect(locationOf(await ask(url))).toBe("/signin?callbackUrl=%2Ftrees&problem=provider");
  expect(doors.faults).toEqual(["Sign-in with Google: SIGNIN_OAUTH_ERROR."]);
});

test("with a public address, the sign-in and its cookies use that address", async () => {
  const provider = await startOpenIdProvider(ACCOUNTS);
  onTestFinished(() => provider.close());
  const { GOOGLE_ISSUER: issuer, GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = provider.settings;
  const doors = await startDoors(undefined, (store) => ({
    publicUrl: "https://banyan.example",
    google: {
      signIn: createGoogleSignIn({ issuer, clientId, clientSecret }, () => {}),
      admit: createSignIn(store, parseAllowList("ann@example.org")),
    },
  }));
  // On the machine itself, the sign-in first redirects to the public address, where Google sends people back.
  expect(locationOf(await doors.ask(GOOGLE_BEGIN_PATH))).toBe("https://banyan.example/signin?callbackUrl=%2F");
  const begun = await doors.ask(GOOGLE_BEGIN_PATH, { headers: { host: "banyan.example" } });
  const asked = new URL(locationOf(begun));
  expect(asked.searchParams.get("redirect_uri")).toBe("https://banyan.example/api/auth/callback/google");
  expect(asked.searchParams.get("code_challenge_method")).toBe("S256");
  for (const line of begun.headers["set-cookie"] as string[]) expect(line).toMatch(/^__(Secure|Host)-.*; Secure/);
  const link = `/signin?token=${await doors.server.auth.createLinkToken()}`;
  const answer = await doors.ask(link, { method: "POST", headers: { host: "banyan.example" } });
  expect(String(answer.headers["set-cookie"])).toContain("; Secure");
});

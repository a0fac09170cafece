import { describe, expect, test } from "vitest";
import { createAuth, LINK_VALID_MS, SESSION_VALID_MS } from "./auth";
import { memoryCredentials } from "./credentials";
import { refusalOf } from "./origin";

function setUp() {
  let time = 1_000_000;
  const now = () => time;
  const auth = createAuth({ store: memoryCredentials(now), port: 3000, now });
  return { auth, pass: (ms: number) => (time += ms) };
}
const cookie = (id: string) => `other=1; banyan_session_3000=${id}; more=2`;

describe("sign-in links", () => {
  test("a link creates one session, once", async () => {
    const { auth } = setUp();
    const token = await auth.createLinkToken();
    const id = await auth.redeemLinkToken(token);
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(await auth.authenticate(cookie(id!))).toEqual({ id: "owner", name: "you", role: "admin" });
    expect(await auth.redeemLinkToken(token)).toBeNull();
  });

  test("of two parallel requests with the same link, only one signs in", async () => {
    const { auth } = setUp();
    const token = await auth.createLinkToken();
    const ids = await Promise.all([auth.redeemLinkToken(token), auth.redeemLinkToken(token)]);
    expect(ids.filter(Boolean)).toHaveLength(1);
  });

  test("a newer link ends the older one", async () => {
    const { auth } = setUp();
    const [older, newer] = [await auth.createLinkToken(), await auth.createLinkToken()];
    expect(await auth.redeemLinkToken(older)).toBeNull();
    expect(await auth.redeemLinkToken(newer)).toMatch(/^[\w-]{43}$/);
  });

  test("after many wrong links an address is told to wait for a minute, but a right link works", async () => {
    const { auth, pass } = setUp();
    const token = await auth.createLinkToken();
    const from = (remoteAddress: string) => ({ headers: {}, socket: { remoteAddress } });
    for (let guess = 0; guess < 30; guess += 1)
      expect(await auth.redeemLinkToken(`wrong${guess}`, from("10.0.0.1"))).toBeNull();
    expect(await auth.redeemLinkToken("wrong", from("10.0.0.1"))).toBe("unheard");
    expect(await auth.redeemLinkToken("wrong", from("10.0.0.2"))).toBeNull();
    expect(await auth.redeemLinkToken(token, from("10.0.0.1"))).toMatch(/^[\w-]{43}$/);
    pass(60_001);
    expect(await auth.redeemLinkToken("wrong", from("10.0.0.1"))).toBeNull();
  });

  test("a link and a session expire", async () => {
    const { auth, pass } = setUp();
    const late = await auth.createLinkToken();
    pass(LINK_VALID_MS);
    expect(await auth.redeemLinkToken(late)).toBeNull();
    const id = await auth.redeemLinkToken(await auth.createLinkToken());
    pass(SESSION_VALID_MS);
    expect(await auth.authenticate(cookie(id!))).toBeNull();
  });

  test("a link's token does not work as a session, and neither does an empty cookie", async () => {
    const { auth } = setUp();
    const token = await auth.createLinkToken();
    for (const header of [cookie(token), cookie(""), "", undefined, "banyan_session_3001=x"]) {
      expect(await auth.authenticate(header)).toBeNull();
    }
  });

  test("signing out ends the session", async () => {
    const { auth } = setUp();
    const id = await auth.redeemLinkToken(await auth.createLinkToken());
    await auth.endSession(cookie(id!));
    expect(await auth.authenticate(cookie(id!))).toBeNull();
    expect(auth.setCookie("")).toContain("Max-Age=0");
    expect(auth.setCookie("x")).toContain("HttpOnly; SameSite=Lax");
  });
});

describe("host and origin", () => {
  const check = (host: string | undefined, origin?: string, method = "POST", site?: string) =>
    refusalOf({ method, headers: { host, origin, "sec-fetch-site": site } }, ["banyan.example"]) === null;

  test("only loopback names and the configured host get an answer", () => {
    for (const host of ["127.0.0.1:3000", "localhost", "[::1]:3000", "banyan.example"]) expect(check(host)).toBe(true);
    for (const host of [
      undefined,
      "",
      "evil.example",
      "127.0.0.1.evil.example",
      "a@localhost",
      "localhost/x",
      "0.0.0.0",
    ]) {
      expect(check(host)).toBe(false);
    }
  });

  test("a page of another site is refused in every disguise", () => {
    expect(check("localhost:3000", "http://localhost:3000")).toBe(true);
    for (const origin of [
      "http://evil.example",
      "null",
      "http://localhost:3001",
      "http://localhost:3000@evil",
      "file://",
    ]) {
      expect(check("localhost:3000", origin)).toBe(false);
    }
    // The usual port of the page's own scheme is no other host; any other port is.
    expect(check("banyan.example:443", "https://banyan.example")).toBe(true);
    expect(check("banyan.example:80", "http://banyan.example")).toBe(true);
    for (const [host, origin] of [
      ["banyan.example:443", "http://banyan.example"],
      ["banyan.example:80", "https://banyan.example"],
      ["banyan.example", "https://banyan.example:8443"],
      ["banyan.example:8443:443", "https://banyan.example:8443"],
      ["localhost:3000:443", "https://localhost:3000"],
    ] as const)
      expect([host, check(host, origin)]).toEqual([host, false]);
    expect(check("localhost:3000", undefined, "POST", "cross-site")).toBe(false);
    expect(check("localhost:3000", undefined, "GET", "cross-site")).toBe(true);
  });

  test("a refusal names the setting or the header of the proxy that is wrong", () => {
    const said = (host: string, origin?: string, hosts: string[] = []) =>
      refusalOf({ method: "POST", headers: { host, origin } }, hosts);
    expect(said("banyan.example")).toContain("set BANYAN_URL=https://banyan.example,");
    expect(said("other.example", undefined, ["banyan.example"])).toContain(
      "open the address in BANYAN_URL, at banyan.example.",
    );
    expect(said("127.0.0.1:3000", "https://banyan.example")).toContain("set BANYAN_URL=https://banyan.example,");
    expect(said("127.0.0.1:3000", "https://banyan.example", ["banyan.example"])).toBe(
      "The page is at banyan.example, and the request arrived with the header Host: 127.0.0.1:3000. Let the proxy in front of Banyan pass on Host as it came, with the port (docs/deploy.md).",
    );
    expect(said("banyan.example", "https://banyan.example:8443", ["banyan.example"])).toContain("with the port");
    expect(said("127.0.0.1:3000", "https://evil.example", ["banyan.example"])).toBe(
      "The request comes from a page of another site, so nothing was done.",
    );
    expect(said("127.0.0.1:3000", "http://localhost:3001")).toBe(
      "The request comes from a page of another site, so nothing was done.",
    );
  });
});

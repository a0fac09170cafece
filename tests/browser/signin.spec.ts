/** Sign-in, sign-out and attacks on them: see the hostile cases in `docs/security.md`. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { agentScript, type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { type OpenIdProvider, startOpenIdProvider } from "../openid-provider";
import { openLink, type RealServer, startRealServer, watchProblems } from "./real-server";
import { expect, test } from "./rehearsal";

test("a sign-in link works once", async ({ page, rehearsal, browser }) => {
  const link = await rehearsal.link();
  // A chat's preview opens the link first, and may run scripts.
  const preview = await (await browser.newContext()).newPage();
  await preview.goto(link);
  await expect(preview.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await preview.context().cookies()).toEqual([]);
  await preview.context().close();
  await openLink(page, link);
  await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
  expect(page.url()).toBe(`${rehearsal.url}/`);

  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByText("This link is no longer valid")).toBeVisible();
  await other.goto(`${rehearsal.url}/trees`);
  await expect(other).toHaveURL(`${rehearsal.url}/signin?callbackUrl=%2Ftrees`);
  await other.context().close();
});

test("a wrong token or no session shows only the sign-in page", async ({ page, rehearsal }) => {
  await page.goto(`${rehearsal.url}/signin?token=wrong`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This link is no longer valid")).toBeVisible();
  const answer = await page.request.get(`${rehearsal.url}/trees/x`, { maxRedirects: 0, failOnStatusCode: false });
  expect(answer.status()).toBe(307);
  expect(await answer.text()).not.toContain("Upgrade");
});

test("a phone can install the application without a session", async ({ page, rehearsal }) => {
  const problems = watchProblems(page);
  await page.goto(`${rehearsal.url}/signin`);
  const address = await page.locator("link[rel=manifest]").getAttribute("href");
  const answer = await page.request.get(new URL(address ?? "", rehearsal.url).href, { maxRedirects: 0 });
  expect(answer.status()).toBe(200);
  const manifest: { display: string; icons: { src: string; sizes: string; purpose: string }[] } = await answer.json();
  expect(manifest.display).toBe("standalone");
  expect(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)).toEqual([
    "192x192 any",
    "512x512 any",
    "512x512 maskable",
  ]);
  const apple = await page.locator("link[rel=apple-touch-icon]").getAttribute("href");
  for (const src of [...manifest.icons.map((icon) => icon.src), apple ?? ""]) {
    const picture = await page.request.get(new URL(src, rehearsal.url).href, { maxRedirects: 0 });
    expect([src, picture.status(), picture.headers()["content-type"]]).toEqual([src, 200, "image/png"]);
  }
  // Fetched like the browser does it, under the content security policy of the page.
  const browser = await page.context().newCDPSession(page);
  const read = await browser.send("Page.getAppManifest");
  expect([read.errors, read.url]).toEqual([[], `${rehearsal.url}/manifest.webmanifest`]);
  expect(problems).toEqual([]);
});

test("signing out ends the session and tells pages that are still open", async ({ signedIn, rehearsal }) => {
  const second = await signedIn.context().newPage();
  await second.goto(rehearsal.url);
  await expect(second.locator("[data-connection=live]")).toBeVisible();
  await signedIn.getByRole("button", { name: "Account of" }).click();
  await signedIn.getByRole("button", { name: "Sign out" }).click();
  await expect(signedIn).toHaveURL(`${rehearsal.url}/signin`);
  await expect(second.getByText("You are signed out.")).toBeVisible({ timeout: 120_000 });
});

const ACCOUNTS = {
  ann: { email: "Ann@Example.org", email_verified: true, name: "Ann Example" },
  ben: { email: "ben@example.com", email_verified: true, name: "<img src=x onerror=hacked=1>" },
  vic: { email: "vic@elsewhere.example", email_verified: true },
  eve: { email: "eve@evil.example", email_verified: true },
  unverified: { email: "ann@example.org", email_verified: false },
};

/** Hostile texts of agents, which must not run as code. */
const HOSTILE = [
  "<img src=x onerror=hacked=1> <script>hacked=1</script> <svg onload=hacked=1></svg>",
  "[press](javascript:hacked=1) [here](JaVaScRiPt:hacked=1) [data](data:text/html,<script>hacked=1</script>)",
  "![picture](http://evil.example/seen.png) [a page](https://example.org/page)",
].join("\n\n");

test.describe("with Google", () => {
  test.describe.configure({ mode: "serial" });
  let folder: string;
  let openId: OpenIdProvider;
  let models: ScriptedProvider;
  let server: RealServer;
  let evil: Server;
  let ann: Page;
  let problems: string[];

  test.beforeAll(async ({ browser }) => {
    folder = mkdtempSync(join(tmpdir(), "banyan-signin-"));
    openId = await startOpenIdProvider(ACCOUNTS);
    models = await startScriptedProvider(
      agentScript({
        worker: { text: HOSTILE, calls: [{ name: "end_task", input: { status: "success", result: HOSTILE } }] },
        "*": {
          calls: [{ name: "end_task", input: { status: "success", result: '{"outcome":"pass","reasons":["x"]}' } }],
        },
      }),
    );
    evil = createServer((_, response) => response.end("<!doctype html><title>Evil</title>")).listen(0, "127.0.0.1");
    server = await startRealServer(join(folder, "data"), {
      ...openId.settings,
      BANYAN_ALLOWED_USERS: "ann@example.org, @example.com",
      ANTHROPIC_API_KEY: "test-key",
      ANTHROPIC_BASE_URL: models.url,
    });
    ann = await newPage(browser);
    problems = watchProblems(ann);
  });

  test.afterAll(async () => {
    await server?.stop();
    await models?.close();
    await openId?.close();
    evil?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const newPage = async (browser: Browser) => (await browser.newContext()).newPage();
  const sessions = async (context: BrowserContext) =>
    (await context.cookies()).filter(({ name }) => name.startsWith("banyan_session"));

  async function chooseAccount(page: Page, name: string): Promise<void> {
    await page.getByRole("link", { name: "Continue with Google" }).click();
    await page.getByRole("link", { name, exact: true }).click();
  }

  async function comeIn(browser: Browser, name: string): Promise<Page> {
    const page = await newPage(browser);
    await page.goto(server.url);
    await chooseAccount(page, name);
    await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
    return page;
  }

  test("A1: without a session every page redirects to the sign-in, and every route reveals nothing", async ({
    page,
  }) => {
    for (const path of ["/", "/trees", "/trees/x", "/review", "/agents", "/tools", "/operations", "/settings/keys"]) {
      const answer = await page.request.get(server.url + path, { maxRedirects: 0, failOnStatusCode: false });
      expect([path, answer.status(), await answer.text()]).toEqual([path, 307, ""]);
    }
    const nowhere = await page.request.get(`${server.url}/api/v1/nothing`, { failOnStatusCode: false });
    const refused = await nowhere.text();
    expect(JSON.parse(refused)).toMatchObject({ type: "/problems/unauthorized", status: 401 });
    for (const path of ["/api/v1/trees", "/api/v1/users", "/mcp", "/metrics", "/downloads/audit.csv"]) {
      const answer = await page.request.get(server.url + path, { failOnStatusCode: false });
      expect([path, answer.status(), await answer.text()]).toEqual([path, 401, refused]);
    }
  });

  test("A3: unlisted, unverified and cancelled sign-ins show an error and create no session", async ({ page }) => {
    await page.goto(server.url);
    for (const [account, sentence] of [
      ["eve", "eve@evil.example is not on the list. Ask an admin to add that exact address, then try again."],
      ["unverified", "Google has not verified ann@example.org. Verify it in the Google account, then try again."],
      ["cancel", "You cancelled the sign-in at Google. You are not signed in."],
    ] as const) {
      await chooseAccount(page, account);
      await expect(page.locator("main").getByRole("alert")).toHaveText(sentence);
      expect([account, await sessions(page.context())]).toEqual([account, []]);
    }
    await page.goto(`${server.url}/trees`);
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });

  test("listed people sign in and land on the requested page", async () => {
    await ann.goto(`${server.url}/settings/users`);
    await expect(ann).toHaveURL(`${server.url}/signin?callbackUrl=%2Fsettings%2Fusers`);
    await chooseAccount(ann, "ann");
    await expect(ann).toHaveURL(`${server.url}/settings/users`);
    const row = ann.getByRole("row", { name: /ann@example\.org/ });
    await expect(row).toContainText("Ann Example");
    await expect(row).toContainText("admin (last)");
    await expect(row.getByRole("button", { name: /Remove/ })).toHaveCount(0);
    const [session] = await sessions(ann.context());
    expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  });

  test("A4: a sign-in ends on a page of this server, wherever the address points", async ({ page }) => {
    const outside: string[] = [];
    page.on(
      "request",
      (request) => new URL(request.url()).host.endsWith("evil.example") && outside.push(request.url()),
    );
    for (const wanted of ["//evil.example", "\\evil.example", "/%5Cevil.example", "javascript:alert(1)"]) {
      await page.context().clearCookies();
      await page.goto(`${server.url}/signin?callbackUrl=${encodeURIComponent(wanted)}`);
      await chooseAccount(page, "ben");
      await expect(page, wanted).toHaveURL(`${server.url}/`);
    }
    expect(outside).toEqual([]);
  });

  test("A6: a removed user loses session and page immediately, and stays out", async ({ browser }) => {
    const ben = await comeIn(browser, "ben");
    await expect(ben.locator("[data-connection=live]").first()).toBeVisible();
    await ann.goto(`${server.url}/settings/users`);
    await ann.getByRole("button", { name: "Remove ben@example.com" }).click();
    await ann.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await expect(ann.getByText("Removed ben@example.com. Their sessions, tokens and rules have ended.")).toBeVisible();
    await expect(ben.getByText("You are signed out.")).toBeVisible({ timeout: 120_000 });
    const asked = () => ben.evaluate(async () => (await fetch("/api/v1/trees")).status);
    expect(await asked()).toBe(401);
    await ben.getByRole("link", { name: "Sign in again" }).click();
    await chooseAccount(ben, "ben");
    await expect(ben.locator("main").getByRole("alert")).toContainText("ben@example.com is not on the list.");
    await ben.context().close();
  });

  test("A8: a viewer can read; commands are refused and name the required role", async ({ browser }) => {
    await ann.getByRole("button", { name: "Add user" }).click();
    const form = ann.getByRole("form", { name: "Add user" });
    await form.getByLabel("E-mail address").fill("vic at elsewhere");
    await form.getByLabel("Role").selectOption("viewer");
    await ann.keyboard.press("Tab");
    await form.getByRole("button", { name: "Add user" }).press("Enter");
    await expect(form.getByRole("alert")).toContainText("“vic at elsewhere” is not an e-mail address");
    await form.getByLabel("E-mail address").fill("vic@elsewhere.example");
    await ann.keyboard.press("Enter");
    await expect(ann.getByText("vic@elsewhere.example can now sign in as viewer.")).toBeVisible();
    // Records the request of an admin that changes a role, to replay it as another user.
    const sent = ann.waitForRequest((request) => request.headers()["next-action"] !== undefined);
    const role = ann.getByLabel("Role of vic@elsewhere.example");
    await role.selectOption("operator");
    const action = await sent;
    await expect(ann.getByText("vic@elsewhere.example now has the role operator.")).toBeVisible();
    await role.selectOption("viewer");
    await expect(ann.getByText("vic@elsewhere.example now has the role viewer.")).toBeVisible();

    const vic = await comeIn(browser, "vic");
    const post = (path: string, data: unknown) =>
      vic.request.post(server.url + path, { data, failOnStatusCode: false });
    const refused = await post("/api/v1/trees", { task: "Look", agent: "worker" });
    expect([refused.status(), (await refused.json()).detail]).toEqual([
      403,
      "You are signed in as viewer; starting and steering tasks needs operator: ask an admin.",
    ]);
    const { "next-action": id = "", "content-type": type = "" } = action.headers();
    const headers = { "next-action": id, "content-type": type, accept: "text/x-component", origin: server.url };
    const again = await vic.request.post(action.url(), { headers, data: action.postData() ?? "" });
    expect(await again.text()).toContain("You are signed in as viewer; people, tokens and policy needs admin");
    expect((await vic.request.get(`${server.url}/api/v1/trees/zzzz`, { failOnStatusCode: false })).status()).toBe(404);
    for (const page of ["keys", "users", "tokens"]) {
      await vic.goto(`${server.url}/settings/${page}`);
      await expect(vic.getByText("You are signed in as viewer: ask an admin.")).toBeVisible();
    }
    await ann.reload();
    await expect(ann.getByLabel("Role of vic@elsewhere.example")).toHaveValue("viewer");
    await vic.context().close();
  });

  test("A7, W1: a page on another port of this machine, which gets the cookie, can neither change nor receive anything", async () => {
    const foreign = await ann.context().newPage();
    await foreign.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
    const outcome = await foreign.evaluate(async (url) => {
      const post = (path: string, body: string) =>
        // The browser sends the request even if it hides the response from the page.
        fetch(url + path, { method: "POST", mode: "no-cors", credentials: "include", body }).catch(() => undefined);
      await post("/api/v1/trees", '{"task":"Evil","agent":"worker"}');
      const frame = document.createElement("iframe");
      frame.name = "hidden";
      document.body.append(frame);
      const form = Object.assign(document.createElement("form"), { method: "post", target: "hidden" });
      form.action = `${url}/signout`;
      document.body.append(form);
      const answered = new Promise((resolve) => frame.addEventListener("load", resolve));
      form.submit();
      await answered;
      const read = await fetch(`${url}/api/v1/trees`, { credentials: "include" }).then(
        () => "read",
        () => "not read",
      );
      const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
      const opened = await new Promise((resolve) => {
        socket.onopen = () => resolve("opened");
        socket.onerror = () => resolve("refused");
      });
      return { read, opened };
    }, server.url);
    expect(outcome).toEqual({ read: "not read", opened: "refused" });
    await foreign.close();
    const trees = await ann.request.get(`${server.url}/api/v1/trees`);
    expect([trees.status(), (await trees.json()).items]).toEqual([200, []]);
  });

  test("U1: texts of agents and people never run as code, on a page or in a spreadsheet", async () => {
    const outside: string[] = [];
    ann.on("request", (request) => new URL(request.url()).host.endsWith("evil.example") && outside.push(request.url()));
    const made = await ann.request.post(`${server.url}/api/v1/trees`, { data: { task: HOSTILE, agent: "worker" } });
    const { id } = (await made.json()) as { id: string };
    await ann.goto(`${server.url}/trees/${id}`);
    await expect(ann.getByRole("link", { name: "a page" }).first()).toHaveAttribute("rel", /noreferrer/);
    expect(
      await ann.locator("main script, main img, main svg[onload], a[href^='javascript' i], a[href^='data']").count(),
    ).toBe(0);
    expect(await ann.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect(outside).toEqual([]);

    await ann.request.post(`${server.url}/api/v1/users`, {
      data: { email: "=cmd@example.org", role: "viewer" },
      failOnStatusCode: false,
    });
    const table = await (await ann.request.get(`${server.url}/downloads/audit.csv`)).text();
    expect(table).toContain(`"'=cmd@example.org"`);
    expect(table).not.toMatch(/(^|[",])[=+@]/m);
    expect(problems).toEqual([]);
  });
});

/** Settings by an admin on the real server: provider keys, tokens and users; with the keyboard, on a phone, in dark mode. */
import type { Page } from "@playwright/test";
import { agentScript, type ScriptedProvider } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, type RealServer, test } from "./real-server";
import { openStage, type Stage } from "./stage";

const KEY = "sk-ant-right-4711-0815-wxyz";
const end = (result: string) => ({ calls: [{ name: "end_task", input: { status: "success", result } }] });

test.describe.configure({ mode: "serial" });

let stage: Stage;
let provider: ScriptedProvider;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  const script = agentScript({ worker: end("Looked."), "*": end('{"outcome":"pass","reasons":["It holds."]}') });
  stage = await openStage(browser, script, {
    provider: { models: { names: ["claude-one", "claude-two"], key: KEY } },
    settings: () => ({ BANYAN_MAX_WIDTH: "7" }),
  });
  ({ provider, server, page, problems } = stage);
});

test.afterAll(async () => {
  await stage?.close();
});

test("a key is tested, saved, and used by the next task without a restart", async () => {
  await page.goto(`${server.url}/settings`);
  await expect(page.getByRole("row", { name: /BANYAN_MAX_WIDTH/ })).toContainText(/7\s*Environment/);
  await expect(page.getByRole("row", { name: /BANYAN_MAX_DEPTH/ })).toContainText(/8\s*Default/);
  await page.getByRole("link", { name: "Provider keys" }).click();
  const card = page.getByRole("region", { name: "Anthropic" });
  await expect(card.getByText("Not connected")).toBeVisible();
  await card.getByRole("button", { name: "Add key" }).press("Enter");
  await card.getByLabel("Key", { exact: true }).fill("sk-ant-wrong");
  await card.getByLabel("Address").fill(provider.url);
  await page.keyboard.press("Enter");
  await expect(card.getByRole("alert")).toContainText("Anthropic refused the key: “invalid x-api-key”.");
  await expect(card.getByLabel("Key", { exact: true })).toHaveValue("sk-ant-wrong");
  await card.getByLabel("Key", { exact: true }).fill(KEY);
  await page.keyboard.press("Enter");
  await expect(card.getByText("Anthropic accepts the key: 2 models.")).toBeVisible();
  await card.getByLabel("Default model").selectOption("anthropic/claude-two");
  await card.getByRole("button", { name: "Save", exact: true }).press("Enter");
  await expect(card.getByText("Tasks use anthropic/claude-two.")).toBeVisible();
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();
  await expect(card.getByText("…wxyz")).toBeVisible();
  await card.getByRole("button", { name: "Test" }).click();
  await expect(card.getByText("Anthropic accepts the key: 2 models.")).toBeVisible();

  const made = await page.request.post(`${server.url}/api/v1/trees`, { data: { task: "Look", agent: "worker" } });
  const { id } = (await made.json()) as { id: string };
  const status = async () => (await (await page.request.get(`${server.url}/api/v1/trees/${id}`)).json()).status;
  await expect.poll(status, { timeout: 120_000 }).toBe("succeeded");
  expect(provider.requests.map(({ model, headers }) => [model, headers["x-api-key"]])).toContainEqual([
    "claude-two",
    KEY,
  ]);

  await page.reload();
  expect(await page.content()).not.toContain("4711");
  await card.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await expect(card.getByText("Removed the key and address of Anthropic.")).toBeVisible();
  await expect(card.getByText("Not connected")).toBeVisible();
});

test("a token is shown once, has the rights of its role, and stops working when it is revoked", async ({ request }) => {
  await page.goto(`${server.url}/settings/tokens`);
  await page.getByRole("button", { name: "Create token" }).press("Enter");
  await page.keyboard.type("nightly build");
  const form = page.getByRole("form", { name: "Create token" });
  await form.getByLabel("Expires in (days)").fill("0.5");
  await page.keyboard.press("Enter");
  await expect(form.getByRole("alert")).toContainText("A token lasts for 1 to 3650 whole days, not 0.5.");
  await expect(form.getByLabel("Name")).toHaveValue("nightly build");
  await form.getByLabel("Expires in (days)").fill("30");
  await page.keyboard.press("Enter");
  const token = await page.getByRole("textbox", { name: "Token nightly build" }).inputValue();
  expect(token).toMatch(/^byn_[\w-]{40,}$/);
  const headers = { authorization: `Bearer ${token}` };
  const look = () => request.get(`${server.url}/api/v1/trees`, { headers, failOnStatusCode: false });
  expect((await look()).status()).toBe(200);
  const posted = await request.post(`${server.url}/api/v1/trees`, { headers, data: {}, failOnStatusCode: false });
  expect(posted.status()).toBe(403);

  await page.reload();
  expect(await page.content()).not.toContain(token);
  const row = page.getByRole("row", { name: /nightly build/ });
  await expect(row).toContainText("in 30 days");
  await expect(row).not.toContainText("Never used");
  await row.getByRole("button", { name: "Revoke nightly build" }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke token" }).press("Enter");
  await expect(page.getByText("The token is revoked. It no longer works")).toBeVisible();
  expect((await look()).status()).toBe(401);
  await page.getByText("Expired or revoked: 1").click();
  await expect(row).toContainText("Revoked");
});

test("the last admin cannot be removed or demoted; with two admins, either can", async () => {
  await page.goto(`${server.url}/settings/users`);
  await expect(page.getByText("Sign-in with Google is not set up")).toBeVisible();
  for (const name of ["ann", "bea"]) {
    await page.getByRole("button", { name: "Add user" }).press("Enter");
    await page.keyboard.type(`${name}@example.org`);
    const form = page.getByRole("form", { name: "Add user" });
    await form.getByLabel("Role").selectOption("admin");
    await form.getByRole("button", { name: "Add user" }).press("Enter");
    await expect(page.getByText(`${name}@example.org can now sign in as admin.`)).toBeVisible();
  }
  await page.getByRole("button", { name: "Remove bea@example.org" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Role of bea@example.org").selectOption("operator");
  await expect(page.getByRole("row", { name: /ann@example/ })).toContainText("admin (last)");
  // The page of another admin may be outdated and still offer the removal.
  const { items } = (await (await page.request.get(`${server.url}/api/v1/users`)).json()) as {
    items: { id: string }[];
  };
  const removed = await page.request.post(`${server.url}/api/v1/users/${items[0]?.id}/remove`, {
    failOnStatusCode: false,
  });
  expect([removed.status(), (await removed.json()).detail]).toEqual([
    409,
    "ann@example.org is the last admin and must stay: make another user admin first.",
  ]);
});

test("forms and dialogs of the settings fit a phone and pass axe in dark mode", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [path, opens] of [
    ["keys", "Add key"],
    ["users", "Add user"],
    ["users", "Remove bea@example.org"],
    ["tokens", "Create token"],
  ] as const) {
    await page.goto(`${server.url}/settings/${path}`);
    await page.getByRole("button", { name: opens }).first().press("Enter");
    await expect(page.getByRole("button", { name: "Cancel", exact: true })).toBeVisible();
    expect([opens, await axeFaults(page)]).toEqual([opens, []]);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect([opens, tooWide]).toEqual([opens, 0]);
  }
  await expect(
    page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Tokens" }),
  ).toBeInViewport();
  expect(problems).toEqual([]);
});

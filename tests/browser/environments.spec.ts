/** Environments of a project by a person: made, opened through the sign-in, checked, read and ended, on the real server. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endTask } from "@/tests/agents/replies";
import { agentScript } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

/** A hostile page: it asks Banyan for its trees as whoever looks at it, and shows what came of it. */
const SERVER = `
import http from "node:http";
console.log("The shop is open.");
http.createServer((request, response) => {
  if (request.url === "/stock") {
    response.setHeader("content-type", "application/json");
    return response.end(JSON.stringify({ apples: 3 }));
  }
  response.setHeader("content-type", "text/html");
  response.end(\`<h1>Shop</h1><p id="cookies">\${request.headers.cookie ?? "none"}</p><p id="got">waits</p><script>
    const ask = (how) => fetch("BANYAN/api/v1/trees", how).then((answer) => answer.text(), () => "refused");
    Promise.all([ask({ credentials: "include" }), ask({ method: "POST", mode: "no-cors", credentials: "include", body: "{}" })])
      .then((all) => { document.getElementById("got").textContent = all.join(" ") + " " + document.cookie; });
  </script>\`);
}).listen(Number(process.env.PORT), process.env.HOST);
`;

const DOCUMENT = `
openapi: 3.1.0
info: { title: Shop, version: "1" }
paths:
  /stock:
    get:
      responses:
        "200":
          description: What is there.
          content:
            application/json: { schema: { type: object, required: [apples], properties: { apples: { type: integer } } } }
`;

let stage: Stage;
let shop: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-C", shop, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({ "*": endTask("Noted.") }), {
    settings: (models, folder) => ({ ...modelAt(models), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  const { page, server } = stage;
  shop = join(stage.folder, "src", "shop");
  mkdirSync(shop, { recursive: true });
  writeFileSync(join(shop, "server.mjs"), SERVER.replaceAll("BANYAN", server.url));
  writeFileSync(join(shop, "openapi.yaml"), DOCUMENT);
  writeFileSync(join(shop, "package.json"), '{"scripts":{"start":"node server.mjs"}}');
  git("init", "--quiet", "-b", "main");
  git("add", "--all");
  git("commit", "--quiet", "-m", "A start");
  const project = { address: shop, name: "shop", check: "true" };
  const added = await page.request.post(`${server.url}/api/v1/projects`, { data: project });
  expect(added.status()).toBe(201);
});

test.afterAll(() => stage?.close());

test("a person makes an environment, opens it through the sign-in, checks it, reads its log and ends it", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/projects/shop`);
  await page.getByRole("link", { name: "Environments" }).click();
  await expect(page.getByText(/^Nothing runs here\./)).toBeVisible();
  await looks(page, "environments/empty");
  await page.getByRole("button", { name: "New environment" }).click();
  const dialog = page.getByRole("dialog", { name: "New environment of shop" });
  await dialog.getByLabel(/^Variables/).fill("GREETING=hello");
  await looks(page, "environments/new");
  await dialog.getByRole("button", { name: "Bring up" }).click();
  const row = page.locator("[data-environment]");
  await expect(row).toContainText("Runs", { timeout: 60_000 });
  await expect(row).toContainText(/the project’s branch at [0-9a-f]{7}/);

  const [opened] = await Promise.all([
    page.context().waitForEvent("page"),
    row.getByRole("link", { name: /^Open/ }).click(),
  ]);
  await expect(opened.getByRole("heading", { name: "Shop" })).toBeVisible();
  expect(new URL(opened.url()).hostname).toMatch(/^preview-shop-[a-z0-9]{12}\.localhost$/);
  // Its page got no cookie, and could neither read nor change anything as the person who looks at it.
  await expect(opened.locator("#cookies")).toHaveText("none");
  await expect(opened.locator("#got")).toHaveText("refused refused");
  const trees = await page.request.get(`${server.url}/api/v1/trees`);
  expect(((await trees.json()) as { items: unknown[] }).items).toEqual([]);
  const host = new URL(opened.url()).origin;
  await opened.close();

  await row.getByRole("button", { name: "Check…" }).click();
  const check = page.getByRole("dialog", { name: "Check preview" });
  await check.getByLabel(/^Generated requests/).fill("30");
  await check.getByLabel(/^Path for a load/).fill("/stock");
  await check.getByRole("button", { name: "Check", exact: true }).click();
  await expect(row.getByText("Checks hold")).toBeVisible({ timeout: 120_000 });
  await row.getByText("Checks hold").click();
  await expect(row).toContainText("generated request to 1 operation are as the document says.");
  await expect(row).toContainText(/Load of \/stock: p95 [\d.]+ ms/);
  await looks(page, "environments/running");

  await row.getByRole("button", { name: "Log" }).click();
  const log = page.getByRole("dialog", { name: "Log of preview" });
  await expect(log).toContainText("The shop is open.");
  await looks(page, "environments/log");
  await page.keyboard.press("Escape");

  // Somebody without a session is led to the sign-in, and a wrong cookie opens nothing.
  const stranger = await page.context().browser()?.newContext();
  const other = await stranger?.newPage();
  await other?.goto(host);
  await expect.poll(() => other && new URL(other.url()).pathname).toBe("/signin");
  await stranger?.close();

  await row.getByRole("button", { name: "End…" }).click();
  const end = page.getByRole("dialog", { name: "End preview of shop?" });
  await looks(page, "environments/end");
  await end.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByText(/^Nothing runs here\./)).toBeVisible({ timeout: 30_000 });
  const gone = await page.request.get(`${server.url}/environments/${new URL(host).hostname.split(".")[0]}/open`);
  expect([gone.status(), await gone.text()]).toEqual([404, expect.stringContaining("This environment has ended")]);
});

test("what keeps an environment from running is said where it stands", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/projects/shop/environments`);
  await page.getByRole("button", { name: "New environment" }).click();
  const dialog = page.getByRole("dialog", { name: "New environment of shop" });
  await dialog.getByLabel(/^Name/).fill("broken");
  await dialog.getByLabel(/^Command/).fill("echo no database; exit 3");
  await dialog.getByRole("button", { name: "Bring up" }).click();
  const row = page.locator("[data-environment]");
  await expect(row).toContainText(
    "The service ended with exit status 3 before it listened. It said last: no database",
    {
      timeout: 60_000,
    },
  );
  await expect(row.getByRole("button", { name: "Start again" })).toBeVisible();
  await expect(row.getByRole("link", { name: /^Open/ })).toHaveCount(0);
  await looks(page, "environments/failed");
});

test("a person promotes a commit to production, reads its plan, approves it, and rolls it back", async () => {
  const { page, server } = stage;
  const api = `${server.url}/api/v1/projects/shop`;
  const production = { name: "production", deploy: "echo deployed", plan: "echo 1 changed, 0 removed", smoke: "true" };
  expect((await page.request.post(`${api}/targets`, { data: production })).status()).toBe(200);
  await page.goto(`${server.url}/projects/shop/environments`);
  const target = page.locator("[data-target=production]");
  await expect(target).toContainText("has nothing of Banyan’s yet");
  const promotion = page.locator("[data-promotion]").first();
  await target.getByRole("button", { name: /^Promote the newest commit/ }).click();
  await expect(promotion).toContainText("Waits for an approval", { timeout: 60_000 });
  await expect(promotion).toContainText("1 changed, 0 removed");
  await looks(page, "environments/promotion");
  await promotion.getByRole("button", { name: "Approve" }).click();
  await expect(promotion).toContainText("Done", { timeout: 60_000 });
  await expect(target).toContainText(/has [0-9a-f]{7} since/);
  await promotion.getByRole("button", { name: /^Log/ }).click();
  await expect(page.getByRole("dialog", { name: "Log of production" })).toContainText("deployed");
  await page.keyboard.press("Escape");
  await target.getByRole("button", { name: "Roll back" }).click();
  await expect(target).toContainText("Nothing is known of a version that production had before");

  writeFileSync(join(shop, "NOTES"), "second");
  git("add", "--all");
  git("commit", "--quiet", "-m", "A second");
  await target.getByRole("button", { name: /^Promote the newest commit/ }).click();
  await expect(promotion).toContainText("Waits for an approval", { timeout: 60_000 });
  await promotion.getByRole("button", { name: "Reject…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reject", exact: true }).click();
  await expect(promotion).toContainText("Rejected");

  const hanging = { ...production, deploy: "sleep 600", rollback: "echo back" };
  expect((await page.request.post(`${api}/targets`, { data: hanging })).status()).toBe(200);
  await target.getByRole("button", { name: /^Promote the newest commit/ }).click();
  await promotion.getByRole("button", { name: "Approve" }).click({ timeout: 60_000 });
  await promotion.getByRole("button", { name: "Stop…" }).click({ timeout: 60_000 });
  await expect(page.getByRole("dialog")).toContainText(/version [0-9a-f]{7} is brought back/);
  await looks(page, "environments/stop");
  await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();
  await expect(promotion).toContainText(/you stopped it. Version [0-9a-f]{7} is back/, { timeout: 60_000 });
});

import type { Page } from "@playwright/test";
import { type AgentFixture, startAgent } from "@/lib/a2a/testing/agent";
import { agentScript } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

let stage: Stage;
let page: Page;
let agent: AgentFixture;

test.beforeAll(async ({ browser }) => {
  agent = await startAgent();
  stage = await openStage(browser, agentScript({}), {
    settings: (provider) => ({ ...modelAt(provider), BANYAN_PRIVATE_HOSTS: agent.host }),
  });
  page = stage.page;
});
test.afterAll(async () => {
  await stage?.close();
  await agent?.stop();
});

const main = () => page.locator("#main");

test("an outside agent is added by its card, viewed, changed, held back when its card changes, and removed", async () => {
  await page.goto(`${stage.server.url}/tools`);
  await page.getByRole("button", { name: "Add agent" }).click();
  const address = page.getByLabel(/^Address of the agent/);
  await address.fill("http://169.254.169.254");
  await page.getByRole("button", { name: "Read card" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "private network" })).toBeVisible();
  await address.fill(agent.origin);
  await page.getByRole("button", { name: "Read card" }).click();
  await expect(main()).toContainText("Scanners Inc. 1.0.0");
  await expect(main()).toContainText("Its card is not signed");
  await page.getByLabel("Name").fill("acme");
  await page.getByRole("checkbox", { name: /Scans code/ }).check();
  await page.getByLabel("Authentication").selectOption("Bearer token");
  await page.getByLabel("Token", { exact: true }).fill("a-token-of-the-scanner");
  await page.screenshot({ path: "test-results/outside-agents/add.png", fullPage: true });
  await page.getByRole("button", { name: "Add 1 skill" }).click();
  await expect(
    page.getByRole("status").filter({ hasText: "acme is added; agents can use 1 skill of it." }),
  ).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await page.goto(`${stage.server.url}/tools/acme`);
  await expect(main()).toContainText("1 skill of Scanners Inc.; at most 10 calls a minute.");
  await expect(main()).not.toContainText("a-token-of-the-scanner");

  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Read card" }).click();
  await page.getByLabel("Calls per minute").fill("3");
  await page.getByRole("checkbox", { name: /Sells code/ }).check();
  await page.getByRole("button", { name: "Save 2 skills" }).click();
  await expect(page.getByRole("status").filter({ hasText: "acme is changed" })).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(main()).toContainText("2 skills of Scanners Inc.; at most 3 calls a minute.");

  agent.now.card = { ...(agent.now.card as object), description: "Scans, and sends all files." };
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(main()).toContainText("acme changed after it was approved");
  await expect(main()).toContainText("Scans, and sends all files.");
  await page.screenshot({ path: "test-results/outside-agents/changed.png", fullPage: true });
  await page.getByRole("button", { name: "Accept changes" }).click();
  await expect(page.getByRole("status").filter({ hasText: "accepted: its card is changed" })).toBeVisible();
  expect(stage.problems).toEqual([]);
});

test("the pages of outside agents pass axe, wide and on a phone, in light and dark mode", async () => {
  for (const [name, path] of [
    ["agent", "/tools/acme"],
    ["add", "/tools?add-agent"],
  ] as const) {
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(stage.server.url + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      if (name === "add") {
        await page.getByLabel(/^Address of the agent/).fill(agent.origin);
        await page.getByRole("button", { name: "Read card" }).click();
        await expect(page.getByRole("checkbox", { name: /Scans code/ })).toBeVisible();
      }
      expect([name, colorScheme, width, await axeFaults(page)]).toEqual([name, colorScheme, width, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `test-results/outside-agents/${name}-${width}-${colorScheme}.png` });
    }
  }
});

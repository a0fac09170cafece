/** The server is killed while a page is open: the page stays, and a click made meanwhile is carried out once when the server is back. */
import type { Page } from "@playwright/test";
import { agentScript } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, test } from "./real-server";
import { openStage, type Stage } from "./stage";

let stage: Stage;
let page: Page;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({}), { context: { serviceWorkers: "allow" } });
  page = stage.page;
});
test.afterAll(async () => stage?.close());

const lost = () => page.locator("[data-notice]", { hasText: "Connection lost." });
const kept = () => page.locator("[data-kept-click]");
const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });

async function open(path: string): Promise<void> {
  await page.goto(stage.server.url + path);
  await expect(page.locator("[data-connection=live]").first()).toBeAttached();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // A picture waits for fonts, and a font that is first needed while the server is away waits for the server.
  await page.evaluate(() => Promise.all([...document.fonts].map((font) => font.load())));
  await page.evaluate(() => {
    (window as { isSamePage?: boolean }).isSamePage = true;
  });
}
const isSamePage = () => page.evaluate(() => (window as { isSamePage?: boolean }).isSamePage === true);

/** How often the server has carried it out: each time is a row of the audit log. */
async function timesDone(action: string): Promise<number> {
  const answer = await page.request.get(`${stage.server.url}/api/v1/audit?action=${action}`, { maxRetries: 3 });
  return ((await answer.json()) as { items: unknown[] }).items.length;
}

test("a click waits for the server, can be taken back, and is carried out once when the server is back", async () => {
  await open("/operations");
  const off = page.getByRole("button", { name: "Switch off" });
  await stage.server.kill();
  await expect(lost()).toBeVisible();
  await off.click();
  await expect(kept()).toHaveText(/Switch self off waits for the server/);
  expect(await axeFaults(page)).toEqual([]);
  await page.screenshot({ path: "test-results/away/click.png" });
  await kept().getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText("Taken back. Nothing was sent.")).toBeVisible();
  await expect(kept()).toHaveCount(0);
  await off.click();
  await expect(kept()).toHaveCount(1);
  await stage.server.startAgain();
  await expect(page.getByRole("button", { name: "Switch on" })).toBeVisible();
  await expect(kept()).toHaveCount(0);
  expect(await isSamePage()).toBe(true);
  expect(await timesDone("switchSelfOff")).toBe(1);
});

test("a link waits too, with its page; a page that is opened meanwhile says so and continues by itself", async () => {
  await open("/operations");
  const other = await page.context().newPage();
  await stage.server.kill();
  await expect(lost()).toBeVisible();
  await page.getByRole("link", { name: "Schedules", exact: true }).first().click();
  await other.goto(`${stage.server.url}/trees`, { waitUntil: "commit" });
  await expect(other.getByRole("heading", { name: /^The server is away since \d\d:\d\d$/ })).toBeVisible();
  expect(await axeFaults(other)).toEqual([]);
  await other.screenshot({ path: "test-results/away/page.png" });
  await expect(heading("Operations")).toBeVisible();
  await stage.server.startAgain();
  await expect(heading("Schedules")).toBeVisible();
  expect(await isSamePage()).toBe(true);
  await expect(other.getByRole("heading", { level: 1, name: "Trees" })).toBeVisible();
  // No part of a page or an answer is stored on the disk.
  expect(await other.evaluate(() => caches.keys())).toEqual([]);
  await other.close();
});

test("an action whose answer is lost is carried out once", async ({ browser }) => {
  // A test cannot abort requests of a page with a service worker.
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const tab = await context.newPage();
  const before = await timesDone("switchSelfOn");
  await tab.goto(`${stage.server.url}/operations`);
  await expect(tab.locator("[data-connection=live]").first()).toBeAttached();
  let cut = 0;
  await tab.route("**/operations", async (route) => {
    if (route.request().method() !== "POST" || cut > 0) return route.continue();
    cut += 1;
    await route.fetch();
    return route.abort();
  });
  await tab.getByRole("button", { name: "Switch on" }).click();
  await expect(tab.getByRole("button", { name: "Switch off" })).toBeVisible();
  await expect(tab.locator("[data-kept-click]")).toHaveCount(0);
  expect([cut, (await timesDone("switchSelfOn")) - before]).toEqual([1, 1]);
  await context.close();
});

import type { Page } from "@playwright/test";
import { agentScript } from "@/tests/agents/scripted-provider";
import { putGateRuns } from "../put-gate-runs";
import { axeFaults } from "./axe";
import { expect, test } from "./real-server";
import { openStage, type Stage } from "./stage";

let stage: Stage;
let page: Page;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({}));
  page = stage.page;
});
test.afterAll(async () => {
  await stage?.close();
});

const main = () => page.locator("#main");

test("Operations shows each gate's outcomes in the last runs, and a run opens into its report", async () => {
  await page.goto(`${stage.server.url}/operations/gates`);
  await expect(main()).toContainText("The gates have not run yet.");
  const ids = putGateRuns(stage.dataDir, 12);
  await page.goto(`${stage.server.url}/operations`);
  const tab = page.getByRole("navigation", { name: "Operations" }).getByRole("link", { name: "Gate runs" });
  await tab.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/operations\/gates$/);
  const replay = page.locator("[data-gate=replay]");
  await expect(replay).toContainText("failed");
  await expect(replay.getByRole("img", { name: "11 runs: 10 passed, 1 failed" })).toBeVisible();
  await expect(page.locator("[data-gate=coverage]")).toContainText("not measured");
  await expect(page.locator("[data-run]")).toHaveCount(12);
  await expect(page.locator("[data-run]").nth(2)).toContainText("passed, quick");
  const newest = page.locator(`[data-run="${ids[0]}"]`);
  await expect(newest).toContainText("Failed: replay · 1 fault · 2 flags");

  await newest.getByRole("link").focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${stage.server.url}/operations/gates/${ids[0]}`);
  await expect(tab).toHaveAttribute("aria-current", "true");
  await expect(page.locator("[data-gate=replay]")).toContainText('Gone: row audit {"action":"answer"');
  await expect(page.locator("[data-gate=scope]")).toContainText("lib/auth/sign-in.ts:12: A guarded file is modified.");
  await page.getByRole("navigation", { name: "Place" }).getByRole("link", { name: "Gate runs" }).click();
  await expect(page.locator("[data-run]")).toHaveCount(12);
  const answer = await page.request.get(`${stage.server.url}/api/v1/gate-runs/${ids[1]}`);
  expect(await answer.json()).toMatchObject({ version: 1, outcome: "passed" });
  await page.goto(`${stage.server.url}/operations/gates/nothing`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[data-gate]")).toHaveCount(0);
  expect(stage.problems.filter((problem) => !problem.includes("404"))).toEqual([]);
});

test("both pages pass axe, wide and on a phone, in light and dark mode, without horizontal scrolling", async () => {
  const [run] = putGateRuns(stage.dataDir, 12);
  for (const [name, path] of [
    ["runs", "/operations/gates"],
    ["report", `/operations/gates/${run}`],
  ] as const) {
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 1440],
      ["dark", 390],
      ["light", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(stage.server.url + path);
      await expect(page.locator("[data-gate=replay]")).toBeVisible();
      expect([name, colorScheme, width, await axeFaults(page)]).toEqual([name, colorScheme, width, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `test-results/gate-runs/${name}-${width}-${colorScheme}.png` });
    }
  }
});

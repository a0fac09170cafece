/** Pictures of an issue that becomes a merged pull request, on the demonstration's forge: a label and an approval by a person. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type Page, expect as plainExpect } from "@playwright/test";
import { signIn, startRealServer, watchProblems } from "@/tests/browser/real-server";
import { linkWithBanyan, startDemoForge } from "../demo/forge-demo";
import { LOW, take, WIDE } from "./take";

const expect = plainExpect.configure({ timeout: 120_000 });

/** The forge's pages say little above the fold, and its pull request is long. */
const [ISSUE, PULL] = [
  { width: 960, height: 350 },
  { width: 960, height: 1_290 },
];

export async function takeForge(browser: Browser): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-pictures-"));
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const demo = await startDemoForge(folder, held);
  const dataDir = join(folder, "data");
  const server = await startRealServer(dataDir, demo.settings);
  const context = await browser.newContext({ viewport: WIDE });
  try {
    await linkWithBanyan(demo, dataDir, server.url);
    const page = await context.newPage();
    const problems = watchProblems(page);
    await signIn(page, server);
    const forge = await context.newPage();
    await forge.setViewportSize(ISSUE);
    await forge.goto(`${demo.pages}/issues/1`);
    await take(forge, "forge-issue");
    await forge.getByRole("button", { name: "Put the label banyan on it" }).click();

    const project = `${server.url}/projects/widgets`;
    await becomes(page, project, "In work");
    await page.setViewportSize(LOW);
    await take(page, "forge-project", page.getByRole("main"));
    await page.setViewportSize(WIDE);
    await page.getByRole("link", { name: "Tree of issue #1" }).click();
    await page
      .getByRole("tree")
      .getByRole("treeitem", { name: /^Add the prices/ })
      .click();
    await expect(page.locator("[data-log]")).toContainText("price.js");
    await take(page, "forge-tree");
    goOn();

    await becomes(page, project, "In review");
    await forge.goto(`${demo.pages}/pull/2`);
    await expect(async () => {
      await forge.reload();
      await expect(forge.getByText("Checks: node --test: passed")).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 60_000 });
    await forge.setViewportSize(PULL);
    await take(forge, "forge-pull");
    await forge.getByRole("button", { name: "Approve as you" }).click();
    await becomes(page, project, "Merged");
    await page.setViewportSize(LOW);
    await take(page, "forge-merged", page.getByRole("main"));
    expect(demo.forge.complaints).toEqual([]);
    expect(problems).toEqual([]);
  } finally {
    await context.close();
    await server.stop();
    await demo.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until the project's page shows the state of the issue. */
async function becomes(page: Page, project: string, state: string): Promise<void> {
  const row = page.getByRole("region", { name: "Issues" }).getByRole("listitem");
  await expect(async () => {
    await page.goto(project);
    await expect(row).toContainText(state, { timeout: 500 });
  }).toPass({ timeout: 120_000 });
}

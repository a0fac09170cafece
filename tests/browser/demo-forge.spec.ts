/** The demonstration of `npm run demo-forge`: a person labels an issue and approves, and touches nothing else. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DemoForge, linkWithBanyan, startDemoForge } from "@/scripts/demo/forge-demo";
import { looks } from "./looks";
import { expect, type RealServer, signIn, startRealServer, test, watchProblems } from "./real-server";

let folder: string;
let demo: DemoForge;
let server: RealServer;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "banyan-demo-"));
  demo = await startDemoForge(folder);
  const dataDir = join(folder, "data");
  server = await startRealServer(dataDir, demo.settings);
  await linkWithBanyan(demo, dataDir, server.url);
});

test.afterAll(async () => {
  await server?.stop();
  await demo?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("one label and one approval lead from an issue to a merge with green checks", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems = watchProblems(page);
  await signIn(page, server);
  const forge = await context.newPage();
  await forge.goto(`${demo.pages}/issues/1`);
  await forge.getByRole("button", { name: "Put the label banyan on it" }).click();
  await expect(forge.getByText("banyan", { exact: true })).toBeVisible();
  await looks(forge, "demo-forge/issue");

  await page.goto(`${server.url}/projects/widgets`);
  const issues = page.getByRole("region", { name: "Issues" });
  const row = issues.getByRole("listitem");
  const becomes = (state: string) =>
    expect(async () => {
      await page.reload();
      await expect(row).toContainText(state, { timeout: 500 });
    }).toPass({ timeout: 120_000 });
  await becomes("In review");
  await expect(row).toContainText("Gates: 3 passed.");
  await looks(page, "demo-forge/in-review");

  await forge.goto(`${demo.pages}/pull/2`);
  await expect(forge.getByText("added the negative of each price.")).toBeVisible();
  await expect(async () => {
    await forge.reload();
    await expect(forge.getByText("Checks: node --test: passed")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
  await looks(forge, "demo-forge/pull-request");
  await forge.getByRole("button", { name: "Approve as you" }).click();
  await becomes("Merged");
  // The label, the checks of the pull request, and the approval.
  await expect.poll(() => demo.answered).toEqual([202, 202, 202]);
  await looks(page, "demo-forge/merged");
  await forge.reload();
  await expect(forge.getByText("Pull request: merged")).toBeVisible();
  await expect(forge.getByText("Merged by the project's rule merge 1 approval, checks: *.js.")).toBeVisible();
  expect(demo.forge.issues.map(({ open }) => open)).toEqual([false, false]);
  expect(demo.forge.complaints).toEqual([]);
  expect(problems).toEqual([]);
  await context.close();
});

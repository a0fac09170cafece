/**
 * The first hour of a new user without a manual: submit a task, find out why a subtask failed, answer a question three levels
 * deep, approve a change, stop a branch.
 */
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect as plainExpect, type RealServer, test } from "./real-server";
import { modelAt, openStage, type Stage, shownTask } from "./stage";
import { UPGRADE, upgradeScript } from "./upgrade";

const expect = plainExpect.configure({ timeout: 120_000 });

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, upgradeScript, {
    settings: (models, folder) => ({
      ...modelAt(models),
      MAX_CONCURRENT_AGENTS: "6",
      BANYAN_KEY_FILE: join(folder, "keys.json"),
    }),
    context: { viewport: { width: 1440, height: 900 } },
  });
  ({ server, page, problems } = stage);
  const policy = await page.request.post(`${server.url}/api/v1/tools/write_file/policy`, { data: { policy: "ask" } });
  expect(policy.ok()).toBe(true);
});

test.afterAll(async () => {
  await stage?.close();
});

const row = (name: string | RegExp): Locator => shownTask(page, name);
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });

test("a new user submits a task, sees why a subtask failed, answers, approves and stops", async () => {
  await page.getByLabel("What should be done?").fill(UPGRADE);
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await page.getByRole("button", { name: "Start", exact: false }).click();
  await page.waitForURL(/\/trees\//);
  const address = page.url();

  // Why did a subtask fail?
  await expect(row(/^Translate the changelog, Failed/)).toBeVisible();
  await row(/^Translate the changelog/).click();
  await expect(pane().getByTestId("task-sentence")).toContainText("says why in its result");
  await expect(pane().getByTestId("result")).toContainText("There is no glossary");

  // What needs me?
  await expect(row(/^Decide how paths match, Waiting for you/)).toBeVisible();
  await row(/^Find what breaks/).click();
  await expect(pane().getByTestId("result")).toContainText("Three things break");
  await page.getByRole("link", { name: /^Home/ }).first().click();
  const question = page.locator("[data-review]", { hasText: "stop matching" });
  // A lone item is open; otherwise an item opens when it is pressed.
  const line = question.locator("[data-unfold]");
  await expect(line.or(question.getByRole("button", { name: "Yes, answer 404" }))).toBeVisible();
  if (await line.isVisible()) await line.click();
  await question.getByRole("button", { name: "Yes, answer 404" }).click();
  await expect(question).toBeHidden();

  // May it write that?
  await page
    .getByRole("link", { name: /^Review/ })
    .first()
    .click();
  const item = page.getByRole("article", { name: "Selected item" });
  await expect(item).toContainText("src/routes/files.ts");
  await expect(item).toContainText("Express 5 requires named wildcards.");
  await page
    .getByTestId("decide")
    .getByRole("button", { name: /^Approve/ })
    .first()
    .click();
  await expect(page.getByText(/Undo/).first()).toBeVisible();
  await page.goto(address);
  await expect(row(/^Upgrade the server, Succeeded/)).toBeVisible();

  // This subtask is not worth its cost.
  await row(/^Compare the speed/).click();
  await pane().getByRole("button", { name: "More for this task" }).click();
  await page.getByRole("menuitem", { name: "Stop…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Stop/ }).click();
  await expect(row(/^Compare the speed, Stopped/)).toBeVisible();
  await expect(row(/^Upgrade Express 4 to 5.*, Succeeded/)).toBeVisible();
  expect(problems).toEqual([]);
});

/** What the film shows, scene by scene. A scene ends when the page shows what it waits for, and never before it can be read. */
import { type Page, expect as plainExpect } from "@playwright/test";

const expect = plainExpect.configure({ timeout: 120_000 });

/** `say` sets the caption of what follows. */
export async function playScenes(page: Page, say: (text: string) => void): Promise<void> {
  const origin = new URL(page.url()).origin;
  const held = (seconds: number) => page.waitForTimeout(seconds * 1_000);
  const row = (name: RegExp) => page.getByRole("tree").getByRole("treeitem", { name });

  say("Home: what needs you, what runs, and what ended. The model of this demo is a script.");
  const live = page.getByRole("link", { name: /Add discount codes/ }).first();
  await expect(live).toBeVisible();
  await held(4);

  say("A task grows into a tree. An agent plans, and starts four subtasks side by side.");
  await live.click();
  await expect(row(/^Write the code of discount codes/)).toBeVisible();
  await held(6);

  say("Each subtask has its log: this one writes code, runs the tests in a sandbox, and mends what fails.");
  await row(/^Write the code of discount codes/).click();
  await expect(row(/^Write the code of discount codes.*Waiting for you/)).toBeVisible();
  await held(2);

  say("It wants to edit a file. Review shows the change and its risk before anything happens.");
  await page.goto(`${origin}/review`);
  await expect(page.getByRole("article", { name: "Selected item" })).toContainText("cart.js");
  await held(6);
  await page
    .getByRole("article", { name: "Selected item" })
    .getByRole("button", { name: /^Approve/ })
    .first()
    .click();
  await held(2);

  say("You approved, so the task goes on. A judge and the host check each result before it counts.");
  await page.goto(`${origin}/trees`);
  await page
    .getByRole("link", { name: /Add discount codes/ })
    .first()
    .click();
  await expect(page.getByTestId("result")).toContainText("SPRING");
  await held(5);

  say("The result comes with its files: every change, to compare, download, or apply as a branch.");
  await page.goto(`${page.url().split("?")[0]}?view=files`);
  await held(6);

  say("Or set a goal: Banyan works in rounds until a command of yours passes.");
  await page.goto(`${origin}/trees`);
  await page
    .getByRole("link", { name: /tests of the invoices/ })
    .first()
    .click();
  await expect(page.getByText(/^Reached in round 2/)).toBeVisible();
  await held(5);

  say("Try it without a key: npx banyan demo");
  await page.goto(origin);
  await held(3);
}

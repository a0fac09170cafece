/** What the film shows, scene by scene. A scene ends when the page shows what it waits for, and never before it can be read. */
import { type Page, expect as plainExpect } from "@playwright/test";

const expect = plainExpect.configure({ timeout: 120_000 });

/** `say` sets the caption of what follows. */
export async function playScenes(page: Page, say: (text: string) => void): Promise<void> {
  const origin = new URL(page.url()).origin;
  const held = (seconds: number) => page.waitForTimeout(seconds * 1_000);
  const row = (name: RegExp) => page.getByRole("tree").getByRole("treeitem", { name });

  const addressOf = async (title: RegExp) => {
    const link = page.getByRole("link", { name: title }).first();
    await expect(link).toBeVisible();
    return origin + new URL((await link.getAttribute("href")) ?? "", origin).pathname;
  };
  /** A caption begins when its page is there. */
  const show = async (address: string, caption: string) => {
    await page.goto(address);
    say(caption);
  };

  say("Home: what needs you, what runs, and what ended. The model of this demo is a script.");
  const live = await addressOf(/Add discount codes/);
  await held(4);

  await show(live, "A task grows into a tree. An agent plans, and starts four subtasks side by side.");
  await expect(row(/^Write the code of discount codes/)).toBeVisible();
  await held(6);

  say("Each subtask has its log: this one writes code, runs the tests in a sandbox, and mends what fails.");
  await row(/^Write the code of discount codes/).click();
  await expect(row(/^Write the code of discount codes.*Waiting for you/)).toBeVisible();
  await held(2);

  await show(
    `${origin}/review`,
    "It wants to edit a file. Review shows the change and its risk before anything happens.",
  );
  const item = page.getByRole("article", { name: "Selected item" });
  await expect(item).toContainText("cart.js");
  await held(6);
  await item
    .getByRole("button", { name: /^Approve/ })
    .first()
    .click();

  await show(live, "You approved, so the task goes on. A judge and the host check each result before it counts.");
  await expect(page.getByTestId("result")).toContainText("SPRING");
  await held(5);

  await show(
    `${live}?view=files`,
    "The result comes with its files: every change, to compare, download, or apply as a branch.",
  );
  await page.getByText("Show 4 changed files").click();
  await held(6);

  await show(`${origin}/trees`, "Or set a goal: Banyan works in rounds until a command of yours passes.");
  await page
    .getByRole("link", { name: /tests of the invoices/ })
    .first()
    .click();
  await expect(page.getByText(/^Reached in round 2/)).toBeVisible();
  await held(5);

  await show(origin, "Try it without a key: npx banyan demo");
  await held(4);
}

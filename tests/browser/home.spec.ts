import { expect, test } from "./rehearsal";

test("a submitted task appears in the list of another page and grows to its end", async ({
  signedIn: page,
  rehearsal,
}) => {
  const other = await page.context().newPage();
  await other.goto(rehearsal.url);
  const title = `Survey the folders ${Date.now()}`;
  await page.getByLabel("What should be done?").fill(title);
  await page.getByLabel("What should be done?").press("Control+Enter");

  await page.waitForURL(/\/trees\/t/);
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(other.locator("a[data-tree]", { hasText: title })).toBeVisible();
  const tree = page.getByRole("tree");
  for (const name of ["Survey app", "Survey docs", "Survey lib"]) {
    await expect(tree.getByRole("treeitem", { name })).toBeVisible();
  }
  await expect(tree.getByRole("treeitem", { name: `${title}, Succeeded` })).toBeVisible({ timeout: 20_000 });
  await expect(other.getByRole("region", { name: "Finished" }).locator("a", { hasText: title })).toBeVisible();
});

test("a refused task says why, keeps its text, and the draft outlives a reload", async ({ signedIn: page }) => {
  const text = page.getByLabel("What should be done?");
  await text.fill("Look at the orders");
  await page.getByLabel("Workspace").fill("not-there");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The workspace not-there is not there" })).toBeVisible();
  await expect(text).toHaveValue("Look at the orders");
  await page.reload();
  await expect(text).toHaveValue("Look at the orders");
  await page.getByLabel("Money in dollars").fill("much");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("The money must be a number")).toBeVisible();
});

test("a question is answered where it stands", async ({ signedIn: page }) => {
  const question = page.locator("[data-review]", { hasText: "stop matching" });
  await expect(question).toBeVisible();
  await question.getByLabel("Your answer").fill("No, match both");
  await question.getByRole("button", { name: "Answer" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByText(/Nothing needs you/)).toBeVisible();
});

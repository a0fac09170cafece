import { expect, test } from "./rehearsal";

test.use({ flags: ["--no-model", "--empty"] });

test("without a model the first page offers a runbook, and it runs", async ({ signedIn: page }) => {
  await expect(page.getByText("No model is connected.")).toBeVisible();
  await page.getByLabel("dependency-check").check();
  await page.getByRole("button", { name: "Start the runbook" }).click();
  await page.waitForURL(/\/trees\/t/);
  await expect(page.getByRole("treeitem", { name: "Survey docs" })).toBeVisible();
});

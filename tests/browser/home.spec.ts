import { expect, test } from "./rehearsal";

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

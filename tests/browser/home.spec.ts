import { expect, openTree, test } from "./rehearsal";

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

test("a strip says what the machine runs short of and what to do, takes no room from the tree, and goes by itself", async ({
  signedIn: page,
  rehearsal,
}) => {
  const strip = page.locator("[data-alert=disk]");
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await expect(strip).toHaveCount(0);
  expect(await rehearsal.ask("full")).toEqual({ full: true });
  await page.reload();
  await expect(strip).toContainText("The disk of the data folder is 93 % full. Delete old trees with");
  await expect(strip.locator("code")).toHaveText("npx banyan delete TREE");
  await openTree(page, "Upgrade Express");
  await expect(strip).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBeLessThanOrEqual(0);
  expect(await rehearsal.ask("full")).toEqual({ full: false });
  // Whoever comes back to the page sees how it is now.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(strip).toHaveCount(0);
});

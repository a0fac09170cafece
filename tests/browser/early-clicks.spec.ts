/** A button that is pressed before its code has loaded works once as soon as the code is there. */
import type { Page } from "@playwright/test";
import { expect, openLifeless, test } from "./rehearsal";

/** Opens the page again, without its code until the returned function is called. */
async function openAgain(page: Page): Promise<() => Promise<void>> {
  // Otherwise the connection that it waits for could be that of the previous page.
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  return openLifeless(page, page.url());
}

test("a button pressed twice before its code is there works once", async ({ signedIn: page }) => {
  const hydrate = await openAgain(page);
  const templates = page.getByRole("button", { name: "Templates" });
  await templates.click();
  await templates.click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await hydrate();
  await expect(page.getByRole("dialog", { name: "Templates" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Templates" })).toHaveCount(0);
});

test("a form is sent once, with what was typed before its code was there", async ({ signedIn: page }) => {
  const hydrate = await openAgain(page);
  await page.getByLabel("What should be done?").fill("Count the early words");
  const start = page.getByRole("button", { name: "Start" });
  await start.click();
  await start.click();
  // Without the code, the browser itself would send the form, to its own page.
  expect(new URL(page.url()).search).toBe("");
  await hydrate();
  await page.waitForURL(/\/trees\//);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Count the early words");
  await page.goto(new URL("/trees", page.url()).href);
  await expect(page.locator("[data-tree]", { hasText: "Count the early words" })).toHaveCount(1);
});

test("of two buttons pressed before their code is there, only the last one counts", async ({ signedIn: page }) => {
  const hydrate = await openAgain(page);
  await page.getByRole("button", { name: "Templates" }).click();
  const options = page.getByRole("button", { name: "More options" });
  await options.click();
  await hydrate();
  await expect(
    page.getByRole("button", { name: "Fewer options" }).or(options.and(page.locator("[aria-expanded=true]"))),
  ).toBeVisible();
  await expect(page.getByRole("dialog", { name: "Templates" })).toHaveCount(0);
});

import { expect, test } from "./rehearsal";

test("a sign-in link works once", async ({ page, rehearsal, browser }) => {
  const link = await rehearsal.link();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
  expect(page.url()).toBe(`${rehearsal.url}/`);

  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await expect(other.getByText("That link is not valid")).toBeVisible();
  await other.goto(`${rehearsal.url}/trees`);
  await expect(other).toHaveURL(`${rehearsal.url}/signin`);
  await other.context().close();
});

test("a wrong token and no session show nothing but the way in", async ({ page, rehearsal }) => {
  await page.goto(`${rehearsal.url}/signin?token=wrong`);
  await expect(page.getByText("That link is not valid")).toBeVisible();
  const answer = await page.request.get(`${rehearsal.url}/trees/x`, { maxRedirects: 0, failOnStatusCode: false });
  expect(answer.status()).toBe(307);
  expect(await answer.text()).not.toContain("Upgrade");
});

test("signing out ends the session and says so on a page that is still open", async ({ signedIn, rehearsal }) => {
  const second = await signedIn.context().newPage();
  await second.goto(rehearsal.url);
  await expect(second.locator("[data-connection=live]")).toBeVisible();
  await signedIn.getByRole("button", { name: "Account of" }).click();
  await signedIn.getByRole("button", { name: "Sign out" }).click();
  await expect(signedIn).toHaveURL(`${rehearsal.url}/signin`);
  await expect(second.getByText("You are signed out.")).toBeVisible({ timeout: 15_000 });
});

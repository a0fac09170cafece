/** The focus is never lost: after a removal it is on the next row or in the list's section, after a dialog on what opened it. */
import type { Page } from "@playwright/test";
import { type EveryPage, startEveryPage } from "./every-page-route";
import { expect, test } from "./real-server";

let every: EveryPage;
let page: Page;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  every = await startEveryPage(browser);
  page = await every.signedIn.newPage();
});

test.afterAll(() => every?.end());

const open = async (path: string) => {
  await page.goto(every.server.url + path);
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
};

test("a row that leaves an editor gives the focus to the same button of the next row", async () => {
  await open("/agents/worker");
  const buttons = page.getByRole("button", { name: /^Remove \w+/ });
  const names = await buttons.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
  await buttons.first().press("Enter");
  await expect(page.getByRole("button", { name: names[0], exact: true })).toHaveCount(0);
  await expect(page.getByRole("button", { name: names[1], exact: true })).toBeFocused();
});

test("the last row of a list gives the focus to the section of the list", async () => {
  await open("/settings/policy");
  await page.getByRole("button", { name: "Remove docs.example.org" }).press("Enter");
  await expect(page.getByText("No hosts yet.")).toBeVisible();
  await expect(
    page.locator("section:has(#hosts) :focus, #hosts :focus, section[aria-labelledby=hosts] :focus"),
  ).toHaveCount(1);
});

test("a row that was removed in a dialog leaves the focus in the page", async () => {
  await open("/settings/users");
  await page.getByRole("button", { name: "Remove vera@example.org" }).press("Enter");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Remove/ })
    .press("Enter");
  await expect(page.getByRole("button", { name: "Remove vera@example.org" })).toHaveCount(0);
  await expect(page.locator("main :focus")).toHaveCount(1);
});

test("a dialog that a key opened returns the focus to the button with that key", async () => {
  await open(`/trees/${every.seeded.tree}?task=${every.seeded.changelog}`);
  await page.keyboard.press("f");
  await expect(page.getByRole("dialog", { name: "Fork from the beginning of this task" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Fork( f)?$/ })).toBeFocused();
});

/**
 * The focus is never lost: after a removal it is on the next row or in the list's section, after a dialog on the
 * element that opened it, and after a button that disappears on the element that replaces it.
 */
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

/** The element in the page's content that has the focus. */
const kept = () => page.locator("main :focus");
const inDialog = (name: RegExp) => page.getByRole("dialog").getByRole("button", { name });

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

test("the form for a key returns the focus to the button that opened it", async () => {
  await open("/settings/keys");
  const card = page.getByRole("region", { name: "OpenAI", exact: true });
  const opener = card.getByRole("button", { name: "Add key" });
  await opener.press("Enter");
  await expect(card.getByLabel("Key", { exact: true })).toBeFocused();
  await expect(opener).toHaveCount(0);
  await card.getByRole("button", { name: "Cancel" }).press("Enter");
  await expect(opener).toBeFocused();
});

test("a rule that is switched off and removed leaves the focus in the page", async () => {
  await open("/review/rules");
  const rule = page.locator("[data-rule]", { hasText: "Searching does no harm." });
  await rule.getByRole("button", { name: "Switch off" }).press("Enter");
  await expect(rule.getByRole("button", { name: "Remove" })).toBeEnabled();
  await expect(kept()).toHaveCount(1);
  await rule.getByRole("button", { name: "Remove" }).press("Enter");
  await expect(rule).toHaveCount(0);
  await expect(kept()).toHaveCount(1);
});

test("a schedule that somebody else removes gives the focus to the next one", async () => {
  await open("/schedules");
  const buttons = page.getByRole("button", { name: /^Run now/ });
  await expect(buttons).toHaveCount(2);
  const [first, second] = await page
    .locator("[data-schedule]")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-schedule")));
  await buttons.first().focus();
  await every.signedIn.request.delete(`${every.server.url}/api/v1/schedules/${first}`);
  await expect(buttons).toHaveCount(1);
  await expect(page.locator(`[data-schedule="${second}"] :focus`)).toHaveCount(1);
});

test("a secret that was removed leaves the focus in the page", async () => {
  await open("/settings/secrets");
  const remove = page.getByRole("button", { name: "Remove search/brave" });
  await remove.press("Enter");
  await inDialog(/^Remove$/).press("Enter");
  await expect(remove).toHaveCount(0);
  await expect(kept()).toHaveCount(1);
});

test("creating a token and revoking a token leave the focus in the page", async () => {
  await open("/settings/tokens");
  await page.getByRole("button", { name: "Create token" }).press("Enter");
  await page.keyboard.type("nightly build");
  await page.keyboard.press("Enter");
  const box = page.getByRole("region", { name: "Token nightly build" });
  await expect(box.getByRole("textbox")).toBeVisible();
  await expect(kept()).toHaveCount(1);
  await box.getByRole("button", { name: "Done" }).press("Enter");
  await expect(box).toHaveCount(0);
  await expect(kept()).toHaveCount(1);
  await page.getByRole("button", { name: "Revoke nightly build" }).press("Enter");
  await inDialog(/^Revoke token$/).press("Enter");
  await expect(page.getByRole("button", { name: "Revoke nightly build" })).toBeHidden();
  await expect(kept()).toHaveCount(1);
});

test("the button that shows the changed files and then disappears leaves the focus in the page", async () => {
  await open(`/trees/${every.seeded.finished}?view=files`);
  const show = page.getByRole("button", { name: "Show 1 changed file" });
  await show.press("Enter");
  await expect(show).toHaveCount(0);
  await expect(kept()).toHaveCount(1);
});

test("on a phone, closing a file returns the focus to its row", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(`/trees/${every.seeded.finished}?view=files`);
  const row = page.getByRole("treeitem", { name: /^note\.md/ });
  await row.press("Enter");
  await page.getByRole("region", { name: "File", exact: true }).getByRole("button", { name: "Files" }).press("Enter");
  await expect(row).toBeFocused();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("Undo moves the focus when it disappears", async () => {
  await open("/review");
  await page
    .getByRole("listitem", { name: /^Flag: / })
    .first()
    .getByRole("link")
    .press("Enter");
  const dealt = page.locator("[data-testid=decide]").getByRole("button", { name: /^(Dealt|Deal)/ });
  await expect(page.locator("[data-awake]")).toBeVisible();
  await dealt.press("Enter");
  const undo = page.getByRole("button", { name: /^Undo/ }).first();
  await undo.press("Enter");
  await expect(page.getByRole("button", { name: /^Undo/ })).toHaveCount(0);
  await expect(kept()).toHaveCount(1);
});

test("an answer in the pane leaves the focus in the page when its question disappears", async () => {
  await open(`/trees/${every.seeded.question}`);
  const offer = page.locator("[data-offer]").first();
  await offer.press("Enter");
  await expect(offer).toHaveCount(0);
  await expect(kept()).toHaveCount(1);
});

/** No notice about the whole page moves or covers the page: not when it comes, and not when it goes. */
import type { Page } from "@playwright/test";
import { axeFaults } from "./axe";
import { expect, openTree, test } from "./rehearsal";

/** The positions of the page's own parts: its title, and controls that a person may be about to press. */
const places = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("h1, #main [data-bar], #main [data-row], #main textarea")]
      .slice(0, 12)
      .map((part) => part.getBoundingClientRect())
      .map(({ top, left, width }) => [Math.round(top), Math.round(left), Math.round(width)]),
  );

type Status = Record<string, unknown> & { monitor: Record<string, unknown> };

const ALERT = { what: "disk", percent: 93, sentence: "The disk is 93 % full.", remedy: "Delete old trees." };
const HALT = { since: "2026-01-01T00:00:00.000Z", by: "Ann", reason: "The bill explodes" };

/** The server's status while each notice is shown. */
const SAYS: Record<string, (status: Status) => Status> = {
  "Everything is paused": (status) => ({ ...status, paused_everything: HALT }),
  "Banyan 99 is running.": (status) => ({ ...status, version: "99" }),
  "The disk is 93 % full.": (status) => ({ ...status, monitor: { ...status.monitor, alerts: [ALERT] } }),
};

/** The page asks for the status when a person comes back to it. */
const comeBack = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`no notice moves the page at ${width} px`, async ({ signedIn: page, rehearsal }) => {
    await page.setViewportSize({ width, height });
    for (const path of ["/", "/review", "/trees"]) {
      await page.goto(rehearsal.url + path);
      await expect(page.locator("[data-connection=live]").first()).toBeAttached();
      const before = await places(page);
      expect(before.length).toBeGreaterThan(1);
      for (const [words, change] of Object.entries(SAYS)) {
        await page.route("**/api/v1/status", async (route) => {
          const answer = await route.fetch();
          await route.fulfill({ response: answer, json: change((await answer.json()) as Status) });
        });
        await comeBack(page);
        const notice = page.locator("[data-notice]", { hasText: words });
        await expect(notice).toBeVisible();
        expect(await places(page), `${path}, ${words}`).toEqual(before);
        expect(await axeFaults(page)).toEqual([]);
        await page.screenshot({ path: `test-results/banners/${words.replaceAll(/\W+/g, "-")}-${width}.png` });
        await page.unroute("**/api/v1/status");
        await comeBack(page);
        await expect(notice).toHaveCount(0);
      }
      await page.context().setOffline(true);
      rehearsal.tell("drop");
      const lost = page.locator("[data-notice]", { hasText: /Connection lost/ });
      await expect(lost).toBeVisible();
      expect(await places(page), `${path}, lost`).toEqual(before);
      await page.context().setOffline(false);
      await expect(lost).toHaveCount(0);
      expect(await places(page), `${path}, found again`).toEqual(before);
    }
    const cookies = await page.context().cookies();
    const before = await places(page);
    await page.context().clearCookies();
    rehearsal.tell("drop");
    await expect(page.locator("[data-notice]", { hasText: "You are signed out." })).toBeVisible();
    expect(await places(page)).toEqual(before);
    await page.context().addCookies(cookies);
  });
}

test("on a phone the message field of a task stands above a notice, and a hidden notice takes no room", async ({
  signedIn: page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openTree(page, "Upgrade Express");
  await page.getByRole("treeitem").first().click();
  const form = page.locator("form", { has: page.getByLabel("Message this task") });
  const end = () => form.evaluate((element) => Math.round(element.getBoundingClientRect().bottom));
  const free = await end();
  await page.route("**/api/v1/status", async (route) => {
    const answer = await route.fetch();
    const status = (await answer.json()) as Status;
    await route.fulfill({ response: answer, json: { ...status, monitor: { ...status.monitor, alerts: [ALERT] } } });
  });
  await comeBack(page);
  const notice = page.locator("[data-notice]", { hasText: ALERT.sentence });
  await expect(notice).toBeVisible();
  const top = await notice.evaluate((element) => Math.round(element.getBoundingClientRect().top));
  expect(await end()).toBeLessThanOrEqual(top);
  await notice.getByRole("button", { name: "Hide this notice" }).click();
  expect(await end()).toBe(free);
});

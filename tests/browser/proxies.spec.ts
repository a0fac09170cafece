/** Pages behind proxies that pass on no WebSockets: a task is started, followed live and answered, and the page says what the proxy lacks. */
import type { Browser, Page } from "@playwright/test";
import { type ProxyFaults, startReverseProxy } from "@/server/testing/reverse-proxy";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, test } from "./real-server";
import { openStage, type Stage } from "./stage";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const script = agentScript({
  worker: ({ turn }) =>
    turn === 0
      ? call("ask", { question: "Which color?" })
      : { text: "Now it is painted.", ...call("end_task", { status: "success", result: "Painted." }) },
  "*": call("end_task", { status: "success", result: "Fine." }),
});

let stage: Stage;
test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script);
});
test.afterAll(async () => stage?.close());

/** Returns a signed-in page that reaches the server through a proxy with these faults. */
async function behind(browser: Browser, faults: ProxyFaults) {
  const proxy = await startReverseProxy(stage.server.url, faults);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  // A link works once, and a second one ends the first: the session's cookie belongs to every port of the host.
  await context.addCookies(await stage.page.context().cookies());
  const page = await context.newPage();
  await page.goto(`${proxy.url}/`);
  return {
    page,
    async close() {
      await context.close();
      await proxy.close();
    },
  };
}

const live = (page: Page) => page.locator("[data-connection=live]").first();
const told = (page: Page) => page.locator("[data-notice]", { hasText: "does not pass on WebSockets" });

for (const [name, faults] of [
  ["drops Upgrade", { websockets: "dropped" }],
  ["accepts WebSockets and passes nothing on", { websockets: "silent" }],
  ["ends requests that are silent for twelve seconds", { websockets: "dropped", idleMs: 12_000 }],
] as [string, ProxyFaults][]) {
  test(`behind a proxy that ${name}, a task is started, followed and answered`, async ({ browser }) => {
    const { page, close } = await behind(browser, faults);
    await expect(live(page)).toBeAttached();
    await expect(told(page)).toBeVisible();
    await page.getByLabel("What should be done?").fill("Paint the wall");
    await page.getByLabel("Agent", { exact: true }).selectOption("worker");
    await page.getByRole("button", { name: "Start" }).click();
    await page.waitForURL(/\/trees\//);
    const question = page.getByText("Which color?").first();
    await expect(question).toBeVisible();
    for (const [look, width, colorScheme] of [
      ["wide", 1280, "light"],
      ["phone", 390, "light"],
      ["dark", 1280, "dark"],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      expect(await axeFaults(page)).toEqual([]);
      await page.screenshot({ path: `test-results/proxies/${name.replaceAll(" ", "-")}-${look}.png` });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page
      .getByLabel(/answer/i)
      .first()
      .fill("Green");
    await page
      .getByRole("button", { name: /^(Answer|Send)/ })
      .first()
      .click();
    await expect(page.getByText("Painted.").first()).toBeVisible();
    await told(page).getByRole("button", { name: "Hide" }).click();
    await page.reload();
    await expect(live(page)).toBeAttached();
    await close();
  });
}

test("with WebSockets the page says nothing of the proxy", async ({ browser }) => {
  const { page, close } = await behind(browser, { websockets: "passed" });
  const upgraded = page.waitForEvent("websocket");
  await page.reload();
  await (await upgraded).waitForEvent("framereceived");
  await expect(live(page)).toBeAttached();
  await expect(told(page)).toHaveCount(0);
  await close();
});

test("where nothing of /live/ gets through, what people send arrives, and the page says how to get news", async ({
  browser,
}) => {
  const { page, close } = await behind(browser, { blocks: "/live/" });
  const notice = page.locator("[data-notice]", { hasText: "This page gets no news." });
  await expect(notice).toContainText("must pass on requests to /live/");
  await page.screenshot({ path: "test-results/proxies/blocked.png" });
  await page.getByLabel("What should be done?").fill("Paint the wall again");
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/trees\//);
  await close();
});

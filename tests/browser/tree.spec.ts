import type { Page } from "@playwright/test";
import { expect, openLifeless, openTree, test } from "./rehearsal";

const selected = (page: Page) => page.locator("[role=treeitem][aria-selected=true]");
const seqsOf = (page: Page) =>
  page.locator("[data-seq]").evaluateAll((items) => items.map((item) => Number(item.getAttribute("data-seq"))));

/** Opens a task. Until it is selected the log is that of another task, and the next one begins at its end. */
async function openLog(page: Page, name: RegExp): Promise<void> {
  const task = page.getByRole("treeitem", { name });
  await task.click();
  await expect(task).toHaveAttribute("aria-selected", "true");
}

test("after a lost connection no message is missing or repeated", async ({ signedIn: page, rehearsal }) => {
  await openTree(page, "Upgrade Express");
  await page.getByRole("treeitem", { name: /req\.query/ }).click();
  await expect(page.locator("[data-connection=live]")).toBeVisible();
  await expect(page.locator("[data-seq]").first()).toBeAttached();
  const ticks: number[] = [];
  for (let round = 0; round < 4; round++) {
    rehearsal.tell("drop");
    for (let n = 0; n < 3; n++) ticks.push(Number((await rehearsal.ask("tick")).messages));
  }
  await expect(page.locator(`[data-seq="${ticks.at(-1)}"]`)).toBeAttached();
  const seqs = await seqsOf(page);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  for (const tick of ticks) expect(seqs).toContain(tick);
  await expect(page.locator("[data-connection=live]")).toBeVisible();
  await page.reload();
  await expect(page.locator(`[data-seq="${ticks.at(-1)}"]`)).toBeAttached();
  expect(await seqsOf(page)).toEqual(seqs);
});

test("the keys move, collapse, search and open", async ({ signedIn: page }) => {
  await openTree(page, "Upgrade Express");
  await expect(selected(page)).toHaveAttribute("aria-level", "1");
  await page.keyboard.press("j");
  await expect(selected(page)).toContainText("Plan the upgrade");
  await page.keyboard.press("ArrowDown");
  await expect(selected(page)).toContainText("Find out what Express 5");
  await expect(selected(page)).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("treeitem", { name: /Read the migration guide/ })).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("treeitem", { name: /Read the migration guide/ })).toBeHidden();
  await page.keyboard.press("k");
  await expect(selected(page)).toContainText("Plan the upgrade");
  const instruction = page.locator("li[data-look=event]", {
    hasText: "Upgrade Express 4 to 5, keep every test green. Keep",
  });
  await page.keyboard.press("k");
  await expect(instruction).toBeAttached();
  await page.keyboard.press("j");
  await expect(instruction).not.toBeAttached();
  await page.keyboard.press("n");
  await expect(selected(page)).toContainText("Replace connect-timeout");
  await expect(page.getByRole("heading", { level: 2, name: /Replace connect-timeout/ })).toBeVisible();
  expect(page.url()).toContain("?task=");
  await page.keyboard.press("/");
  await page.keyboard.type("legacy");
  await expect(page.getByRole("treeitem")).toHaveCount(4);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
});

test("the log scrolls with new messages only if the reader is at its end", async ({ signedIn: page, rehearsal }) => {
  await openTree(page, "Upgrade Express");
  await openLog(page, /req\.query/);
  const scroller = page.locator("[data-log-scroller]");
  const distance = () =>
    scroller.evaluate((element) => Math.round(element.scrollHeight - element.scrollTop - element.clientHeight));
  const grow = async () => {
    let last: unknown;
    for (let n = 0; n < 12; n++) last = (await rehearsal.ask("tick")).messages;
    await expect(page.locator(`[data-seq="${last}"]`)).toBeAttached();
  };
  // What runs opens at the end of its log.
  await expect.poll(distance).toBeLessThan(24);
  await scroller.hover();
  await page.mouse.wheel(0, -100_000);
  await expect(page.getByRole("button", { name: "Go to the end" })).toBeVisible();
  await grow();
  expect(await scroller.evaluate((element) => element.scrollTop)).toBe(0);
  await page.getByRole("button", { name: "Go to the end" }).click();
  await expect.poll(distance).toBeLessThan(24);
  await grow();
  await expect.poll(distance).toBeLessThan(24);
});

test("an expanded section at the end of a log stays under the pointer, and jumping to the end moves nothing", async ({
  signedIn: page,
}) => {
  await openTree(page, "Upgrade Express");
  await openLog(page, /req\.query/);
  const scroller = page.locator("[data-log-scroller]");
  const toEnd = page.getByRole("button", { name: "Go to the end" });
  const height = () => scroller.evaluate((element) => element.clientHeight);
  await scroller.hover();
  await page.mouse.wheel(0, -100_000);
  await expect(toEnd).toBeVisible();
  const before = await height();
  await toEnd.click();
  await expect(toEnd).toBeHidden();
  expect(await height()).toBe(before);
  const call = page.locator("[data-log] [data-call]").last();
  const top = () => call.evaluate((element) => Math.round(element.getBoundingClientRect().top));
  await call.scrollIntoViewIfNeeded();
  const place = await top();
  await call.locator("summary").click();
  await expect(call.locator("pre").last()).toBeVisible();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  expect(await top()).toBe(place);
});

test("sections expanded and text typed before hydration are kept, together with the earlier draft", async ({
  signedIn: page,
}) => {
  await openTree(page, "Upgrade Express");
  const box = page.getByLabel("Message this task");
  await box.fill("Of before.");
  const hydrate = await openLifeless(page, page.url());
  const spend = page.getByTestId("spend");
  await spend.locator("summary").click();
  await expect(spend.getByRole("table")).toHaveCount(0);
  await box.fill("Typed early.");
  await hydrate();
  await expect(spend.getByRole("table")).toBeVisible();
  await expect(box).toHaveValue("Of before.\nTyped early.");
  await page.reload();
  await expect(box).toHaveValue("Of before.\nTyped early.");
  await box.fill("");
  await spend.locator("summary").click();
  await expect(spend.getByRole("table")).toHaveCount(0);
});

test("finishing tasks are hidden until requested", async ({ signedIn: page }) => {
  await openTree(page, "Upgrade Express");
  await expect(page.getByRole("treeitem", { name: /task_evaluator/ })).toHaveCount(0);
  await page.getByRole("button", { name: /Show \d+ finishing tasks/ }).click();
  await page.getByRole("treeitem", { name: /Plan the upgrade/ }).click();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("treeitem", { name: /task_evaluator of Plan the upgrade/ })).toBeVisible();
});

test("U1: texts of agents and tools never run as code", async ({ signedIn: page }) => {
  const outside: string[] = [];
  page.on("request", (request) => request.url().includes("evil.example") && outside.push(request.url()));
  await openTree(page, "<img src=x");
  const closed = page.locator("details:not([open])");
  await expect(async () => {
    // What opens may hold more that is closed.
    await closed.evaluateAll((all: HTMLDetailsElement[]) => {
      for (const one of all) one.open = true;
    });
    expect(await closed.count()).toBe(0);
    // The log comes after the page.
    expect(await page.locator("pre:visible").filter({ hasText: "onerror" }).count()).toBeGreaterThan(0);
  }).toPass();
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  expect(await page.locator("main img, main script").count()).toBe(0);
  expect(await page.locator("a[href^='javascript']").count()).toBe(0);
  await expect(page.locator("a[href='https://example.org/page']").first()).toHaveAttribute("rel", /noreferrer/);
  expect(outside).toEqual([]);
});

test("a tree of 2,000 tasks keeps few rows in the DOM, and keys reach the last row", async ({ signedIn: page }) => {
  await openTree(page, "A tree of 2000 tasks");
  const rows = page.getByRole("treeitem");
  await expect(rows.first()).toBeVisible();
  expect(await rows.count()).toBeLessThan(120);
  await page.keyboard.press("/");
  await page.keyboard.type("Part 1999");
  await expect(page.getByRole("treeitem", { name: "Part 1999" })).toBeVisible();
  await page.getByLabel("Find in this tree").fill("");
  await page.getByRole("button", { name: "Graph", exact: true }).click();
  await expect(page.getByText(/^The tree has 2,000 tasks, so deep branches start folded/)).toBeVisible();
  await expect(page.locator("[data-box]").first()).toBeVisible({ timeout: 120_000 });
  expect(await page.locator("[data-box]").count()).toBeLessThan(200);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("one pane at a time, with a back button and without horizontal scrolling", async ({ signedIn: page }) => {
    await openTree(page, "Upgrade Express");
    await expect(page.getByRole("tree")).toBeVisible();
    await page.getByRole("treeitem", { name: /req\.query/ }).click();
    await expect(page.getByRole("tree")).toBeHidden();
    await expect(page.getByRole("heading", { level: 2, name: /req\.query/ })).toBeVisible();
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(await sideways()).toBe(false);
    await page.goBack();
    await expect(page.getByRole("tree")).toBeVisible();
    for (const path of ["/", "/trees"]) {
      await page.goto(new URL(path, page.url()).href);
      expect(await sideways()).toBe(false);
    }
  });
});

test.describe("without a mouse", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("the button that deletes a tree stands beside the cost of its row", async ({ signedIn: page }) => {
    await page.goto(new URL("/trees", page.url()).href);
    const rows = page.locator("li:has(> a[data-tree]):has(> button)");
    await expect(rows.first()).toBeVisible();
    const gaps = await rows.evaluateAll((found) =>
      found.map((row) => {
        const [cost, button] = [row.querySelector("a > :last-child"), row.querySelector("button")];
        if (!cost || !button) return Number.NaN;
        return button.getBoundingClientRect().left - cost.getBoundingClientRect().right;
      }),
    );
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  });
});

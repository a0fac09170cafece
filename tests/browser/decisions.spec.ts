import type { Page } from "@playwright/test";
import { expect, openTree, test } from "./rehearsal";

const TREE = "Publish release";
/** Opens the original tree. Its fork has the same title and is newer. */
async function openRelease(page: Page): Promise<void> {
  await page.goto(new URL("/trees", page.url()).href);
  await page.locator("a[data-tree]", { hasText: TREE }).last().click();
  await page.getByRole("heading", { level: 1, name: TREE }).waitFor();
}

const pane = (page: Page) => page.getByRole("region", { name: "Task", exact: true });

test("a step shows the next action before it runs, by mouse and by keys", async ({ signedIn: page }) => {
  await openRelease(page);
  await page.getByRole("treeitem", { name: /Count the downloads/ }).click();
  await expect(pane(page).getByRole("heading", { level: 2, name: "Count the downloads" })).toBeVisible();
  await page.keyboard.press(">");
  await expect(page.getByTestId("next-action")).toContainText("turn 5 with anthropic/claude-sonnet");
  const dialog = page.getByRole("dialog", { name: "Next step" });
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press(">");
  await expect(page.getByTestId("next-action")).toContainText("turn 6 with");
  // A key press before the dialog's close event reopens the dialog, which the late event must not close again.
  await dialog.getByRole("button", { name: "Cancel" }).evaluate(async (cancel: HTMLButtonElement) => {
    cancel.click();
    await new Promise<void>((microtask) => queueMicrotask(microtask));
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: ">", bubbles: true }));
    await new Promise((frame) => requestAnimationFrame(frame));
  });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
});

test("a task is paused without its subtasks, and its spend is shown to the micro-dollar", async ({
  signedIn: page,
}) => {
  await openRelease(page);
  await page.getByRole("treeitem", { name: /Publish the packages/ }).click();
  await pane(page).getByRole("button", { name: "More for this task" }).click();
  await page.getByRole("menuitem", { name: "Pause task only" }).click();
  await expect(page.getByRole("treeitem", { name: "Publish the packages, Paused" })).toBeVisible();
  await expect(page.getByRole("treeitem", { name: "Publish the client, Waiting" })).toBeVisible();
  const spend = page.getByTestId("spend");
  await spend.locator("summary").click();
  await expect(spend.getByRole("row", { name: /^This task/ })).toContainText("$0.037002");
  await expect(spend.getByRole("row", { name: /^Total/ })).toContainText("$0.210007");
  await expect(spend.getByRole("row", { name: /^Left/ })).toContainText("$1.789993");
});

test("in a narrow pane the buttons of a task take one line; the rarer ones are in its menu", async ({
  signedIn: page,
}) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await openRelease(page);
  await page.getByRole("treeitem", { name: new RegExp(`^${TREE}`) }).click();
  await expect(pane(page).getByRole("button", { name: "Pause branch" })).toBeVisible();
  const tops = await pane(page)
    .locator("header")
    .getByRole("button")
    .evaluateAll((buttons) =>
      buttons.filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().top),
    );
  expect(tops.length).toBe(3);
  expect(new Set(tops).size).toBe(1);
  await pane(page).getByRole("button", { name: "More for this task" }).click();
  await expect(page.getByRole("menu").getByRole("menuitem")).toHaveText([
    "Step",
    "Preview step…",
    "Pause task only",
    "Change…",
    "Stop…",
  ]);
  await page.getByRole("menuitem", { name: "Change…" }).click();
  await expect(page.getByRole("dialog", { name: "Change agent, model or priority" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  // Their keys work without the menu.
  await page.locator("body").press("f");
  await expect(page.getByRole("dialog", { name: /^Fork from/ })).toBeVisible();
});

test("the daily cap and a provider limit explain their effect, and the interventions are listed", async ({
  signedIn: page,
}) => {
  await openRelease(page);
  await page.getByRole("treeitem", { name: /Translate the notes/ }).click();
  const sentence = page.getByTestId("task-sentence");
  await expect(sentence).toContainText("Today's cap of $5.00 for all trees together is reached");
  await expect(sentence).toContainText("If you resume it earlier, it parks again while the cap is reached.");
  await page.getByRole("treeitem", { name: /Proofread the notes/ }).click();
  await expect(sentence).toContainText("OpenAI's tokens per hour are used up.");
  await page.getByTestId("interventions").locator("summary").first().click();
  await expect(page.getByTestId("interventions")).toContainText("Nudged: The same command three times");
  await page.goto(new URL("/operations", page.url()).href);
  await expect(page.getByRole("region", { name: "Supervisor" })).toContainText("Given more time");
});

test("a rejection takes a reason, cancelling restores the focus, and a rule needs a reason and can be switched off", async ({
  signedIn: page,
}) => {
  await page.goto(new URL("/review", page.url()).href);
  const items = page.locator("[data-review]");
  await expect(items.first()).toContainText("Run git fetch --tags…");
  const reject = page.getByRole("button", { name: "Reject…" });
  await reject.click();
  await expect(page.getByLabel(/^Reason/)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(reject).toBeFocused();
  await reject.click();
  await page.getByLabel(/^Reason/).fill("Nobody may delete tags.");
  await page.getByRole("button", { name: /^Reject(?!…)/ }).click();
  await expect(items.first()).toContainText("Rejected.");

  const fetches = items.filter({ hasText: "registry.example" });
  await expect(fetches.first()).toContainText("2 × Fetch");
  await fetches.first().getByRole("link").click();
  await expect(page.getByRole("button", { name: /^Approve 2/ })).toBeVisible();
  await page.getByRole("button", { name: "Make a rule…" }).click();
  await page.getByLabel("Approves").selectOption("all");
  const make = page.getByRole("button", { name: "Make the rule" });
  await make.click();
  await expect(
    page.getByText("Say why the rule may approve without a person. The reason is shown with the rule."),
  ).toBeVisible();
  await page.getByLabel(/^Why may these calls run/).fill("The registry is ours.");
  await make.click();
  await expect(page.getByTestId("decide")).toContainText("Approved by a rule.");

  await page.getByRole("link", { name: "Rules" }).click();
  const rule = page.locator("[data-rule]", { hasText: "The registry is ours." });
  await expect(rule).toContainText("approved 2 calls");
  await rule.getByText("History").click();
  await expect(rule.getByText("allowed by a rule")).toHaveCount(2);
  await rule.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByRole("list", { name: "In force" }).locator(rule)).toHaveCount(0);
  await page.getByRole("link", { name: "Decided" }).click();
  await expect(page.getByRole("list", { name: "Decided" })).toContainText("Nobody may delete tags.");
});

test("a log entry is forked by its button, with a changed tool response", async ({ signedIn: page }) => {
  await openRelease(page);
  await page.getByRole("treeitem", { name: new RegExp(`^${TREE}`) }).click();
  await page.locator("[data-call]", { hasText: "read_file" }).locator("summary").click();
  await page.getByRole("button", { name: "Fork with another response" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Text of the response from read_file").fill("# 2.4\n\n- Slower");
  await expect(dialog).toContainText("right after the response from read_file, with your edit");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Fork with another response" })).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the comparison and the review use a single column", async ({ signedIn: page }) => {
    await openTree(page, TREE);
    await page.getByRole("link", { name: "Compare" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Compare two trees" })).toBeVisible();
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(await sideways()).toBe(false);
    for (const path of ["/review", "/operations"]) {
      await page.goto(new URL(path, page.url()).href);
      expect(await sideways()).toBe(false);
    }
  });
});

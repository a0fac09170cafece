/**
 * Deciding in Review on the real server: buttons stay disabled until the evidence was seen, a high risk is decided only
 * there and in its own tree, and files are edited as files.
 */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, type RealServer, test } from "./real-server";
import { modelAt, openStage, putBeforePeople, type Stage } from "./stage";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const asks = (name: string, input: object) => (request: ScriptedRequest) =>
  request.turn === 0 ? call(name, input) : done("Done.");

const SETTINGS = { path: "config/prod.env.js", content: "export const port = 8080;\nexport const debug = true;\n" };
const LINES = Array.from({ length: 150 }, (_, at) => `line ${at + 1}`).join("\n");
/** Returns what the agent was told about the changed file. */
let told = "";

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Push the notes": asks("use_terminal", { command: "git push --force origin main" }),
  "Pad the labels": asks("use_terminal", { command: "npm install left-pad" }),
  "Pad the invoices": asks("use_terminal", { command: "npm install left-pad" }),
  "Write a long file": asks("write_file", { path: "long.txt", content: LINES }),
  "Move the port": ({ turn, lastToolResults }) => {
    if (turn === 0) return call("write_file", SETTINGS);
    if (turn > 1) return done("Moved.");
    told = lastToolResults[0]?.content ?? "";
    return call("write_file", { ...SETTINGS, content: SETTINGS.content.replace("true", "false") });
  },
  "Choose a currency": asks("ask", {
    question: "Which currency? The orders are in USD.\n\n- EUR, at the rate of each order's day\n- USD",
  }),
};
const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

test.describe.configure({ mode: "serial" });
let stage: Stage;
let server: RealServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), MAX_CONCURRENT_AGENTS: "8" }),
    context: { viewport: { width: 1440, height: 900 } },
    prepare: (dataDir) => {
      putBeforePeople("use_terminal")(dataDir);
      putBeforePeople("write_file")(dataDir);
    },
  });
  ({ server, page } = stage);
  for (const task of Object.keys(WORK)) {
    const answer = await page.request.post(`${server.url}/api/v1/trees`, { data: { task, agent: "worker" } });
    expect(answer.ok(), await answer.text()).toBe(true);
  }
  await expect.poll(async () => (await open()).length, { timeout: 120_000 }).toBe(6);
});

test.afterAll(async () => {
  await stage?.close();
});

async function open(): Promise<{ id: string; act: string; tree_id: string }[]> {
  const answer = await page.request.get(`${server.url}/api/v1/reviews?open=1`, { maxRetries: 3 });
  return (await answer.json()).items;
}

const row = (words: string): Locator => page.locator("[data-review]").filter({ hasText: words });
const item = (): Locator => page.getByRole("article", { name: "Selected item" });
const bar = (): Locator => item().getByTestId("decide");
const approve = (): Locator => bar().locator('[data-key="a"]');
const awake = () => expect(bar().locator("[data-awake]")).toHaveText("You have seen all of it");

async function choose(words: string): Promise<void> {
  await row(words).getByRole("link").click();
  await expect(row(words)).toHaveAttribute("aria-current", "true");
}

test("in its own tree's pane, buttons and keys for a high risk are disabled until the end of its evidence was on the screen", async () => {
  const { tree_id } = (await open()).find(({ act }) => act === "Force-push main to origin") ?? {};
  await page.setViewportSize({ width: 1440, height: 420 });
  await page.goto(`${server.url}/trees/${tree_id}`);
  const asked = page.getByRole("region", { name: "Approval" });
  const push = asked.getByRole("button", { name: "Force-push main" });
  await expect(asked.getByText("Read to the end to decide")).toBeVisible();
  await expect(push).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("a");
  await page.keyboard.press("r");
  await expect(asked.getByLabel(/^Reason/)).toHaveCount(0);
  await expect(asked).not.toContainText("Approved");
  await asked.locator("[data-end]").scrollIntoViewIfNeeded();
  await expect(asked.getByText("You have seen all of it")).toBeVisible();
  await expect(push).toHaveClass(/border-fail!/);
  await looks(page, "tree-push");
  await page.keyboard.press("a");
  await expect(asked).toContainText("Approved");
  await page.keyboard.press("z");
  await expect(push).toBeVisible();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("Home opens a high risk in Review, where its button is outlined and the act is the title", async () => {
  await page.goto(server.url);
  const need = page.locator("li[data-review]").filter({ hasText: "Force-push main to origin" });
  await need.locator("[data-unfold]").click();
  await expect(need.getByRole("link", { name: "Open", exact: true })).toBeVisible();
  await expect(need.getByRole("button")).toHaveCount(0);
  await need.getByRole("link", { name: "Open", exact: true }).click();
  await expect(item().getByRole("heading", { level: 2 })).toHaveText("Force-push main to origin");
  await expect(item().getByTestId("risk")).toContainText("High risk. It replaces what the remote has");
  await expect(item().getByTestId("where-it-runs")).toContainText("Runs once, exactly this");
  await awake();
  await expect(approve()).toHaveClass(/border-fail!/);
  await looks(page, "review-push");
  await row("2 × Install left-pad").getByRole("link").click();
  await awake();
  await looks(page, "review-installs");
  await choose("Which currency?");
  await expect(item().getByText("EUR, at the rate of each order's day")).toHaveCount(1);
  await awake();
  await looks(page, "review-question");
});

test("buttons and keys are disabled until the end of long evidence was on the screen, which is remembered", async () => {
  await choose("Write long.txt");
  const why = bar().getByText("Read to the end to decide");
  await expect(why).toBeVisible();
  await expect(item().getByText("line 150", { exact: true })).toBeAttached();
  await expect(approve()).toHaveAttribute("aria-disabled", "true");
  await expect(approve()).toHaveAccessibleDescription("Read to the end to decide");
  await page.keyboard.press("a");
  await page.keyboard.press("r");
  await expect(page.getByLabel(/^Reason/)).toHaveCount(0);
  await expect(row("Write long.txt")).not.toContainText("Approved");
  await page.keyboard.press(" ");
  await expect(why).toBeVisible();
  await page.keyboard.press("End");
  await awake();
  await expect(approve()).not.toHaveAttribute("aria-disabled");
  await page.reload();
  await choose("Write long.txt");
  await awake();
});

test("a file is edited as a file, and its agent is told which line was changed", async () => {
  await choose("Write config/prod.env.js");
  await awake();
  await page.keyboard.press("e");
  const editor = page.getByRole("textbox", { name: "config/prod.env.js" });
  await expect(editor).toHaveClass(/cm-content/);
  await expect(bar().getByText("Nothing changed yet.")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(bar().getByText("Nothing has changed. Change the text")).toBeVisible();
  await editor.fill("export const port = 8080;\nexport const debug = false;\n");
  await expect(bar().getByText("You changed: line 2.")).toBeVisible();
  await looks(page, "review-edit");
  await editor.press("Control+Enter");
  await expect(row("Write config/prod.env.js")).toContainText("Approved with your change.");
  await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  await expect.poll(() => told).toContain("Changed in config/prod.env.js: line 2.");
  await expect.poll(async () => (await open()).map(({ act }) => act)).not.toContain("Write config/prod.env.js");
});

/** A goal from the composer to its end, in a real repository with failing tests: watched, steered, and continued from a round. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { looks } from "./looks";
import { pick } from "./pick";
import { expect as expectSoon, makeRepository, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const TESTS = `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
test("knows nothing", () => assert.equal(sum(0, 0), 0));
test("adds large numbers", () => assert.equal(sum(500, 500), 1000));
`;
const WORK: Record<number, string> = {
  1: "export const sum = (a, b) => a * b;\n",
  2: "export const sum = (a, b) => (a === 1 ? 3 : a - b);\n",
  3: "export const sum = (a, b) => a + b;\n",
  4: "/** Adds. */\nexport const sum = (a, b) => a + b;\n",
};
const STEER = "Use a plus, and nothing else.";
const NEXT_DAY = "Say above it what it does.";

let stage: Stage;
let shop: string;
/** The address of the goal's page, without the server. */
let goalPath: string;
/** Lets the executor of round 2 begin. */
let goOn = () => {};
const held = new Promise<void>((resolve) => {
  goOn = resolve;
});

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({ goal_planner: plan, coder: work }), {
    settings: (provider, folder) => ({ ...modelAt(provider), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  shop = join(stage.folder, "src", "shop");
  const manifest = '{"type":"module","scripts":{"test":"node --test"}}\n';
  makeRepository(shop, {
    "package.json": manifest,
    "sum.js": "export const sum = (a, b) => a - b;\n",
    "test/sum.test.js": TESTS,
  });
});
test.afterAll(async () => {
  await stage?.close();
  expect(stage?.problems).toEqual([]);
});

test("the composer takes a goal, shows an error at its field, and keeps the draft", async () => {
  const { page } = stage;
  await page.getByLabel("What should be done?").fill("Make the sum right");
  await page.getByRole("switch", { name: "Goal" }).click();
  await pick(page, "Workspace", "shop");
  await page.getByLabel("Check", { exact: true }).fill("npm test");
  const criteria = page.getByRole("list", { name: "Criteria" });
  const statement = criteria.getByLabel("What must hold").first();
  await statement.fill("It adds");
  await criteria.getByLabel("Command that shows it").fill("grep -q 'a + b' sum.js");
  await criteria.getByLabel("Weight").fill("heavy");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(statement).toBeFocused();
  await expect(statement).toHaveAccessibleDescription(/after the command comes a weight above 0/);
  await criteria.getByLabel("Weight").fill("");
  await page.getByRole("button", { name: "Add a criterion" }).click();
  await criteria.getByLabel("What must hold").nth(1).fill("It is plain");
  await criteria.getByRole("button", { name: "Remove this criterion" }).nth(1).click();
  await expect(criteria.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "More options" }).click();
  await page.getByLabel("Rounds", { exact: true }).fill("many");
  await page.getByRole("button", { name: "Fewer options" }).click();
  await page.getByRole("button", { name: "Start" }).click();
  const rounds = page.getByLabel("Rounds", { exact: true });
  await expect(rounds).toBeFocused();
  await expect(rounds).toHaveAccessibleDescription(/^Rounds must be a whole number/);
  await rounds.fill("8");
  await page.reload();
  await expect(page.getByRole("switch", { name: "Goal", checked: true })).toBeVisible();
  await expect(page.getByLabel("Check", { exact: true })).toHaveValue("npm test");
  await expect(page.getByText("95 % of the weight holds, or 8 rounds, 60 min, $5.00.")).toBeVisible();
  await page.getByRole("button", { name: "More options" }).click();
  await page.getByLabel("Scope", { exact: true }).fill("*.js, *.md");
  await page.getByLabel("Protect").fill("test/**");
  await page.getByLabel("Hidden tests").fill("test/hidden/**");
  const share = page.getByLabel("Hidden share");
  await share.fill("100 %");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(share).toBeFocused();
  await expect(share).toHaveAccessibleDescription(/^The hidden share must be a percentage/);
  await share.fill("");
  await looks(page, "goal-composer");
  for (const field of ["Scope", "Also in scope", "Protect", "Hidden tests"])
    await page.getByLabel(field, { exact: true }).fill("");
  await looks(page, "goal-composer-empty");
  await page.getByLabel("Scope", { exact: true }).fill("*.js");
  await page.getByRole("button", { name: "Fewer options" }).click();
  await expect(page.getByText(/The scope is set\./)).toBeVisible();
});

test("a template makes a goal of the task", async () => {
  const { page } = stage;
  await page.getByRole("button", { name: "Templates" }).click();
  await page
    .getByRole("dialog", { name: "Templates" })
    .getByRole("button", { name: /^Make the tests pass/ })
    .click();
  await expect(page.getByRole("switch", { name: "Goal", checked: true })).toBeVisible();
  await expect(page.getByLabel("Check", { exact: true })).toHaveValue("npm test");
  await expect(page.getByLabel("What must hold")).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel("What must hold")).toHaveValue("It adds");
});

test("its page shows the rounds as they come, also after a kill, and a message reaches the next plan", async () => {
  const { page, server } = stage;
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/trees\/.*view=goal/);
  goalPath = page.url().slice(server.url.length);
  await expect(page.locator("[data-running-round]")).toContainText("Round 2");
  const first = page.locator("[data-round='1']");
  await expect(first).toContainText("Try 1");
  await expect(page.getByRole("img", { name: /^Score by round/ })).toBeVisible();
  await expect(page.getByText("To its end")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(first.getByText("sum.js +1 −1")).toBeVisible();
  await expect(first.getByRole("button", { name: "Go on from here" })).toBeVisible();
  await first.getByText("Changes of this round").click();
  await expect(first.locator("[data-patch]")).toContainText("a * b");
  await looks(page, "goal-running");
  await addToScope(page, "docs/**");
  // Sent before the goal has read the first message, which must not be lost.
  await addToScope(page, "examples/a.js");
  await page.keyboard.press("s");
  await expect(page.getByLabel("Message this task")).toBeFocused();
  await page.getByLabel("Message this task").fill(STEER);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByLabel("Message this task")).toHaveValue("");
  // In the middle of round 2, with a message that no plan has read.
  await server.kill();
  await server.startAgain();
  goOn();
  await expect(page.locator("[data-round='3']")).toContainText(`Do as told: ${STEER}`);
  await expect(page.getByText("Reached in round 3: 2 of 2 hold.")).toBeVisible();
  const settings = page.getByRole("region", { name: "Settings" });
  await expect(settings).toContainText("Scope*.js");
  await expect(settings).toContainText("Also in scopedocs/**examples/a.js");
  await expect(settings.getByRole("button", { name: "Add to scope…" })).toHaveCount(0);
  expect(readFileSync(join(shop, "sum.js"), "utf8")).toBe(WORK[3]);
});

test("every check has its evidence, attempts are grouped by error, and the goal's whole diff is there", async () => {
  const { page } = stage;
  await page.reload();
  const holds = page.getByRole("region", { name: "What holds" });
  await expect(holds.getByText("Holds", { exact: true })).toHaveCount(2);
  await looks(page, "goal-ended");
  await holds.getByText("Evidence").first().click();
  await expect(holds).toContainText("3 of 3 tests passed");
  await expect(holds).toContainText("since round 3");
  await expect(page.getByRole("region", { name: "Attempts by error" })).toContainText("Round 1");
  await expect(page.getByRole("region", { name: "Cost by phase" })).toContainText("Planning");
  await page.getByText("All files").click();
  await expect(page.getByRole("region", { name: "Changes of the goal" }).locator("[data-patch]")).toContainText(
    "a + b",
  );
  await looks(page, "goal-diffs");
});

test("a round opens its tasks, and the goal continues from it in a new tree", async () => {
  const { page } = stage;
  const second = page.locator("[data-round='2']");
  await second.locator("summary").first().focus();
  await page.keyboard.press("Enter");
  await second.getByRole("button", { name: "Open its tasks" }).click();
  await expect(page.getByRole("region", { name: "Task" })).toContainText("Round 2");
  await page.keyboard.press("Escape");
  await second.locator("summary").first().focus();
  await page.keyboard.press("f");
  const dialog = page.getByRole("dialog", { name: "Go on from round 2" });
  await expect(dialog).toContainText("just before round 2");
  expect(await axeFaults(page)).toEqual([]);
  const before = page.url();
  await dialog.getByRole("button", { name: /^Fork/ }).click();
  await page.waitForURL((url) => url.pathname !== new URL(before).pathname);
  await page.goto(`${page.url().split("?")[0]}?view=goal`);
  await expect(page.getByText(/^Reached in round 3/)).toBeVisible();
  await expect(page.locator("[data-round='1']")).toContainText("Try 1");
  await expect(page.locator("[data-round='3']")).toContainText("Try 3");
});

test("the day after, a person's message continues the goal from its page, with a new allowance of rounds", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}${goalPath}`);
  // Keys work from here on.
  await expect(page.locator("[data-connection=live]")).toBeVisible();
  await page.keyboard.press("s");
  await expect(page.getByLabel("Continue this task")).toBeFocused();
  await page.getByLabel("Continue this task").fill(NEXT_DAY);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Reached in round 4: 2 of 2 hold.")).toBeVisible();
  await expect(page.locator("[data-strategy]")).toHaveText(`New strategy. ${NEXT_DAY}`);
  await expect(page.getByRole("region", { name: "Progress" })).toContainText("4 of at most 16");
  expect(readFileSync(join(shop, "sum.js"), "utf8")).toBe(WORK[4]);
  await page.goto(`${server.url}/trees`);
  await expect(page.locator("[data-tree]", { hasText: "round 4 of 16" })).toBeVisible();
  await looks(page, "goal-continued");
});

test("lists show how far a goal has come", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/trees`);
  const row = page.locator("[data-tree]", { hasText: "100 %, round 3 of 8" }).first();
  await expect(row).toBeVisible();
  await looks(page, "goal-list");
  await row.click();
  await expect(page.getByRole("button", { name: "Goal", pressed: true })).toBeVisible();
});

async function addToScope(page: Page, glob: string): Promise<void> {
  await page.getByRole("button", { name: "Add to scope…" }).click();
  const field = page.getByLabel("Files that the work may change too");
  await expect(field).toBeFocused();
  await expect(page.getByRole("button", { name: "Add to scope", exact: true })).toBeDisabled();
  await field.fill(glob);
  if (glob === "docs/**") await looks(page, "goal-scope");
  await page.getByRole("button", { name: "Add to scope", exact: true }).click();
  await expect(page.getByText("Changed. It counts from the next round on.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add to scope…" })).toBeFocused();
}

function roundOf({ instruction }: ScriptedRequest): number {
  return Number(/round (\d+)/i.exec(instruction)?.[1] ?? 0);
}

function plan(request: ScriptedRequest): Reply {
  const title = request.instruction.includes(STEER) ? `Do as told: ${STEER}` : `Try ${roundOf(request)}`;
  return end(JSON.stringify({ plan: title, steps: [{ title, instruction: title }] }));
}

async function work(request: ScriptedRequest): Promise<Reply> {
  const round = roundOf(request);
  if (round === 2) await held;
  if (request.turn > 0) return end("done");
  return { calls: [{ name: "write_file", input: { path: "sum.js", content: WORK[round] ?? "" } }] };
}

function end(result: string): Reply {
  return { calls: [{ name: "end_task", input: { status: "success", result } }] };
}

/** Plans on a goal's page: one that waits, is edited and begins, and one of which a unit failed. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Tree } from "@/core/shapes/shapes";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { looks } from "./looks";
import { expect as expectSoon, makeRepository, test } from "./real-server";
import { modelAt, openStage, type Stage, submitTree } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const unit = (title: string, kind: string, risk: number, risk_why: string, more: object = {}) => ({
  title,
  instruction: `Write ${title}`,
  kind,
  risk,
  risk_why,
  ...more,
});
const NINE = [
  unit("Contract: refunds in the OpenAPI document", "contract", 2, "clients read it", { minutes: 35 }),
  unit("Migration: refunds table, indexes, back-fill", "migration", 4, "4.1 million orders", {
    minutes: 30,
    after: ["Contract: refunds in the OpenAPI document"],
  }),
  unit("Rules of a refund in parts, with property tests", "code", 3, "rounding of tax", {
    minutes: 70,
    after: ["Contract: refunds in the OpenAPI document"],
  }),
  unit("Provider: refund call with an idempotency key", "integration", 5, "money leaves", {
    minutes: 80,
    deliverable: "src/payments/refund.ts: one call to the provider for each refund",
    shown_by: "npm test -- payments/refund",
    after: ["Contract: refunds in the OpenAPI document"],
  }),
  unit("Storage: write and read refunds", "code", 2, "known pattern here", {
    minutes: 45,
    after: ["Migration: refunds table, indexes, back-fill", "Rules of a refund in parts, with property tests"],
  }),
  unit("Documentation and changelog", "documentation", 1, "words only", {
    after: ["Storage: write and read refunds", "Provider: refund call with an idempotency key"],
  }),
];

const end = (result: string, status = "success"): Reply => ({
  calls: [{ name: "end_task", input: { status, result } }],
});
const isSecond = ({ instruction }: ScriptedRequest) => /round 2/i.test(instruction);
const plan = (steps: object[]) => end(JSON.stringify({ plan: "Refund an order in parts", steps }));

const script = agentScript({
  goal_planner: (request) =>
    request.instruction.includes("A person asks for another plan")
      ? plan(NINE.slice(0, 4))
      : isSecond(request)
        ? plan(NINE.slice(4).map((one) => ({ ...one, after: [] })))
        : plan(NINE),
  coder: (request) => {
    if (!isSecond(request) && request.instruction.startsWith("Write Storage"))
      return end("The disk is full.", "failure");
    const file = /^Write (\w+)/.exec(request.instruction)?.[1] ?? "nothing";
    return request.turn === 0
      ? { calls: [{ name: "write_file", input: { path: file, content: file } }] }
      : end(`${file} is written`);
  },
});

let stage: Stage;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (provider, folder) => ({ ...modelAt(provider), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
});
test.afterAll(async () => {
  await stage?.close();
  expect(stage?.problems).toEqual([]);
});

async function post(operation: string, data: object): Promise<void> {
  const { page, server } = stage;
  const answered = await page.request.post(`${server.url}/api/v1/${operation}`, {
    data,
    headers: { origin: server.url },
  });
  expect(answered.ok()).toBe(true);
}

async function open(name: string, mode: string): Promise<{ page: Page; tree: Tree }> {
  const workspace = join(stage.folder, "src", name);
  makeRepository(workspace, { "README.md": "# Orders\n" });
  const goal = { mode, validation_command: "cat Contract Storage", max_iterations: 3, scope: ["**"] };
  const tree = await submitTree(stage, { task: `Refund an order in parts (${name})`, workspace, goal });
  await stage.page.goto(`${stage.server.url}/trees/${tree.id}?view=goal`);
  return { page: stage.page, tree };
}

test("a supervised plan waits with its groups, its critical path and its estimates, and begins as it was edited", async () => {
  // Every goal is held out, so no lesson could be shown.
  await post("memory", { holdout: 1 });
  const { page } = await open("waits", "supervised");
  const shown = page.getByRole("region", { name: "Plan", exact: true });
  await expect(shown.getByText("Nothing starts before you say so.")).toBeVisible();
  await expect(shown.getByText(/^6 units, 2 h 38 min/)).toContainText("Critical path: 1, 3, 5, 6.");
  await expect(shown.getByRole("row", { name: /Provider: refund call/ })).toContainText("Shown by: npm test");
  await expect(shown.getByRole("row", { name: /Provider: refund call/ })).toContainText(
    "Memory: this goal runs without lessons.",
  );
  await shown.scrollIntoViewIfNeeded();
  await looks(page, "plan-waits", { boxes: false });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await shown.getByRole("button", { name: "Copy as Mermaid" }).click();
  await expect(shown.getByText("Copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("  u1 ==> u3\n");

  await shown.getByRole("button", { name: "Edit…" }).click();
  const form = page.getByRole("form", { name: "Edit the plan" });
  await form.getByRole("combobox", { name: "Unit", exact: true }).selectOption({ index: 3 });
  await form.getByLabel(/^Minutes/).fill("300");
  await form.getByRole("button", { name: "Start 6 units" }).click();
  await expect(form.getByLabel(/^Minutes/)).toBeFocused();
  await expect(form.getByRole("alert")).toHaveText(
    "“Provider: refund call with an idempotency key” takes 5 h, and 4 h is the most: split it.",
  );
  expect(await axeFaults(page)).toEqual([]);
  await looks(page, "plan-edit", { boxes: false });
  await form.getByLabel(/^Minutes/).fill("120");
  await form.getByRole("button", { name: "Remove this unit" }).click();
  await form.getByRole("button", { name: "Start 5 units" }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText(/^5 units/).first()).toBeVisible();
  // Its units take no time, so the next round's plan can wait before anybody has seen this one run.
  await expect(page.locator("#round-1")).toBeVisible();
});

test("a plan that waits is made again with a hint; its units say what their failure leads to, and which lesson fits them", async () => {
  const lesson = { kind: "fact", advice: "Ask about an unknown outcome before a retry", trigger: "provider payments" };
  await post("memory", { holdout: 0 });
  await post("lessons", { ...lesson, scope: "everywhere", place: null });
  const { page } = await open("hint", "supervised");
  const shown = page.getByRole("region", { name: "Plan", exact: true });
  await expect(shown.getByText(/^6 units, 2 h 38 min/)).toContainText("no cost known yet");
  await shown.getByRole("button", { name: /^4Provider: refund call/ }).click();
  const row = shown.getByRole("row", { name: /Provider: refund call/ });
  await expect(row).toContainText("Only 4 and 6 are planned again. 1, 2, 3 and 5 go on.");
  await expect(row.getByRole("link", { name: lesson.advice })).toHaveAttribute("href", /^\/memory\/lessons\/\w+$/);
  await looks(page, "plan-outlook", { boxes: false });

  await shown.getByRole("button", { name: "Plan again with a hint…" }).click();
  const form = page.getByRole("form", { name: "Plan again with a hint" });
  const field = form.getByLabel("What the next plan should do differently");
  await form.getByRole("button", { name: "Plan again" }).click();
  await expect(field).toBeFocused();
  await expect(form.getByRole("alert")).toHaveText("Say what the next plan should do differently.");
  await expect(form.getByText("You can do this 5 more times in this round.")).toBeVisible();
  await field.fill("Leave storage and documentation to a later round");
  expect(await axeFaults(page)).toEqual([]);
  await looks(page, "plan-hint", { boxes: false });
  await form.getByRole("button", { name: "Plan again" }).click();
  await expect(form).toBeHidden();
  await expect(shown.getByText(/^4 units/)).toBeVisible();
  await expect(shown.getByRole("listitem").first()).toHaveText("Leave storage and documentation to a later round");
  await looks(page, "plan-again", { boxes: false });
  await shown.getByRole("button", { name: "Start 4 units" }).click();
  await expect(page.locator("#round-1")).toBeVisible();
});

test("a plan of which a unit failed shows what each unit took, and the next plan has only the rest", async () => {
  const { page } = await open("failed", "autonomous");
  await expect(page.getByText(/^Reached in round 2/)).toBeVisible();
  await page.locator("#round-1 summary").first().click();
  const first = page.getByRole("region", { name: "Plan of round 1" });
  await expect(first.getByRole("row", { name: /Storage/ })).toContainText("failed");
  await expect(first.getByRole("row", { name: /Documentation/ })).toContainText("not begun");
  await expect(first.getByRole("row", { name: /Provider/ })).toContainText("below its range");
  await first.scrollIntoViewIfNeeded();
  // What a unit cost stands below its minutes.
  await expect(first.getByRole("row", { name: /Provider/ })).toContainText(/\$0\.\d\d/);
  await looks(page, "plan-failed", { boxes: false });
  await page.locator("#round-2 summary").first().click();
  await expect(page.getByRole("region", { name: "Plan of round 2" }).getByRole("row")).toHaveCount(3);
});

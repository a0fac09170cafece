/** Decisions and changes by a person while agents work, on the real server with a scripted provider. */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { pick } from "./pick";
import { expect, type RealServer, test } from "./real-server";
import { modelAt, openLog, openStage, putBeforePeople, type Stage, shownTask, submitTree } from "./stage";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const start = (title: string): Reply => call("start_subtask", { instruction: title, agent: "worker", title });
const below = (title: string) => (request: ScriptedRequest) => (request.turn === 0 ? start(title) : done("Found."));
const writes = (text: string) => (request: ScriptedRequest) =>
  request.turn === 0
    ? call("write_file", { path: "notes.md", content: `# Notes\n${text}\n` })
    : done(`It says ${text}.`);

const held = door();

const WORK: Record<string, (request: ScriptedRequest) => Reply | Promise<Reply>> = {
  async "Go step by step"({ turn }) {
    if (turn === 0) await held.opened;
    return turn < 2 ? call("list_directory", { path: "." }) : done("Two looks.");
  },
  "Find the readme": below("Look around"),
  "Look around": below("Look for it"),
  "Look for it": ({ turn }) => (turn === 0 ? call("find_files", { pattern: "*.md" }) : done("There is none.")),
  "Wait for the quota": ({ provider: asked }) =>
    asked === "openai" ? done("Another model did it.") : { fault: { type: "rate_limit", retryAfter: 3_600 } },
  "Write one": writes("one"),
  "Write two": writes("two"),
  "Ask me": ({ turn, lastToolResults }) =>
    turn === 0 ? call("ask", { question: "Which name does it get?" }) : done(lastToolResults[0]?.content ?? ""),
};

const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models) => ({
      ...modelAt(models),
      OPENAI_API_KEY: "test-key",
      OPENAI_BASE_URL: `${models.url}/v1`,
    }),
    prepare: putBeforePeople("find_files"),
  });
  ({ server, page, problems } = stage);
});

test.afterAll(async () => {
  held.open();
  await stage?.close();
});

const row = (name: string | RegExp): Locator => shownTask(page, name);
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });

async function slotsUsed(): Promise<number> {
  const answer = await page.request.get(`${server.url}/api/v1/status`);
  return ((await answer.json()) as { slots: { used: number } }).slots.used;
}

async function submit(task: string): Promise<void> {
  await page.goto(server.url);
  await page.getByLabel("What should be done?").fill(task);
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await page.getByRole("button", { name: "Start", exact: false }).click();
  await page.waitForURL(/\/trees\//);
}

test("a call three levels deep waits for approval, is approved on the home page, and its tree continues", async () => {
  await submit("Find the readme");
  await expect(row("Look for it, Waiting for you")).toBeVisible();
  await row("Look for it").click();
  await expect(pane().getByTestId("task-sentence")).toContainText("Waiting for your approval");
  await expect(pane().getByTestId("evidence")).toContainText("pattern: *.md");

  const home = await page.context().newPage();
  await home.goto(server.url);
  const item = home.locator("[data-review]", { hasText: "Find files" });
  await expect(item).not.toContainText("If ignored");
  await item.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(item).toBeHidden();
  await expect(home.getByRole("status").filter({ hasText: "The call is allowed." })).toBeVisible();
  await home.goto(`${server.url}/review/decided`);
  await expect(home.getByRole("list", { name: "Decided" })).toContainText("Approval, allowed");
  await home.close();

  // Its row is collapsed, because its branch has succeeded too; its pane stays open.
  await expect(pane().getByTestId("task-sentence")).toContainText("Succeeded");
  await openLog(pane());
  await expect(pane().locator("li[data-look=event]", { hasText: "Approved" })).toBeAttached();
  await expect(row(/^Find the readme/)).toHaveAccessibleName(/, Succeeded$/);
});

test("a paused task is stepped at the first press, shows its next action, and is resumed", async () => {
  await submit("Go step by step");
  await expect(row("Go step by step, Running")).toBeVisible();
  await pane()
    .getByRole("button", { name: /^Pause/ })
    .click();
  await expect(row("Go step by step, Paused")).toBeVisible();
  // Only now does the held reply come; the step begins after its turn.
  held.open();
  await expect.poll(slotsUsed).toBe(0);
  await pane().getByRole("button", { name: "More for this task" }).click();
  await page.getByRole("menuitem", { name: "Step", exact: true }).click();
  await expect(pane().locator("li[data-seq]", { hasText: /turn 2 ·/ })).toBeAttached();
  await expect(pane().getByText("Stepping is on: press Step for its next turn.")).toBeVisible();
  const dialog = page.getByRole("dialog", { name: "Next step" });
  await page.keyboard.press(">");
  await expect(dialog.getByTestId("next-action")).toContainText("for turn 3");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await pane().getByRole("button", { name: "Resume" }).click();
  await expect(row("Go step by step, Succeeded")).toBeVisible();
});

test("a tree is forked at a message with another instruction, and both are compared", async () => {
  await submit("Write one");
  await expect(row("Write one, Succeeded")).toBeVisible();
  await openLog(pane());
  const reply = pane().locator("li[data-seq]", { hasText: /turn 1 ·/ });
  await reply.hover();
  await page.keyboard.press("f");
  const dialog = page.getByRole("dialog", { name: "Fork from turn 1" });
  await expect(dialog).toContainText("The new tree continues from just before turn 1");
  await dialog.getByLabel(/^Instruction of/).fill("Write two");
  const first = page.url();
  await dialog.getByRole("button", { name: "Fork" }).click();
  await page.waitForURL((url) => url.href !== first && url.pathname.startsWith("/trees/"));

  await expect(page.getByText("Forked from Write one, from the start")).toBeVisible();
  await expect(row(/, Succeeded$/).first()).toBeVisible();
  await openLog(pane());
  await expect(pane().locator("li[data-look=event]", { hasText: "Forked" })).toContainText("with another instruction");
  await page.getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Compare two trees" })).toBeVisible();
  await expect(page.getByText("B was forked from A at the start.")).toBeVisible();
  const results = page.getByRole("row", { name: /^Result/ });
  await expect(results).toContainText("It says one.");
  await expect(results).toContainText("It says two.");
  const diff = page.getByRole("region", { name: "Lines of notes.md" });
  await expect(diff.getByRole("row", { name: "removed one" })).toBeVisible();
  await expect(diff.getByRole("row", { name: "added two" })).toBeVisible();
});

test("a typed answer survives a reload and a server restart, and is cleared after it is sent", async () => {
  await submit("Ask me");
  await expect(row("Ask me, Waiting for you")).toBeVisible();
  const box = pane().getByLabel("Your answer");
  await box.fill("Banyan, I think");
  await expect(pane().getByText("Draft saved in this browser.")).toBeVisible();
  await page.reload();
  await expect(box).toHaveValue("Banyan, I think");
  await expect(pane().getByText("Draft restored. Not sent yet.")).toBeVisible();

  await server.kill();
  await expect(page.locator("[data-connection=live]")).toHaveCount(0);
  await box.fill("Banyan");
  await server.startAgain();
  await expect(page.locator("[data-connection=live]")).toBeVisible({ timeout: 120_000 });
  await expect(box).toHaveValue("Banyan");
  await page.reload();
  await expect(box).toHaveValue("Banyan");
  await pane().getByRole("button", { name: "Answer" }).click();
  await expect(pane().getByRole("status").filter({ hasText: "Answered." })).toBeVisible();
  await expect(row("Ask me, Succeeded")).toBeVisible();
  const kept = () => Object.keys(localStorage).filter((key) => key.startsWith("banyan.typed."));
  expect(await page.evaluate(kept)).toEqual([]);
});

// This test must be last, because the provider stays rate limited for all later tasks.
test("a parked task says why and until when, and continues with another model", async () => {
  const wanted = { task: "Wait for the quota", agent: "worker", grant: { cost_usd: 5 } };
  const { id } = await submitTree({ page, server }, wanted);
  await page.goto(`${server.url}/trees/${id}`);
  await expect(row("Wait for the quota, Parked")).toBeVisible();
  const sentence = pane().getByTestId("task-sentence");
  // Includes the day if it is not today.
  await expect(sentence).toContainText(/Parked until (\w+ \d+, )?\d\d:\d\d: .+ It then resumes by itself\./);
  const opener = sentence.getByRole("button", { name: "Change model…" });
  await opener.click();
  const dialog = page.getByRole("dialog", { name: "Change agent, model or priority" });
  await expect(dialog.getByTestId("follows")).toContainText("No changes yet");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  // A tree with a cap on money takes no model without a price.
  await pick(page, "Model", "openai/made-up");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  const model = dialog.getByLabel("Model", { exact: true });
  await expect(model).toBeFocused();
  await expect(model).toHaveAccessibleDescription(/openai\/made-up has no price/);
  await page.screenshot({ path: "test-results/model-refused.png" });
  await pick(page, "Model", "gpt-5.1");
  await expect(dialog.getByText("has no price")).toHaveCount(0);
  await expect(dialog.getByTestId("follows")).toContainText("The parked task resumes now.");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(pane().getByText("Changed: the model to openai/gpt-5.1")).toBeVisible();
  await expect(row("Wait for the quota, Succeeded")).toBeVisible();
  await expect(pane().getByText("Another model did it.").first()).toBeVisible();
  expect(problems).toEqual([]);
});

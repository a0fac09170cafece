/** A model that is removed while tasks run, and the use of their calls, on the real server with a scripted provider. */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { expect, type RealServer, test } from "./real-server";
import { modelAt, openLog, openStage, type Stage, shownTask } from "./stage";

const GONE = "claude-sonnet-4-6";
const NEXT = "claude-sonnet-5-5";

const done = (result: string): Reply => ({ calls: [{ name: "end_task", input: { status: "success", result } }] });
const start = (title: string) => ({ name: "start_subtask", input: { instruction: title, agent: "worker", title } });
const whenSwitched = ({ model }: ScriptedRequest): Reply =>
  model === GONE ? { fault: { type: "unknown_model" } } : done("Another model did it.");

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Look at both": (request) =>
    request.turn === 0
      ? {
          text: "Two look at once.",
          calls: [start("Look left"), start("Look right")],
          usage: { inputTokens: 5_100, cacheReadTokens: 4_200, outputTokens: 120 },
        }
      : done("Both have looked."),
  "Look left": whenSwitched,
  "Look right": whenSwitched,
};

const script = agentScript({
  worker: (request) => WORK[request.instruction.split("\n", 1)[0] ?? ""]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    provider: { models: { names: [GONE, NEXT, "claude-haiku-4-5-20251001"] } },
    settings: (models) => ({ ...modelAt(models), BANYAN_MODEL: `anthropic/${GONE}` }),
  });
  ({ server, page, problems } = stage);
});

test.afterAll(() => stage?.close());

const row = (name: string | RegExp): Locator => shownTask(page, name);
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });

test("tasks whose model is gone are switched with one press, and the pane shows the use of calls", async () => {
  await page.goto(server.url);
  await page.getByLabel("What should be done?").fill("Look at both");
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await page.getByRole("button", { name: "Start", exact: false }).click();
  await page.waitForURL(/\/trees\//);
  await expect(row("Look left, Parked")).toBeVisible();
  await expect(row("Look right, Parked")).toBeVisible();
  await row("Look left, Parked").click();
  const sentence = pane().getByTestId("task-sentence");
  await expect(sentence).toContainText(`Anthropic does not know anthropic/${GONE}`);
  await expect(sentence).toContainText(`Switch to anthropic/${NEXT}.`);
  await expect(sentence.getByRole("button", { name: `Switch to ${NEXT}` })).toBeVisible();
  await expect(sentence.getByRole("button", { name: "Change model…" })).toBeVisible();
  await sentence.getByRole("button", { name: "Switch all 2 tasks" }).click();
  await expect(row("Look left, Succeeded")).toBeVisible();
  await expect(row(/^Look at both/)).toHaveAccessibleName(/, Succeeded/);

  await row(/^Look at both/).click();
  await openLog(pane());
  await expect(pane().locator("li[data-seq]", { hasText: "Two look at once." })).toContainText(
    "5.1k in, 82 % cached, 120 out",
  );
  const spend = pane().getByTestId("spend");
  await spend.locator("summary").click();
  await expect(spend.getByTestId("model-use")).toContainText(/First turn\s*5\.1k in, 82 % cached, 120 out · \$/);
  expect(problems).toEqual([]);
});

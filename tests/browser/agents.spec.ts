/** Agents with a model, on the real server. The provider speaks the real protocol and waits when a test tells it to. */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedProvider, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { expect, type RealServer, test } from "./real-server";
import { modelAt, openLog, openStage, type Stage, shownTask } from "./stage";

const STREAMED =
  "I read the notes of the last release first. Then two colleagues begin: one finds out the name, the other writes the changelog.";

const doors = { whole: door(), parent: door(), changelog: door() };

function door() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const PIECES = 60;
/** The events before the first piece of text: the start of the message and of its content block. */
const BEFORE_TEXT = 2;
const stream = { allowed: 0, heard: () => {} };

/**
 * Sends pieces of text when the test allows them, and the tool call after the page has shown the whole text. This avoids
 * races.
 */
async function holdStream(at: number): Promise<void> {
  if (at < BEFORE_TEXT) return;
  if (at >= BEFORE_TEXT + PIECES) return doors.whole.opened;
  while (at >= BEFORE_TEXT + stream.allowed)
    await new Promise<void>((resolve) => Object.assign(stream, { heard: resolve }));
}

function allow(pieces: number): void {
  stream.allowed += pieces;
  stream.heard();
}

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const start = (title: string) => ({
  name: "start_subtask",
  input: { instruction: title, agent: "worker", title },
});

const WORK: Record<string, (request: ScriptedRequest) => Promise<Reply> | Reply> = {
  async "Ship the release"(request) {
    if (request.turn === 0) {
      return {
        text: STREAMED,
        pieces: PIECES,
        beforeFrame: holdStream,
        calls: [start("Find the name"), start("Write the changelog")],
      };
    }
    if (request.turn === 1) {
      await doors.parent.opened;
      return call("pass_up", {
        question: /"question":"(\w+)"/.exec(JSON.stringify(request.messages).replaceAll("\\", ""))?.[1],
      });
    }
    return request.turn === 2 ? call("wait_for_subtasks", {}) : done("Released, with the changelog.");
  },
  "Find the name"({ turn, lastToolResults }) {
    if (turn === 0) return call("ask", { question: "Which name does it get?\n\nThe notes say both." });
    return done(`It is called ${JSON.parse(lastToolResults[0]?.content ?? "{}").answer}.`);
  },
  async "Write the changelog"({ turn, rawBody }) {
    if (turn > 0) return done(rawBody.includes("British spelling") ? "The colour changed." : "The color changed.");
    await doors.changelog.opened;
    return { text: "The commits are read.", calls: [{ name: "request_context", input: { needed: "Our style" } }] };
  },
  "Count to ten"({ attempt }) {
    if (attempt === 0) return { fault: { type: "stall" } };
    if (attempt === 1) return { fault: { type: "rate_limit", retryAfter: 2 } };
    return done("1 to 10.");
  },
};

const script = agentScript({
  agent_selector: (request) => call("start_subtask", start(request.instruction).input),
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["The changelog is there."]}'),
});

let stage: Stage;
let provider: ScriptedProvider;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), MAX_CONCURRENT_AGENTS: "8" }),
  });
  ({ provider, server, page, problems } = stage);
});

test.afterAll(async () => {
  for (const door of Object.values(doors)) door.open();
  await stage?.close();
});

const row = (name: string | RegExp): Locator => shownTask(page, name);
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });

test("streams, asks, is answered, paused, steered and resumed, and ends with a verdict", async () => {
  await page.getByLabel("What should be done?").fill("Ship the release");
  await page.getByRole("button", { name: "Start", exact: false }).click();
  await page.waitForURL(/\/trees\//);
  // The header beside the conversation of the tree's only task.
  await expect(page.getByText("chosen by agent_selector").first()).toBeVisible();

  await expect(page.locator("[data-connection=live]")).toBeVisible();
  const draft = page.locator("[data-testid=stream]");
  await expect(async () => {
    allow(1);
    expect(await draft.count()).toBe(1);
  }).toPass();
  await expect(draft).not.toContainText("the other writes the changelog");
  // A page that opens in the middle of the stream shows it from the beginning.
  await page.reload();
  await expect(async () => {
    allow(1);
    expect(await draft.innerText()).toMatch(/^\s*I/);
  }).toPass();
  const { length } = await draft.innerText();
  await expect(async () => {
    allow(1);
    expect((await draft.innerText()).length).toBeGreaterThan(length);
  }).toPass();
  allow(PIECES);
  doors.whole.open();
  await expect(row("Find the name, Waiting")).toBeVisible();
  await expect(page.locator("[data-seq]", { hasText: "I read the notes" })).toHaveCount(1);
  await expect(page.locator("[data-draft]", { hasText: "I read the notes" })).toHaveCount(0);

  // The parent is asked first, not a person.
  await expect(row("Find the name").getByText("Waiting for its parent").first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^You \d/ })).toHaveCount(0);
  doors.parent.open();
  await expect(row("Find the name, Waiting for you")).toBeVisible();
  await expect(page.getByRole("button", { name: "1 waits for you" })).toBeVisible();
  await answerAtHome();
  await expect(row("Find the name, Succeeded")).toBeVisible();

  await row(/^Write the changelog/).click();
  await pauseAndSteer();
  await expect(row(/^Ship the release/)).toHaveAccessibleName(/, Succeeded$/, { timeout: 120_000 });
  await row("Write the changelog").click();
  await openLog(pane());
  await expect(pane().getByText("The colour changed.").first()).toBeVisible();
  await row("Ship the release").click();
  await expect(pane().getByTestId("claims").getByText("The changelog is there.")).toBeVisible();
  await openLog(pane());
  await expect(pane().locator("li[data-look=event]", { hasText: "Finishing" })).toBeAttached();
  expect(await pane().innerText()).not.toMatch(/[{[]"\w+":/);
});

async function answerAtHome(): Promise<void> {
  const home = await page.context().newPage();
  await home.goto(server.url);
  const question = home.locator("[data-review]", { hasText: "Which name does it get?" });
  await question.getByLabel("Your answer").fill("Banyan");
  await question.getByRole("button", { name: "Answer" }).click();
  await expect(question).toBeHidden();
  await expect(home.getByRole("status").filter({ hasText: "answer" }).first()).toBeVisible();
  await home.close();
}

/** Pauses during a model call: the call finishes, then nothing runs until the task is resumed. */
async function pauseAndSteer(): Promise<void> {
  await pane().getByRole("button", { name: "Pause" }).click();
  await expect(row("Write the changelog, Paused")).toBeVisible();
  doors.changelog.open();
  await expect(pane().getByText("The commits are read.").first()).toBeVisible();
  await pane().getByLabel("Message this task").fill("Use British spelling.");
  await pane().getByLabel("Message this task").press("Control+Enter");
  await expect(pane().getByText("Sent. The task reads the message when it is resumed.")).toBeVisible();
  await pane().getByRole("button", { name: "Resume" }).click();
  await expect(row("Write the changelog, Succeeded")).toBeVisible();
  await openLog(pane());
  await expect(pane().locator("li[data-look=steer]", { hasText: "British spelling" })).toBeAttached();
}

test("is stopped with a reason, retried, and waits out a rate limit of the provider", async () => {
  await page.goto(server.url);
  await page.getByLabel("What should be done?").fill("Count to ten");
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await page.getByRole("button", { name: "Start", exact: false }).click();
  await page.waitForURL(/\/trees\//);
  await expect(row("Count to ten, Running")).toBeVisible();
  await expect.poll(() => provider.open()).toBe(1);
  await pane().getByRole("button", { name: "More for this task" }).click();
  await page.getByRole("menuitem", { name: "Stop…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("Not needed");
  await dialog.getByRole("button", { name: "Stop this task" }).click();
  await expect(row("Count to ten, Stopped")).toBeVisible();
  await expect(pane().getByTestId("task-sentence")).toContainText("Not needed. Retry it for a new attempt");
  await expect.poll(() => provider.open()).toBe(0);

  await pane().getByTestId("task-sentence").getByRole("button", { name: "Retry…" }).click();
  await page
    .getByRole("dialog", { name: "Retry" })
    .getByRole("button", { name: /^Retry/ })
    .click();
  await expect(row("Count to ten, Parked")).toBeVisible();
  await expect(pane().locator("li[data-look=failure]", { hasText: "Parked until" })).toBeAttached();
  await expect(row("Count to ten, Succeeded")).toBeVisible({ timeout: 120_000 });
  await openLog(pane());
  await expect(pane().locator("li[data-look=event]", { hasText: "Retried" })).toBeAttached();
  expect(provider.refusals).toEqual([]);
  expect(problems).toEqual([]);
});

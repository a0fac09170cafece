/**
 * A person's first hour with a fresh server: the sample, a survey of their folder, a key, a message that continues the
 * survey, then a task that asks before it changes a file, its change as a branch there, and its proof for a colleague.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { pick } from "./pick";
import { expect as expectSoon, makeRepository, test } from "./real-server";
import { openStage, putBeforePeople, type Stage, shownTask } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const KEY = "sk-ant-first-4711-0815-wxyz";
const SURVEY = "Survey of shop";
const REPORT = "repository-survey.md";
const CHANGE = "Add a function that multiplies";
const SUM = "export const sum = (a: number, b: number) => a + b;\n";
const PRODUCT = "export const product = (a: number, b: number) => a * b;\n";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

const mayGoOn = door();

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  // The runbook needs no model, so the first request is the person's message after the end.
  [SURVEY]: ({ lastToolResults }) =>
    lastToolResults.some(({ toolName }) => toolName === "read_file")
      ? done("The repository has **one test**: `tests/sum.test.ts`.")
      : {
          text: "I read the report for what it says of the tests.",
          beforeFrame: (at) => (at < 4 ? Promise.resolve() : mayGoOn.opened),
          ...call("read_file", { path: REPORT }),
        },
  [CHANGE]: ({ turn }) =>
    turn === 0
      ? call("edit_file", { path: "app/sum.ts", old_text: SUM, new_text: SUM + PRODUCT })
      : call("end_task", {
          status: "success",
          result: "`product` is in `app/sum.ts`.",
          claims: [{ statement: "The file has both functions", command: "test $(grep -c export app/sum.ts) -eq 2" }],
        }),
};

const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let page: Page;
let shop: string;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    provider: { models: { names: ["claude-sonnet-4-5"], key: KEY } },
    settings: (_, folder) => ({ BANYAN_KEY_FILE: join(folder, "keys.json") }),
    prepare: putBeforePeople("edit_file"),
    context: { viewport: { width: 1440, height: 900 } },
  });
  ({ page } = stage);
  shop = join(stage.folder, "shop");
  mkdirSync(shop);
  makeRepository(shop, {
    "README.md": "# Shop\n",
    "app/sum.ts": SUM,
    "docs/guide.md": "# Guide\n",
    "tests/sum.test.ts": 'import { sum } from "../app/sum";\n',
  });
});

test.afterAll(async () => {
  mayGoOn.open();
  await stage?.close();
});

const git = (...args: string[]) => execFileSync("git", ["-C", shop, ...args], { encoding: "utf8" }).trim();
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });
const result = (): Locator => pane().getByRole("region", { name: "Result", exact: true });
const root = (): Locator => shownTask(page, /./).first();

/** Home says what is missing, and leads to where it is added. */
async function saveKey(): Promise<void> {
  await page.goto(stage.server.url);
  await expect(page.getByText("No model is connected.")).toBeVisible();
  await page.getByRole("link", { name: "connect one" }).click();
  const connect = page.getByRole("region", { name: "Anthropic" });
  await connect.getByRole("button", { name: "Add key" }).click();
  await connect.getByLabel("Key", { exact: true }).fill(KEY);
  await connect.getByLabel(/^Address/).fill(stage.provider.url);
  await connect.getByRole("button", { name: "Test the key" }).click();
  await expect(connect.getByText("Anthropic accepts the key: 1 model.")).toBeVisible();
  await connect.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^Default model: anthropic\/.*Tasks use it/)).toBeVisible();
  await page.goto(stage.server.url);
  await expect(page.getByText("No model is connected.")).toHaveCount(0);
}

async function runSample(): Promise<void> {
  const sample = page.getByRole("region", { name: "Run the sample", exact: true });
  await sample.getByRole("button", { name: "Run the sample" }).click();
  await sample.getByRole("button", { name: "60 books" }).click();
  await expect(sample.getByRole("article", { name: "Result of the sample" })).toContainText(
    "1 claim failed at first and was repaired",
  );
}

async function surveyFolder(): Promise<void> {
  await pick(page, "Workspace: a folder on this machine", shop);
  await page.getByRole("button", { name: "Survey my folder" }).click();
  await page.waitForURL(/\/trees\//);
  await expect(page.getByRole("heading", { level: 1, name: SURVEY })).toBeVisible();
}

/** Fills the composer, starts the task, and waits for its tree. */
async function submit(task: string): Promise<void> {
  await page.getByLabel("What should be done?").fill(task);
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await pick(page, "Workspace", shop);
  await page.getByRole("button", { name: /^Start/ }).click();
  await page.waitForURL(/\/trees\//);
  await expect(page.getByRole("heading", { level: 1, name: task })).toBeVisible();
}

async function readReport(): Promise<void> {
  await expect(root()).toHaveAccessibleName(/, Succeeded$/);
  await expect(pane().getByTestId("task-sentence")).toContainText("Succeeded: every check of the runbook passed.");
  const files = pane().getByRole("region", { name: "Files of the result" });
  await files.getByRole("link", { name: REPORT, exact: true }).click();
  const file = page.getByRole("region", { name: "File", exact: true });
  await expect(file.getByRole("heading", { name: "Repository survey" })).toBeVisible();
  await expect(file.getByText("TypeScript").first()).toBeVisible();
  await page.goBack();
  await expect(result()).toBeVisible();
}

async function goOnWithWords(): Promise<void> {
  const first = await result().getByTestId("result").innerText();
  await pane().getByLabel("Continue this task").fill("Now only the tests, please.");
  await pane()
    .getByRole("button", { name: /^Continue/ })
    .click();
  const now = page.getByRole("region", { name: "Runs now" });
  await expect(now.getByRole("button", { name: / writing/ })).toBeVisible();
  await expect(pane().getByTestId("task-sentence")).not.toContainText("Starting");
  mayGoOn.open();
  await expect(result()).toContainText("The repository has one test: tests/sum.test.ts.");
  expect(await result().getByTestId("result").innerText()).not.toBe(first);
  await expect(now).toHaveCount(0);
}

/** The approval comes while the person watches, and shows the difference of the file. */
async function approve(): Promise<void> {
  await expect(pane().getByTestId("task-sentence")).toContainText("Waiting for your approval");
  const approval = pane().locator("section[data-review]");
  await expect(approval).toContainText("export const product");
  await approval.locator("[data-end]").scrollIntoViewIfNeeded();
  await approval.getByRole("button", { name: /^Approve/ }).click();
}

async function applyChange(): Promise<void> {
  await expect(root()).toHaveAccessibleName(/, Succeeded$/);
  const changed = pane().locator("details", { hasText: "Files changed" });
  await expect(changed).toContainText("1 file: app/sum.ts");
  await result().getByRole("button", { name: "Apply as branch…" }).click();
  const dialog = page.getByRole("dialog", { name: "Apply as a branch" });
  await dialog.getByLabel("New branch").fill("banyan/product");
  await dialog.getByRole("button", { name: "Create branch" }).click();
  await expect(dialog.getByRole("status")).toContainText("Created the branch banyan/product");
  await dialog.getByRole("button", { name: "Close" }).click();
  expect(git("log", "--format=%s", "banyan/product").split("\n")).toEqual([CHANGE, "First"]);
  expect(git("show", "--name-only", "--format=", "banyan/product")).toBe("app/sum.ts");
  expect(`${git("show", "banyan/product:app/sum.ts")}\n`).toBe(SUM + PRODUCT);
  expect(readFileSync(join(shop, ".git/HEAD"), "utf8")).not.toContain("banyan");
}

/** A colleague without an account reads what was asked, shown, changed and approved. */
async function shareProof(browser: Browser): Promise<void> {
  await pane().getByRole("link", { name: "Share the proof" }).click();
  await page.getByRole("button", { name: "Share by link…" }).click();
  const dialog = page.getByRole("dialog", { name: "Share the proof by link" });
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = (await dialog.getByTestId("proof-link").textContent()) ?? "";
  const colleague = await (await browser.newContext()).newPage();
  await colleague.goto(link);
  await expect(colleague.getByRole("heading", { level: 1, name: CHANGE })).toBeVisible();
  await expect(colleague.getByRole("article")).toContainText("The file has both functions");
  await expect(colleague.getByRole("row", { name: /^app\/sum\.ts Changed \+1 −0/ })).toBeVisible();
  await expect(colleague.getByText("edit_file").first()).toBeVisible();
  await colleague.context().close();
}

test("the sample, a survey of one's folder, a key, a further message, an approved change, its branch and its proof", async ({
  browser,
}) => {
  await runSample();
  await surveyFolder();
  await readReport();
  await saveKey();
  await page.getByRole("region", { name: "Ended lately" }).getByText(SURVEY).click();
  await goOnWithWords();

  await page.goto(stage.server.url);
  await expect(page.getByRole("region", { name: "Ended lately" }).getByText(SURVEY)).toBeVisible();
  await submit(CHANGE);
  await approve();
  await applyChange();
  await shareProof(browser);

  // The list counts what the page of the tree shows.
  await page.goto(`${stage.server.url}/trees`);
  await page.locator("[data-tree]", { hasText: CHANGE }).click();
  await expect(page.locator("header").getByText(/^Succeeded .+ ago: /)).toBeVisible();
  await expect(page.locator("header").getByText(/\d (succeeded|failed)/)).toHaveCount(0);
  expect(stage.problems).toEqual([]);
});

/**
 * The first hour of one person with a fresh server: a key, a runbook, its report, words that continue it, then a task
 * that changes a repository, and its changes as a branch there.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { pick } from "./pick";
import { expect as expectSoon, makeRepository, test } from "./real-server";
import { openStage, type Stage, shownTask } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const KEY = "sk-ant-first-4711-0815-wxyz";
const SURVEY = "Survey this repository";
const REPORT = "repository-survey.md";
const CHANGE = "Add a function that multiplies";
const PRODUCT = "export const product = (a: number, b: number) => a * b;\n";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

const mayGoOn = door();

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  // The runbook needs no model, so the first request is what the person said after the end.
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
      ? call("write_file", { path: "app/product.ts", content: PRODUCT })
      : done("`product` is in `app/product.ts`."),
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
    context: { viewport: { width: 1440, height: 900 } },
  });
  ({ page } = stage);
  shop = join(stage.folder, "shop");
  mkdirSync(shop);
  makeRepository(shop, {
    "README.md": "# Shop\n",
    "app/sum.ts": "export const sum = (a: number, b: number) => a + b;\n",
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

async function saveKey(): Promise<void> {
  await expect(page.getByText("No model is connected.")).toBeVisible();
  const connect = page.getByRole("region", { name: "Connect a model" });
  await connect.getByLabel("Key", { exact: true }).fill(KEY);
  await connect.getByLabel(/^Address/).fill(stage.provider.url);
  await connect.getByRole("button", { name: "Test the key" }).click();
  await expect(connect.getByText("Anthropic accepts the key: 1 model.")).toBeVisible();
  await connect.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("No model is connected.")).toHaveCount(0);
}

/** Fills the composer, starts the task, and waits for its tree. */
async function submit(task: string, by: "Agent" | "Runbook", name: string): Promise<void> {
  await page.getByLabel("What should be done?").fill(task);
  await page.getByRole("button", { name: by, exact: true }).click();
  await page.getByLabel(by, { exact: true }).selectOption(name);
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

async function applyChange(): Promise<void> {
  await expect(root()).toHaveAccessibleName(/, Succeeded$/);
  const changed = pane().locator("details", { hasText: "Files changed" });
  await expect(changed).toContainText("1 file: app/product.ts");
  await result().getByRole("button", { name: "Apply as branch…" }).click();
  const dialog = page.getByRole("dialog", { name: "Apply as a branch" });
  await dialog.getByLabel("New branch").fill("banyan/product");
  await dialog.getByRole("button", { name: "Create branch" }).click();
  await expect(dialog.getByRole("status")).toContainText("Created the branch banyan/product");
  await dialog.getByRole("button", { name: "Close" }).click();
}

test("a key, a survey, its report, more words, and a change that becomes a branch", async () => {
  await saveKey();
  await submit(SURVEY, "Runbook", "repository-survey");
  await readReport();
  await goOnWithWords();

  await page.goto(stage.server.url);
  await expect(page.getByRole("region", { name: "Ended lately" }).getByText(SURVEY)).toBeVisible();
  await submit(CHANGE, "Agent", "worker");
  await applyChange();
  expect(git("log", "--format=%s", "banyan/product").split("\n")).toEqual([CHANGE, "First"]);
  expect(git("show", "--name-only", "--format=", "banyan/product")).toBe("app/product.ts");
  expect(`${git("show", "banyan/product:app/product.ts")}\n`).toBe(PRODUCT);
  expect(readFileSync(join(shop, ".git/HEAD"), "utf8")).not.toContain("banyan");

  // The list counts what the outline shows.
  await expect(page.locator("header").getByText(/^Succeeded: /)).toBeVisible();
  await expect(page.locator("header").getByText(/\d (succeeded|failed)/)).toHaveCount(0);
  await page.goto(`${stage.server.url}/trees`);
  await expect(page.locator("[data-tree]", { hasText: CHANGE })).not.toContainText(" ended,");
  expect(stage.problems).toEqual([]);
});

/** The main use case without a key: a runbook from the composer makes a report, even if the server dies on the way. */
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import type { Message, Tree } from "@/core/shapes/shapes";
import { pick } from "./pick";
import { expect, makeRepository, signIn, startRealServer, test, watchProblems } from "./real-server";
import { openLog } from "./stage";

/** The number of folders, one subtask each. */
const PARTS = 40;
/** Subtasks run one after another and read 16 MB each, so that even on a fast machine the kill comes before the last one ends. */
const FILES_OF_PART = 16;
const LINES = `${"x".repeat(63)}\n`.repeat(16_384);

test("a runbook from the composer makes a report; a killed server continues where it stopped", async ({
  page,
  folder,
}) => {
  // The run reads 640 MB, and up to twice that if the kill comes late.
  const small = join(folder, "small");
  const large = join(folder, "large");
  mkdirSync(small);
  mkdirSync(large);
  makeRepository(small, {
    "README.md": "# Small\n",
    "app/main.ts": "// TODO: more\nexport const answer = 42;\n",
    "docs/guide.md": "# Guide\n",
    "lib/sum.py": "def add(a, b):\n    return a + b\n",
  });
  makeLargeRepository(large);
  const server = await startRealServer(join(folder, "data"), { MAX_CONCURRENT_AGENTS: "1" });
  const problems = watchProblems(page);
  try {
    await signIn(page, server);
    await surveyFromFirstPage(page, small);
    const list = await page.context().newPage();
    await list.goto(server.url);
    await page.goto(server.url);
    await submitSurvey(page, large);
    await expect(list.getByRole("region", { name: "Running" }).getByText("Survey the large")).toBeVisible();
    await survive(page, server);
    await expect(list.getByRole("region", { name: "Ended lately" }).getByText("Survey the large")).toBeVisible();
    await checkNothingTwice(page);
  } finally {
    await server.stop();
  }
  expect(problems).toEqual([]);
});

/** Creates a folder of hard links to a single file, so that it is large to read but small on disk. */
function makeLargeRepository(folder: string): void {
  const first = join(folder, "part-00", "file-00.ts");
  mkdirSync(dirname(first), { recursive: true });
  writeFileSync(first, LINES);
  for (let part = 0; part < PARTS; part += 1) {
    const path = join(folder, `part-${String(part).padStart(2, "0")}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES_OF_PART; file += 1) {
      const name = join(path, `file-${String(file).padStart(2, "0")}.ts`);
      if (name !== first) linkSync(first, name);
    }
  }
  makeRepository(folder, {});
}

async function surveyFromFirstPage(page: Page, workspace: string): Promise<void> {
  await expect(page.getByText("No model is connected.")).toBeVisible();
  await page.getByRole("button", { name: "Choose a folder" }).click();
  await expect(page.getByLabel("repository-survey")).toBeChecked();
  await pick(page, "Workspace: a folder on this machine", workspace);
  await page.getByRole("button", { name: "Survey my folder" }).click();
  await page.waitForURL(/\/trees\//);
  const tree = page.getByRole("tree");
  for (const name of ["app", "docs", "lib"]) {
    await expect(tree.getByRole("treeitem", { name: new RegExp(`\\b${name}\\b`) })).toBeVisible();
  }
  await expect(tree.getByRole("treeitem").first()).toHaveAccessibleName(/, Succeeded$/, { timeout: 120_000 });
  const pane = page.getByRole("region", { name: "Task", exact: true });
  await expect(pane.getByTestId("task-sentence")).toContainText("Succeeded: every check of the runbook passed.");
  await expect(pane.getByRole("heading", { name: "Result" })).toBeVisible();
  await expect(pane.getByText("TypeScript").first()).toBeVisible();
  // The report that it wrote opens in the page.
  await pane
    .getByRole("region", { name: "Files of the result" })
    .getByRole("link", { name: "repository-survey.md", exact: true })
    .click();
  await expect(page.getByRole("region", { name: "File", exact: true }).getByText("TypeScript").first()).toBeVisible();
  await page.goBack();
  await openLog(pane);
  await expect(pane.locator("li[data-look=event]", { hasText: "Subtasks started" })).toBeAttached();
  // A link in the log opens the task.
  await pane
    .locator("li[data-look=event]", { hasText: "Subtasks started" })
    .getByRole("button", { name: /docs/ })
    .click();
  await expect(pane.getByRole("heading", { level: 2, name: /docs/ })).toBeVisible();
}

async function submitSurvey(page: Page, workspace: string): Promise<void> {
  await expect(page.getByLabel("Runbook", { exact: true })).toHaveValue("runbook:repository-survey");
  await page.getByLabel("What should be done?").fill("Survey the large repository");
  await pick(page, "Workspace", workspace);
  await page.getByLabel("What should be done?").press("Control+Enter");
  await page.waitForURL(/\/trees\//);
}

/** Kills the server after some subtasks have ended and before others have started. */
async function survive(page: Page, server: Awaited<ReturnType<typeof startRealServer>>): Promise<void> {
  const done = page.getByRole("button", { name: /^Succeeded / });
  // Checks in every frame, so that the kill follows immediately.
  await page.waitForFunction(() => {
    const chips = [...document.querySelectorAll("button[aria-pressed]")].map((chip) => chip.textContent ?? "");
    return Number(chips.find((text) => text.startsWith("Succeeded"))?.replace(/\D/g, "")) >= 5;
  });
  await server.kill();
  expect(Number((await done.innerText()).replace(/\D/g, ""))).toBeLessThan(PARTS);
  await expect(page.getByText("Connection lost.")).toBeVisible();
  await page.getByLabel("Message this task").fill("Is anybody there?");
  await server.startAgain();
  await expect(page.getByText("Connection lost.")).toBeHidden({ timeout: 120_000 });
  await expect(page.locator("[data-connection=live]")).toBeVisible();
  await expect(page.getByLabel("Message this task")).toHaveValue("Is anybody there?");
  await expect(page.getByRole("treeitem").first()).toHaveAccessibleName(/, Succeeded$/, { timeout: 120_000 });
  await expect(done).toHaveText(`Succeeded ${PARTS + 1}`);
}

async function checkNothingTwice(page: Page): Promise<void> {
  const shown = await page
    .locator("[data-seq]")
    .evaluateAll((items) => items.map((element) => Number(element.getAttribute("data-seq"))));
  expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
  const treeId = new URL(page.url()).pathname.split("/").at(-1);
  const tree = (await read(page, `trees/${treeId}`)) as Tree;
  expect(new Set(tree.tasks.map((task) => task.title)).size).toBe(tree.tasks.length);
  expect(tree.totals).toMatchObject({ tasks: PARTS + 1, ended: PARTS + 1 });
  const seen = new Set<string>();
  for (let after = ""; ; ) {
    const { items, next } = (await read(page, `trees/${treeId}/messages?limit=500${after}`)) as {
      items: Message[];
      next: string | null;
    };
    for (const message of items) {
      const what = message.kind === "event" ? String(message.content.type) : message.kind;
      if (what !== "tool_response" && what !== "ended" && what !== "agent_response") continue;
      const key = `${message.task_id} ${message.turn} ${what} ${message.tool_call_id}`;
      expect(seen.has(key), key).toBe(false);
      seen.add(key);
    }
    if (!next) break;
    after = `&after=${next}`;
  }
}

async function read(page: Page, path: string): Promise<unknown> {
  return (await page.request.get(new URL(`/api/v1/${path}`, page.url()).href)).json();
}

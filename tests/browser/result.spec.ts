/** What an ended task shows, and how a message continues it, on the real server with a scripted provider. */
import type { Locator, Page } from "@playwright/test";
import type { Task, Tree } from "@/core/shapes/shapes";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { expect as expectSoon, type RealServer, test } from "./real-server";
import { openLog, openStage, type Stage, shownTask, submitTree } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const REPORT = `# Survey\n\nFound **3 breaking changes**. Two of them are in \`routes/\`.\n\n| file | change |\n| --- | --- |\n| a.ts | gone |`;

const call = (name: string, input: object, text?: string): Reply => ({ text, calls: [{ name, input }] });
const end = (result: string, more: object = {}): Reply => call("end_task", { status: "success", result, ...more });
const toldOf = ({ messages }: ScriptedRequest) =>
  messages.map((one) => (one.role === "user" ? one.text : "")).join("\n");

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Survey the routes"(request) {
    if (request.turn === 0)
      return call("write_file", { path: "report.md", content: REPORT }, "Let me look at the routes first.");
    if (toldOf(request).includes("only the tests")) {
      if (request.turn === 2) return call("read_file", { path: "report.md" });
      return end("The tests cover **2 of 3** changes.");
    }
    return end(REPORT, { claims: [{ statement: "The report is there.", command: "test -f report.md" }] });
  },
  "Read what is not there"(request) {
    if (toldOf(request).includes("in readme.md")) return end("Read readme.md instead.");
    if (request.turn === 0) return call("read_file", { path: "missing.md" }, "I look for the file.");
    return call("end_task", { status: "failure", result: "There is no file missing.md." });
  },
  "Split it": ({ turn }) =>
    turn === 0
      ? call("start_subtask", { instruction: "Small part", agent: "worker", title: "Small part" })
      : end("Both done."),
  "Small part": () => end("The small part is done."),
};

const script = agentScript({
  worker: (request) => WORK[request.instruction.split("\n", 1)[0] ?? ""]?.(request) ?? end("Nothing to do."),
  agent_selector: ({ instruction }) => call("start_subtask", { instruction, agent: "worker", title: instruction }),
  "*": end('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { permissions: ["clipboard-read", "clipboard-write"] } });
  ({ server, page, problems } = stage);
});

test.afterAll(async () => {
  await stage?.close();
});

const row = (name: string | RegExp): Locator => shownTask(page, name);
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });
const result = (): Locator => pane().getByRole("region", { name: "Result", exact: true });

async function submit(task: string, fields: object = { agent: "worker" }): Promise<string> {
  const { id } = await submitTree({ page, server }, { task, ...fields });
  await page.goto(`${server.url}/trees/${id}`);
  return id;
}

async function treeOf(id: string): Promise<Tree> {
  return (await page.request.get(`${server.url}/api/v1/trees/${id}`)).json() as Promise<Tree>;
}

test("a success opens at its result, and rows, header and lists show the result", async () => {
  const id = await submit("Survey the routes", {});
  await expect(row("Survey the routes, Succeeded")).toBeVisible();
  await page.reload();
  await expect(result()).toBeInViewport();
  await expect(result().getByTestId("task-sentence")).toContainText("1 claim, 1 shown by a command");
  await expect(result().getByTestId("result").getByRole("heading", { name: "Survey" })).toBeVisible();
  await expect(result().getByTestId("claims")).toContainText("The report is there.");
  await expect(result().getByRole("region", { name: "Files of the result" })).toContainText("report.md");
  await result().getByRole("button", { name: "Copy", exact: true }).click();
  await expect(result().getByText("Copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(REPORT);

  const found = "Found 3 breaking changes.";
  await expect(row("Survey the routes, Succeeded")).toHaveAccessibleDescription(
    new RegExp(`${found}.*chosen by agent_selector`),
  );
  await expect(page.locator("header", { hasText: new RegExp(`Succeeded[^:]*: ${found}`) }).first()).toBeVisible();
  // The selector is not a task of its own: there is nothing to count.
  await expect(
    page
      .getByRole("banner")
      .or(page.locator("header"))
      .getByText(/\d (succeeded|failed)/),
  ).toHaveCount(0);

  // The pane stays at its beginning, whether all of it is in view or not.
  await page.setViewportSize({ width: 1280, height: 1600 });
  await expect(pane().getByRole("button", { name: /^Log 2 turns$/ })).toBeInViewport();
  await page.setViewportSize({ width: 1280, height: 400 });
  await expect(pane().getByRole("button", { name: /^Log 2 turns$/ })).not.toBeInViewport();
  await expect(result().getByTestId("task-sentence")).toBeInViewport();
  await page.setViewportSize({ width: 1280, height: 720 });

  await expect(pane().getByRole("button", { name: /^Log 2 turns$/ })).toBeVisible();
  await openLog(pane());
  await pane().locator("[data-seq]").last().scrollIntoViewIfNeeded();
  await pane().getByRole("button", { name: "To the result" }).click();
  await expect(result().getByTestId("result").getByRole("heading", { name: "Survey" })).toBeInViewport();

  await page.goto(`${server.url}/trees`);
  await expect(page.locator(`[data-tree="${id}"]`)).toContainText(found);
  await expect(page.locator(`[data-tree="${id}"]`)).not.toContainText("Let me look");
});

test("a message continues an ended tree in its folder and with its conversation", async () => {
  await page.goto(`${server.url}/trees`);
  const id = await page.locator("[data-tree]", { hasText: "Survey the routes" }).getAttribute("data-tree");
  await page.goto(`${server.url}/trees/${id}`);
  const before = await treeOf(String(id));
  await page.keyboard.press("s");
  const box = pane().getByLabel("Continue this task");
  await expect(box).toBeFocused();
  await page.keyboard.type("Now only the tests, please.");
  await expect(pane().getByRole("button", { name: /^Continue/ })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  await expect(result()).toContainText("The tests cover 2 of 3 changes.");
  await expect(page).toHaveURL(new RegExp(`/trees/${id}`));
  const after = await treeOf(String(id));
  expect([after.workspace, after.status, after.headline]).toEqual([
    before.workspace,
    "succeeded",
    "The tests cover **2 of 3** changes.",
  ]);
  await openLog(pane());
  await expect(pane().locator("li[data-look=steer]", { hasText: "Now only the tests, please." })).toBeAttached();
  await expect(pane().locator("[data-seq]", { hasText: "Let me look at the routes first." })).toBeAttached();
});

test("a failure opens at its sentence, its remedies and the last output that failed; one Retry takes a message", async () => {
  await submit("Read what is not there");
  await expect(row("Read what is not there, Failed")).toBeVisible();
  await page.reload();
  await expect(pane().getByTestId("task-sentence")).toBeInViewport();
  await expect(pane().getByTestId("task-sentence")).toContainText("Failed: ");
  await expect(pane().getByTestId("last-failure")).toContainText("missing.md");
  await expect(row("Read what is not there, Failed")).toHaveAccessibleDescription(/There is no file missing\.md\./);
  await expect(page.getByRole("button", { name: /^Retry/ })).toHaveCount(1);
  await page.keyboard.press("r");
  const dialog = page.getByRole("dialog", { name: "Retry" });
  await expect(dialog.getByRole("button", { name: /^Retry/ })).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(pane().getByRole("button", { name: "Undo" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Retry/ })).toHaveCount(0);
  await page.keyboard.press("z");
  await expect(page.getByRole("button", { name: /^Retry/ })).toHaveCount(1);
  await page.keyboard.press("r");
  await dialog.getByLabel("Message (optional)").fill("Look in readme.md.");
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(result()).toContainText("Read readme.md instead.");
});

test("a subtask whose result was read continues in a fork, and the button says so beforehand", async () => {
  const id = await submit("Split it");
  await expect(row("Split it, Succeeded")).toBeVisible();
  const part = (await treeOf(id)).tasks.find(({ title }: Task) => title === "Small part");
  await page.goto(`${server.url}/trees/${id}?task=${part?.id}`);
  await expect(result()).toContainText("The small part is done.");
  await pane().getByLabel("Continue this task").fill("Once more, with care.");
  await expect(pane().getByText("The task above it has read its result, so a fork continues it.")).toBeVisible();
  await pane().getByRole("button", { name: "Continue in a fork" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(id));
  await expect(page.getByText(/Forked from Split it/)).toBeVisible();
  await expect(row(/^Split it/)).toHaveAccessibleName(/, Succeeded$/);
  expect(problems).toEqual([]);
});

test("on a phone and in dark mode the result comes first, and the message box stays at the bottom", async () => {
  await page.goto(`${server.url}/trees`);
  const id = await page.locator("[data-tree]", { hasText: "Survey the routes" }).first().getAttribute("data-tree");
  const tree = await treeOf(String(id));
  const head = tree.tasks.find(({ agent, role }: Task) => agent === "worker" && role === "work");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${server.url}/trees/${id}?task=${head?.id}`);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(result()).toBeInViewport();
  await expect(pane().getByLabel("Continue this task")).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.emulateMedia({ colorScheme: "light" });
});

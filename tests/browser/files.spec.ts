/** The ways to get a tree's files: preview, download, zip, and a branch in a repository. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, makeRepository, type RealServer, test } from "./real-server";
import { openStage, type Stage, submitTree } from "./stage";

const write = (path: string, content: string): Reply => ({ calls: [{ name: "write_file", input: { path, content } }] });
const done = (result: string): Reply => ({ calls: [{ name: "end_task", input: { status: "success", result } }] });

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60" fill="#2353c4"/></svg>';
const REPORT =
  "# The report\n\nThree **changes** were found.\n\n<script>alert(1)</script>\n\n| Name | Count |\n| --- | --- |\n| a | 1 |\n";

const TURNS: Reply[] = [
  write("docs/report.md", "# A draft\n"),
  write("docs/chart.svg", PICTURE),
  write("src/index.ts", "export const one = 1;\nexport const two = 2;\n"),
  write("docs/report.md", REPORT),
  done("The report is in `docs/report.md`."),
];

const script = agentScript({
  worker: ({ turn }) => TURNS[turn] ?? done("Done."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];
let repository: string;
let tree: { id: string; root_task_id: string };

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { viewport: { width: 1440, height: 900 } } });
  ({ server, page, problems } = stage);
  repository = join(stage.folder, "shop");
  mkdirSync(repository);
  makeRepository(repository, { "readme.md": "# Shop\n", "src/index.ts": "export const one = 1;\n" });
  tree = await submitTree(stage, { task: "Write the report", agent: "worker", workspace: repository });
  await ended(tree.id);
});

test.afterAll(() => stage?.close());

async function ended(id: string): Promise<void> {
  const statusOf = async () => {
    const answer = await page.request.get(`${server.url}/api/v1/trees/${id}`);
    return ((await answer.json()) as { status: string }).status;
  };
  await expect.poll(statusOf, { timeout: 120_000 }).toBe("succeeded");
}

const git = (...args: string[]) => execFileSync("git", ["-C", repository, ...args], { encoding: "utf8" }).trim();
const files = () => page.getByRole("tree", { name: "Files of this tree" });
const file = () => page.getByRole("region", { name: "File", exact: true });
async function downloaded(click: () => Promise<void>) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test("from the result to its report, rendered; its text is never run; the address opens it again", async () => {
  await page.goto(`${server.url}/trees/${tree.id}`);
  const result = page.getByRole("region", { name: "Files of the result" });
  await expect(result.getByRole("listitem")).toHaveCount(3);
  // The first press shows it beside the list, the second opens it.
  await result.getByRole("link", { name: "docs/report.md", exact: true }).click();
  await expect(result.locator("[data-preview]").getByRole("heading", { name: "The report" })).toBeVisible();
  await result.getByRole("link", { name: "docs/report.md", exact: true }).click();
  await expect(file().getByRole("heading", { name: "The report" })).toBeVisible();
  await expect(file()).toContainText("<script>alert(1)</script>");
  await expect(file().getByRole("cell", { name: "a", exact: true })).toBeVisible();
  await expect(page).toHaveURL(/view=files&path=docs%2Freport\.md/);
  await expect(files().getByRole("treeitem", { selected: true })).toContainText("report.md");
  await page.reload();
  await expect(file().getByRole("heading", { name: "The report" })).toBeVisible();
  await file().getByRole("button", { name: "Changes" }).click();
  await expect(file()).toContainText("Three **changes** were found.");
  await file().getByRole("button", { name: "Source" }).click();
  await expect(file().getByRole("region", { name: "Lines of docs/report.md" })).toContainText("# The report");
});

test("the list opens with keys; an image is shown as an image, code with line numbers", async () => {
  await files()
    .getByRole("treeitem", { name: /report\.md/ })
    .focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  const image = file().getByRole("img", { name: "docs/chart.svg" });
  await expect(image).toBeVisible();
  await expect.poll(() => image.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(120);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await files()
    .getByRole("treeitem", { name: /index\.ts/ })
    .click();
  await expect(file().getByRole("region", { name: "Lines of src/index.ts" })).toContainText("export const two = 2;");
  await expect(file().locator("code span", { hasText: "export" }).first()).toHaveClass("text-accent");
  await expect(file()).toContainText("changed since the start by Write the report");
  await expect(files().getByText(".git", { exact: true })).toHaveCount(0);
  expect(await axeFaults(page)).toEqual([]);
});

test("an earlier moment shows the files as they were", async () => {
  const moment = page.getByRole("combobox", { name: "Files of this moment" });
  const first = await moment.locator("option", { hasText: "turn 1" }).first().getAttribute("value");
  await files()
    .getByRole("treeitem", { name: /report\.md/ })
    .click();
  await moment.selectOption(first ?? "");
  await expect(file().getByRole("heading", { name: "A draft" })).toBeVisible();
  await page.goBack();
  await expect(file().getByRole("heading", { name: "The report" })).toBeVisible();
  await moment.selectOption("start");
  await expect(file().getByRole("alert")).toContainText("There is no file");
  await moment.selectOption("");
  await expect(file().getByRole("heading", { name: "The report" })).toBeVisible();
});

test("one file, all files, and the changed files are downloaded unchanged", async () => {
  const report = await downloaded(() => file().getByRole("link", { name: "Download" }).click());
  expect([report.name, report.bytes.toString()]).toEqual(["report.md", REPORT]);
  await page.getByRole("button", { name: "Download", exact: true }).click();
  const zip = await downloaded(() => page.getByRole("menuitem", { name: "Changed files (zip)" }).click());
  expect(zip.name).toBe("write-the-report.zip");
  expect(Object.keys(unzipSync(zip.bytes)).sort()).toEqual(["docs/chart.svg", "docs/report.md", "src/index.ts"]);
  await page.getByRole("button", { name: "Download", exact: true }).click();
  const patch = await downloaded(() => page.getByRole("menuitem", { name: "Patch for git apply" }).click());
  expect(patch.bytes.toString()).toContain("+export const two = 2;");
});

test("the changes become a branch in the repository; the folder and the index stay as they are", async () => {
  await page.getByRole("button", { name: /^Changed 3/ }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "docs/chart.svg" })).toContainText("Write the report");
  const status = git("status", "--porcelain");
  await page.getByRole("button", { name: "Apply as branch…" }).click();
  const dialog = page.getByRole("dialog", { name: "Apply as a branch" });
  await expect(dialog.getByLabel("Repository (a folder on the server)")).toHaveValue(repository);
  await dialog.getByLabel("New branch").fill("bad..name");
  await dialog.getByRole("button", { name: "Create branch" }).click();
  await expect(dialog.getByRole("alert")).toContainText("cannot name a branch");
  await dialog.getByLabel("New branch").fill("banyan/report");
  await dialog.getByRole("button", { name: "Create branch" }).click();
  await expect(dialog.getByRole("status")).toContainText("Created the branch banyan/report");
  await expect(dialog).toContainText("branch -D banyan/report");
  expect(await axeFaults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Close" }).click();
  expect(git("status", "--porcelain")).toBe(status);
  expect(git("show", "--stat", "--format=%s", "banyan/report").split("\n")[0]).toBe("Write the report");
  expect(git("show", "banyan/report:docs/report.md")).toBe(REPORT.trim());
});

test("of two forks, one is applied as a branch", async () => {
  const headers = { origin: server.url };
  const forked = await page.request.post(`${server.url}/api/v1/trees/${tree.id}/fork`, { data: {}, headers });
  const fork = (await forked.json()) as typeof tree;
  await ended(fork.id);
  await page.goto(`${server.url}/trees/${tree.id}/compare/${fork.id}`);
  await page.getByRole("button", { name: "Apply B as branch…" }).click();
  const dialog = page.getByRole("dialog", { name: "Apply B as a branch" });
  await expect(dialog).toContainText("A stays to look at");
  await dialog.getByLabel("New branch").fill("banyan/kept");
  await dialog.getByRole("button", { name: "Create branch" }).click();
  await expect(dialog.getByRole("status")).toContainText("Created the branch banyan/kept");
  expect(git("show", "banyan/kept:docs/report.md")).toBe(REPORT.trim());
});

test("on a phone the list and the file take turns", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/trees/${tree.id}?task=${tree.root_task_id}`);
  await page
    .getByRole("region", { name: "Files of the result" })
    .getByRole("link", { name: "src/index.ts", exact: true })
    .click();
  await expect(file().getByRole("region", { name: "Lines of src/index.ts" })).toBeVisible();
  await page.goto(`${server.url}/trees/${tree.id}?view=files`);
  await files().getByRole("treeitem", { name: /docs/ }).click();
  await files()
    .getByRole("treeitem", { name: /report\.md/ })
    .click();
  await expect(file().getByRole("heading", { name: "The report" })).toBeVisible();
  await expect(files()).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await axeFaults(page)).toEqual([]);
  await file().getByRole("button", { name: "Files" }).click();
  await expect(files()).toBeVisible();
  expect(problems).toEqual([]);
});

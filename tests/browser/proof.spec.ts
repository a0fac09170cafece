/** The proof of a result: its page, its Markdown, and a link by which somebody without an account reads it. */
import type { Page } from "@playwright/test";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect as expectSoon, test, watchProblems } from "./real-server";
import { openStage, type Stage, submitTree } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const claims = [
  { statement: "The report is there", command: "cat report.md" },
  { statement: "It has <b>three</b> lines", command: "test $(wc -l < report.md) -eq 3" },
  { statement: "Nothing else is there", command: "test $(ls | wc -l) -eq 1" },
  { statement: "The first line is a title", command: "head -1 report.md | grep '^# '" },
];
const script = agentScript({
  worker: ({ turn }) =>
    turn === 0
      ? call("write_file", { path: "report.md", content: "# Report\n\nAll is well.\n" })
      : call("end_task", { status: "success", result: "All is well. The report says why.\n\n- one\n- two", claims }),
  "*": { calls: [{ name: "end_task", input: { status: "success", result: '{"outcome":"pass","reasons":["Yes."]}' } }] },
});

let stage: Stage;
let page: Page;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { permissions: ["clipboard-read", "clipboard-write"] } });
  ({ page } = stage);
});

test.afterAll(async () => {
  await stage?.close();
});

const copied = () => page.evaluate(() => navigator.clipboard.readText());

test("A11: a person reads the proof, copies it for a pull request, shares it by link and ends the link", async ({
  browser,
}) => {
  const tree = await submitTree(stage, { task: "Write the report", agent: "worker" });
  await page.goto(`${stage.server.url}/trees/${tree.id}`);
  await expect(page.getByTestId("task-sentence")).toContainText("Succeeded");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Share the proof" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Write the report" })).toBeVisible();
  await expect(page.getByRole("article")).toHaveCount(4);
  // The first three stand before the files.
  await expect(page.locator("section", { hasText: "What was shown" }).getByRole("article")).toHaveCount(3);
  await expect(page.getByText("$ cat report.md")).toBeVisible();
  await expect(page.getByText("It has <b>three</b> lines", { exact: true })).toBeVisible();
  await expect(page.getByRole("row", { name: /^report\.md New \+3 −0 [0-9a-f]{12}$/ })).toBeVisible();

  await page.getByRole("button", { name: "Copy for a pull request" }).click();
  await expect
    .poll(copied)
    .toMatch(/^## Write the report\n[\s\S]*\| The report is there \| `cat report\.md` \| Shown, exit 0 \|/);

  // The button at the top; the one below the proof opens the same form.
  await page.getByRole("button", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog", { name: "Share the proof by link" });
  await expect(dialog).toContainText("the link works only here");
  await dialog.getByLabel("The link ends after").selectOption("1 day");
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = (await dialog.getByTestId("proof-link").textContent()) ?? "";
  expect(link).toMatch(/\/proof\/[\w-]{43}$/);
  await dialog.getByRole("button", { name: "Copy for a pull request" }).click();
  await expect.poll(copied).toContain(`[Proof with output](${link})`);
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(page.getByText(/works until/)).toBeVisible();

  const stranger = await (await browser.newContext()).newPage();
  const problems = watchProblems(stranger);
  const answer = await stranger.goto(link);
  expect(answer?.status()).toBe(200);
  const headers = answer?.headers() ?? {};
  expect(headers["cache-control"]).toContain("no-store");
  expect(headers["x-robots-tag"]).toContain("noindex");
  expect(headers["referrer-policy"]).toBe("no-referrer");
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  await expect(stranger.getByRole("heading", { level: 1, name: "Write the report" })).toBeVisible();
  await expect(stranger.locator('meta[name="robots"]')).toHaveAttribute("content", /noindex/);
  await expect(stranger.getByRole("navigation")).toHaveCount(0);
  await expect(stranger.getByRole("button", { name: "Share by link…" })).toHaveCount(0);
  expect(problems).toEqual([]);
  // The printed page has no buttons and no Markdown, and is dark on white.
  await stranger.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(stranger.getByRole("button", { name: "Print" })).toBeHidden();
  await expect(stranger.getByRole("heading", { name: "In a pull request" })).toBeHidden();
  const ink = await stranger.evaluate(() => getComputedStyle(document.body).color);
  expect(Math.max(...(ink.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number))).toBeLessThan(128);

  await page.getByRole("button", { name: "End link" }).click();
  await expect(page.getByText(/ended by/)).toBeVisible();
  await stranger.emulateMedia({ media: null });
  const ended = await stranger.goto(link);
  const unknown = `${stage.server.url}/proof/${"x".repeat(43)}`;
  expect(ended?.status()).toBe(404);
  const shown = await stranger.locator("main").innerHTML();
  expect((await stranger.goto(unknown))?.status()).toBe(404);
  expect(await stranger.locator("main").innerHTML()).toBe(shown);
  await expect(stranger.getByRole("heading", { name: "No proof here" })).toBeVisible();
  expect(await axeFaults(stranger)).toEqual([]);
  await stranger.context().close();
});

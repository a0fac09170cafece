/** A tree of one task as a conversation: words, work and results in turn, until the task starts a subtask. */
import type { Locator, Page, Request } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect as expectSoon, type RealServer, test } from "./real-server";
import { openStage, type Stage, submitTree } from "./stage";

const expect = expectSoon.configure({ timeout: 30_000 });

const call = (name: string, input: object, text?: string): Reply => ({ text, calls: [{ name, input }] });
const end = (result: string, more: object = {}): Reply => call("end_task", { status: "success", result, ...more });
const write = (path: string, content: string): Reply => call("write_file", { path, content });
const claims = (statement: string, command: string) => ({ claims: [{ statement, command }] });

const FIRST = "Totals are one cent off";
const NEXT = "The invoice shows the old total. Use the same sum there.";
const SPLIT = "Let another agent proofread it.";

const toldOf = ({ messages }: ScriptedRequest) =>
  messages.map((one) => (one.role === "user" ? one.text : "")).join("\n");

let attempts = 0;
let isProofread = false;
/** Holds the second turn of the second exchange until the test has looked at the page. */
let goOn: () => void;
const held = new Promise<void>((resolve) => {
  goOn = resolve;
});

async function work(request: ScriptedRequest): Promise<Reply> {
  const told = toldOf(request);
  if (told.includes(SPLIT)) {
    if (isProofread) return end("A colleague proofread it.");
    isProofread = true;
    return call("start_subtask", { instruction: "Proofread", agent: "worker", title: "Proofread" });
  }
  if (told.includes(NEXT)) {
    if (!told.includes("Also name the rule.")) {
      await held;
      return write("invoice.ts", "export const total = sumLines;\n");
    }
    return end("The invoice now calls **sumLines**, too.", claims("The invoice has one sum.", "test -f invoice.ts"));
  }
  if (attempts === 0) {
    attempts++;
    return call("end_task", { status: "failure", result: "The tests cannot be found." });
  }
  if (request.turn === 0) return write("total.ts", "export const sumLines = 1;\n");
  const isChecked = told.includes("did not") || request.turn > 1;
  return end(
    "Each line was rounded, and then the sum was rounded again.",
    claims("The total is right.", isChecked ? "test -f total.ts" : "test -f totals.ts"),
  );
}

const script = agentScript({
  worker: (request) => (request.instruction.startsWith("Proofread") ? end("No faults.") : work(request)),
  "*": end('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];
let tree: string;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script);
  ({ server, page, problems } = stage);
});

test.afterAll(async () => {
  await stage?.close();
});

const talk = (): Locator => page.getByRole("region", { name: "Task", exact: true });
const result = (): Locator => talk().getByRole("region", { name: "Result", exact: true });
const said = (words: string): Locator => talk().locator("[data-said]", { hasText: words });
const rail = (): Locator => page.getByRole("complementary", { name: "So far" });

/** Returns the vertical order of the parts: each begins below the one before. */
async function expectInOrder(...parts: Locator[]): Promise<void> {
  // Repeats until the layout is stable: the page moves while parts of it load.
  await expect(async () => {
    const boxes = await Promise.all(parts.map((part) => part.boundingBox()));
    const tops = boxes.map((box) => box?.y ?? Number.NaN);
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
  }).toPass();
}

test("one task has no outline; an attempt that failed by itself is a line under the work", async () => {
  ({ id: tree } = await submitTree(stage, { task: FIRST, agent: "worker", grant: { cost_usd: 5 } }));
  await page.goto(`${server.url}/trees/${tree}`);
  await expect(talk().getByTestId("task-sentence")).toContainText("Failed: ");
  await expect(page.getByRole("tree")).toHaveCount(0);
  await expect(said(FIRST)).toBeVisible();

  await page.keyboard.press("r");
  await page
    .getByRole("dialog", { name: "Retry" })
    .getByRole("button", { name: /^Retry/ })
    .click();
  await expect(result()).toContainText("Each line was rounded");
  await expect(talk().locator("[data-failed-attempt]")).toContainText("Then it was retried.");
  await expect(talk().locator("[data-worked]")).toContainText(/Worked .* · 4 turns · 1 claim corrected/);
  await expectInOrder(said(FIRST), talk().locator("[data-worked]"), result());
  await expect(result().getByRole("button", { name: "Apply as branch…" })).toBeVisible();
  await expect(result().getByRole("link", { name: "Download zip" })).toBeVisible();
  await expect(rail()).toContainText("The total is right.");
  await expect(rail()).toContainText("total.ts");
});

test("the files of a task are requested once, for its result, the list beside it and the section of changes", async () => {
  const asked: string[] = [];
  const note = (request: Request) => {
    if (/\/tasks\/[^/]+\/files/.test(request.url())) asked.push(new URL(request.url()).search);
  };
  page.on("request", note);
  await page.reload();
  await expect(result()).toContainText("total.ts");
  await expect(rail()).toContainText("total.ts");
  await expect(talk().getByTestId("files")).toBeVisible();
  await page.waitForLoadState("networkidle");
  page.off("request", note);
  expect(asked).toEqual([""]);
});

test("the next words and the next result follow, and no second attempt is named", async () => {
  const box = talk().getByLabel("Continue this task");
  await expect(box).toHaveAttribute("placeholder", "Say what comes next");
  await box.fill(NEXT);
  await box.press("Control+Enter");
  await expect(said(NEXT)).toBeVisible();
  const steer = talk().getByLabel("Message this task");
  await expect(steer).toHaveAttribute("placeholder", /^Say something; it reads it before turn \d+$/);
  await steer.fill("Also name the rule.");
  await steer.press("Control+Enter");
  await expect(talk().getByText("while it worked")).toHaveCount(0);
  goOn();
  await expect(result()).toContainText("The invoice now calls sumLines, too.");

  const before = talk().getByRole("article", { name: "Earlier result" });
  await expectInOrder(said(FIRST), before, said(NEXT), said("Also name the rule."), result());
  await expect(before).toContainText("The total is right.");
  await expect(before).toContainText("1 file: total.ts");
  await expect(before.getByRole("button", { name: /Apply/ })).toHaveCount(0);
  await expect(result().getByRole("region", { name: "Files of the result" })).toContainText("invoice.ts");
  await expect(result().getByRole("region", { name: "Files of the result" })).not.toContainText("total.ts");
  await expect(rail()).toContainText("2 changed");
  await expect(page.getByText(/\d(nd|rd) attempt/)).toHaveCount(0);

  await page.reload();
  await expect(result()).toBeInViewport();
  await expect(said(NEXT)).toBeInViewport();
  await expect(said(FIRST)).not.toBeInViewport();
  await page.goto(`${server.url}/trees`);
  await expect(page.locator(`[data-tree="${tree}"]`)).not.toContainText("attempt");
  await page.goto(`${server.url}/trees/${tree}`);
});

test("everything that a task's page can do is still there", async () => {
  await expect(page.locator("header").getByRole("button", { name: "Graph" })).toBeVisible();
  await talk().locator("button[data-key=f]").click();
  await expect(page.getByRole("dialog", { name: /^Fork from/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await rail()
    .getByRole("button", { name: /\d turns/ })
    .click();
  await expect(talk().locator("[data-log] [data-seq]").last()).toBeInViewport();
  await talk().getByRole("button", { name: "Fold", exact: true }).click();
  for (const name of ["files", "spend"]) await expect(talk().getByTestId(name)).toBeVisible();
  await page.locator("header").getByRole("button", { name: "Timeline" }).click();
  await expect(page.getByRole("tree")).toBeVisible();
  await page.getByRole("button", { name: "Conversation" }).click();
  await expect(result()).toBeVisible();
});

test("it is accessible, also in the dark, and on a phone the result comes first", async () => {
  await page.reload();
  await expect(result()).toBeVisible();
  await expect(talk().getByRole("article", { name: "Earlier result" })).toContainText("total.ts");
  expect(await axeFaults(page)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath("wide.png") });
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await axeFaults(page)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath("dark.png") });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(result()).toBeInViewport();
  const earlier = talk().getByRole("button", { name: "Earlier: 1 message, 1 result" });
  await expect(earlier).toBeVisible();
  await expect(said(FIRST)).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await axeFaults(page)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath("phone-dark.png") });
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: test.info().outputPath("phone.png") });
  await earlier.click();
  await expect(said(FIRST)).toBeVisible();
  await page.setViewportSize({ width: 1280, height: 720 });
});

test("with a subtask the page gets an outline, and keeps it", async () => {
  await talk().getByLabel("Continue this task").fill(SPLIT);
  await talk().getByLabel("Continue this task").press("Control+Enter");
  const outline = page.getByRole("tree");
  await expect(outline.getByRole("treeitem", { name: "Proofread, Succeeded" })).toBeVisible();
  await expect(result()).toContainText("A colleague proofread it.");
  await expect(page.locator("[data-conversation]")).toHaveCount(0);
  await page.reload();
  await expect(outline.getByRole("treeitem")).toHaveCount(2);
  expect(problems).toEqual([]);
});

/** A person watches a task: an approval, a question with keys, and a pause, on the real server with a scripted provider. */
import type { Locator, Page } from "@playwright/test";
import type { Review } from "@/core/shapes/shapes";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { expect as expectSoon, type RealServer, test } from "./real-server";
import { openStage, putBeforePeople, type Stage, shownTask, submitTree } from "./stage";

const expect = expectSoon.configure({ timeout: 60_000 });

const call = (name: string, input: object, text?: string): Reply => ({ text, calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

/** Each task writes after the test has looked at its log. */
const [alone, inPane, first, second] = [door(), door(), door(), door()];
const LINES = Array.from({ length: 60 }, (_, at) => `line ${at}`);
const WORDS = LINES.map((line) => `I look at ${line}.`).join("\n\n");

async function edits({ turn }: ScriptedRequest, gate: { opened: Promise<void> }): Promise<Reply> {
  if (turn === 0) return call("use_terminal", { command: `printf '${LINES.join("\\n")}\\n' > list.md` }, WORDS);
  if (turn === 1) return call("read_file", { path: "list.md" }, WORDS);
  if (turn > 2) return done("The list is shorter.");
  await gate.opened;
  const content = `${LINES.map((line) => (line === "line 7" ? "line seven" : line)).join("\n")}\n`;
  return call("write_file", { path: "list.md", content }, "Now I change it.");
}

const start = (title: string): Reply => call("start_subtask", { instruction: title, agent: "worker", title });

const WORK: Record<string, (request: ScriptedRequest) => Reply | Promise<Reply>> = {
  "Edit the list": (request) => edits(request, alone),
  "Let the list be edited": ({ turn }) => (turn === 0 ? start("Edit it") : done("Edited.")),
  "Edit it": (request) => edits(request, inPane),
  "Name it": ({ turn, lastToolResults }) => {
    if (turn === 0) return start("Look for names");
    if (turn === 1) return call("ask", { question: "Which name does it get?\n\n1. Banyan\n2. Baobab" });
    return done(lastToolResults[0]?.content ?? "");
  },
  "Look for names": () => done("Banyan and Baobab."),
  "Be paused": ({ turn }) => (turn === 0 ? start("Be paused, too") : done("It went on.")),
  async "Be paused, too"({ turn }) {
    await [first, second][turn]?.opened;
    return turn < 2 ? call("list_directory", { path: "." }) : done("Looked.");
  },
};

let stage: Stage;
let server: RealServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  const script = agentScript({
    worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
    "*": done('{"outcome":"pass","reasons":["It is there."]}'),
  });
  stage = await openStage(browser, script, { prepare: putBeforePeople("write_file") });
  ({ server, page } = stage);
});
test.afterAll(async () => {
  for (const gate of [alone, inPane, first, second]) gate.open();
  await stage?.close();
});

const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });

async function submit(task: string): Promise<string> {
  const { id } = await submitTree({ page, server }, { task, agent: "worker" });
  await page.goto(`${server.url}/trees/${id}`);
  return id;
}

async function openReviews(tree: string): Promise<Review[]> {
  const answer = await page.request.get(`${server.url}/api/v1/reviews?tree=${tree}&open=1`);
  return ((await answer.json()) as { items: Review[] }).items;
}

/** A person at the end of the log sees the approval from its heading on, with the change that the call would make. */
async function meetsApproval(gate: { open: () => void }): Promise<void> {
  await expect(pane().locator("li[data-look=plain]", { hasText: "read_file" })).toBeAttached();
  await page.keyboard.press("G");
  const scroller = pane().locator("[data-log-scroller]");
  const fromEnd = () => scroller.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
  await expect.poll(fromEnd).toBeLessThan(24);
  expect(await scroller.evaluate((one) => one.scrollTop)).toBeGreaterThan(200);
  gate.open();
  const approval = pane().getByRole("region", { name: "Approval" });
  await expect(approval.getByText("line seven")).toBeInViewport();
  await expect(approval.locator("[data-act]")).toBeInViewport();
  await expect(approval).toContainText("line 7");
  await page.screenshot({ path: "test-results/approval-met.png" });
  await approval.locator("[data-end]").scrollIntoViewIfNeeded();
  await approval.getByRole("button", { name: /^Approve/ }).click();
}

test("an approval that arrives while a person watches a lone task keeps its heading in view, with the diff", async () => {
  await submit("Edit the list");
  await meetsApproval(alone);
  await expect(shownTask(page, /Succeeded/).first()).toBeVisible();
});

test("an approval keeps its heading in view in the pane of a subtask, too", async () => {
  await submit("Let the list be edited");
  await page.getByRole("treeitem", { name: /^Edit it/ }).click();
  await meetsApproval(inPane);
  await expect(page.getByRole("treeitem", { name: /^Edit it/ })).toHaveAccessibleName(/Succeeded/);
});

test("digits answer where they are shown, and nowhere else", async () => {
  const tree = await submit("Name it");
  await expect(page.getByRole("treeitem", { name: /^Name it/ })).toHaveAccessibleName(/Waiting for you/);
  // The pane of the other task shows no digits.
  await page.getByRole("treeitem", { name: /^Look for names/ }).click();
  await expect(pane().getByRole("heading", { name: "Look for names" })).toBeVisible();
  await expect(pane().locator("[data-offer]")).toHaveCount(0);
  await page.keyboard.press("2");
  await page.getByRole("treeitem", { name: /^Name it/ }).click();
  const offers = pane().locator("[data-offer]");
  await expect(offers).toHaveText(["Banyan1", "Baobab2"]);
  // In a field they are text.
  const answer = pane().getByRole("textbox").first();
  await answer.fill("");
  await answer.press("1");
  await expect(answer).toHaveValue("1");
  await answer.fill("");
  await answer.blur();
  expect(await openReviews(tree)).toHaveLength(1);
  // A number without an answer does nothing.
  await page.keyboard.press("3");
  expect(await openReviews(tree)).toHaveLength(1);
  await page.keyboard.press("2");
  await expect.poll(() => openReviews(tree)).toEqual([]);
  await expect(pane().getByRole("region", { name: "Result", exact: true })).toContainText("Baobab");
});

test("Resume resumes what it names: a tree in which only a task is paused, and a task but not a pause above it", async () => {
  const tree = await submit("Be paused");
  const row = page.getByRole("treeitem", { name: /^Be paused, too/ });
  const paused = async () => {
    const answer = await page.request.get(`${server.url}/api/v1/trees/${tree}`);
    const { tasks } = (await answer.json()) as { tasks: { title: string; status: string }[] };
    return tasks.flatMap(({ title, status }) => (status === "paused" ? [title] : [])).sort();
  };
  await row.click();
  await pane()
    .getByRole("button", { name: /^Pause/ })
    .click();
  await expect.poll(paused).toEqual(["Be paused, too"]);
  // The tree is paused when the turn that ran has ended.
  first.open();
  await page.getByRole("button", { name: "Resume tree" }).click();
  await expect.poll(paused).toEqual([]);

  await page.getByRole("button", { name: "Pause tree" }).click();
  await expect.poll(paused).toEqual(["Be paused", "Be paused, too"]);
  await pane()
    .getByRole("button", { name: /^Resume/ })
    .click();
  await expect(pane().getByText(/The task “Be paused” above it is paused: .* resume that task first\./)).toBeVisible();
  expect(await paused()).toEqual(["Be paused", "Be paused, too"]);
  second.open();
  await page.getByRole("button", { name: "Resume tree" }).click();
  await expect.poll(paused).toEqual([]);
  await expect(page.getByRole("treeitem", { name: /^Be paused,(?! too).*Succeeded/ })).toBeVisible();
});

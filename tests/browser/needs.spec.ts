/** What needs a person, on Home and in Review: counts, undo, two tabs, differences, and failed tasks of running trees. */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect as expectSoon, type RealServer, test } from "./real-server";
import { modelAt, openStage, putBeforePeople, type Stage } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });
const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const sub = (instruction: string) => ({
  name: "start_subtask",
  input: { instruction, agent: "worker", title: instruction },
});

const DOCUMENT = {
  name: "house_rules",
  description: "What everybody who works in this house must know first.",
  body: "# House rules\n\nClose the door.\n",
  why: "Nobody closes it.",
};

let tries = 0;
const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Change the notes": ({ turn }) => {
    if (turn === 0) return call("write_file", { path: "notes.md", content: "first\nsecond\nthird\n" });
    if (turn === 1) return call("edit_file", { path: "notes.md", old_text: "second", new_text: "better" });
    return done("Changed.");
  },
  "Split the work": ({ turn }) =>
    turn === 0 ? { calls: [sub("Break at first"), sub("Edit the plan")] } : done("Both are done."),
  "Break at first": () => {
    tries += 1;
    return tries > 1 ? done("Works now.") : call("end_task", { status: "failure", result: "The file is missing." });
  },
  "Edit the plan": ({ turn }) =>
    turn === 0 ? call("edit_file", { path: "plan.md", old_text: "a", new_text: "b" }) : done("Planned."),
  "Ask for the color": ({ turn }) => (turn === 0 ? call("ask", { question: "Which color?" }) : done("Colored.")),
  "Write the rules": ({ turn }) => (turn === 0 ? call("propose_document", DOCUMENT) : done("Proposed.")),
};
const work = (request: ScriptedRequest) => WORK[request.instruction]?.(request) ?? done("Nothing to do.");
const script = agentScript({
  worker: work,
  context_addition: work,
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

test.describe.configure({ mode: "serial" });
let stage: Stage;
let server: RealServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), MAX_CONCURRENT_AGENTS: "8" }),
    context: { viewport: { width: 1440, height: 900 } },
    prepare: putBeforePeople("edit_file"),
  });
  ({ server, page } = stage);
  for (const [task, agent] of [
    ["Change the notes", "worker"],
    ["Split the work", "worker"],
    ["Ask for the color", "worker"],
    ["Write the rules", "context_addition"],
  ]) {
    const answer = await page.request.post(`${server.url}/api/v1/trees`, { data: { task, agent } });
    expect(answer.ok(), await answer.text()).toBe(true);
  }
  await expect.poll(() => count("reviews?open=1")).toBe(4);
  await expect.poll(() => count("failed-tasks")).toBe(1);
});

test.afterAll(async () => {
  await stage?.close();
});

async function count(path: string): Promise<number> {
  return (await (await page.request.get(`${server.url}/api/v1/${path}`, { maxRetries: 3 })).json()).items.length;
}

const need = (words: string, on: Page = page): Locator => on.locator("li[data-review]").filter({ hasText: words });

/** Opens an item, unless it is open already. */
async function opened(item: Locator): Promise<Locator> {
  const line = item.locator("[data-unfold]");
  if (await line.isVisible()) await line.click();
  await expect(line).toHaveCount(0);
  return item;
}

const badge = (): Locator =>
  page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: /^Review/ });

async function openHome(on: Page = page): Promise<void> {
  await on.goto(server.url);
  await expect(on.locator("[data-connection=live]")).toBeAttached();
}

test("the counts on Home, in the navigation and in Review agree", async () => {
  await openHome();
  await expect(page.getByRole("region", { name: "Needs you" })).toContainText(/^Needs you\s*5/);
  await expect(page.getByText(/^5 need you\./)).toBeVisible();
  await expect(badge()).toHaveText(/Review\s*4/);
  expect(await axeFaults(page)).toEqual([]);
  await page.goto(`${server.url}/review`);
  await expect(page.locator("#main").getByText("4 open", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "All 4" })).toBeVisible();
  await expect(badge()).toHaveText(/Review\s*4/);
  const trees = await (await page.request.get(`${server.url}/api/v1/trees`)).json();
  for (const { id } of trees.items) {
    await page.goto(`${server.url}/trees/${id}`);
    const sentence = page.locator("header p", { hasText: /^((1 waits|Waiting) for you|1 to decide)[.,]/ });
    await expect(sentence).toBeVisible();
  }
});

test("Home decides only items that it shows; z brings a decided item back, with the focus on it", async () => {
  await openHome();
  const rules = await opened(need("house_rules"));
  await expect(rules.getByRole("button")).toHaveCount(0);
  await expect(rules.getByRole("link", { name: "See what it changes, and decide" })).toBeVisible();
  const edit = await opened(need("notes.md"));
  // One at a time.
  await expect(rules.getByRole("link", { name: "See what it changes, and decide" })).toHaveCount(0);
  await edit.getByRole("button", { name: "Approve", exact: true }).click();
  const settled = page.locator("[data-settled]").filter({ hasText: "Approved." });
  await expect(settled.getByRole("button", { name: "Undo" })).toBeVisible();
  await page.keyboard.press("z");
  await expect(edit).toBeFocused();
  expect(await count("reviews?open=1")).toBe(4);
});

test("an approval of an edit shows its diff", async () => {
  await page.goto(`${server.url}/review`);
  await page.locator("[data-review] a", { hasText: "notes.md" }).click();
  const item = page.getByRole("article", { name: "Selected item" });
  await expect(item.locator(".diff-code-delete")).toHaveText("second");
  await expect(item.locator(".diff-code-insert")).toHaveText("better");
  await item.getByText("Details", { exact: true }).click();
  await expect(item).toContainText("old_text: second");
  expect(await axeFaults(page)).toEqual([]);
});

test("a failed task of a running tree is retried from Home", async () => {
  await openHome();
  const failure = await opened(page.locator("[data-failed-task]"));
  await expect(failure).toContainText("Break at first failed");
  await expect(failure).toContainText("without a retry, its parent task continues with this failure");
  await expect(failure.getByRole("link", { name: "Retry with a message" })).toBeVisible();
  const [{ task, tree }] = (await (await page.request.get(`${server.url}/api/v1/failed-tasks`)).json()).items;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/trees/${tree.id}`);
  await page.getByRole("button", { name: /^See what to do about Break at first$/ }).click();
  await expect(page.getByTestId("task-sentence").getByRole("button", { name: "Retry with a message…" })).toBeVisible();
  await page.setViewportSize({ width: 1440, height: 900 });
  await openHome();
  await opened(failure);
  await page.request.post(`${server.url}/api/v1/tasks/${task.id}/retry`, { data: {} });
  await page.mouse.move(0, 0);
  await expect(failure).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Needs you" })).toContainText(/^Needs you\s*4/);
});

test("in a second tab, a person's own decision says “you”", async () => {
  const other = await page.context().newPage();
  await openHome(other);
  await openHome();
  // The pointer over the list keeps its rows where they are.
  await need("notes.md", other).hover();
  await (await opened(need("notes.md"))).getByRole("button", { name: "Approve", exact: true }).click();
  await expect(other.getByText("Approved by you.")).toBeVisible();
  await other.close();
  await expect.poll(() => count("reviews?open=1")).toBe(3);
  await expect(badge()).toHaveText(/Review\s*3/);
});

test("on a phone, the call comes before its consequences, and the buttons that decide stay in view", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openHome();
  const question = await opened(need("Which color?"));
  await question.getByLabel("Your answer").fill("Green");
  await question.getByRole("button", { name: "Answer" }).click();
  await expect(page.locator("[data-settled]").filter({ hasText: "Answered." })).toBeVisible();
  await page.goto(`${server.url}/review`);
  await page.locator("[data-review] a", { hasText: "house_rules" }).click();
  const item = page.getByRole("article", { name: "Selected item" });
  const [change, follows] = [item.getByText("Close the door."), item.getByText("If you approve")];
  await expect(change).toBeVisible();
  const top = async (one: Locator) => (await one.boundingBox())?.y ?? 0;
  expect(await top(change)).toBeLessThan(await top(follows));
  await expect(item.getByRole("button", { name: "Approve" })).toBeInViewport();
  await expect(item.getByRole("button", { name: "Comment…" })).toBeHidden();
  await item.getByRole("button", { name: "More" }).click();
  await expect(item.getByRole("button", { name: "Comment…" })).toBeVisible();
  expect(await axeFaults(page)).toEqual([]);
});

/** The three views of a tree on the real server with a scripted provider: search, collapse and links. */
import type { Locator, Page } from "@playwright/test";
import type { FoundInTree, Timeline } from "@/core/shapes/tree-views";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { expect, type RealServer, test } from "./real-server";
import { openStage, type Stage, shownTask, submitTree } from "./stage";

const start = (title: string, more: object = {}) => ({
  name: "start_subtask",
  input: { instruction: title, agent: "worker", title, ...more },
});
const end = (result: string, status = "success"): Reply => ({
  calls: [{ name: "end_task", input: { status, result } }],
});
const LONG = "Write down what was found, for everybody who comes later and asks";

/** Long, because the layout library of the graph is large and loads on first use. */
const FIRST_LAYOUT = { timeout: 120_000 };

let letGo = () => {};
const held = new Promise<void>((resolve) => {
  letGo = resolve;
});

const WORK: Record<string, (turn: number) => Reply | Promise<Reply>> = {
  "Ship it": (turn) =>
    turn === 0
      ? {
          calls: [
            start("Look around"),
            start(LONG, { depends_on: ["Look around", "Take long"] }),
            start("Break it"),
            start("Take long"),
          ],
        }
      : end("Shipped."),
  "Look around": (turn) => (turn === 0 ? { calls: [start("Look below")] } : end("All seen.")),
  "Look below": () => end("There is a Xylophone below."),
  "Break it": () => end("It did not break.", "failure"),
  async "Take long"() {
    await held;
    return end("Done at last.");
  },
};

const script = agentScript({
  worker: ({ instruction, turn }) => WORK[instruction]?.(turn) ?? end("Written."),
  "*": end('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];
let tree: string;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { viewport: { width: 1440, height: 900 } } });
  ({ server, page, problems } = stage);
  tree = (await submitTree(stage, { task: "Ship it", agent: "worker" })).id;
});

test.afterAll(async () => {
  letGo();
  await stage?.close();
});

const row = (name: string | RegExp): Locator => shownTask(page, name);
const selected = (): Locator => page.getByRole("tree").getByRole("treeitem", { selected: true });
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });
const box = (name: RegExp): Locator =>
  page.getByRole("application", { name: "Graph of the tasks" }).getByRole("button", { name });
/** Reads from the API like the page does. */
const ask = (path: string) =>
  page.evaluate(async (address) => {
    const answer = await fetch(address);
    return { status: answer.status, body: await answer.json() };
  }, `/api/v1/trees/${tree}${path}`);
const api = async <Body>(path: string): Promise<Body> => {
  const { status, body } = await ask(path);
  expect(status).toBe(200);
  return body as Body;
};

test("the outline is collapsed, filtered and searched by keys, and its address restores the same view", async () => {
  await page.goto(`${server.url}/trees/${tree}`);
  await expect(row("Break it, Failed")).toBeVisible();
  await expect(row("Take long, Running")).toBeVisible();
  await expect(row(`${LONG}, Waiting`)).toBeVisible();
  await expect(row("Look around, Succeeded")).toBeVisible();

  // The branch is collapsed for people who open the page after it ended.
  await page.reload();
  await expect(row("Look around, Succeeded")).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("j");
  await expect(selected()).toHaveAccessibleName(/^Look around/);
  await page.keyboard.press("ArrowRight");
  await expect(row("Look below, Succeeded")).toBeVisible();
  await expect(page).toHaveURL(/[?&]open=/);
  await page.keyboard.press("n");
  await expect(selected()).toHaveAccessibleName("Break it, Failed");

  await page.getByRole("button", { name: /^Problems/ }).click();
  await expect(row(/./)).toHaveCount(2);
  await expect(page).toHaveURL(/[?&]show=problems/);
  await page.goBack();
  await expect(row(/^Look around/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^All/ })).toHaveAttribute("aria-pressed", "true");

  // A word from an agent message, which no row shows. The search index is updated a moment later.
  await expect
    .poll(async () => (await api<{ items: FoundInTree[] }>("/search?q=xylo")).items.map((found) => found.where))
    .toContain("call");
  await page.keyboard.press("/");
  await page.keyboard.type("xylophone");
  await expect(row(/^Look below/)).toContainText("There is a Xylophone below.");
  await expect(row(/^Break it/)).toHaveCount(0);
  await expect(page).toHaveURL(/[?&]q=xylophone/);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByLabel("Find in this tree")).toHaveValue("xylophone");
  await expect(other.getByRole("treeitem", { name: /^Look below/ })).toContainText("Xylophone");
  await expect(other.getByRole("treeitem", { name: /^Break it/ })).toHaveCount(0);
  await other.close();
  await page.getByLabel("Find in this tree").fill("nothing says this");
  await expect(page.getByRole("status").filter({ hasText: "No task matches “nothing says this”." })).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(row(/^Break it/)).toBeVisible();
});

test("the divider between list and task moves by keys, keeps its position, and makes room for long names", async () => {
  await page.goto(`${server.url}/trees/${tree}`);
  const line = page.getByRole("separator", { name: "Width of the list" });
  const share = async () => Number(await line.getAttribute("aria-valuenow"));
  const name = row(new RegExp(`^${LONG}`)).getByRole("link");
  const isCut = () => name.evaluate((element) => element.scrollWidth > element.clientWidth);
  expect(await isCut()).toBe(true);
  const before = await share();
  await line.focus();
  for (let n = 0; n < 3; n++) await page.keyboard.press("ArrowRight");
  await expect.poll(share).toBeGreaterThan(before + 5);
  await expect.poll(isCut).toBe(false);
  const moved = await share();
  await page.reload();
  await expect.poll(share).toBeCloseTo(moved, 0);
  await page.context().clearCookies({ name: "banyan_split" });
});

test("keys move through the graph, which shows dependencies and opens a task beside it", async () => {
  await page.goto(`${server.url}/trees/${tree}`);
  await page.getByRole("button", { name: "Graph", exact: true }).click();
  await expect(page).toHaveURL(/[?&]view=graph/);
  await expect(box(/^Running Take long/)).toBeVisible(FIRST_LAYOUT);
  await expect(page.locator("[data-after]")).toHaveCount(2);
  await expect(pane()).toHaveCount(0);

  await box(/^Waiting Ship it/).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("[data-box]:focus")).toContainText("Write down what was found");
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator("[data-box]:focus")).toContainText("Ship it");
  await box(/^Failed Break it/).focus();
  await page.keyboard.press("Enter");
  await expect(pane().getByRole("heading", { level: 2, name: "Break it" })).toBeVisible();
  await expect(page).toHaveURL(/[?&]view=graph&task=/);
  await page.reload();
  await expect(pane().getByRole("heading", { level: 2, name: "Break it" })).toBeVisible();
  await expect(box(/^Failed Break it/)).toHaveAttribute("aria-pressed", "true", FIRST_LAYOUT);
  await page.goBack();
  await expect(pane()).toHaveCount(0);
});

test("the timeline shows who ran and who waited, and grows while the tree runs", async () => {
  await page.goto(`${server.url}/trees/${tree}?view=timeline`);
  const bars = (name: string) => row(new RegExp(`^${name}`)).locator("[data-bar]");
  await expect(bars("Take long").last()).toHaveAttribute("title", /^Running/);
  await expect(bars("Break it").last()).toHaveAttribute("title", /^Ran, failed/);
  await expect(bars("Write down").last()).toHaveAttribute("title", /^Waited for tasks/);
  await expect(page.getByText(/^All tasks together ran/)).toBeVisible();
  const kindsOf = async (title: string) => {
    const { tasks } = await api<{ tasks: { id: string; title: string }[] }>("");
    const { tasks: figures, slots } = await api<Timeline>("/timeline");
    expect(slots).toBeGreaterThan(0);
    const id = tasks.find((task) => task.title === title)?.id;
    return figures.find((figure) => figure.id === id)?.stretches.map(([kind, , until]) => [kind, until === null]);
  };
  expect((await kindsOf("Take long"))?.at(-1)).toEqual(["ran", true]);

  letGo();
  const succeeded = (name: string) => row(new RegExp(`^${name}`)).locator("[data-bar][title^='Ran, succeeded']");
  await expect(succeeded("Take long").last()).toBeVisible();
  await expect(row("Ship it, Succeeded")).toBeVisible();
  await expect(succeeded("Ship it").last()).toBeVisible();
  expect((await kindsOf(LONG))?.map(([kind]) => kind)).toContain("tasks");
  const nonsense = await ask("/timeline?after=x");
  expect(nonsense.body).toMatchObject({ detail: expect.stringContaining('The cursor "x" is invalid') });
  expect(problems).toEqual([]);
});

/** Presses the keys of the table in `docs/feel.md`, on the real server with a scripted provider. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { expect, type RealServer, test } from "./real-server";
import { modelAt, openLog, openStage, putBeforePeople, type Stage } from "./stage";

interface Row {
  action: string;
  /** Keys as in the table; a text in quotes is typed. */
  keys: string[];
  most: number;
}

const ROWS: Row[] = readFileSync("docs/feel.md", "utf8")
  .split("\n")
  .filter((line) => /^\| [A-Z]/.test(line))
  .map((line) => {
    const [action = "", , keys = "", most = ""] = line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim());
    return { action, keys: keys.match(/`[^`]+`|“[^”]+”/g) ?? [], most: Number(most) };
  });

const isText = (key: string) => key.startsWith("“");
const NAMES: Record<string, string> = { "⌘↵": "Control+Enter", "⌘K": "Control+k", "↵": "Enter" };

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const held = door();

const WORK: Record<string, (request: ScriptedRequest) => Reply | Promise<Reply>> = {
  "Look for notes": ({ turn }) => (turn === 0 ? call("find_files", { pattern: "*.md" }) : done("Looked.")),
  "Look for code": ({ turn }) => (turn === 0 ? call("find_files", { pattern: "*.ts" }) : done("Looked.")),
  "Name it": ({ turn }) => (turn === 0 ? call("ask", { question: "Which name does it get?" }) : done("Named.")),
  async "Take your time"() {
    await held.opened;
    return done("Took it.");
  },
  "Fail at it": () => call("end_task", { status: "failure", result: "It cannot be done." }),
  "Grow a lantern": ({ turn }) =>
    turn === 0
      ? call("start_subtask", { instruction: "Polish the glass", agent: "worker", title: "Polish the lantern glass" })
      : done("Grown."),
  "Write a letter": ({ turn }) =>
    turn === 0 ? call("write_file", { path: "letter.md", content: "Dear reader\n" }) : done("Written."),
  "Take notes": ({ messages }) =>
    JSON.stringify(messages).includes("only the tests") ? done("The tests are noted.") : done("Noted."),
};
const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Done."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), MAX_CONCURRENT_AGENTS: "8" }),
    prepare: putBeforePeople("find_files"),
  });
  ({ server, page } = stage);
});

test.afterAll(async () => {
  held.open();
  await stage?.close();
});

async function api<Body>(path: string): Promise<Body> {
  const answer = await page.request.get(`${server.url}/api/v1/${path}`, { maxRetries: 3 });
  return answer.json();
}

interface Made {
  id: string;
  root_task_id: string;
}

/** Submits a task and waits for its status. */
async function made(task: string, status: string): Promise<Made> {
  const data = { task, agent: "worker" };
  const answer = await page.request.post(`${server.url}/api/v1/trees`, { data, maxRetries: 3 });
  const tree = (await answer.json()) as Made;
  await expect.poll(async () => (await api<{ status: string }>(`trees/${tree.id}`)).status).toBe(status);
  return tree;
}

/** Opens a page and waits until its keys work. */
async function open(path: string): Promise<void> {
  await page.goto(`${server.url}${path}`);
  await expect(page.locator("[data-connection=live]")).toBeVisible();
}

/** Presses the keys of a row. `texts` are typed in place of its quotes, each when a field has the focus. */
async function press({ keys }: Row, ...texts: string[]): Promise<void> {
  for (const key of keys) {
    if (isText(key)) {
      // A field that was typed into before may have the focus until the next one appears.
      await page.waitForFunction(
        () => document.activeElement?.matches(":is(input, textarea):not([data-typed])") === true,
      );
      await page.evaluate(() => document.activeElement?.setAttribute("data-typed", ""));
      await page.keyboard.type(texts.shift() ?? "");
    } else await page.keyboard.press(NAMES[key.slice(1, -1)] ?? key.slice(1, -1));
  }
}

/** Opens the review item of a tree, and waits until its keys work. */
async function openReview(tree: Made): Promise<string> {
  const { items } = await api<{ items: { id: string; tree_id: string }[] }>("reviews?open=1");
  const id = items.find((item) => item.tree_id === tree.id)?.id ?? "";
  await open(`/review?item=${id}`);
  await expect(page.locator(`[data-review="${id}"][aria-current]`)).toBeVisible();
  await expect(page.getByTestId("decide").locator("[data-awake]")).toBeVisible();
  return id;
}

/** Leaves the page, which sends a decision immediately instead of after its undo time. */
const leave = () => page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
const statusOf = async (review: string) => (await api<{ status: string }>(`reviews/${review}`)).status;
const rootOf = (tree: Made) => api<{ attempt: number; status: string }>(`tasks/${tree.root_task_id}`);

const PROOFS: Record<string, (row: Row) => Promise<void>> = {
  async "Submit a task"(row) {
    await open("/agents");
    await press(row, "Count the stars");
    await page.waitForURL(/\/trees\/\w/);
    await expect(page.getByRole("heading", { level: 1, name: "Count the stars" })).toBeVisible();
  },
  async "Open what needs me"(row) {
    await open("/documents");
    await press(row);
    await page.waitForURL(/\/review/);
    await expect(page.getByRole("heading", { level: 1, name: "Review" })).toBeVisible();
  },
  async Approve(row) {
    const review = await openReview(await made("Look for notes", "waiting"));
    await press(row);
    await expect(page.locator(`[data-review="${review}"]`)).toContainText(/approved|allowed/i);
    await leave();
    await expect.poll(() => statusOf(review)).toBe("approved");
  },
  async "Reject with a reason"(row) {
    const review = await openReview(await made("Look for code", "waiting"));
    await press(row, "Not today.");
    await expect(page.locator(`[data-review="${review}"]`)).toContainText(/rejected|refused/i);
    await leave();
    await expect.poll(() => statusOf(review)).toBe("rejected");
  },
  async Answer(row) {
    const tree = await made("Name it", "waiting");
    await open(`/trees/${tree.id}`);
    await expect(page.locator("[data-answer]")).toBeVisible();
    await press(row, "Baobab");
    await expect.poll(async () => (await rootOf(tree)).status).toBe("succeeded");
  },
  async Steer(row) {
    const tree = await made("Take your time", "running");
    await open(`/trees/${tree.id}`);
    await expect(page.locator("[data-steer]")).toBeVisible();
    const isStored = page.waitForResponse((answer) => (answer.request().postData() ?? "").includes("Mind the gap"));
    await press(row, "Mind the gap");
    await expect(page.locator("[data-steer]")).toHaveValue("");
    await isStored;
    held.open();
    // The task reads it and ends, which folds its log.
    await expect(page.getByRole("region", { name: "Result", exact: true })).toBeVisible();
    await openLog(page.getByRole("region", { name: "Task", exact: true }));
    await expect(page.locator("li[data-look=steer]")).toContainText("Mind the gap");
  },
  async "Open the result"(row) {
    const tree = await made("Draw a star", "succeeded");
    const result = page.getByRole("region", { name: "Result", exact: true });
    for (const view of ["outline", "graph"]) {
      await open(`/trees/${tree.id}?view=${view}`);
      // The graph shows no task until one is opened.
      await expect(result).toHaveCount(view === "graph" ? 0 : 1);
      await press(row);
      await expect(result).toBeFocused();
      await expect(result.getByTestId("result")).toBeInViewport();
      await expect(result).toContainText("Done.");
    }
  },
  async "Download its files"(row) {
    const tree = await made("Write a letter", "succeeded");
    await open(`/trees/${tree.id}`);
    await expect(page.getByRole("region", { name: "Files of the result" })).toContainText("letter.md");
    const started = page.waitForEvent("download");
    await press(row, "download");
    const files = unzipSync(readFileSync(await (await started).path()));
    expect(Object.keys(files)).toEqual(["letter.md"]);
  },
  async "Go on after the end"(row) {
    const tree = await made("Take notes", "succeeded");
    await open(`/trees/${tree.id}`);
    await expect(page.getByLabel("Continue this task")).toBeVisible();
    await press(row, "Now only the tests, please.");
    await expect(page.getByRole("region", { name: "Result", exact: true })).toContainText("The tests are noted.");
    await expect.poll(async () => (await rootOf(tree)).attempt).toBe(2);
  },
  async "Retry a failed task"(row) {
    const tree = await made("Fail at it", "failed");
    await open(`/trees/${tree.id}`);
    await expect(page.locator('[data-key="r"]')).toBeVisible();
    const [first = "", ...rest] = row.keys;
    await press({ ...row, keys: [first] });
    await expect(page.getByRole("dialog", { name: "Retry" }).locator("[data-first-focus]")).toBeFocused();
    await press({ ...row, keys: rest });
    await expect.poll(async () => (await rootOf(tree)).attempt).toBe(2);
  },
  async "Find a task by words"(row) {
    await made("Grow a lantern", "succeeded");
    await open("/settings");
    await press(row, "polish lantern");
    await expect(page.getByRole("heading", { level: 2, name: "Polish the lantern glass" })).toBeVisible();
  },
  async "Compare two trees"(row) {
    const one = await made("Draw a map", "succeeded");
    await made("Draw a chart", "succeeded");
    await open(`/trees/${one.id}`);
    await press(row, "compare this", "Draw a chart");
    await page.waitForURL(/\/compare\//);
    await expect(page.getByRole("heading", { level: 1, name: "Compare two trees" })).toBeVisible();
    await expect(page.getByRole("row", { name: "Instruction Draw a map Draw a chart" })).toBeVisible();
  },
};

test("the table names twelve actions, and each has a proof", () => {
  expect(ROWS).toHaveLength(12);
  expect(ROWS.map(({ action }) => action).sort()).toEqual(Object.keys(PROOFS).sort());
  for (const { action, keys, most } of ROWS)
    expect(keys.filter((key) => !isText(key)).length, action).toBeLessThanOrEqual(most);
});

for (const row of ROWS) test(`${row.action}: ${row.keys.join(" ")}`, () => PROOFS[row.action]?.(row));

/** The page of runners on a real server, of what its worker wrote down: pools, a silent runner, and draining one. */
import { join } from "node:path";
import Database from "better-sqlite3";
import type { SeenRunners } from "@/db/runners/places";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage, submitTree } from "./stage";

const asks: Reply = { calls: [{ name: "ask", input: { question: "Which way?" } }] };

let stage: Stage;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({ worker: asks }), { settings: (models) => modelAt(models) });
});

test.afterAll(() => stage?.close());

/** Writes down what the worker that leads would have heard; this installation has no NATS. */
function hear(dataDir: string, tree: string, checked: string): void {
  const nowMs = Date.now();
  const runner = (name: string, pool: string, slots: number, free: number, goneSinceMs: number | null = null) => {
    return { runner: name, pool, slots, free, architecture: "x64", version: "0.1.0", isNeighbour: true, goneSinceMs };
  };
  const seen: SeenRunners = {
    atMs: nowMs,
    problem: null,
    runners: [
      runner("default-1", "default", 4, 1),
      runner("default-2", "default", 4, 4),
      runner("default-3", "default", 4, 0, nowMs - 21 * 60_000),
      runner("gpu-1", "gpu", 1, 0),
    ],
    held: [{ pool: "gpu", sinceMs: nowMs - 8 * 60_000 }],
  };
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.prepare("INSERT OR REPLACE INTO facts (name, value) VALUES ('runners', ?)").run(JSON.stringify(seen));
  sqlite
    .prepare(
      "INSERT INTO places (tree_id, pool, number, runner) SELECT id, 'default', 2, 'default-1' FROM trees WHERE uid = ?",
    )
    .run(tree);
  sqlite
    .prepare(
      "INSERT INTO check_places (task_id, number, runner) SELECT root_id, 2, 'default-1' FROM trees WHERE uid = ?",
    )
    .run(checked);
  sqlite.close();
}

test("without runners the page says how to add one", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/operations/runners`);
  await expect(page.getByText("everything runs on the server's machine")).toBeVisible();
});

test("without runners the composer offers no place, and asks for none", async () => {
  const { page, server } = stage;
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
  await page.goto(server.url);
  await page.getByRole("button", { name: "More options" }).click();
  await expect(page.getByLabel("Priority")).toBeVisible();
  await expect(page.getByLabel("Runs on")).toHaveCount(0);
  await page.waitForLoadState("networkidle");
  expect(asked).not.toContain("/api/v1/runners");
});

test("a draft that names a pool is refused at its field without runners, and goes on here", async () => {
  const { page } = stage;
  await page.getByLabel("What should be done?").fill("Sort the letters");
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  // As it was kept while the server had runners.
  await page.evaluate(() => {
    const draft = JSON.parse(localStorage.getItem("banyan.new-task") ?? "{}");
    localStorage.setItem("banyan.new-task", JSON.stringify({ ...draft, pool: "gpu" }));
  });
  await page.reload();
  const start = page.getByRole("button", { name: /^Start(?!ing)/ });
  await start.click();
  const field = page.getByLabel("Runs on");
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/^This server has no runners/);
  await field.selectOption("This server");
  await start.click();
  await page.waitForURL(/\/trees\//);
});

test("a person sees what runs where, and drains a runner", async () => {
  const { page, server, dataDir } = stage;
  const { id } = await submitTree(stage, { task: "Sort the archive", agent: "worker" });
  await expect
    .poll(async () => (await page.request.get(`${server.url}/api/v1/trees/${id}`)).json())
    .toMatchObject({ status: "waiting" });
  // It waits for its first step, so nothing of it changes.
  const checked = await submitTree(stage, { task: "Check the archive", agent: "worker", stepping: "manual" });
  hear(dataDir, id, checked.id);
  await page.goto(`${server.url}/operations/runners`);
  const row = (name: string) => page.locator(`[data-runner="${name}"]`);
  await expect(page.locator('[data-pool="default"]')).toContainText("3 of 8 slots in use on 2 runners.");
  await expect(row("default-1")).toContainText("3 of 4");
  await expect(row("default-1").getByRole("link", { name: "Sort the archive" })).toHaveAttribute(
    "href",
    `/trees/${id}`,
  );
  await expect(row("default-1")).toContainText("Checks Check the archive");
  await expect(row("default-3")).toContainText("Silent");
  await looks(page, "runners/runners");
  await row("default-2").getByRole("button", { name: "Drain" }).click();
  await expect(row("default-2")).toContainText("Drained");
  await expect(page.locator('[data-pool="default"]')).toContainText("3 of 4 slots in use on 1 runner.");
  await looks(page, "runners/drained");
  await row("default-2").getByRole("button", { name: "Resume" }).click();
  await expect(row("default-2")).toContainText("Answers");
});

test("a tree says which runner has its folder", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/operations/runners`);
  await page.getByRole("link", { name: "Sort the archive" }).click();
  await expect(
    page.getByRole("banner").or(page.locator("header")).getByText("works on default-1 of the pool default").first(),
  ).toBeVisible();
  await looks(page, "runners/tree");
});

/** A project by a person: added, its check confirmed, its trees seen, changed and removed, on the real server. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Tree } from "@/core/shapes/shapes";
import { agentScript } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, makeRepository, test } from "./real-server";
import { modelAt, openStage, type Stage, submitTree } from "./stage";

const script = agentScript({ "*": { calls: [{ name: "end_task", input: { status: "success", result: "Done." } }] } });

let stage: Stage;
let shop: string;
let before: Tree;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models, folder) => ({ ...modelAt(models), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  shop = join(stage.folder, "src", "shop");
  mkdirSync(shop, { recursive: true });
  writeFileSync(join(shop, "package.json"), '{"scripts":{"test":"node --test"}}');
  writeFileSync(join(shop, "Makefile"), "test:\n\tnode --test\n");
  before = await submitTree(stage, { task: "Look around", agent: "worker", workspace: shop });
});

test.afterAll(() => stage?.close());

test("a repository becomes a project with its earlier trees, and a person chooses its check", async () => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/projects`);
  await expect(page.getByText(/^No projects yet\./)).toBeVisible();
  await page.getByRole("button", { name: "Add a project" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a project" });
  await dialog.getByLabel("Folder or git address").fill(shop);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await page.getByRole("link", { name: /^shop / }).click();
  await expect(page.getByRole("heading", { level: 1, name: "shop" })).toBeVisible();
  await expect(page.locator(`[data-tree="${before.id}"]`)).toBeVisible();
  const found = page.getByRole("list", { name: "Found commands" }).getByRole("listitem");
  await expect(found).toHaveText([/^npm test\s*package\.json/, /^make test\s*Makefile/]);
  await looks(page, "projects/unconfirmed");
  await page.getByRole("button", { name: /^Use this ?: make test$/ }).click();
  await expect(found).toHaveCount(0);
  const about = page.getByRole("region", { name: "About" });
  await expect(about.getByText("make test")).toBeVisible();
  await page.getByRole("link", { name: "New task" }).click();
  await expect(page.getByText("Project shop")).toBeVisible();
  await expect(page.getByText("Works only in this folder.")).toBeVisible();
  await page.getByLabel("Work in a copy").check();
  await expect(page.getByText("Works in a copy. The folder itself stays as it is.")).toBeVisible();
  expect(problems).toEqual([]);
});

test("a second repository is added, its check is confirmed, its order shows, and it is removed", async () => {
  const { page, server, problems } = stage;
  const lib = join(stage.folder, "src", "lib");
  makeRepository(lib, { "package.json": '{"scripts":{"test":"node --test"}}', Makefile: "test:\n\tnode --test\n" });
  await page.goto(`${server.url}/projects/shop`);
  await page.getByRole("button", { name: "Add a repository…" }).click();
  const adding = page.getByRole("dialog", { name: "Add a repository to shop" });
  await adding.getByLabel("Folder or git address").fill(lib);
  await expect(adding.getByLabel("Before or after shop")).toHaveValue("before");
  await looks(page, "projects/add-repository");
  await page.keyboard.press("Enter");
  await expect(adding).toHaveCount(0);
  const rows = page.getByRole("region", { name: "Repositories" }).getByRole("listitem");
  await expect(rows.getByRole("heading")).toHaveText(["lib", "shop"]);
  await expect(rows.first()).toContainText("Check not confirmed");
  await expect(rows.last()).toContainText("Merged after lib");
  await looks(page, "projects/several-unconfirmed");
  const unconfirmed = page.getByRole("region", { name: "How is lib shown to work?" });
  await unconfirmed.getByRole("button", { name: /^Use this ?: npm test$/ }).click();
  await expect(unconfirmed).toHaveCount(0);
  await expect(rows.first().getByText("npm test")).toBeVisible();

  const change = page.getByRole("dialog", { name: "Change lib" });
  await rows.first().getByRole("button", { name: "Change… lib" }).click();
  await change.getByLabel("shop").check();
  await change.getByRole("button", { name: /^Save/ }).click();
  await expect(change.getByText(/^Then they would need each other in a circle/)).toBeVisible();
  await expect(change.getByLabel("shop")).toBeFocused();
  await change.getByLabel("shop").uncheck();
  await change.getByLabel("Branch").fill("main");
  await looks(page, "projects/change-repository");
  await change.getByRole("button", { name: /^Save/ }).click();
  await expect(rows.first()).toContainText("branch main");
  await looks(page, "projects/several");
  await page.getByRole("link", { name: "New task" }).click();
  const task = page.getByRole("textbox", { name: "What should be done?" });
  await expect(task).toBeFocused();
  await expect(page.getByText("Project shop")).toBeVisible();
  await looks(page, "projects/task-of-several", { boxes: false });
  await page.getByRole("button", { name: "Another place" }).click();
  await expect(page.getByText("Project shop")).toHaveCount(0);
  putIssue();
  await page.goto(`${server.url}/projects/shop`);
  const issue = page.getByRole("list", { name: "Issues in work" }).getByRole("listitem");
  await expect(issue).toContainText(/lib #5 merged\s*·?\s*shop #7 in review/);
  await expect(issue.getByRole("link", { name: "shop #7" })).toHaveAttribute("href", `${FORGE}/shop/pull/7`);
  await expect(issue).toContainText("shop: Its rule merges it after: 1 approval.");
  await looks(page, "projects/parts");
  await page.goto(`${server.url}/trees/${before.id}`);
  const resolves = page.getByText(/^Resolves issue #3 of shop/).locator("..");
  await expect(resolves.getByRole("link")).toHaveText(["issue #3", "shop", "lib #5", "shop #7"]);
  await looks(page, "projects/parts-of-tree", { boxes: false });
  await page.goto(`${server.url}/projects/shop`);
  await rows.first().getByRole("button", { name: "Remove… lib" }).click();
  await page.getByRole("dialog", { name: "Remove lib from shop?" }).getByRole("button", { name: "Remove" }).click();
  await expect(rows).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Add a repository…" })).toBeVisible();
  expect(problems).toEqual([]);
});

const FORGE = "https://github.com/acme";

/** Stores an issue as a forge's would be whose tree has changed both repositories. */
function putIssue(): void {
  const sqlite = new Database(join(stage.dataDir, "banyan.db"));
  const add = (table: string, row: Record<string, string | number>) => {
    const names = Object.keys(row);
    const values = names.map((name) => `@${name}`).join(", ");
    return sqlite.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${values})`).run(row).lastInsertRowid;
  };
  const at = { created_at_ms: Date.now() };
  const changed = { ...at, changed_at_ms: Date.now() };
  const { id: project_id } = sqlite.prepare("SELECT id FROM projects WHERE name = 'shop'").get() as { id: number };
  sqlite.prepare("UPDATE repositories SET keys = ?").run('["github.com/acme/lib"]');
  add("project_repositories", { key: "github.com/acme/shop", project_id });
  const place = { kind: "github", host: "github.com", api_url: "https://api.github.com", path: "acme/shop" };
  const link = { project_id, ...place, clone_url: `${FORGE}/shop.git`, label: "banyan", most_open: 3, maker: "{}" };
  const isPaused = { paused_at_ms: Date.now(), paused_by: "you", created_by: "you" };
  add("forge_links", { ...link, ...isPaused, comments_since_ms: 0, next_at_ms: 0, ...at });
  const said = { number: 3, title: "Round prices up", url: `${FORGE}/shop/issues/3`, body: "", author: "ann" };
  const work = { asked_by: "ann", tree: before.id, state: "open", branch: "banyan/x", pull: 7 };
  const issue = { project_id, ...said, ...work, pull_url: `${FORGE}/shop/pull/7`, ...changed };
  const issue_id = Number(add("forge_issues", issue));
  const lib = { folder: "lib", state: "merged", pull: 5, pull_url: `${FORGE}/lib/pull/5` };
  add("forge_pulls", { issue_id, ...lib, ...changed });
  const why = "Its rule merges it after: 1 approval.";
  const shops = { folder: "shop", state: "open", why, pull: 7, pull_url: `${FORGE}/shop/pull/7` };
  add("forge_pulls", { issue_id, ...shops, ...changed });
  sqlite.close();
}

test("a project is changed and removed, and its trees stay", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/projects/shop`);
  const about = page.getByRole("region", { name: "About" });
  await about.getByRole("button", { name: "Change…" }).click();
  const dialog = page.getByRole("dialog", { name: "Change shop" });
  await dialog.getByLabel("Agent").fill("coder");
  await dialog.getByLabel("Cap, in dollars").fill("2");
  await dialog.getByRole("button", { name: /^Save/ }).click();
  await expect(about.getByText("coder, default model, $2.00")).toBeVisible();
  await about.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog", { name: "Remove shop?" }).getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText(/^No projects yet\./)).toBeVisible();
  await page.goto(`${server.url}/trees/${before.id}`);
  await expect(page.getByRole("heading", { level: 1, name: /Look around/ })).toBeVisible();
});

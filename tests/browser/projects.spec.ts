/** A project by a person: added, its check confirmed, its trees seen, changed and removed, on the real server. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "@/core/shapes/shapes";
import { agentScript } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
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
  await expect(page.getByRole("button", { name: /shop/ }).first()).toBeVisible();
  expect(problems).toEqual([]);
});

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

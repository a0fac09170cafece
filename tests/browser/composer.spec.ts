/** The composer's pickers: folders and models, by keyboard and on a phone, and what they refuse. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { pick } from "./pick";
import { expect as expectSoon, makeRepository, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });
const ask: Reply = { calls: [{ name: "ask", input: { question: "Which one?" } }] };

test.describe.configure({ mode: "serial" });
let stage: Stage;
let shop: string;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({ worker: ask }), {
    provider: { models: { names: ["claude-sonnet-5-5", "claude-opus-5-5"] } },
    settings: (provider, folder) => ({ ...modelAt(provider), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  shop = join(stage.folder, "src", "shop");
  mkdirSync(join(stage.folder, "src", "billing"), { recursive: true });
  makeRepository(shop, { "a.txt": "one\n" });
});
test.afterAll(async () => {
  await stage?.close();
  expect(stage?.problems).toEqual([]);
});

const open = async (name: string) => {
  await stage.page.getByLabel(name, { exact: true }).press("ArrowDown");
  const field = stage.page.getByRole("combobox", { name });
  await expect(field).toBeFocused();
  return field;
};
const options = () => stage.page.getByRole("dialog").getByRole("option");

test("a folder is found by its name, a path is completed, and what cannot be used says why", async () => {
  const { page, server } = stage;
  await page.goto(server.url);
  const field = await open("Workspace");
  await expect(options().filter({ hasText: "shop" })).toContainText("branch");
  expect(await axeFaults(page)).toEqual([]);
  await field.fill(join(stage.folder, "sr"));
  await expect(options()).toHaveCount(1);
  await field.press("Tab");
  await expect(field).toHaveValue(`${join(stage.folder, "src")}/`);
  await expect(options().filter({ hasText: "billing" })).toBeVisible();
  await field.fill(join(stage.folder, "none"));
  await expect(
    page
      .getByRole("dialog")
      .getByText(/does not exist; create the folder first\./)
      .first(),
  ).toBeVisible();
  await expect(options()).toHaveCount(0);
  await field.press("Escape");
  await expect(page.getByLabel("Workspace", { exact: true })).toBeFocused();
  await pick(page, "Workspace", "shop");
  await expect(page.getByLabel("Workspace", { exact: true })).toContainText("shop");
  await expect(page.getByText("Works only in this folder.")).toBeVisible();
});

test("a folder with changes, or with another tree in it, is offered as a copy", async () => {
  const { page, server } = stage;
  writeFileSync(join(shop, "a.txt"), "two\n");
  await page.reload();
  const { terminal } = await page.evaluate(async () => (await fetch("/api/v1/status")).json());
  if (terminal.available) await expect(page.getByText(/^Has uncommitted changes/)).toBeVisible();
  const task = page.getByLabel("What should be done?");
  await task.fill("Fix the shop");
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await task.press("Control+Enter");
  await page.waitForURL(/\/trees\//);
  await page.goto(server.url);
  await pick(page, "Workspace", "shop");
  await expect(
    page.getByText("“Fix the shop” works in this folder. Work in a copy, or choose another folder."),
  ).toBeVisible();
  await task.fill("Fix it elsewhere");
  await task.press("Control+Enter");
  await expect(page.getByRole("alert").filter({ hasText: "work in a copy, or choose another folder" })).toBeVisible();
  const place = page.getByLabel("Workspace", { exact: true });
  await expect(place).toBeFocused();
  await expect(place).toHaveAccessibleDescription(/work in a copy, or choose another folder/);
  await page.screenshot({ path: "test-results/folder-refused.png" });
  await page.getByLabel("Work in a copy").check();
  await expect(page.getByText("Works in a copy. The folder itself stays as it is.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Work in a copy")).toBeChecked();
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/trees\//);
});

test("a model is found with its price; an unknown one is refused with the nearest, in the list and in the form", async () => {
  const { page, server } = stage;
  await page.goto(server.url);
  const field = await open("Model");
  await expect(options().filter({ hasText: "claude-opus-5-5" })).toContainText(/\$\d+.* in, \$\d+.* out/);
  expect(await axeFaults(page)).toEqual([]);
  await field.fill("anthropic/claude-opus-5-6");
  await expect(
    page.getByRole("dialog").getByText("anthropic/claude-opus-5-6 does not exist. Use anthropic/claude-opus-5-5."),
  ).toBeVisible();
  await expect(options().filter({ hasText: "Use anthropic/claude-opus-5-5" })).toBeVisible();
  await field.press("Enter");
  await expect(page.getByLabel("Model", { exact: true })).toContainText("claude-opus-5-5");

  // A draft from another day may name a model that is gone.
  await page.evaluate(() => {
    const draft = JSON.parse(localStorage.getItem("banyan.new-task") ?? "{}");
    localStorage.setItem("banyan.new-task", JSON.stringify({ ...draft, model: "claude-sonnet-5-4" }));
  });
  await page.reload();
  await expect(page.getByText(/^There is no model claude-sonnet-5-4\. Use anthropic\/claude-sonnet-5-5/)).toBeVisible();
  await page.getByRole("button", { name: "Use it" }).click();
  await expect(page.getByLabel("Model", { exact: true })).toContainText("claude-sonnet-5-5");
  await expect(page.getByText(/^There is no model/)).toHaveCount(0);
});

test("the pickers work on a phone, where the composer is the first thing at every width", async () => {
  const { page, server } = stage;
  for (const [width, height] of [
    [360, 740],
    [390, 844],
    [800, 900],
    [1180, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.goto(server.url);
    await expect(page.getByLabel("What should be done?")).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByLabel("Workspace", { exact: true }).click();
  await page.getByRole("combobox", { name: "Workspace" }).fill("shop");
  await options().filter({ hasText: "shop" }).first().click();
  await expect(page.getByLabel("Workspace", { exact: true })).toContainText("shop");
});

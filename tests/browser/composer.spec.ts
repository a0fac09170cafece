/** The composer's pickers of folders and models: by keyboard, on a phone, and with choices that they refuse. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { door } from "./door";
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
/** The button itself: an open list has the same label. */
const place = () => stage.page.locator("#new-workspace");
const lastHere = () => stage.page.getByRole("status").locator("p", { hasText: "Last here:" });
/** The number of all trees. */
const trees = async () => {
  const answer = await stage.page.request.get(`${stage.server.url}/api/v1/trees?limit=100`);
  return ((await answer.json()) as { items: unknown[] }).items.length;
};
const options = () => stage.page.getByRole("dialog").getByRole("option");

test("a folder is found by its name, a path is completed, and a folder that cannot be used says why", async () => {
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
  const branch = execFileSync("git", ["-C", shop, "branch", "--show-current"], { encoding: "utf8" }).trim();
  await expect(page.getByTestId("place")).toHaveText(`shop@${branch}`);
  await page.goto(server.url);
  await pick(page, "Workspace", "shop");
  await expect(lastHere()).toHaveText(/^Last here:\s*Fix the shop$/);
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

test("the composer keeps the last folder, over a reload and after a task began there", async () => {
  const { page, server } = stage;
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(server.url);
  await pick(page, "Workspace", "billing");
  await page.reload();
  await expect(place()).toContainText("billing");
  const task = page.getByLabel("What should be done?");
  await task.fill("Look at the bills");
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await page.getByLabel("Work in a copy").check();
  await task.press("Control+Enter");
  await page.waitForURL(/\/trees\//);
  await expect(page.getByTestId("place")).toContainText("billing");
  await page.goto(server.url);
  await expect(place()).toContainText("billing");
  await expect(task).toHaveValue("");
  await expect(page.getByLabel("Work in a copy")).not.toBeChecked();
});

test("text that is typed into a picker before its list has loaded is kept, and Enter waits for the list", async () => {
  const { page, server } = stage;
  const list = door();
  await page.route("**/api/v1/folders?typed=*", async (route) => {
    await list.opened;
    await route.continue();
  });
  await page.goto(server.url);
  await place().focus();
  // The first letter opens the list; its code and its folders both arrive later.
  await page.keyboard.type("sho");
  const field = page.getByRole("combobox", { name: "Workspace" });
  await expect(field).toHaveValue("sho");
  await page.keyboard.type("p");
  await expect(field).toHaveValue("shop");
  await field.press("Enter");
  await expect(page.getByText("Looking for shop")).toBeVisible();
  await expect(field).toBeVisible();
  list.open();
  await expect(place()).toContainText("shop");
  await expect(field).toHaveCount(0);
  await page.unroute("**/api/v1/folders?typed=*");
});

test("a list that does not come ends the wait with a sentence, and a further Enter asks again", async () => {
  const { page, server } = stage;
  await page.clock.install();
  await page.goto(server.url);
  await pick(page, "Workspace", "shop");
  const asked: string[] = [];
  await page.route("**/api/v1/folders?typed=billing", (route) => void asked.push(route.request().url()));
  const field = await open("Workspace");
  await field.fill("billing");
  await field.press("Enter");
  await expect.poll(() => asked.length).toBe(1);
  await page.clock.fastForward(11_000);
  await expect(page.getByText("The server did not answer within 10 seconds. Try again.").first()).toBeVisible();
  await expect(page.getByText("Looking for billing")).toHaveCount(0);
  await expect(field).toHaveValue("billing");
  await page.unroute("**/api/v1/folders?typed=billing");
  await field.press("Enter");
  await expect(place()).toContainText("billing");
});

test("the form says beside the field that a folder does not exist, and nothing starts in another folder", async () => {
  const { page, server } = stage;
  await page.goto(server.url);
  const before = await trees();
  const wrong = join(stage.folder, "src", "shpo");
  const field = await open("Workspace");
  await field.fill(wrong);
  await field.press("Enter");
  await expect(place()).toContainText("shpo");
  await expect(place()).toHaveAccessibleDescription(/shpo" does not exist; create the folder first/);
  await page.getByLabel("What should be done?").fill("Fix the typo");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("alert").filter({ hasText: `shpo" does not exist` })).toBeVisible();
  await expect(place()).toBeFocused();
  expect(new URL(page.url()).pathname).toBe("/");
  expect(await trees()).toBe(before);
});

test("the address chooses the folder, as `banyan` does; nothing starts by itself, and a later choice stays", async () => {
  const { page, server } = stage;
  const before = await trees();
  await page.evaluate(() => localStorage.removeItem("banyan.new-task"));
  const at = (folder: string) => `${server.url}/?workspace=${encodeURIComponent(folder)}`;
  await page.goto(at(shop));
  await expect(place()).toContainText("shop");
  await expect(page.getByLabel("What should be done?")).toBeFocused();
  await expect(lastHere()).toHaveText(/^Last here:\s*Fix the shop$/);
  await page.screenshot({ path: "test-results/last-here.png" });
  expect(page.url()).toBe(`${server.url}/`);
  await pick(page, "Workspace", "billing");
  await page.reload();
  await expect(place()).toContainText("billing");

  await page.goto(at(join(stage.folder, "src", "shpo")));
  await expect(place()).toHaveAccessibleDescription(/shpo" does not exist; create the folder first/);
  await page.goto(at(`"><img src=x onerror="window.hacked=1">`));
  await expect(place()).toHaveAccessibleDescription(/does not exist/);
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  expect(await trees()).toBe(before);

  await page.goto(at(shop));
  await lastHere().getByRole("link").click();
  await expect(page).toHaveTitle(/Fix the shop · Banyan$/);
});

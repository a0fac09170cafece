/** Going back in time: the timeline's handle, a fork with another instruction, two results side by side, one kept. */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { openStage, type Stage, shownTask, submitTree } from "./stage";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const writes =
  (text: string) =>
  ({ turn }: ScriptedRequest) => {
    if (turn === 0) return call("list_directory", { path: "." });
    if (turn === 1) return call("write_file", { path: "notes.md", content: `# Notes\n${text}\n` });
    const claims = [{ statement: `The notes say ${text}.`, command: `grep ${text} notes.md` }];
    return call("end_task", { status: "success", result: `It says ${text}.`, claims });
  };

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Write one": writes("one"),
  "Write two.": writes("two"),
};

const script = agentScript({
  worker: (request) =>
    WORK[request.instruction]?.(request) ?? call("end_task", { status: "success", result: "Nothing." }),
  "*": call("end_task", { status: "success", result: '{"outcome":"pass","reasons":["It is there."]}' }),
});

let stage: Stage;
let page: Page;
let tree: string;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script);
  page = stage.page;
  tree = (await submitTree(stage, { task: "Write one", agent: "worker" })).id;
});

test.afterAll(async () => {
  await stage?.close();
});

const handle = (): Locator => page.getByRole("slider", { name: "Look back" });
const bar = (): Locator => page.getByRole("region", { name: "Earlier point" });

test("the handle of the timeline is dragged and moved by keys, from turn to turn, and shows the tree as it was", async () => {
  await page.goto(`${stage.server.url}/trees/${tree}`);
  await expect(shownTask(page, "Write one, Succeeded")).toBeVisible({ timeout: 120_000 });
  await page.goto(`${stage.server.url}/trees/${tree}?view=timeline`);
  await expect(handle()).toHaveAttribute("aria-valuetext", "Now");
  await expect(handle()).toHaveAttribute("aria-valuemax", "3");
  await expect(bar()).toBeHidden();

  const [from, track] = [await handle().boundingBox(), await page.locator("[data-point-track]").boundingBox()];
  if (!from || !track) throw new Error("The handle is not on the page.");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(track.x + track.width / 2, from.y + 4, { steps: 5 });
  await page.mouse.move(track.x + 1, from.y + 4, { steps: 5 });
  await page.mouse.up();
  await expect(handle()).toHaveAttribute("aria-valuetext", /^Before turn 1 of “Write one”, \d\d:\d\d:\d\d$/);
  await expect(handle()).toBeFocused();
  await expect(bar()).toContainText("Before turn 1 of “Write one”");
  const row = page.getByRole("treeitem", { name: /^Write one/ });
  await expect(row).toHaveAccessibleName("Write one, Running then");

  const steps: [key: string, text: RegExp][] = [
    ["ArrowRight", /^Before turn 2 /],
    ["ArrowRight", /^Before turn 3 /],
    ["ArrowLeft", /^Before turn 2 /],
    ["End", /^Now$/],
    ["Home", /^Before turn 1 /],
    ["Escape", /^Now$/],
    ["ArrowLeft", /^Before turn 3 /],
    ["ArrowLeft", /^Before turn 2 /],
  ];
  for (const [key, text] of steps) {
    await page.keyboard.press(key);
    await expect(handle()).toHaveAttribute("aria-valuetext", text);
  }
  await looks(page, "going-back-timeline", { boxes: false });
});

test("going back opens a fork with another instruction, whose title and page name the turn", async () => {
  await bar().getByRole("button", { name: "Fork from here…" }).click();
  const dialog = page.getByRole("dialog", { name: "Fork from turn 2" });
  await expect(dialog).toContainText("The new tree continues from just before turn 2");
  await dialog.getByLabel(/^Instruction of/).fill("Write two.");
  expect(await axeFaults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Fork" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/trees/") && !url.pathname.includes(tree));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Write two, from turn 2");
  await expect(page.getByText("Forked from Write one, from turn 2")).toBeVisible();
  await expect(shownTask(page, /, Succeeded$/)).toBeVisible({ timeout: 120_000 });
});

test("both results stand side by side, one is kept, and that is undone", async () => {
  const fork = new URL(page.url()).pathname.split("/").at(-1);
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  await expect(page.getByText("B was forked from A at turn 2.")).toBeVisible();
  const out = page.getByRole("table").filter({ has: page.getByRole("row", { name: /^Result/ }) });
  await expect(out.getByRole("row", { name: /^Result/ })).toContainText("It says one.It says two.");
  await expect(out.getByRole("row", { name: /^Claims/ })).toContainText("The notes say two.");
  await expect(out.getByRole("row", { name: /^Cost/ })).toBeVisible();
  await expect(out.getByRole("row", { name: /^Files/ })).toContainText("1 file differs");

  await out.getByRole("button", { name: "Keep this one: B" }).click();
  await expect(out.getByText("Kept", { exact: true })).toBeVisible();
  await expect(out.getByText("Not kept", { exact: true })).toBeVisible();
  const undo = out.getByRole("button", { name: "Undo: keep B" });
  await expect(undo).toBeFocused();
  await looks(page, "going-back-compare");
  await page.goto(`${stage.server.url}/trees`);
  await expect(page.locator(`[data-tree="${tree}"]`)).toContainText("not kept");
  await expect(page.locator(`[data-tree="${fork}"]`)).not.toContainText("not kept");
  await page.goto(`${stage.server.url}/trees/${tree}`);
  await expect(page.getByText("Not kept", { exact: true })).toBeVisible();

  await page.goto(`${stage.server.url}/trees/${tree}/compare/${fork}`);
  await undo.click();
  await expect(out.getByRole("button", { name: "Keep this one: B" })).toBeFocused();
  await expect(out.getByText("Not kept", { exact: true })).toBeHidden();
  await page.goto(`${stage.server.url}/trees/${tree}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Write one");
  await expect(page.getByText("Not kept", { exact: true })).toBeHidden();
});

test("a message in the conversation goes back to its words", async () => {
  await page.goto(`${stage.server.url}/trees/${tree}`);
  const said = page.locator("[data-said]").first();
  await said.hover();
  await page.keyboard.press("f");
  const dialog = page.getByRole("dialog", { name: "Fork from the instruction" });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  const goBack = said.getByRole("button", { name: /^Fork from here/ });
  await goBack.click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(goBack).toBeFocused();
  expect(stage.problems).toEqual([]);
});

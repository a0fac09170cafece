/** People run an ended tree again with another version of a prompt and with chosen lessons, on the real server. */
import type { Locator, Page } from "@playwright/test";
import type { AgentFields } from "@/core/shapes/configuration";
import type { LessonList } from "@/core/shapes/memory";
import type { Tree } from "@/core/shapes/shapes";
import { agentScript, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { openStage, type Stage, shownTask, submitTree } from "./stage";
import { tabAs } from "./tab-as";

const CAREFUL = "Work with great care.";
const POOL = "Close the pool in afterAll, or the tests hang at their end.";
const COLUMNS = "Name the columns of a report before its figures.";
const OUTSIDE = "Give each test worker a database file of its own.";
const EVERYWHERE = { scope: "everywhere", place: null };

/** Ends with a result that names the prompt and the lesson that the task was given. */
function work({ system, rawBody }: ScriptedRequest) {
  const told = [
    system.includes(CAREFUL) ? "with care" : "as always",
    ...(rawBody.includes(POOL) ? ["and the pool in mind"] : []),
  ];
  return { calls: [{ name: "end_task", input: { status: "success", result: `Written ${told.join(" ")}.` } }] };
}

const script = agentScript({
  worker: work,
  "*": () => ({
    calls: [{ name: "end_task", input: { status: "success", result: '{"outcome":"pass","reasons":["Yes."]}' } }],
  }),
});

let stage: Stage;
let origin: Tree;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script);
  await send("post", "memory", { holdout: 0 });
  await send("post", "lessons", { kind: "error_fix", advice: POOL, trigger: "jest tests hang pool", ...EVERYWHERE });
  await send("post", "lessons", { kind: "approach", advice: COLUMNS, trigger: "columns figures", ...EVERYWHERE });
  const imported = { kind: "error_fix", advice: OUTSIDE, trigger: "SQLITE_BUSY tests", ...EVERYWHERE };
  await send("post", "lessons/import", { banyan_lessons: 1, lessons: [imported] });
  origin = await submitTree(stage, { task: "Write the report", agent: "worker" });
  await stage.page.goto(`${stage.server.url}/trees/${origin.id}`);
  await expect(shownTask(stage.page, /Succeeded/).first()).toBeVisible();
  const { name: _, ...worker } = await read<AgentFields>("agents/worker");
  const fields = Object.fromEntries(FIELDS.map((field) => [field, worker[field]]));
  await send("put", "agents/worker", { ...fields, instruction: CAREFUL, why: "Reports had careless figures." });
});

test.afterAll(() => stage?.close());

const FIELDS = ["description", "model", "tools", "documents", "rights", "finishing", "grant", "limits"] as const;

async function send(method: "post" | "put", path: string, data: object): Promise<void> {
  const { page, server } = stage;
  const headers = { origin: server.url, ...(method === "put" && { "if-match": "*" }) };
  const answer = await page.request[method](`${server.url}/api/v1/${path}`, { data, headers });
  expect(answer.ok(), await answer.text()).toBe(true);
}

async function read<Body>(path: string): Promise<Body> {
  return (await (await stage.page.request.get(`${stage.server.url}/api/v1/${path}`)).json()) as Body;
}

async function lessonCalled(advice: string): Promise<string> {
  const { items } = await read<LessonList>("lessons?seeded=0");
  return items.find((lesson) => lesson.advice === advice)?.id ?? "";
}

/** Opens the fork dialog of the origin, with its rarer choices. */
async function openDialog(page: Page): Promise<Locator> {
  await page.goto(`${stage.server.url}/trees/${origin.id}`);
  await page
    .getByRole("button", { name: /^Fork$/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "Fork from the beginning of this task" });
  await dialog.getByText("Versions and lessons").click();
  await expect(dialog.getByLabel("Lessons", { exact: true })).toBeVisible();
  return dialog;
}

test("a tree runs again with another version of its prompt and with one lesson, and the comparison says so", async () => {
  const { page } = stage;
  const dialog = await openDialog(page);
  const version = dialog.getByLabel("Agent worker");
  await expect(version.locator("option")).toHaveText([
    "As in this tree (v1)",
    "v2, live: Reports had careless figures.",
    /^v1/,
  ]);
  await expect(dialog.getByLabel("Document system_overview").locator("option").first()).toHaveText(
    "As in this tree (v1)",
  );
  await version.selectOption("2");
  await expect(dialog.getByText(/^By you, .*: Reports had careless figures\.$/)).toBeVisible();
  const lessons = dialog.getByLabel("Lessons", { exact: true });
  await expect(lessons.locator("option")).toHaveText([
    "As in this tree (those that fit)",
    "Those that fit",
    "None",
    "Only these…",
  ]);
  await lessons.selectOption("only");
  const found = dialog.getByRole("list", { name: "Lessons to add" }).getByRole("button");
  await expect(found).toHaveCount(2);
  await dialog.getByRole("searchbox", { name: "Find a lesson" }).fill("afterAll pool");
  await expect(found).toHaveCount(1);
  await page.keyboard.press("Enter");
  const chosen = dialog.getByRole("list", { name: "Chosen lessons" }).getByRole("listitem");
  await expect(chosen).toHaveText([/^Close the pool in afterAll/]);
  await chosen.getByRole("button", { name: /^Remove/ }).click();
  await expect(chosen).toHaveCount(0);
  await expect(dialog.getByRole("searchbox", { name: "Find a lesson" })).toBeFocused();
  await found.first().click();
  await expect(chosen).toHaveCount(1);
  await looks(page, "replay/dialog");
  await dialog.getByText("Versions and lessons").click();
  await expect(dialog.getByText("worker v2, only 1 lesson")).toBeVisible();
  await dialog.getByRole("button", { name: "Fork" }).click();

  await page.waitForURL((url) => !url.pathname.endsWith(origin.id) && url.pathname.startsWith("/trees/"));
  await expect(shownTask(page, /Succeeded/).first()).toBeVisible();
  await expect(page.getByText("Written with care and the pool in mind.").first()).toBeVisible();
  await page.getByRole("link", { name: "Compare" }).click();
  const started = page.getByRole("region", { name: "Started with" });
  await expect(started.getByRole("row", { name: /^Agents used/ })).toContainText("worker v2");
  // Memory reads the log a little later.
  await expect(async () => {
    await page.reload();
    await expect(started.getByRole("row", { name: /^Lessons/ })).toContainText(`only “${POOL}”`, { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await expect(started).toContainText("documents used");
  await looks(page, "replay/compare");
});

test("a choice that the server refuses shows the reason at its field", async () => {
  const { page } = stage;
  const dialog = await openDialog(page);
  const lessons = dialog.getByLabel("Lessons", { exact: true });
  await lessons.selectOption("only");
  await dialog.getByRole("button", { name: "Fork" }).click();
  await expect(lessons).toHaveAccessibleDescription("Choose at least one lesson, or None.");
  await expect(lessons).toBeFocused();
  await dialog
    .getByRole("list", { name: "Lessons to add" })
    .getByRole("button", { name: /^Name the columns/ })
    .click();
  await expect(lessons).not.toHaveAttribute("aria-invalid", "true");
  // Somebody else retires it meanwhile, and the choices are closed.
  await send("post", `lessons/${await lessonCalled(COLUMNS)}/retire`, {});
  await dialog.getByText("Versions and lessons").click();
  await expect(lessons).toBeHidden();
  await dialog.getByRole("button", { name: "Fork" }).click();
  await expect(lessons).toHaveAccessibleDescription(/“Name the columns.*” is retired: restore it on its page first\./);
  await expect(lessons).toBeFocused();
  await looks(page, "replay/refused");
  await lessons.selectOption("without");
  await dialog.getByRole("button", { name: "Fork" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(origin.id) && url.pathname.startsWith("/trees/"));
  await expect(page.getByText("Written as always.").first()).toBeVisible();
});

test("an operator chooses live lessons, and no versions", async ({ browser }) => {
  const page = await tabAs("operator", browser, stage);
  const dialog = await openDialog(page);
  await expect(
    dialog.getByText("Choosing versions, or a lesson that nobody has approved, needs a reviewer."),
  ).toBeVisible();
  await expect(dialog.getByLabel("Agent worker")).toHaveCount(0);
  await dialog.getByLabel("Lessons", { exact: true }).selectOption("only");
  const found = dialog.getByRole("list", { name: "Lessons to add" }).getByRole("button");
  await expect(found).toHaveText([/^Close the pool/]);
  await dialog.getByRole("searchbox", { name: "Find a lesson" }).fill("database file worker");
  await expect(dialog.getByText("No other lesson has these words.")).toBeVisible();
  await page.context().close();
});

test("a lesson is tried from its page, and the new tree is then among its evidence", async () => {
  const { page, server } = stage;
  const lesson = await lessonCalled(POOL);
  await page.goto(`${server.url}/memory/lessons/${lesson}`);
  await page.getByRole("button", { name: "Try it…" }).click();
  const dialog = page.getByRole("dialog", { name: "Try this lesson" });
  await expect(dialog.getByRole("radio", { name: /Write the report/ })).toBeChecked();
  await expect(dialog.getByText(/^The ended tree cost \$/)).toBeVisible();
  await looks(page, "replay/try");
  await dialog.getByRole("button", { name: "Run with only this lesson" }).click();
  await page.waitForURL(/\/trees\//);
  await expect(page.getByText("Written as always and the pool in mind.").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Compare" })).toBeVisible();
  const fork = new URL(page.url()).pathname;
  const evidence = page.getByRole("region", { name: "Evidence" });
  await expect(async () => {
    await page.goto(`${server.url}/memory/lessons/${lesson}`);
    await expect(evidence.locator(`a[href^="${fork}"]`)).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await expect(evidence).toContainText("Shown because the person who forked the tree named it.");

  await page.goto(`${server.url}/memory/lessons/${await lessonCalled(OUTSIDE)}`);
  await expect(page.getByText("To try it in a tree, approve it first")).toBeVisible();
  await expect(page.getByRole("button", { name: "Try it…" })).toHaveCount(0);
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("button", { name: "Try it…" })).toBeVisible();
  expect(stage.problems).toEqual([]);
});

import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedProvider } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, type RealServer, test } from "./real-server";
import { openStage, type Stage } from "./stage";
import { tabAs } from "./tab-as";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const FLAKY = "If a test fails once and passes once, say so.";

const script = agentScript({
  coder: ({ system }) => done(system.includes("Say hello first") ? "# Hello\n\nIt is **42**." : "It is 42."),
  improver({ turn }) {
    if (turn > 0) return done("Proposed.");
    const why = "In 4 of 31 trees a flaky test was retried.";
    const style = { name: "house_style", description: "How we write: short sentences.", body: "# Style\n\nBe short." };
    return {
      calls: [
        { name: "propose_agent", input: { name: "researcher", instruction: FLAKY, why } },
        { name: "propose_document", input: { ...style, why: "Three tasks asked for it." } },
      ],
    };
  },
  "*": done('{"outcome":"pass","reasons":["It says so."]}'),
});

let stage: Stage;
let dataDir: string;
let provider: ScriptedProvider;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { viewport: { width: 1440, height: 900 } } });
  ({ dataDir, provider, server, page, problems } = stage);
});

test.afterAll(async () => {
  await stage?.close();
});

/** Opens a page and waits until it is hydrated and reacts to keys. */
async function open(path: string, on = page): Promise<void> {
  await on.goto(server.url + path);
  await expect(on.locator("[data-connection=live]").first()).toBeAttached();
}

const api = (path: string) => `${server.url}/api/v1/${path}`;
const row = (name: string): Locator => page.locator(`[data-entry="${name}"]`);
const editor = (label: string, on = page): Locator => on.locator(".cm-content").and(on.getByLabel(label));
const version = (number: number): Locator => page.locator(`[data-version="${number}"]`);

/** Saves the changes with a reason. */
async function save(why: string, on = page): Promise<void> {
  await on.keyboard.press("Control+s");
  const dialog = on.getByRole("dialog");
  await dialog.getByLabel("Why").fill(why);
  await dialog.getByLabel("Why").press("Enter");
}

/** Inserts text at the start or the end of the editor. */
async function write(label: string, text: string, where: "Home" | "End", on = page): Promise<void> {
  await editor(label, on).click();
  await on.keyboard.press(`Control+${where}`);
  await on.keyboard.insertText(text);
}

test("an agent is found, edited, saved with a reason, tried and restored; its draft survives a reload", async () => {
  await open("/agents");
  for (const name of ["agent_selector", "banyan_developer", "coder"]) {
    await page.keyboard.press("j");
    await expect(row(name)).toBeFocused();
  }
  const outside = page.getByRole("region", { name: "Coding agents of other makers" });
  await expect(outside).toContainText("npm install -g opencode-ai");
  await page.getByLabel("Find agents").fill("git_operations workspace");
  await expect(page.locator("[data-entry]")).toHaveCount(1);
  await page.getByLabel("Find agents").press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "coder" })).toBeVisible();
  await expect(page.getByTestId("facts")).toHaveText("No tasks in 30 days");

  await write("Instruction", "Say hello first.\n\n", "Home");
  await page.getByLabel("Web search").check();
  const answer = page.getByRole("combobox", { name: "Answer", exact: true });
  await answer.selectOption("Message");
  await page.getByLabel("Turns").fill("nine");
  await page.reload();
  await expect(page.getByText("Draft restored. Your changes are not saved yet.")).toBeVisible();
  await expect(editor("Instruction")).toContainText("Say hello first.");
  await page.getByRole("navigation", { name: "Path" }).getByRole("link").click();
  await page.getByRole("dialog", { name: "Unsaved changes" }).getByRole("button", { name: "Stay" }).click();

  await save("Manners");
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("write a whole number from 1 to 1000");
  await page.getByRole("dialog").getByRole("button", { name: "Keep editing" }).click();
  await page.getByLabel("Turns").fill("9");
  await page.keyboard.press("Control+s");
  await expect(
    page.getByRole("dialog").getByText("+Say hello first.").or(page.getByText("Say hello first.").last()),
  ).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: false }).last().click();
  await expect(page.getByText("Say why in a few words. The reason appears in the list of versions.")).toBeVisible();
  await page.getByRole("dialog").getByLabel("Why").fill("Manners");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Version 2 is live for new tasks.")).toBeVisible();
  await expect(version(2)).toContainText("Manners");
  await expect(version(2)).toContainText("Current");

  await page.keyboard.press("Escape");
  await page.getByLabel("Instruction for coder").fill("How much is it?");
  await page.keyboard.press("Control+Enter");
  const tried = page.getByTestId("tried");
  await expect(tried.getByRole("heading", { name: "Hello" })).toBeVisible({ timeout: 120_000 });
  await expect(tried.getByText("Succeeded")).toBeVisible();
  await page.reload();
  await expect(page.getByTestId("facts")).toHaveText("1 task in 30 days, 100 % succeeded");
  await expect(tried.getByRole("heading", { name: "Hello" })).toBeVisible();

  const changed = page.getByRole("region", { name: "Versions" });
  await expect(changed.locator("[data-patch]")).toContainText("Say hello first.");
  await expect(changed.locator("[data-patch]")).toContainText("answer by A2A: a message");
  await version(1).getByRole("button", { name: "Restore" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Restore version 1" }).click();
  await expect(page.getByText("Version 3 is live, with the content of version 1.")).toBeVisible();
  await expect(editor("Instruction")).not.toContainText("Say hello first.");
  await expect(page.getByLabel("Web search")).not.toBeChecked();
  await expect(answer).toHaveValue("task");
  await tried.getByRole("link", { name: "Open tree" }).click();
  await expect(page).toHaveURL(/\/trees\//);
});

test("a conflicting save shows the other change, keeps the draft and merges both", async () => {
  await open("/documents/system_overview");
  const other = await page.context().newPage();
  await open("/documents/system_overview", other);
  await write("Text", "\n\nMine stands here.", "End");
  await editor("Text", other).waitFor();
  await other.getByLabel("Description").fill("What Banyan is, for every agent that works in it.");
  await save("Clearer", other);
  await expect(other.getByText("Version 2 is live")).toBeVisible();
  await other.close();
  // The tab that was closed had the keyboard focus.
  await page.bringToFront();

  await save("More");
  const conflict = page.getByRole("region", { name: /.+ saved version 2 while you were editing/ });
  await expect(conflict).toContainText("“Clearer”");
  await expect(conflict.locator("[data-patch]")).toContainText("for every agent that works in it.");
  await expect(editor("Text")).toContainText("Mine stands here.");
  await conflict.getByRole("button", { name: "Merge both" }).click();
  await expect(page.getByLabel("Description")).toHaveValue("What Banyan is, for every agent that works in it.");
  await save("More");
  await expect(page.getByText("Version 3 is live")).toBeVisible();
  const kept = (await (await page.request.get(api("documents/system_overview"))).json()) as Record<string, string>;
  expect(kept.body).toMatch(/Mine stands here\.$/);
  expect(kept.description).toBe("What Banyan is, for every agent that works in it.");
  await page.getByRole("button", { name: "Read" }).click();
  await expect(page.getByTestId("rendered")).toContainText("Mine stands here.");
});

test("files and archives import only when every entry is valid, and exports can be imported again", async () => {
  await open("/agents");
  await page.getByRole("button", { name: "Import" }).click();
  const dialog = page.getByRole("dialog");
  const good = `---\nname: improver\ndescription: Proposes better instructions and documents.\ntools: [propose_agent, propose_document]\nmodel: inherit\nfinishing: { evaluate: never, summarize: never, document: never }\n---\nPropose.\n`;
  const files = (second: string) => [
    { name: "improver.md", mimeType: "text/markdown", buffer: Buffer.from(good) },
    { name: "second.md", mimeType: "text/markdown", buffer: Buffer.from(second) },
  ];
  await dialog
    .getByLabel(/^Files/)
    .setInputFiles(files(good.replace("improver", "second").replace("propose_agent", "no_such_tool")));
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(dialog).toContainText("The agent second lists the tool no_such_tool, which does not exist");
  await expect(dialog.getByRole("button", { name: /^Import/ })).toHaveCount(0);
  await dialog.getByLabel(/^Files/).setInputFiles(files(good.replace("improver", "second")));
  await dialog.getByRole("button", { name: "Preview" }).click();
  await dialog.getByRole("button", { name: "Import 2 changes" }).click();
  await expect(dialog.getByRole("status")).toContainText(
    "version 1 of the agent improver, version 1 of the agent second",
  );
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(row("second")).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export all" }).click();
  const archive = readFileSync(await (await download).path());
  await row("second").click();
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove agent" }).click();
  await expect(page.getByText("The agent second was removed. Tasks cannot use it.")).toBeVisible();
  await expect(version(1).getByRole("button", { name: "Restore" })).toBeVisible();

  await open("/agents");
  await expect(row("second")).toHaveCount(0);
  await expect(page.getByText("Removed: second")).toBeVisible();
  await page.getByRole("button", { name: "Import" }).click();
  await dialog.getByLabel(/^Files/).setInputFiles({ name: "agents.zip", mimeType: "application/zip", buffer: archive });
  await dialog.getByRole("button", { name: "Preview" }).click();
  await dialog.getByRole("button", { name: "Import 1 change" }).click();
  await expect(dialog.getByRole("status")).toContainText("version 2 of the agent second");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(row("second")).toBeVisible();
});

test("proposals of agents appear as drafts beside the current version, and are decided there or in the queue", async () => {
  await open("/agents/improver");
  await editor("Instruction").waitFor();
  await page.keyboard.press("t");
  await page.keyboard.type("Improve");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("tried")).toContainText("Waits for you.", { timeout: 120_000 });
  await open("/agents");
  await expect(row("researcher")).toContainText("1 proposal");
  await row("researcher").click();
  const proposal = page.getByRole("region", { name: "Proposal by improver" });
  await expect(proposal.locator("[data-patch]")).toContainText(FLAKY);
  await expect(proposal).toContainText("“In 4 of 31 trees a flaky test was retried.”");
  await expect(editor("Instruction")).not.toContainText(FLAKY);
  await expect(proposal.getByRole("link", { name: /review queue/ })).toHaveAttribute("href", /^\/review\?item=/);
  await proposal.getByRole("button", { name: /^Approve/ }).click();
  await expect(version(2)).toContainText("On trial");
  await expect(editor("Instruction")).not.toContainText(FLAKY);
  await page.getByRole("button", { name: "Make version 2 live" }).click();
  await expect(editor("Instruction")).toContainText(FLAKY);
  await expect(version(2)).toContainText("Proposal");
  await expect(proposal).toHaveCount(0);

  await open("/documents");
  await expect(row("house_style")).toContainText("Proposed by an agent");
  await row("house_style").click();
  await expect(page.getByRole("region", { name: "Proposal by improver" })).toContainText("New document");
  await page.getByRole("button", { name: /^Approve/ }).click();
  await expect(editor("Text")).toContainText("Be short.");
});

test("a runbook shows its steps, is validated while it is edited, and runs", async () => {
  await open("/runbooks");
  await expect(row("repository-folder")).toContainText("Started by repository-survey");
  await page.getByRole("link", { name: "New runbook" }).click();
  await editor("Text").waitFor();
  await page.keyboard.press("Control+s");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/runbooks\/new-runbook$/);
  await expect(page.getByRole("region", { name: "Versions" })).toContainText("First version.");
  await page.getByRole("button", { name: "Edit" }).click();
  await write("Text", "\n## Wrong\n\n```step\nfly: away\n```\n", "End");
  const fault = page.getByRole("status").filter({ hasText: /^Line \d+ of the runbook is wrong/ });
  await fault.getByRole("button", { name: /^Go to line/ }).click();
  await expect(editor("Text")).toBeFocused();
  await expect(page.locator(".cm-line.wrong")).toHaveCount(1);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".cm-line.wrong")).toHaveCount(1);
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(fault).toHaveCount(0);
  await page.getByRole("button", { name: "Read" }).click();
  await expect(page.getByRole("region", { name: "Steps" }).getByRole("listitem")).toHaveCount(2);
  await page.getByLabel("Instruction for new-runbook").fill("What is there?");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("tried")).toContainText("The folder holds", { timeout: 120_000 });
});

test("a viewer can read and export everything, and sees no action that would be refused", async ({ browser }) => {
  const viewer = await tabAs("viewer", browser, { dataDir, server });
  await open("/agents", viewer);
  await expect(viewer.getByText("Only reviewers and admins change agents.")).toBeVisible();
  await expect(viewer.getByRole("main").getByRole("button")).toHaveText(["Export all"]);
  await open("/agents/coder", viewer);
  await expect(editor("Instruction", viewer)).toHaveAttribute("aria-readonly", "true");
  for (const name of ["Save", "Try it", "Restore", "Remove…"])
    await expect(viewer.getByRole("button", { name })).toHaveCount(0);
  await viewer.keyboard.press("Control+s");
  await expect(viewer.getByRole("dialog")).toHaveCount(0);
  const refused = await viewer.request.post(api("agents"), { data: {} });
  expect(refused.status()).toBe(403);
  await open("/documents/never", viewer);
  await expect(viewer.getByRole("heading", { name: "No document with this name" })).toBeVisible();
  await viewer.context().close();
});

test("every page passes axe in light and dark mode and on a phone, without horizontal scrolling", async () => {
  for (const path of ["/agents", "/agents/researcher", "/documents/system_overview", "/runbooks/new-runbook"]) {
    await open(path);
    await expect(page.getByTestId("markdown-field").locator("textarea")).toHaveCount(0);
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      expect([path, colorScheme, await axeFaults(page)]).toEqual([path, colorScheme, []]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  }
  expect(provider.refusals).toEqual([]);
  expect(problems).toEqual([]);
});

/** Fills each form of the table wrongly: the form says so at the field, moves the focus there, and loses nothing that was typed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { type AgentFixture, startAgent } from "@/lib/a2a/testing/agent";
import { notesServer } from "@/tests/agents/notes-server";
import { agentScript } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { type Seeded, script, seed } from "./every-page-seed";
import { FORMS, type FormRow } from "./forms-table";
import { expect as expectSoon, test } from "./real-server";
import { openStage, type Stage, submitTree } from "./stage";

/** Short, so that a missing message fails soon, and long enough for a busy machine. */
const SOON = { timeout: 30_000 };
const expect = expectSoon.configure(SOON);

const PICTURES = "test-results/forms";
const notes = notesServer();
const keys = mkdtempSync(join(tmpdir(), "banyan-forms-"));
let agent: AgentFixture;
let stage: Stage;
let seeded: Seeded;

test.beforeAll(async ({ browser }) => {
  agent = await startAgent();
  stage = await openStage(browser, script, {
    settings: (provider) => ({
      ANTHROPIC_API_KEY: "test-key",
      ANTHROPIC_BASE_URL: provider.url,
      MAX_CONCURRENT_AGENTS: "8",
      BANYAN_KEY_FILE: join(keys, "keys.json"),
      BANYAN_PRIVATE_HOSTS: agent.host,
      GOOGLE_GENERATIVE_AI_API_KEY: "test-key",
    }),
  });
  stage.page.setDefaultTimeout(SOON.timeout);
  seeded = await seed(stage.page, stage.server.url, { serverFile: notes.file, folder: stage.folder });
});

test.afterAll(async () => {
  await stage?.close();
  await agent?.stop();
  notes.remove();
  rmSync(keys, { recursive: true, force: true });
});

test("each form says at the field what is wrong with it, and keeps what was typed", async () => {
  test.setTimeout(1_800_000);
  const faults: string[] = [];
  for (const row of FORMS) {
    const name = `${row.files[0]}${row.as ? `, ${row.as}` : ""}`;
    const fault = await tryWrongly(stage, row).then(() => null, firstLines);
    console.log(fault === null ? `${name}: right` : `${name}: ${fault}`);
    if (fault !== null) faults.push(`${name}: ${fault}`);
  }
  expect(faults).toEqual([]);
});

test("the first page of a server without a model", async ({ browser }) => {
  const fresh = await openStage(browser, agentScript({}), { settings: () => ({}) });
  const page = fresh.page;
  await page.goto(fresh.server.url);
  await live(page);
  await page.getByRole("button", { name: "Choose a folder" }).click();
  await page.getByLabel("Workspace: a folder on this machine").click();
  await page.locator("[cmdk-input]").fill("/no/such/folder");
  await page.locator("[cmdk-input]").press("Enter");
  await page.getByRole("button", { name: /^(Survey my folder|Start the runbook)/ }).click();
  await says(page.getByLabel("Workspace: a folder on this machine"), /no\/such\/folder/);
  // Who came with a folder sees it.
  await page.goto(`${fresh.server.url}/?workspace=${encodeURIComponent(keys)}`);
  await expect(page.getByLabel("Workspace: a folder on this machine")).toHaveText(basename(keys));
  await fresh.close();
});

test("the field for the files that a goal may change", async () => {
  const goal = { goal: { validation_command: "npm test", scope: ["src/**"] }, task: "Make it right" };
  const { id } = await submitTree(stage, goal);
  const many = "{a,b}".repeat(12);
  await tryWrongly(stage, {
    files: [],
    path: `/trees/${id}?view=goal`,
    open: (page) => page.getByRole("button", { name: "Add to scope…" }).click(),
    form: (page) => page.getByRole("form", { name: "Add to the scope" }),
    fill: { "Files that the work may change too": many },
    press: "Add to scope",
    says: { "Files that the work may change too": "alternatives" },
  });
});

async function tryWrongly({ page, server }: Stage, row: FormRow): Promise<void> {
  await page.goto(server.url + (typeof row.path === "string" ? row.path : row.path(seeded)));
  await live(page);
  await row.open?.(page, { agent: agent.origin });
  const form = row.form(page);
  const field = (label: string) => form.getByLabel(label, { exact: !row.isAround });
  for (const [label, text] of Object.entries(row.fill)) await field(label).fill(text);
  await row.also?.(page, form);
  if (row.press) await form.getByRole("button", { name: row.press, exact: true }).click();
  const [first = "", ...others] = Object.keys(row.says);
  await says(field(first), row.says[first] ?? "");
  await expect(field(first)).toBeFocused();
  for (const label of others) await says(field(label), row.says[label] ?? "");
  for (const [label, text] of Object.entries(row.fill)) await expect(field(label)).toHaveValue(text);
  await page.screenshot({
    path: `${PICTURES}/${(row.files[0] ?? "goal").replaceAll(/\W+/g, "-")}.png`,
    fullPage: true,
  });
  expect(await axeFaults(page)).toEqual([]);
  if (first in row.fill) await correct(field(first), others.map(field));
}

/** Returns the beginning of an error, which names the condition that was awaited. */
function firstLines(error: Error): string {
  return error.message.split("\n").slice(0, 12).join("\n");
}

/** Waits until the page reacts to keys. */
const live = (page: Page) => page.locator("[data-connection=live]").first().waitFor({ state: "attached" });

async function says(field: Locator, sentence: string | RegExp): Promise<void> {
  // A picker is a button, which cannot be invalid; its mark and its description say it.
  await expect(field.and(field.page().locator("[aria-invalid=true], [data-wrong]"))).toBeVisible();
  await expect(field).toHaveAccessibleDescription(
    typeof sentence === "string" ? new RegExp(quoted(sentence)) : sentence,
  );
}

/** A corrected field loses its error; the other fields keep theirs. */
async function correct(field: Locator, others: Locator[]): Promise<void> {
  await field.pressSequentially("1");
  await expect(field).not.toHaveAttribute("aria-invalid", "true");
  for (const other of others) await expect(other).toHaveAttribute("aria-invalid", "true");
}

const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

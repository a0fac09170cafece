/**
 * Work from a forge by a person: a project is linked, and an issue with the label is followed until its pull request is
 * merged.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import Database from "better-sqlite3";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import type { ForgeServer } from "@/tests/forges/forge-server";
import { startGithub } from "@/tests/forges/github";
import { cutRings, textFaults } from "./fits";
import { looks } from "./looks";
import { expect, makeRepository, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";
import { tabAs } from "./tab-as";

const RIGHT = "export const sum = (a, b) => a + b;\n";
/** Its title has a mark that turns the direction of text, and markup. */
const TITLE = "The sum is <b>wrong</b> \u202eand the README says nothing of it, as far as I can see from here";

let folder: string;
let forge: ForgeServer;
let stage: Stage;
/** Lets the coder begin. */
let goOn = () => {};
const held = new Promise<void>((resolve) => {
  goOn = resolve;
});

const script = agentScript({
  goal_planner: () => end(JSON.stringify({ plan: "Add", steps: [{ title: "Add", instruction: "Add" }] })),
  task_evaluator: () => end('{"outcome":"pass","reasons":["It holds."]}'),
  coder: async ({ turn }: ScriptedRequest) => {
    await held;
    if (turn > 0) return end("The sum adds now.");
    return { calls: [{ name: "write_file", input: { path: "sum.js", content: RIGHT } }] };
  },
});

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(join(tmpdir(), "banyan-forge-"));
  forge = await startGithub(makeServed(folder), {
    accounts: [
      { login: "banyan-bot", permission: "write" },
      { login: "ann", permission: "write" },
    ],
  });
  stage = await openStage(browser, script, {
    settings: (provider) => ({
      ...modelAt(provider),
      BANYAN_FORGES: `${forge.host}=${forge.apiUrl}`,
      BANYAN_PRIVATE_HOSTS: forge.host,
    }),
  });
  const project = { address: forge.cloneUrl, name: "widgets", check: "grep -q 'a + b' sum.js" };
  const made = await stage.page.request.post(`${stage.server.url}/api/v1/projects`, { data: project });
  expect(made.ok(), await made.text()).toBe(true);
});

test.afterAll(async () => {
  await stage?.close();
  await forge?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
  expect(stage?.problems).toEqual([]);
  expect(forge?.complaints).toEqual([]);
});

test("a project is linked by keys, once its forge has a token", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/projects/widgets`);
  const issues = issuesOn(page);
  const name = `Link with ${forge.host}`;
  await issues.getByRole("button", { name }).press("Enter");
  const dialog = page.getByRole("dialog", { name });
  await expect(dialog.getByLabel("Label of issues that become work")).toBeFocused();
  await page.keyboard.press("Enter");
  const secret = `git/${forge.host.replace(":", "_")}`;
  await expect(dialog.getByRole("alert")).toContainText(`set the secret ${secret} first`);
  await looks(page, "forges/link-refused");
  const put = await page.request.put(`${server.url}/api/v1/secrets/${encodeURIComponent(secret)}`, {
    data: { value: forge.token },
  });
  expect(put.ok()).toBe(true);
  await dialog.getByRole("button", { name: "Link", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const hook = page.getByRole("region", { name: "Webhook of the link" });
  await expect(hook).toBeFocused();
  await expect(hook.getByText(`${server.url}/hooks/forges/widgets`)).toBeVisible();
  await expect(hook.getByText(/^[\w-]{32}$/)).toBeVisible();
  await expect(issues.getByText("No issues yet. Put the label banyan on an issue")).toBeVisible();
  await expect(issues.getByRole("link", { name: `${forge.host}/acme/widgets` })).toHaveAttribute(
    "href",
    `http://${forge.host}/acme/widgets`,
  );
  await looks(page, "forges/linked");
  await fits(page);
  await hook.getByRole("button", { name: "Done" }).click();
  await expect(hook).toHaveCount(0);
  await page.reload();
  await expect(issues.getByText(/^No issues yet\./)).toBeVisible();
  await expect(hook).toHaveCount(0);
});

test("an issue with the label is seen in work, in review and merged", async () => {
  const { page, server } = stage;
  const issues = issuesOn(page);
  const number = forge.openIssue({ title: TITLE, body: "1 + 2 is -1", by: "ann" });
  await issues.getByRole("button", { name: "Look now" }).click();
  await expect(issues.getByText(`Banyan looks at ${forge.host}/acme/widgets now.`)).toBeVisible();
  forge.label(number, "banyan", "ann");
  await issues.getByRole("button", { name: "Look now" }).click();
  const row = issues.getByRole("listitem");
  await expect(row).toContainText("In work");
  await expect(row).toContainText("Asked by ann");
  const title = row.getByRole("link", { name: /^#1 The sum is <b>wrong<\/b> \\u\{202e\}and the README/ });
  await expect(title).toHaveAttribute("href", `http://${forge.host}/acme/widgets/issues/1`);
  const tree = row.getByRole("link", { name: "Tree of issue #1" });
  const running = page.getByRole("region", { name: "Running" }).locator("[data-tree]");
  // The lists of trees come without a reload.
  await expect(running).toHaveCount(1);
  await looks(page, "forges/in-work");
  await page.keyboard.press("j");
  await expect(running).toBeFocused();
  await page.keyboard.press("j");
  await expect(row.locator("[data-row]")).toBeFocused();
  await tree.click();
  const resolves = page.getByText(/^Resolves issue #1 of widgets/).locator("..");
  await expect(resolves).toContainText("In work");
  goOn();
  await expect(resolves).toContainText("by pull request #2In review");
  await expect(resolves.getByRole("link", { name: "pull request #2" })).toHaveAttribute(
    "href",
    `http://${forge.host}/acme/widgets/pull/2`,
  );
  await looks(page, "forges/tree", { boxes: false });
  await resolves.getByRole("link", { name: "widgets" }).click();
  await expect(row).toContainText("In review");
  await expect(row.getByRole("link", { name: "Pull request #2" })).toHaveAttribute(
    "href",
    `http://${forge.host}/acme/widgets/pull/2`,
  );
  await looks(page, "forges/in-review");
  await tree.click();
  await expect(resolves).toContainText("In review");
  forge.merge(2);
  const other = await page.context().newPage();
  await other.goto(`${server.url}/projects/widgets`);
  await issuesOn(other).getByRole("button", { name: "Look now" }).click();
  await expect(issuesOn(other).getByRole("listitem")).toContainText("Merged");
  await other.close();
  // The page of a tree that ended long ago goes on following its issue.
  await expect(resolves).toContainText("Merged");
  await resolves.getByRole("link", { name: "widgets" }).click();
  await expect(row).toContainText("Merged");
  expect(execFileSync("git", ["-C", forge.bare, "show", "main:sum.js"], { encoding: "utf8" })).toBe(RIGHT);
  await looks(page, "forges/merged");
  await fits(page);
});

test("who only looks has no buttons, and an address that leads elsewhere is no link", async ({ browser }) => {
  const { server, dataDir } = stage;
  const page = await tabAs("viewer", browser, stage);
  await page.goto(`${server.url}/projects/widgets`);
  const row = issuesOn(page).getByRole("listitem");
  await expect(row).toContainText("Merged");
  await expect(row.getByRole("link")).toHaveText([/^#1 The sum/, "Tree of issue #1", "Pull request #2"]);
  await expect(issuesOn(page).getByRole("button")).toHaveCount(0);
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.prepare("UPDATE forge_issues SET url = 'https://elsewhere.test/1', pull_url = 'javascript:alert(1)'").run();
  sqlite.close();
  await page.reload();
  await expect(row).toContainText("#1 The sum");
  await expect(row.getByRole("link")).toHaveText(["Tree of issue #1"]);
  await row.getByRole("link").click();
  const resolves = page.getByText(/^Resolves issue #1 of widgets by pull request #2/);
  await expect(resolves.getByRole("link")).toHaveText(["widgets"]);
  await page.context().close();
});

test("of many issues that are settled, the newest are shown first", async () => {
  const { page, dataDir } = stage;
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.exec("CREATE TEMP TABLE copied AS SELECT * FROM forge_issues");
  for (let number = 101; number <= 112; number += 1) {
    sqlite.prepare("UPDATE copied SET id = NULL, number = ?, tree = ?").run(number, `none-${number}`);
    sqlite.exec("INSERT INTO forge_issues SELECT * FROM copied");
  }
  sqlite.close();
  await page.reload();
  const rows = issuesOn(page).getByRole("listitem");
  await expect(rows).toHaveCount(10);
  await expect(rows.first()).toContainText("#112");
  await issuesOn(page).getByRole("button", { name: "Show all 13 issues" }).press("Enter");
  await expect(rows).toHaveCount(13);
  await issuesOn(page).getByRole("button", { name: "Show fewer" }).press("Enter");
  await expect(rows).toHaveCount(10);
});

test("trouble says what to do, and the link is paused, resumed, changed and ended", async () => {
  const { page } = stage;
  const issues = issuesOn(page);
  forge.before = () => ({ status: 401, data: { message: "Bad credentials" } });
  await issues.getByRole("button", { name: "Look now" }).click();
  await expect(issues.getByText(/does not accept Banyan's token/)).toBeVisible();
  await expect(issues.getByRole("link", { name: "Open Secrets" })).toBeVisible();
  await looks(page, "forges/trouble");
  forge.before = null;
  await issues.getByRole("button", { name: "Look now" }).click();
  await expect(issues.getByText(/does not accept Banyan's token/)).toHaveCount(0);
  await issues.getByRole("button", { name: "Pause" }).click();
  await expect(issues.getByText(/^Paused by /)).toBeVisible();
  await expect(issues.getByRole("button", { name: "Look now" })).toHaveCount(0);
  await looks(page, "forges/paused");
  await issues.getByRole("button", { name: "Resume" }).click();
  await expect(issues.getByText(/^Paused by /)).toHaveCount(0);
  await issues.getByRole("button", { name: "Change link…" }).click();
  const dialog = page.getByRole("dialog", { name: `Change the link with ${forge.host}` });
  await dialog.getByLabel("Label of issues that become work").fill("robot");
  await dialog.getByLabel("Issues in work at a time, at most").fill("1");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(issues.getByText(/label robot.*at most 1 issue at a time/)).toBeVisible();
  await issues.getByRole("button", { name: "Unlink…" }).click();
  await page
    .getByRole("dialog", { name: `Unlink ${forge.host}/acme/widgets?` })
    .getByRole("button", { name: "Unlink" })
    .click();
  await expect(issues.getByRole("button", { name: `Link with ${forge.host}` })).toBeVisible();
  await looks(page, "forges/unlinked");
});

function issuesOn(page: Page) {
  return page.getByRole("region", { name: "Issues" });
}

/** In a wide window, on a phone and on the narrowest one, no text is cut, and no ring of the focus. */
async function fits(page: Page): Promise<void> {
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await textFaults(page)]).toEqual([width, []]);
    expect([width, await cutRings(page)]).toEqual([width, []]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

function end(result: string): Reply {
  return { calls: [{ name: "end_task", input: { status: "success", result } }] };
}

/** Makes the repository that the forge serves below the folder, and returns the folder. */
function makeServed(served: string): string {
  const [bare, work] = [join(served, "acme/widgets.git"), join(served, "work")];
  makeRepository(work, { "sum.js": "export const sum = (a, b) => a - b;\n", "README.md": "Sums.\n" });
  mkdirSync(dirname(bare), { recursive: true });
  const git = (...args: string[]) => execFileSync("git", args, { stdio: "ignore" });
  git("-C", work, "branch", "-M", "main");
  git("clone", "-q", "--bare", work, bare);
  git("-C", bare, "config", "http.receivepack", "true");
  return served;
}

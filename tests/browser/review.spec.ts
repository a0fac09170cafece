/** The review queue on the real server: what agents put before people, decided with the keyboard, in two tabs, and by rules. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import {
  agentScript,
  type Reply,
  type ScriptedProvider,
  type ScriptedRequest,
  startScriptedProvider,
} from "@/agents/testing/scripted-provider";
import { expect, type RealServer, signIn, startRealServer, test, watchProblems } from "./real-server";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const find = (pattern: string) => call("find_files", { pattern });
const finds =
  (pattern: string) =>
  ({ turn, lastToolResults }: ScriptedRequest): Reply =>
    turn === 0 ? find(pattern) : done(lastToolResults[0]?.content ?? "");

/** Starts what is below it, hands its question on, and waits. */
const above = (title: string) => (request: ScriptedRequest) => {
  if (request.turn === 0) return call("start_subtask", { instruction: title, agent: "worker", title });
  const said = request.messages.map((message) => JSON.stringify(message)).join("\n");
  const question = /"question":"(\w+)"/.exec(said.replaceAll("\\", ""))?.[1];
  if (request.turn === 1) return call("pass_up", { question });
  return request.turn === 2 ? call("wait_for_subtasks", {}) : done("Named.");
};

const DOCUMENT = {
  name: "release_rules",
  description: "What a release must fulfil before it is announced to anybody.",
  body: "# Release rules\n\nEvery test is green.\n",
  why: "The changelog needs them. <img src=x onerror=alert(1)>",
};

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Name the release": above("Find a name"),
  "Find a name": above("Choose the name"),
  "Choose the name": ({ turn, lastToolResults }) =>
    turn === 0
      ? call("ask", { question: "Which name does it get?\n\n- Banyan\n- Baobab" })
      : done(`It is ${JSON.parse(lastToolResults[0]?.content ?? "{}").answer}.`),
  "Look for notes": finds("*.md"),
  "Look for code": ({ turn, rawBody }) => {
    if (turn === 0) return find("*");
    return turn === 1 && rawBody.includes("*.ts") ? find("*.ts") : done("Looked.");
  },
  "Look for tables": finds("*.csv"),
  "Look for pictures": finds("*.png"),
  "Raise a flag": ({ turn }) =>
    turn === 0
      ? call("flag_for_review", { issue: "The licence is missing.", evidence: "No file LICENSE.", severity: "low" })
      : done("Raised."),
  "Write the rules": ({ turn, lastToolResults }) =>
    turn === 0 ? call("propose_document", DOCUMENT) : done(lastToolResults[0]?.content ?? ""),
};

const work = (request: ScriptedRequest) => WORK[request.instruction]?.(request) ?? done("Nothing to do.");
const script = agentScript({
  worker: work,
  context_addition: work,
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let folder: string;
let provider: ScriptedProvider;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(join(tmpdir(), "banyan-review-"));
  provider = await startScriptedProvider(script);
  const dataDir = join(folder, "data");
  // In a process of its own: the loader of these tests does not take the runtime.
  execFileSync(process.execPath, ["scripts/run-ts.mjs", "tests/put-before-people.ts", dataDir, "find_files"]);
  server = await startRealServer(dataDir, {
    ...{ ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: provider.url, MAX_CONCURRENT_AGENTS: "8" },
  });
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  problems = watchProblems(page);
  await signIn(page, server);
});

test.afterAll(async () => {
  await server?.stop();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function post(path: string, data: object): Promise<{ id: string; token?: string }> {
  const answer = await page.request.post(`${server.url}/api/v1/${path}`, { data });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

const submit = (task: string, agent = "worker") => post("trees", { task, agent });

async function openReviews(): Promise<
  { id: string; kind: string; title: string; evidence: string; attention: number }[]
> {
  return (await (await page.request.get(`${server.url}/api/v1/reviews?open=1`)).json()).items;
}

async function waiting(count: number) {
  await expect.poll(async () => (await openReviews()).length, { timeout: 20_000 }).toBe(count);
  return openReviews();
}

const ended = (id: string) =>
  expect
    .poll(async () => (await (await page.request.get(`${server.url}/api/v1/trees/${id}`)).json()).status, {
      timeout: 20_000,
    })
    .toBe("succeeded");

const rows = (on: Page = page): Locator => on.locator("[data-review]");
const current = (on: Page = page): Locator => on.locator("[data-review][aria-current]");
const item = (on: Page = page): Locator => on.getByRole("article", { name: "Selected item" });
const bar = (on: Page = page): Locator => item(on).getByTestId("decide");

/** What waits a few seconds is sent when its page is left: so nobody waits for it here. */
const leave = (on: Page = page) => on.evaluate(() => window.dispatchEvent(new Event("pagehide")));

async function moveTo(words: string): Promise<void> {
  for (let at = 0; at < 12 && !(await current().innerText()).includes(words); at++) {
    const before = await current().getAttribute("data-review");
    await page.keyboard.press("j");
    await expect(current()).not.toHaveAttribute("data-review", before ?? "");
  }
  await expect(current()).toContainText(words);
}

test("a proposal, a flag and a question three levels deep are decided with keys, taken back, and stand under Decided", async () => {
  const named = await submit("Name the release");
  await submit("Write the rules", "context_addition");
  await submit("Raise a flag");
  const open = await waiting(3);
  const ranks = open.map(({ attention }) => attention);
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  await page.goto(`${server.url}/review`);
  await expect(rows()).toHaveCount(3);
  expect(await rows().evaluateAll((all) => all.map((one) => one.getAttribute("data-review")))).toEqual(
    open.map(({ id }) => id),
  );

  while (!(await current().innerText()).includes("release_rules")) await page.keyboard.press("j");
  await expect(item()).toContainText("version 1 of the document release_rules is live");
  await expect(item()).toContainText("Every test is green.");
  await expect(item()).toContainText("Cost so far");
  await page.keyboard.press("e");
  await page
    .getByLabel("body", { exact: true })
    .fill("# Release rules\n\nEvery test is green, and a person has looked.\n");
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await page.getByLabel("Your comment").fill("Keep it short.");
  await page.keyboard.press("Control+Enter");
  await expect(item().getByRole("region", { name: "Comments" })).toContainText("Keep it short.");
  await page.keyboard.press("a");
  const proposal = rows().filter({ hasText: "release_rules" });
  await expect(proposal).toContainText("Approved.");
  await page.keyboard.press("u");
  await expect(proposal).not.toContainText("Approved.");
  expect((await openReviews()).length).toBe(3);

  await page.locator("[data-review] a", { hasText: "release_rules" }).click();
  await page.keyboard.press("a");
  await expect(proposal).toContainText("Approved.");
  await leave();
  await expect(proposal).toContainText("is live");
  await moveTo("The licence is missing");
  await page.keyboard.press("r");
  await page.getByLabel("Why it is no problem").fill("It comes with the release.");
  await page.keyboard.press("Control+Enter");
  await expect(rows().filter({ hasText: "The licence is missing" })).toContainText("Rejected.");

  await moveTo("Which name does it get?");
  await expect(item().getByRole("navigation", { name: "Where" })).toContainText("Name the release");
  await expect(item()).toContainText("“Choose the name”, and above it “Find a name”, “Name the release”");
  await page.keyboard.press("2");
  await expect(rows().filter({ hasText: "Which name" })).toContainText("Answered.");
  await page.getByRole("link", { name: "Decided", exact: true }).click();
  await ended(named.id);
  await expect(async () => {
    await page.reload();
    const list = page.getByRole("list", { name: "Decided" });
    await expect(list).toContainText("“Baobab”", { timeout: 1_000 });
    await expect(list).toContainText("“It comes with the release.”", { timeout: 1_000 });
  }).toPass();
  const made = page.locator("[data-decided]", { hasText: "release_rules" });
  await made.getByRole("button", { name: "Remove the document release_rules again" }).click();
  await expect(made.getByRole("button")).toHaveCount(0);
  expect(await waiting(0)).toEqual([]);
});

test("calls are approved in a batch, with other arguments, and by a rule that is changed and switched off", async () => {
  const notes = [await submit("Look for notes"), await submit("Look for notes")];
  const code = await submit("Look for code");
  const tables = await submit("Look for tables");
  await waiting(4);
  await page.goto(`${server.url}/review`);
  // Equal calls are one row.
  await expect(rows()).toHaveCount(3);
  await moveTo("*.csv");
  await page.keyboard.press("x");
  await moveToFirst();
  await moveTo("*.md");
  await expect(bar().getByRole("button", { name: "Approve all 2 alike" })).toBeVisible();
  await page.keyboard.press("x");
  await expect(page.getByTestId("batch")).toContainText("Approve 3 selected");
  await page.keyboard.press("Shift+A");
  await expect(rows().filter({ hasText: "Approved." })).toHaveCount(2);
  await expect(page.getByTestId("batch")).toHaveCount(0);
  await leave();
  for (const { id } of [...notes, tables]) await ended(id);

  await page
    .locator("[data-review] a", { hasText: "find_files" })
    .filter({ hasNotText: /md|csv/ })
    .click();
  await page.keyboard.press("e");
  const input = page.getByLabel("Arguments of find_files, as JSON");
  await input.fill("{");
  await page.keyboard.press("Control+Enter");
  await expect(bar().getByRole("status")).toContainText("This is no JSON");
  await input.fill('{"pattern": "*.ts"}');
  await page.keyboard.press("Control+Enter");
  await expect(rows().filter({ hasText: "Approved with other arguments." })).toHaveCount(1);
  await leave();
  await ended(code.id);

  await submit("Look for pictures");
  await waiting(1);
  await page.goto(`${server.url}/review`);
  await bar().getByRole("button", { name: "Make a rule…" }).click();
  await page.getByLabel("At most").fill("many");
  await page.getByLabel(/^Why may they run/).fill("Pictures are harmless.");
  await page.getByRole("button", { name: "Make the rule" }).click();
  await expect(bar()).toContainText("Write a whole number of calls from 1 up");
  await page.getByLabel("At most").fill("2");
  await page.getByRole("button", { name: "Make the rule" }).click();
  await expect(bar()).toContainText("Nothing is left to decide");
  await ended((await submit("Look for pictures")).id);

  await page.getByRole("link", { name: "Rules", exact: true }).click();
  const rule = page.locator("[data-rule]", { hasText: "Pictures are harmless." });
  await expect(page.getByRole("list", { name: "In force" })).toHaveCount(0);
  await expect(rule).toContainText("used up");
  await rule.getByRole("button", { name: "Switch on again…" }).click();
  await rule.getByLabel("At most").fill("9");
  await rule.getByRole("button", { name: "Change the rule" }).click();
  await expect(rule).toContainText("9 times at most");
  await rule.getByText("What it approved, and who changed it").click();
  await expect(rule.getByRole("list", { name: "Changes" })).toContainText("9 calls at most");
  await expect(rule.getByText("allowed by a rule")).toHaveCount(2);
  await rule.getByRole("button", { name: "Switch off" }).click();
  await expect(rule).toContainText("switched off by");
  await expect(rule.getByRole("button", { name: "Remove" })).toBeDisabled();
});

async function moveToFirst(): Promise<void> {
  while ((await current().getAttribute("data-review")) !== (await rows().first().getAttribute("data-review")))
    await page.keyboard.press("k");
}

test("in two tabs the second hears who was quicker and keeps its words; a viewer is told who may; a phone shows one at a time", async ({
  browser,
}) => {
  await submit("Look for pictures");
  const [review] = await waiting(1);
  const other = await page.context().newPage();
  for (const one of [page, other]) await one.goto(`${server.url}/review`);
  await other.keyboard.press("r");
  await other.getByLabel(/^Why not/).fill("We have no pictures.");
  await other.keyboard.press("Control+Enter");
  await expect(rows(other)).toContainText("Rejected.");
  await page.keyboard.press("a");
  await leave(page);
  await expect(rows()).toContainText("allowed");
  await leave(other);
  await expect(rows(other)).toContainText("It was decided already (approved by");
  await expect(rows(other)).toContainText("What you wrote was not sent: “We have no pictures.”");
  await expect(bar(other)).toContainText("It was approved by");
  await other.close();
  await page.goto(`${server.url}/review?item=${review?.id}`);
  await expect(bar()).toContainText("Nothing is left to decide");

  await submit("Look for pictures");
  await waiting(1);
  const { token } = await post("tokens", { role: "viewer", name: "looks" });
  const asViewer = { extraHTTPHeaders: { authorization: `Bearer ${token}` }, viewport: { width: 390, height: 844 } };
  const looks = await (await browser.newContext(asViewer)).newPage();
  await looks.goto(`${server.url}/review`);
  await expect(item(looks)).toBeHidden();
  await rows(looks).getByRole("link").click();
  await expect(rows(looks)).toBeHidden();
  await expect(item(looks)).toContainText("*.png");
  await expect(bar(looks).getByRole("button", { name: "Approve" })).toBeDisabled();
  await expect(bar(looks)).toContainText("reviewer");
  expect(await looks.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  await looks.goBack();
  await expect(rows(looks)).toBeVisible();
  await looks.context().close();
  expect(problems).toEqual([]);
});

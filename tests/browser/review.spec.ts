/** The review queue on the real server: items of agents, decided with the keyboard, in two tabs, and by rules. */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { expect, type RealServer, test } from "./real-server";
import { modelAt, openStage, putBeforePeople, type Stage } from "./stage";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const find = (pattern: string) => call("find_files", { pattern });
const finds =
  (pattern: string) =>
  ({ turn, lastToolResults }: ScriptedRequest): Reply =>
    turn === 0 ? find(pattern) : done(lastToolResults[0]?.content ?? "");

/** Starts a subtask, passes its question up, and waits for it. */
const above = (title: string) => (request: ScriptedRequest) => {
  if (request.turn === 0) return call("start_subtask", { instruction: title, agent: "worker", title });
  const conversation = request.messages.map((message) => JSON.stringify(message)).join("\n");
  const question = /"question":"(\w+)"/.exec(conversation.replaceAll("\\", ""))?.[1];
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

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), MAX_CONCURRENT_AGENTS: "8" }),
    context: { viewport: { width: 1440, height: 900 } },
    prepare: putBeforePeople("find_files"),
  });
  ({ server, page, problems } = stage);
});

test.afterAll(async () => {
  await stage?.close();
});

/** Retries, because the server may close a keep-alive connection while it is used. */
const AGAIN = { maxRetries: 3 };

async function post(path: string, data: object): Promise<{ id: string }> {
  const answer = await page.request.post(`${server.url}/api/v1/${path}`, { data, ...AGAIN });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

const submit = (task: string, agent = "worker") => post("trees", { task, agent });

async function openReviews(): Promise<
  { id: string; kind: string; title: string; evidence: string; attention: number }[]
> {
  return (await (await page.request.get(`${server.url}/api/v1/reviews?open=1`, AGAIN)).json()).items;
}

async function waiting(count: number) {
  await expect.poll(async () => (await openReviews()).length, { timeout: 120_000 }).toBe(count);
  return openReviews();
}

const ended = (id: string) =>
  expect
    .poll(async () => (await (await page.request.get(`${server.url}/api/v1/trees/${id}`, AGAIN)).json()).status, {
      timeout: 120_000,
    })
    .toBe("succeeded");

const rows = (on: Page = page): Locator => on.locator("[data-review]");
const current = (on: Page = page): Locator => on.locator("[data-review][aria-current]");
const item = (on: Page = page): Locator => on.getByRole("article", { name: "Selected item" });
const bar = (on: Page = page): Locator => item(on).getByTestId("decide");
/** Waits until the evidence counts as seen: before that, no key decides. */
const awake = (on: Page = page) => expect(bar(on).locator("[data-awake]")).toHaveText("You have seen all of it");

/** Opens an item and waits until its keys work. */
async function openQueue(on: Page = page): Promise<void> {
  await on.goto(`${server.url}/review`);
  await expect(on.getByText("Live", { exact: true })).toBeVisible();
}

/** Leaves the page, which sends a decision immediately instead of after its undo time. */
const leave = (on: Page = page) => on.evaluate(() => window.dispatchEvent(new Event("pagehide")));

/** Moves to a row with `j` or `k`. */
async function moveTo(words: string): Promise<void> {
  const named = rows().filter({ hasText: words }).first();
  const placeOf = (row: Locator) =>
    row.evaluate((element) => [...document.querySelectorAll("[data-review]")].indexOf(element));
  const [from, to] = [await placeOf(current()), await placeOf(named)];
  for (let at = from; at !== to; at += Math.sign(to - from)) await page.keyboard.press(to > at ? "j" : "k");
  await expect(named).toHaveAttribute("aria-current", "true");
  await awake();
}

test("a proposal, a flag and a question three levels deep are decided with keys, undone, and listed under Decided", async () => {
  const named = await submit("Name the release");
  await submit("Write the rules", "context_addition");
  await submit("Raise a flag");
  const ranks = (await waiting(3)).map(({ attention }) => attention);
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  await openQueue();
  await expect(rows()).toHaveCount(3);
  await expect(page.getByRole("region", { name: "Look closely" })).toContainText("Answer: Which name does it get?");
  await expect(page.getByRole("region", { name: "Quick to decide" })).toContainText("Flag: The licence is missing.");

  await moveTo("release_rules");
  await expect(item()).toContainText("Version 1 of the document release_rules is live");
  await expect(item()).toContainText("Every test is green.");
  await expect(item()).toContainText("Cost so far");
  await page.keyboard.press("c");
  await page.getByLabel("Your comment").fill("Keep it short.");
  await page.keyboard.press("Control+Enter");
  await expect(item().getByRole("region", { name: "Comments" })).toContainText("Keep it short.");
  await page.keyboard.press("e");
  // A textarea is shown until the editor has loaded, and the focus moves with the change.
  const body = page.locator(".cm-content").and(page.getByRole("textbox", { name: /^body/ }));
  await body.fill("# Release rules\n\nEvery test is green, and a person has looked.");
  await page.keyboard.press("Control+Enter");
  const proposal = rows().filter({ hasText: "release_rules" });
  await expect(proposal).toContainText("Approved as edited.");
  await page.keyboard.press("u");
  await expect(proposal).not.toContainText("Approved");
  expect((await openReviews()).length).toBe(3);

  // The text is still there after an undo.
  await moveTo("release_rules");
  await page.keyboard.press("e");
  await expect(body).toContainText("a person has looked");
  await page.keyboard.press("Control+Enter");
  await expect(proposal).toContainText("Approved as edited.");
  await leave();
  await expect(proposal).toContainText("is live");
  await moveTo("The licence is missing");
  await page.keyboard.press("r");
  await page.getByLabel("Why it is no problem").fill("It comes with the release.");
  await page.keyboard.press("Control+Enter");
  await expect(rows().filter({ hasText: "The licence is missing" })).toContainText("No problem.");

  await moveTo("Which name does it get?");
  await expect(item().getByRole("navigation", { name: "Where" })).toContainText("Name the release");
  await expect(item()).toContainText("“Choose the name”, and the tasks above it: “Find a name”, “Name the release”");
  await page.keyboard.press("2");
  await expect(rows().filter({ hasText: "Which name" })).toContainText("Answered.");
  await page.getByRole("link", { name: "Decided", exact: true }).click();
  await ended(named.id);
  await expect(async () => {
    await page.reload();
    const list = page.getByRole("list", { name: "Decided" });
    await expect(list).toContainText("“Baobab”", { timeout: 120_000 });
    await expect(list).toContainText("“It comes with the release.”", { timeout: 120_000 });
  }).toPass();
  const made = page.locator("[data-decided]", { hasText: "release_rules" });
  await made.getByRole("button", { name: "Remove the document release_rules again" }).click();
  await expect(made.getByRole("button")).toHaveCount(0);
  expect(await waiting(0)).toEqual([]);
});

test("alike calls are approved at once, with changed arguments, and by a rule that is changed and switched off", async () => {
  const notes = [await submit("Look for notes"), await submit("Look for notes")];
  const code = await submit("Look for code");
  const tables = await submit("Look for tables");
  await waiting(4);
  await openQueue();
  // Alike calls of two trees share a row, and one decision that lists them.
  await expect(rows()).toHaveCount(3);
  const alike = rows().filter({ hasText: "*.md" });
  await expect(alike).toContainText("2 × Find files *.md");
  await expect(alike).toContainText("2 trees");
  await moveTo("*.md");
  await expect(item().getByRole("list", { name: "What is decided" }).getByRole("listitem")).toHaveCount(2);
  // A call that is left out stays open, and undoing the other decision selects it again.
  await item().getByRole("checkbox").nth(1).uncheck();
  await page.keyboard.press("a");
  await expect(alike).toContainText("1 of 2: Approved.");
  await page.keyboard.press("z");
  await expect(alike).not.toContainText("Approved");
  expect((await openReviews()).length).toBe(4);
  await moveTo("*.md");
  // Three quick keys decide one row, because the next item stays disabled until it was seen.
  for (let press = 0; press < 3; press++) await page.keyboard.press("a");
  await expect(alike).toContainText("Approved.");
  await expect(rows().filter({ hasText: "Approved." })).toHaveCount(1);
  await moveTo("*.csv");
  await page.keyboard.press("a");
  await expect(rows().filter({ hasText: "Approved." })).toHaveCount(2);
  await leave();
  for (const { id } of [...notes, tables]) await ended(id);

  await page
    .locator("[data-review] a", { hasText: "Find files" })
    .filter({ hasNotText: /md|csv/ })
    .click();
  await expect(item()).toContainText("pattern: *");
  await awake();
  await page.keyboard.press("e");
  const input = page.getByLabel("Arguments of find_files, as JSON");
  await input.fill("{");
  await page.keyboard.press("Control+Enter");
  await expect(bar().getByRole("alert")).toContainText("Not valid JSON");
  await input.fill('{"pattern": "*.ts"}');
  await page.keyboard.press("Control+Enter");
  await expect(rows().filter({ hasText: "Approved with changed arguments." })).toHaveCount(1);
  await leave();
  await ended(code.id);

  const pictures = await submit("Look for pictures");
  await waiting(1);
  await openQueue();
  await bar().getByRole("button", { name: "Make a rule…" }).click();
  await page.getByLabel("At most").fill("many");
  await page.getByLabel(/^Why may these calls run/).fill("Pictures are harmless.");
  await page.getByRole("button", { name: "Make the rule" }).click();
  await expect(bar()).toContainText("The limit of a rule is a whole number of calls from 1 to 1000000.");
  await page.getByLabel("At most").fill("2");
  await page.getByRole("button", { name: "Make the rule" }).click();
  await expect(bar()).toContainText("Approved by a rule.");
  // The rule is used when a call runs, and this one has only been approved.
  await ended(pictures.id);
  await ended((await submit("Look for pictures")).id);

  await page.getByRole("link", { name: "Rules", exact: true }).click();
  const rule = page.locator("[data-rule]", { hasText: "Pictures are harmless." });
  await expect(page.getByRole("list", { name: "In force" })).toHaveCount(0);
  await expect(rule).toContainText("used up");
  await rule.getByRole("button", { name: "Switch on again…" }).click();
  await rule.getByLabel("At most").fill("9");
  await rule.getByRole("button", { name: "Save" }).click();
  await expect(rule).toContainText("at most 9 times");
  await rule.getByText("History").click();
  await expect(rule.getByRole("list", { name: "Changes" })).toContainText("at most 9 calls");
  await expect(rule.getByText("allowed by a rule")).toHaveCount(2);
  await rule.getByRole("button", { name: "Switch off" }).click();
  await expect(rule).toContainText("switched off by");
  await expect(rule.getByRole("button", { name: "Remove" })).toBeDisabled();
});

test("with two tabs, the second learns who decided and keeps its text; a phone shows one pane at a time", async () => {
  await submit("Look for pictures");
  const [review] = await waiting(1);
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await openQueue(tab);
    await awake(tab);
  }
  await bar(other)
    .getByRole("button", { name: /^Reject/ })
    .click();
  await expect(bar(other)).toContainText("Reason (optional)");
  await other.getByLabel(/^Reason/).fill("We have no pictures.");
  await other.keyboard.press("Control+Enter");
  await expect(rows(other)).toContainText("Rejected.");
  await page.keyboard.press("a");
  await leave(page);
  await expect(rows()).toContainText("allowed");
  await page.keyboard.press("u");
  await expect(page.getByRole("status").filter({ hasText: "Nothing to undo" })).toBeVisible();
  await leave(other);
  await expect(rows(other)).toContainText("You have already decided this: approved.");
  await expect(rows(other)).toContainText("Your text was not sent: “We have no pictures.”");
  await expect(bar(other)).toContainText("Approved by you.");
  await other.close();
  await page.goto(`${server.url}/review?item=${review?.id}`);
  await expect(bar()).toContainText("Approved by you.");

  await submit("Look for pictures");
  await waiting(1);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/review`);
  await expect(item()).toBeHidden();
  await rows().getByRole("link").click();
  await expect(rows()).toBeHidden();
  await expect(item()).toContainText("*.png");
  await expect(bar().getByRole("button", { name: "Approve" })).toBeInViewport();
  // The call comes before its consequences, and is in view together with Approve.
  await expect(item().getByText("pattern: *.png")).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  await page.goBack();
  await expect(rows()).toBeVisible();
  expect(problems).toEqual([]);
});

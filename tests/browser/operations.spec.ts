import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import Database from "better-sqlite3";
import type { Retention } from "@/core/shapes/retention";
import { agentScript, type Reply, type ScriptedProvider } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect as expectSoon, type RealServer, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";
import { tabAs } from "./tab-as";

const LONG = { timeout: 120_000 };
const expect = expectSoon.configure(LONG);

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

const script = agentScript({
  worker({ instruction, attempt, turn, rawBody }) {
    if (instruction.startsWith("Hold")) {
      if (attempt === 0)
        return { text: "I begin with it, and then the line is silent.", fault: { type: "stall", afterEvents: 4 } };
      return done(`Gone on: ${instruction}.`);
    }
    if (instruction === "Too much" && attempt === 0) return { fault: { type: "rate_limit", retryAfter: 900 } };
    if (instruction === "Go in circles" && !rawBody.includes("Look in lib/"))
      return call("read_file", { path: `no-${turn}` });
    return done("It is done.");
  },
  supervisor: done('{"action":"nudge","message":"Look in lib/ instead."}'),
  "*": done('{"outcome":"pass","reasons":["It says so."]}'),
});

let stage: Stage;
let dataDir: string;
let provider: ScriptedProvider;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), MAX_CONCURRENT_AGENTS: "4", SUPERVISOR_CHECK_INTERVAL: "1" }),
  });
  ({ dataDir, provider, server, page, problems } = stage);
});

test.afterAll(async () => {
  await stage?.close();
});

/** Opens a page and waits until it is hydrated, because earlier key presses do nothing. */
async function open(path: string): Promise<void> {
  await page.goto(server.url + path);
  await expect(page.locator("[data-connection=live]").first()).toBeAttached();
}

const api = (path: string) => `${server.url}/api/v1/${path}`;
const read = async <Body>(path: string): Promise<Body> => (await page.request.get(api(path))).json() as Promise<Body>;
const database = () => new Database(join(dataDir, "banyan.db"));

async function submit(task: string): Promise<string> {
  const answer = await page.request.post(api("trees"), { data: { task, agent: "worker" } });
  expect(answer.status()).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

/** Chooses from a tree's menu. Live data in the bar may arrive before the menu beside it, and new data may close an open menu. */
async function chooseAction(name: string): Promise<void> {
  const item = page.getByRole("menuitem", { name, exact: true });
  await expect(async () => {
    if (!(await item.isVisible())) await page.getByRole("button", { name: "More actions" }).click({ timeout: 10_000 });
    await item.click({ timeout: 10_000 });
  }).toPass();
}

const haltBar = (tab: Page) => tab.getByRole("region", { name: "Everything is paused" });
const pauseButton = (tab: Page) => tab.locator("#main > [data-bar]").getByRole("button", { name: "Pause everything" });

test("objectives say that nothing was measured, then what was, and /metrics has the requests of this browser", async () => {
  await open("/operations");
  const row = (name: string) => page.locator(`[data-objective=${name}]`);
  await expect(row("models")).toContainText("Nothing measured yet");
  const sqlite = database();
  const add = sqlite.prepare(
    "INSERT INTO work_counts (day, name, labels, up_to_ms, events, sum) VALUES (unixepoch() / 86400, ?, ?, ?, ?, 1)",
  );
  add.run("banyan_model_call_duration_seconds", '["openai","gpt","ok"]', 1_000, 199);
  add.run("banyan_model_call_duration_seconds", '["openai","gpt","failed"]', 1_000, 1);
  add.run("banyan_queue_wait_seconds", "[]", 30_000, 8);
  sqlite.close();
  await open("/operations");
  await expect(row("models")).toContainText("99.5 % of 200");
  await expect(row("models")).toContainText("1 failed call, 4 allowed");
  await expect(row("models")).toContainText("75 % left");
  await expect(row("queue")).toContainText("Overspent: 20.0 times the budget");
  expect(await axeFaults(page)).toEqual([]);
  // The pages' process stores what it counted every 15 s.
  const counted =
    /^banyan_http_request_duration_seconds_count\{route="\/operations",method="GET",status="2xx"\} [1-9]/m;
  await expect.poll(async () => (await page.request.get(`${server.url}/metrics`)).text(), LONG).toMatch(counted);
});

test("the kill switch stops all tasks within 5 s, shows on every page, and tasks continue from their logs", async ({
  browser,
}) => {
  const viewer = await tabAs("viewer", browser, { dataDir, server });
  await viewer.goto(`${server.url}/operations`);
  await expect(viewer.getByText("An operator can pause everything.")).toBeVisible();
  await expect(pauseButton(viewer)).toHaveCount(0);

  const held = await Promise.all(["Hold one", "Hold two", "Hold three"].map(submit));
  await expect.poll(() => provider.open(), LONG).toBe(3);
  await open("/operations");
  await expect(page.locator("[data-chart=slots_used] figcaption b")).toHaveText("3 of 4");
  await expect(page.locator("[data-worker]")).toHaveCount(2);
  const worker = page.locator("[data-worker]").filter({ has: page.getByRole("cell", { name: "worker" }) });
  await expect(worker).toContainText("3 tasks");
  await expect(worker.getByRole("link")).toHaveText(["Hold one", "Hold two", "Hold three"]);

  await pauseButton(page).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Pause everything?" });
  await expect(dialog).toContainText("3 tasks stop within 5 s");
  await dialog.getByLabel("Why").fill("The bill <b>explodes</b>");
  await page.keyboard.press("Enter");
  // The button promises this time limit.
  await expect.poll(() => provider.open(), { timeout: 120_000, intervals: [50] }).toBe(0);

  await expect(haltBar(page)).toContainText("“The bill <b>explodes</b>”");
  await expect(dialog).toHaveCount(0);
  await expect(haltBar(viewer)).toContainText("An operator can resume everything.");
  await expect(haltBar(viewer).getByRole("button")).toHaveCount(0);
  await viewer.context().close();
  for (const path of ["/", "/review", `/trees/${held[0]}`, "/operations"]) {
    await open(path);
    await expect(haltBar(page)).toBeVisible();
  }
  expect(await axeFaults(page)).toEqual([]);

  // The pause survives a crash and a restart, and new tasks wait.
  const asked = provider.requests.length;
  await server.kill();
  await server.startAgain();
  const later = await submit("Hold nothing up");
  await open("/operations/interventions");
  await expect(haltBar(page)).toBeVisible();
  expect(provider.requests.length).toBe(asked);
  await open("/operations");
  const [now, before] = [/Running/, /Crashed, or was killed, last seen/];
  await expect(page.locator("[data-start]")).toHaveText([now, now, before, before]);
  await open("/operations/interventions");

  await haltBar(page).getByRole("button", { name: "Resume everything" }).focus();
  await page.keyboard.press("Enter");
  await expect(haltBar(page)).toHaveCount(0);
  await expect(pauseButton(page)).toBeVisible();
  for (const id of held) {
    await expect.poll(async () => (await read<{ status: string }>(`trees/${id}`)).status, LONG).toBe("succeeded");
  }
  await expect.poll(() => provider.open(), LONG).toBe(1);
  await page.request.post(api(`trees/${later}/stop`), { data: {} });
  await expect.poll(() => provider.open(), LONG).toBe(0);
});

test("changes of Banyan by agents are switched off and on with a button", async () => {
  const state = async () => (await read<{ off: { by: string } | null }>("self")).off;
  await open("/operations");
  const section = page.getByRole("region", { name: "Changes of Banyan by agents" });
  await expect(section.getByText("Agents may propose changes, and a person")).toBeVisible();
  expect(await state()).toBeNull();
  await section.getByRole("button", { name: "Switch off" }).click();
  await expect(section.getByText(/An admin can switch it on/)).toBeVisible();
  expect(await state()).toMatchObject({ by: expect.stringMatching(/./) });
  expect(await axeFaults(page)).toEqual([]);
  // Also for a page that opens later.
  await open("/operations");
  await section.getByRole("button", { name: "Switch on" }).click();
  await expect(section.getByText("Agents may propose changes, and a person")).toBeVisible();
  expect(await state()).toBeNull();
});

test("charts show their values, a parked provider resumes on request, and interventions can be filtered", async () => {
  const circling = await submit("Go in circles");
  await submit("Too much");
  await open("/operations");
  const openai = page.locator("#main [data-provider=openai]");
  await expect(openai).toContainText("No key");
  await expect(openai.getByRole("link", { name: "Add key" })).toBeVisible();
  const anthropic = page.locator("#main [data-provider=anthropic]");
  // It answers other tasks, so only the task is parked, not the provider.
  await expect(anthropic).toContainText("accepts no requests for now (status 429)");
  await expect(anthropic.getByRole("link", { name: "Too much" })).toBeVisible();
  await anthropic.getByRole("button", { name: "Resume now" }).focus();
  await page.keyboard.press("Enter");
  await expect(anthropic).toContainText(/Resumed \d tasks?\./);
  await expect(anthropic).toContainText("Answers in");

  for (const name of ["CPU", "Memory", "Disk", "Slots in use", "Queue", "Tokens per hour", "Cost per hour"])
    await expect(page.getByRole("img", { name: new RegExp(`^${name}: `) })).toBeVisible();
  await expect(page.locator("[data-chart=cpu_percent] svg")).toBeVisible();
  await page.locator("summary", { hasText: "Show as table" }).focus();
  await page.keyboard.press("Enter");
  const figures = page.getByRole("table").filter({ hasText: "Tokens per hour" });
  await expect(figures.getByRole("columnheader")).toHaveText([
    "Time",
    "CPU",
    "Memory",
    "Disk",
    "Slots in use",
    "Queue",
    "Tokens per hour",
    "Cost per hour",
    "Commits per minute",
  ]);
  await expect(figures.getByRole("row").nth(1)).toContainText("of 4");
  await page.getByRole("link", { name: "Week" }).click();
  await expect(page).toHaveURL(`${server.url}/operations?hours=168`);
  await expect(page.getByRole("link", { name: "Week" })).toHaveAttribute("title", "Last week, one point per hour");

  await expect
    .poll(
      async () => (await read<{ items: { action: string }[] }>("interventions")).items.map((one) => one.action),
      LONG,
    )
    .toContain("nudge");
  await page.getByRole("link", { name: "Interventions", exact: true }).click();
  // A second rule may have found the same task, which has ended by the time that its case is handled.
  const intervention = page.getByTestId("deed").filter({ hasText: "Nudged Go in circles" });
  await expect(intervention).toBeVisible();
  await page.getByRole("link", { name: "Stopped" }).click();
  await expect(page.getByText("No matching interventions.")).toBeVisible();
  await page.getByRole("link", { name: "Show all" }).click();
  await page.getByRole("link", { name: "no progress" }).click();
  await expect(page).toHaveURL(/rule=no_progress/);
  await intervention.getByRole("link", { name: "Go in circles" }).click();
  await expect(page).toHaveURL(new RegExp(`/trees/${circling}\\?task=.*seq=`));
});

test("the audit log has pages and filters, exports without formulas, and detects changes", async () => {
  const refused = Array.from({ length: 105 }, () => page.request.post(api("trees/zzzzzzzz/pause"), { data: {} }));
  for (const answer of await Promise.all(refused)) expect(answer.status()).toBe(404);
  await page.request.put(api("secrets/=1+1"), { data: { value: "a value that is long enough" } });
  await page.request.post(api("pause"), { data: { reason: "<b>Twice</b>" } });
  await page.request.post(api("resume"), { data: {} });
  await open("/operations/audit");
  const rows = page.locator("[data-row]");
  await expect(rows).toHaveCount(100);
  const ids = async () => await rows.evaluateAll((all) => all.map((row) => Number((row as HTMLElement).dataset.row)));
  const first = await ids();
  await page.getByRole("link", { name: "Older rows" }).click();
  await expect(page.getByRole("link", { name: "Newest rows" })).toBeVisible();
  expect((await ids())[0]).toBe((first.at(-1) ?? 0) - 1);

  await page.getByLabel("Action").fill("pauseEverything");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/action=pauseEverything/);
  await expect(rows.first()).toContainText("<b>Twice</b>");
  await page.getByLabel("Action").fill("");
  await page.getByLabel("On", { exact: true }).fill("=1+1");
  await page.getByLabel("From").fill("2020-01-01");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/subject=%3D1%2B1/);
  const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  const lines = readFileSync(await csv.path(), "utf8")
    .trim()
    .split("\r\n");
  expect([lines.length, lines[0]]).toEqual([2, '"id","at","actor","action","subject","tree","detail"']);
  expect(lines[1]).toContain(`,"'=1+1",`);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(rows).toHaveCount(100);
  const [jsonl] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "JSON lines" }).click(),
  ]);
  const written = readFileSync(await jsonl.path(), "utf8")
    .trim()
    .split("\n");
  expect(written.length).toBeGreaterThan(105);
  expect(new Set(written.map((line) => (JSON.parse(line) as { id: number }).id)).size).toBe(written.length);
  await open("/operations/audit?until=yesterday");
  await expect(page.getByRole("alert").filter({ hasText: '"until" must be a time such as 2026-01-31' })).toBeVisible();

  await open("/operations/audit");
  const verdict = page.locator("[data-verdict]");
  await page.getByRole("button", { name: "Verify" }).focus();
  await page.keyboard.press("Enter");
  await expect(verdict).toContainText("The audit log is intact");
  const sqlite = database();
  const { id, detail } = sqlite
    .prepare("SELECT id, detail FROM audit WHERE action = 'pauseEverything' ORDER BY id DESC")
    .get() as Record<"id" | "detail", string>;
  sqlite.prepare("UPDATE audit SET detail = '{}' WHERE id = ?").run(id);
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(verdict).toContainText("Audit verification failed");
  await expect(verdict.getByRole("listitem").first()).toContainText(String(id));
  sqlite.prepare("UPDATE audit SET detail = ? WHERE id = ?").run(detail, id);
  sqlite.close();
});

test("a backup is created, downloaded as a complete database, and deleted; only admins have access", async ({
  browser,
}) => {
  await submit("Copy me");
  await open("/operations/backups");
  await expect(page.locator("#main").getByText("No backups yet.")).toBeVisible();
  await page.getByRole("button", { name: "Back up now" }).focus();
  await page.keyboard.press("Enter");
  const backup = page.locator("[data-backup]");
  await expect(backup).toHaveCount(1);
  await expect(page.locator("#main").getByText("npx banyan restore")).toContainText(
    String(await backup.getAttribute("data-backup")),
  );
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    backup.getByRole("link", { name: "Download" }).click(),
  ]);
  const copy = new Database(await file.path(), { readonly: true });
  expect(copy.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(copy.prepare("SELECT title FROM tasks WHERE parent_id IS NULL").pluck().all()).toContain("Copy me");
  copy.close();
  await backup.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete backup" }).click();
  await expect(backup).toHaveCount(0);

  const schedule = page.getByRole("form", { name: "Schedule of backups" });
  await schedule.getByLabel("Backups to keep").fill("0");
  await schedule.getByRole("button", { name: "Save" }).click();
  await expect(schedule).toContainText("Cannot keep 0 backups: use a whole number from 1 to 1000.");
  await schedule.getByLabel("How often").selectOption("Every 6 hours");
  await schedule.getByLabel("Backups to keep").fill("3");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Banyan makes a backup every 6 hours; the newest 3 are kept.")).toBeVisible();

  const viewer = await tabAs("viewer", browser, { dataDir, server });
  await viewer.goto(`${server.url}/operations/backups`);
  await expect(viewer.getByText("The list of backups is for admins")).toBeVisible();
  await expect(viewer.getByRole("navigation", { name: "Operations" }).getByRole("link")).toHaveText([
    "Overview",
    "KPIs",
    "Runners",
    "Limits",
    "Interventions",
    "Improvement",
    "Gate runs",
  ]);
  await viewer.goto(`${server.url}/operations/space`);
  await expect(viewer.getByText("is for admins only")).toBeVisible();
  expect((await viewer.request.get(api("retention"))).status()).toBe(403);
  for (const path of ["/downloads/audit.csv", "/downloads/backups/x.db", "/api/v1/backups", "/api/v1/audit"])
    expect([path, (await viewer.request.get(server.url + path)).status()]).toEqual([path, 403]);
  expect((await viewer.request.post(api("pause"), { data: {} })).status()).toBe(403);
  await viewer.context().close();
});

test("a tree is pinned on its page; Space previews by the typed limits, removes the others, and saves the limits", async () => {
  const ended = (id: string) =>
    expect.poll(async () => (await read<{ ended_at: string | null }>(`trees/${id}`)).ended_at, LONG).not.toBeNull();
  const [kept, gone] = [await submit("Keep this result"), await submit("Nobody needs this")];
  await ended(kept);
  await ended(gone);
  const sqlite = database();
  const age = sqlite.prepare("UPDATE trees SET ended_at_ms = ? WHERE uid IN (?, ?)");
  expect(age.run(Date.now() - 40 * 86_400_000, kept, gone).changes).toBe(2);
  sqlite.close();

  await open(`/trees/${kept}`);
  await chooseAction("Pin tree");
  await expect(page.locator("#main").getByText("Pinned", { exact: true })).toBeVisible();
  await open("/trees");
  await expect(page.locator(`[data-tree="${kept}"]`).getByRole("img", { name: "Pinned" })).toBeVisible();
  await expect(page.locator(`[data-tree="${gone}"]`).getByRole("img", { name: "Pinned" })).toHaveCount(0);

  await open("/operations/space");
  await expect(page.locator("[data-space=database]")).toContainText(/\d+(\.\d+)? [kM]B/);
  await page.getByLabel("Archive before removing").selectOption("On");
  await page.getByRole("form", { name: "Retention" }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Retention is off")).toBeVisible();
  await expect.poll(async () => (await read<Retention>("retention")).settings.archive, LONG).toBe("archives");
  await expect(page.getByLabel("Archive before removing")).toHaveValue("on");
  const days = page.getByLabel("Days after the end");
  await days.fill("30");
  // A change that somebody else saves meanwhile does not replace the text typed here.
  for (const goals of ["go", "stay"]) {
    const theirs = { data: { keep_goals: goals === "stay" } };
    expect((await page.request.post(api("retention"), theirs)).status()).toBe(200);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await expect(page.getByLabel("Trees that pursued a goal")).toHaveValue(goals);
    await expect(days).toHaveValue("30");
  }
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.locator("[data-preview]")).toContainText("1 tree would go");
  await expect(page.locator("[data-preview]")).toContainText("Each tree is archived in the folder archives first");
  await page.locator("summary", { hasText: "What would stay" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Keep this result" })).toContainText("pinned");
  await page.getByRole("button", { name: "Remove 1 tree…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Last run" })).toContainText("1 tree removed");
  expect(readdirSync(join(dataDir, "archives"))).toEqual([expect.stringContaining(gone)]);
  expect((await page.request.get(api(`trees/${gone}`))).status()).toBe(404);

  await page.getByRole("button", { name: "Delete old trees…" }).click();
  await expect(page.getByRole("dialog")).toContainText("1 pinned tree this old stays.");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("form", { name: "Retention" }).getByRole("button", { name: "Save" }).click();
  const saved =
    "Once a day, Banyan removes trees 30 days after their end. Goals stay. Each tree is archived in the folder archives";
  await expect(page.getByText(saved)).toBeVisible();

  await open(`/trees/${kept}`);
  await chooseAction("Unpin tree");
  await expect(page.locator("#main").getByText("Pinned", { exact: true })).toHaveCount(0);
});

test("every page passes axe in light and dark mode and on a phone, without horizontal scrolling", async () => {
  const looks = [
    ["", "light", 1440],
    ["", "dark", 390],
    ["/interventions", "light", 390],
    ["/improvement", "dark", 390],
    ["/audit", "dark", 390],
    ["/backups", "light", 390],
    ["/space", "light", 1440],
    ["/space", "dark", 390],
  ] as const;
  for (const [path, colorScheme, width] of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 844 });
    await open(`/operations${path}`);
    expect([path, colorScheme, await axeFaults(page)]).toEqual([path, colorScheme, []]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
  expect(problems).toEqual([]);
});

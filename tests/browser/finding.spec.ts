/** The palette, the search inside a log, and comparisons, on the real server with a scripted provider. */
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { door } from "./door";
import { expect, type RealServer, test } from "./real-server";
import { openLog, openStage, type Stage } from "./stage";

const call = (name: string, input: object, text?: string): Reply => ({ text, calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const LINES = Array.from({ length: 60 }, (_, at) => (at === 50 ? "the hidden lighthouse" : `line ${at}`)).join("\n");

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Chart the harbour"({ turn }) {
    if (turn === 0) return call("write_file", { path: "chart.md", content: LINES }, "I begin at the **lighthouse**.");
    if (turn === 1) return call("read_file", { path: "chart.md" });
    if (turn === 2) return call("find_files", { pattern: "*.tide" }, "No light there.");
    return done("The lighthouse is on the chart.");
  },
  "Chart the coast": () => done("Charted."),
};
const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let harbour = "";

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script);
  ({ server, page } = stage);
  harbour = await made("Chart the harbour");
  await made("Chart the coast");
});

test.afterAll(async () => {
  expect(stage?.problems).toEqual([]);
  await stage?.close();
});

async function made(task: string): Promise<string> {
  const data = { task, agent: "worker" };
  const answer = await page.request.post(`${server.url}/api/v1/trees`, { data, maxRetries: 3 });
  const { id } = (await answer.json()) as { id: string };
  const status = async () => (await (await page.request.get(`${server.url}/api/v1/trees/${id}`)).json()).status;
  await expect.poll(status).toBe("succeeded");
  return id;
}

async function open(path: string, on = page): Promise<void> {
  await on.goto(`${server.url}${path}`);
  await expect(on.locator("[data-connection=live]").first()).toBeAttached();
}

const palette = (on = page): Locator => on.getByRole("dialog", { name: "Find or do" });
const option = (name: string | RegExp, on = page): Locator => palette(on).getByRole("option", { name });

test("the palette finds trees, texts, agents and pages, and returns the focus when it closes", async () => {
  await open("/trees");
  const field = page.getByLabel("Find a tree by its title or id");
  await field.focus();
  await page.keyboard.press("Control+k");
  await expect(option("Chart the coast")).toBeVisible();
  await expect(palette().getByRole("group", { name: "Changed last" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette()).toHaveCount(0);
  await expect(field).toBeFocused();

  await page.getByRole("button", { name: /^Find or do/ }).click();
  await page.keyboard.type("researcher");
  await expect(option(/^researcher/)).toBeVisible();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("audit");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/operations\/audit/);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("begin lighthouse");
  await expect(palette().getByRole("group", { name: "In logs" }).locator("mark").first()).toHaveText("begin");
  await page.keyboard.press("Enter");
  await page.waitForURL(/seq=\d+/);
  await expect(page.locator("li[aria-current]")).toContainText("I begin at the lighthouse");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzz qqqq");
  await expect(palette().getByRole("status")).toContainText("Nothing has all the words “zzzz qqqq”");
  await page.keyboard.press("Control+k");
  await expect(palette()).toHaveCount(0);
});

test("without words the palette shows first the trees that were opened last", async () => {
  await open(`/trees/${harbour}`);
  await open("/agents");
  await page.keyboard.press("Control+k");
  await expect(palette().getByRole("group", { name: "Opened last" }).getByRole("option").first()).toHaveText(
    /Chart the harbour/,
  );
  await expect(palette().getByRole("option", { name: /Chart the harbour/ })).toHaveCount(1);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.url}/trees/${harbour}`);
  // The tree that is open is not offered under “Opened last”.
  await page.keyboard.press("Control+k");
  await expect(palette().getByRole("group", { name: "Changed last" })).toBeVisible();
  await expect(palette().getByRole("group", { name: "Opened last" }).getByText("Chart the harbour")).toHaveCount(0);
  await page.keyboard.press("Escape");
});

test("the palette offers what can be done on the page, and says when the server does not answer", async () => {
  await open(`/trees/${harbour}`);
  await expect(page.locator('[data-key="f"]')).toBeVisible();
  await page.keyboard.press("Control+k");
  const here = palette().getByRole("group", { name: "On this page" });
  await expect(here.getByRole("option", { name: "Fork" })).toBeVisible();
  // Recent trees first, also on a page with actions of its own.
  await expect(palette().locator("[cmdk-group-heading]").first()).toHaveText(/^(Opened|Changed) last$/);
  await expect(here.getByRole("option", { name: "Show the timeline" })).toBeVisible();
  expect(await axeFaults(page)).toEqual([]);
  await page.keyboard.type("dark theme");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("Control+k");
  await expect(here).toBeVisible();
  expect(await axeFaults(page)).toEqual([]);
  await page.route("**/api/v1/find?*", (route) => route.abort());
  await page.keyboard.type("coast");
  await expect(palette().getByRole("alert")).toContainText("were not searched");
  await page.unroute("**/api/v1/find?*");
  await page.keyboard.press("Escape");
  await expect(palette()).toHaveCount(0);
});

test("a phone opens the palette from its tabs; nothing scrolls sideways", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const phone = await context.newPage();
  await phone.context().addCookies(await page.context().cookies());
  await open("/agents", phone);
  await phone.getByRole("navigation", { name: "Main, phone" }).getByRole("button", { name: "Find" }).tap();
  await expect(option("Chart the harbour", phone)).toBeVisible();
  expect(await axeFaults(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await option("Chart the harbour", phone).tap();
  await phone.waitForURL(`${server.url}/trees/${harbour}`);
  await context.close();
});

test("a log is searched: the count, the next match, folded texts, the address; Escape goes back", async () => {
  await open(`/trees/${harbour}`);
  await openLog(page.getByRole("region", { name: "Task", exact: true }));
  const log = page.locator("[data-log]");
  await log.locator("li[data-seq]").last().focus();
  await page.keyboard.press("/");
  const field = page.getByLabel("Find in this log");
  await expect(field).toBeFocused();
  const place = page.locator("[data-log-find]").getByRole("status");
  await page.keyboard.type("lighthouse");
  await expect(place).toHaveText(/^\d of \d$/);
  const count = Number((await place.textContent())?.at(-1));
  expect(count).toBeGreaterThan(3);
  const marks = () => page.evaluate(() => CSS.highlights.get("found-now")?.size ?? 0);
  const seen = new Set<string | null>();
  await expect.poll(marks).toBeGreaterThan(0);
  for (let at = 0; at < count; at++) {
    const before = await place.textContent();
    await page.keyboard.press("Enter");
    await expect(place).not.toHaveText(before ?? "");
    await expect.poll(marks).toBeGreaterThan(0);
    seen.add(new URL(page.url()).searchParams.get("seq"));
  }
  expect(seen.size).toBe(count);
  // Two matches are beyond the lines that a folded text shows first.
  await expect(log.locator("pre[data-whole]", { hasText: "the hidden lighthouse" })).toHaveCount(2);
  await expect(field).toBeFocused();
  await page.getByRole("button", { name: "Previous match" }).click();
  await expect(place).toHaveText(/^\d of \d$/);
  await field.fill("tide");
  await expect(place).toHaveText("1 of 1");
  await field.fill("nowhere");
  await expect(place).toHaveText("No match");
  expect(await axeFaults(page)).toEqual([]);
  await field.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(log.getByRole("button", { name: "Find" })).toBeFocused();
});

test("two trees are chosen in the list by keys and compared by what they were started with", async () => {
  await open("/trees");
  // Keys work as soon as the page is alive.
  await expect(async () => {
    await page.keyboard.press("j");
    await expect(page.locator("[data-tree]:focus")).toHaveCount(1, { timeout: 1_000 });
  }).toPass();
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const bar = page.getByRole("region", { name: "Compare" });
  await expect(bar).toContainText("“Chart the coast” and “Chart the harbour”");
  await expect(page.getByRole("checkbox", { name: "Compare Chart the harbour" })).toBeChecked();
  expect(await axeFaults(page)).toEqual([]);
  await bar.getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("row", { name: "Instruction Chart the coast Chart the harbour" })).toBeVisible();
  await expect(page.getByText(/^The same in both: Agent, model, runbook, grant/)).toBeVisible();
  await open("/trees?compare");
  await expect(page.getByRole("checkbox")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("checkbox")).toHaveCount(0);
});

test("a click shows at once that its page is loading, and an unknown address keeps the navigation", async () => {
  await open("/trees");
  const gate = door();
  await page.route("**/documents?_rsc=*", async (route) => {
    await gate.opened;
    await route.continue();
  });
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Documents" }).click();
  await expect(page.getByRole("status", { name: "Loading the page" })).toBeAttached();
  gate.open();
  await page.waitForURL(/\/documents$/);
  await expect(page.getByRole("status", { name: "Loading the page" })).toHaveCount(0);
  // This holds for a tree too, whose page is the largest.
  await open("/trees");
  const held = door();
  await page.route(`**/trees/${harbour}?_rsc=*`, async (route) => {
    await held.opened;
    await route.continue();
  });
  await page.getByRole("link", { name: /Chart the harbour/ }).click();
  await expect(page.getByRole("status", { name: "Loading the page" })).toBeAttached();
  held.open();
  await page.waitForURL(`${server.url}/trees/${harbour}`);
  await open("/nothing/here");
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Trees" }).click();
  await page.waitForURL(/\/trees$/);
});

test("/ pressed while a page loads searches that page, before its skeleton is shown and while it is shown", async () => {
  const agents = () => page.getByLabel("Find agents");
  const link = (name: string) =>
    page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name, exact: true });
  // The previous page has a search field too, which must not get the key.
  await open("/trees");
  const gate = door();
  await page.route("**/agents?_rsc=*", async (route) => {
    await gate.opened;
    await route.continue();
  });
  await link("Agents").click();
  await page.keyboard.press("/");
  gate.open();
  await page.waitForURL(/\/agents$/);
  await expect(agents()).toBeFocused();
  await page.unroute("**/agents?_rsc=*");
  await open("/operations");
  await page.evaluate(() => {
    const skeleton = document.createElement("div");
    skeleton.textContent = "Loading";
    skeleton.dataset.loading = "";
    document.querySelector("main, [data-page], body")?.append(skeleton);
  });
  await page.keyboard.press("/");
  await link("Agents").focus();
  await expect(page).toHaveURL(/\/operations$/);
  await page.evaluate(() => {
    const field = document.createElement("input");
    field.dataset.find = "";
    document.querySelector("[data-loading]")?.replaceWith(field);
  });
  await expect(page.locator("input[data-find]")).toBeFocused();
  // On a page without a search field, the key searches Trees.
  await open("/operations");
  await page.keyboard.press("/");
  await page.waitForURL(/\/trees#find$/);
});

test("the focus returns to where it was after dialogs, also from a menu that has closed", async () => {
  await open(`/trees/${harbour}`);
  const more = page.getByRole("button", { name: "More actions" });
  for (const [entry, button] of [
    ["Compare with…", "Cancel"],
    ["Delete tree…", "Cancel"],
  ] as const) {
    await more.click();
    await page.getByRole("menuitem", { name: entry }).click();
    await page.getByRole("dialog").getByRole("button", { name: button }).click();
    await expect(more).toBeFocused();
  }
  const account = page.getByRole("button", { name: /^Account of/ });
  await account.click();
  await page.getByRole("button", { name: /^Keyboard shortcuts/ }).click();
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(keys.getByText("find anything, do anything")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(account).toBeFocused();
});

test("keys are named as this computer names them", async ({ browser }) => {
  await open("/");
  await expect(page.getByRole("button", { name: /Find or do Ctrl K/ })).toBeVisible();
  const mac = await browser.newContext({ userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1" });
  await mac.addCookies(await page.context().cookies());
  const other = await mac.newPage();
  await open("/", other);
  await expect(other.getByRole("button", { name: /Find or do ⌘K/ })).toBeVisible();
  await other.keyboard.press("Meta+k");
  await expect(palette(other)).toBeVisible();
  await mac.close();
});

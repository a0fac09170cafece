/** KPIs on the real server: what is not measured first, the same figures as JSON, filters, and a report that prints. */
import { join } from "node:path";
import type { Locator } from "@playwright/test";
import Database from "better-sqlite3";
import type { Kpis } from "@/core/shapes/kpis";
import { valueText } from "@/core/words/kpis/kpis";
import { putHistory } from "@/tests/agents/kpis/put-history";
import { agentScript } from "@/tests/agents/scripted-provider";
import { putGateRuns } from "../put-gate-runs";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const script = agentScript({ "*": { calls: [{ name: "end_task", input: { status: "success", result: "Done." } }] } });

const PAPER = { top: "10mm", bottom: "10mm", left: "10mm", right: "10mm" };

let stage: Stage;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { settings: (models) => modelAt(models) });
});

test.afterAll(() => stage?.close());

/**
 * Compares the figures that rows show with those that the server says of the same period. A page that was just answered
 * counts from the next minute on, so the two are compared until both have it.
 */
async function expectFigures(rows: Locator, read: () => Promise<Pick<Kpis, "items">>): Promise<void> {
  await expect(async () => {
    const shown = await rows.evaluateAll((found) =>
      found.flatMap((row) => {
        const value = row.querySelector("[data-value]")?.textContent;
        return value ? [[row.getAttribute("data-kpi"), value] as const] : [];
      }),
    );
    const wanted = (await read()).items.flatMap(({ id, unit, value, target }) =>
      value === null ? [] : [[id, valueText(unit, value, target?.at)] as const],
    );
    expect(shown.length).toBeGreaterThan(15);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(wanted));
  }).toPass({ timeout: 60_000 });
}

test("before anything has happened, every KPI says why it has no figure", async () => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/operations`);
  await page.getByRole("link", { name: "KPIs" }).first().click();
  await expect(page).toHaveURL(/\/operations\/kpis$/);
  // Only the pages of this test may have been measured meanwhile.
  await expect(page.getByText(/No target can be judged yet\.|\b[01] of 1 target is met\./)).toBeVisible();
  await expect(page.locator("#cycles_succeeded")).toContainText(
    "No goal, issue of a forge or change of an evolution ended.",
  );
  await expect(page.locator("#time_to_service")).toContainText(
    "No project reached production for the first time in this period.",
  );
  await expect(page.getByText("Nothing stands out.")).toBeVisible();
  await looks(page, "kpis/nothing");
  expect(problems).toEqual([]);
});

test("figures with formula, target and evidence are those of the JSON; project, period and backlog lead on", async () => {
  const { page, server, problems } = stage;
  const data = join(stage.folder, "data");
  const sqlite = new Database(join(data, "banyan.db"));
  sqlite.pragma("busy_timeout = 10000");
  putHistory(sqlite, Date.now());
  sqlite.close();
  putGateRuns(data, 12);
  const rows = page.locator("[data-kpi]");
  // What was read for the empty page is kept for some seconds.
  await expect(async () => {
    await page.goto(`${server.url}/operations/kpis`);
    await expect(rows.first().locator("[data-value]")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const json = async () => {
    const address = (await page.getByRole("link", { name: "JSON" }).getAttribute("href")) ?? "";
    return (await (await page.request.get(`${server.url}${address}`)).json()) as Kpis;
  };
  await expectFigures(rows, json);
  await expect(page.getByText(/^Not measured: Requirement to running service\b.* targets are met\./)).toBeVisible();
  const person = page.locator("#cycles_with_person");
  await expect(person).toContainText(/: \d+ ÷ \d+ cycles\. Source: the log's entries of people/);
  await expect(person.getByRole("img", { name: /^Cycles that needed a person in the last 12 weeks/ })).toBeVisible();
  await person.getByText("What counts").click();
  await expect(person.getByRole("link").first()).toHaveAttribute("href", /^\/trees\/history-goal-/);
  await looks(page, "kpis/history");

  await page.getByRole("navigation", { name: "Project" }).getByRole("link", { name: "shop" }).click();
  await expect(page).toHaveURL(/project=shop$/);
  await page.getByRole("navigation", { name: "Period" }).getByRole("link", { name: "90 days" }).click();
  await expect(page).toHaveURL(/project=shop&days=90$/);
  const own = await json();
  expect(own.project).toBe("shop");
  await expectFigures(rows, json);
  await expect(page.locator("#gates_passed")).toContainText("which belong to no project");
  await page.goto(`${server.url}/operations/kpis?project=nothing`);
  await expect(page.getByText(/not found/i).first()).toBeVisible();

  await page.goto(`${server.url}/operations/kpis`);
  const backlog = page.getByRole("region", { name: "What to improve next" });
  await backlog.getByRole("link", { name: /^The gate “.+” got worse$/ }).click();
  await expect(page).toHaveURL(/\/operations\/gates\//);
  expect(problems).toEqual([]);
});

test("the report of a month reads well and prints without navigation", async () => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/operations/kpis`);
  await page.getByRole("link", { name: "Monthly report" }).click();
  const month = new Date().toISOString().slice(0, 7);
  await expect(page).toHaveURL(new RegExp(`/reports/${month}$`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("so far");
  const past = new Date(Date.now() - 45 * 86_400_000).toISOString().slice(0, 7);
  await page.goto(`${server.url}/reports/${past}`);
  const report = (await (await page.request.get(`${server.url}/api/v1/reports/${past}`)).json()) as { kpis: Kpis };
  await expectFigures(page.locator("[data-kpi]"), async () => report.kpis);
  await looks(page, "kpis/report");
  for (const which of [month, past]) {
    await page.goto(`${server.url}/reports/${which}`);
    for (const width of [721, 800, 1_000, 1_001]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  }
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Print" })).toBeHidden();
  await page.setViewportSize({ width: 718, height: 1_046 });
  // Tables stay tables on paper, which is as narrow as a phone.
  await expect(page.getByRole("columnheader", { name: "Twelve weeks" }).first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(718);
  await page.screenshot({ path: "test-results/kpis/report-print.png", fullPage: true });
  const pages = (await page.pdf({ format: "A4", margin: PAPER })).toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
  expect(pages?.length).toBeLessThan(4);
  await page.emulateMedia({ media: "screen" });
  await page.goto(`${server.url}/reports/2999-01`);
  await expect(page.getByText("2999-01 has not begun: choose an earlier month.")).toBeVisible();
  expect(problems).toEqual([]);
});

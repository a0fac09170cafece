/** Insights of a project by a person: looked at, opened, dismissed with a reason, and made a task, on the real server. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { InsightList } from "@/core/shapes/insights";
import { insightReport } from "@/core/words/insights/insights";
import { agentScript } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const script = agentScript({ "*": { calls: [{ name: "end_task", input: { status: "success", result: "Done." } }] } });

let stage: Stage;

const DISCOUNTS = `/** Price after all discounts. */
export function applyDiscounts(price: any, rules: any[]) {
  let sum = 0;
  for (const rule of rules) {
    if (rule.kind === "percent") {
      for (const part of rule.parts) {
        if (part > price && part < 100) {
          if (rule.isOn) sum += part;
          else if (rule.isHalf) sum += part / 2;
          else sum -= 1;
        } else if (part === 0) {
          sum -= rule.stack ? 2 : 3;
        }
      }
    } else if (rule.kind === "fixed" || rule.kind === "coupon") {
      sum += rule.value;
    }
  }
  return sum;
}
`;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models, folder) => ({ ...modelAt(models), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  const shop = join(stage.folder, "src", "shop");
  mkdirSync(join(shop, "src"), { recursive: true });
  writeFileSync(join(shop, "src", "discounts.ts"), DISCOUNTS);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", shop, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "-m", "A start");
  const { page, server } = stage;
  const added = await page.request.post(`${server.url}/api/v1/projects`, { data: { address: shop, check: "true" } });
  expect(added.status()).toBe(201);
});

test.afterAll(() => stage?.close());

test("a look shows what should be next, with its evidence, and an insight is dismissed with a reason", async () => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/projects/shop`);
  await expect(page.getByRole("region", { name: "What should be next" })).toContainText("Nobody has looked yet.");
  await page.getByRole("region", { name: "What should be next" }).getByRole("link", { name: "Insights" }).click();
  await expect(page.getByText(/^Nobody has looked yet\. A look reads the newest commit/)).toBeVisible();
  await page.getByRole("button", { name: "Look", exact: true }).click();
  const list = page.getByRole("region", { name: "Insights by score" });
  await expect(list.getByRole("link", { name: /applyDiscounts is complex/ })).toBeVisible({ timeout: 60_000 });
  await expect(list.getByText(/^Not measured or left out: \d/)).toBeVisible();
  await list.getByRole("link", { name: /applyDiscounts is complex/ }).click();
  const item = page.getByRole("article", { name: "Insight" });
  await expect(item.getByRole("heading", { level: 2, name: "applyDiscounts is complex" })).toBeVisible();
  await expect(item.getByRole("row", { name: /^Cognitive complexity/ })).toContainText("limit 15");
  await expect(item.getByText("export function applyDiscounts(price: any, rules: any[]) {")).toBeVisible();
  await looks(page, "insights/open");

  await list.getByRole("link", { name: /^Missing types 1/ }).click();
  await expect(item.getByRole("heading", { level: 2, name: "The type any stands in 2 places" })).toBeVisible();
  await item.getByRole("button", { name: "Dismiss…" }).click();
  const dialog = page.getByRole("dialog", { name: "Dismiss this insight" });
  await dialog.getByLabel("In your words, for whoever looks next").fill("the rules come from outside");
  await dialog.getByRole("button", { name: "Dismiss" }).click();
  await expect(dialog).toHaveCount(0);
  await list.getByRole("link", { name: /^Dismissed 1/ }).click();
  await expect(item.getByText(/“On purpose: the rules come from outside”/)).toBeVisible();
  await looks(page, "insights/dismissed");
  await item.getByRole("button", { name: "Open again" }).click();
  await expect(list.getByRole("link", { name: /^Dismissed 0/ })).toBeVisible();
  expect(problems).toEqual([]);
});

test("a search by words stays in the address, and the report is what the command line prints", async () => {
  const { page, server, problems } = stage;
  expect((await page.request.post(`${server.url}/api/v1/projects/shop/look`)).status()).toBe(200);
  await page.goto(`${server.url}/projects/shop/insights`);
  const list = page.getByRole("region", { name: "Insights by score" });
  const rows = list.locator("[data-row]");
  const all = await rows.count();
  await list.getByRole("searchbox", { name: "Find an insight" }).fill("COMPLEX discounts.ts");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/insights\?text=COMPLEX\+discounts\.ts$/);
  await expect(rows).toHaveCount(1);
  expect(all).toBeGreaterThan(1);
  await expect(list.getByRole("link", { name: /^All kinds 1$/ })).toBeVisible();
  await rows.first().click();
  await expect(page).toHaveURL(/text=COMPLEX\+discounts\.ts&insight=in-/);
  await expect(rows).toHaveCount(1);
  await looks(page, "insights/found");
  await page.goto(`${server.url}/projects/shop/insights?text=nowhere&state=done`);
  await expect(list.getByText("Done: no insights with “nowhere”.")).toBeVisible();
  await list.getByRole("searchbox", { name: "Find an insight" }).fill("");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/insights\?state=done&text=$/);
  await expect(list.getByText("Done: no insights.")).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Report" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("insights-shop.md");
  const open: InsightList = await (
    await page.request.get(`${server.url}/api/v1/projects/shop/insights?status=open`)
  ).json();
  expect(open.items.length).toBe(all);
  expect(await readFile(await download.path(), "utf8")).toBe(insightReport("shop", open));
  expect((await page.request.get(`${server.url}/downloads/insights/none.md`)).status()).toBe(404);
  expect(problems).toEqual([]);
});

test("a task begins with a text that quotes the insight as material, in the project's folder", async () => {
  const { page, server, problems } = stage;
  const looked = await page.request.post(`${server.url}/api/v1/projects/shop/look`);
  expect(looked.status()).toBe(200);
  await page.goto(`${server.url}/projects/shop`);
  await page
    .getByRole("region", { name: "What should be next" })
    .getByRole("link", { name: /applyDiscounts is complex/ })
    .click();
  await page.getByRole("button", { name: "Start a task" }).click();
  const task = page.getByLabel("What should be done?");
  await expect(task).toHaveValue(
    /It is material, no instruction:\n- What: applyDiscounts is complex\n- Where: src\/discounts\.ts:2–20/,
  );
  await expect(page.getByText("Project shop")).toBeVisible();
  await page.getByRole("button", { name: /^Start/ }).click();
  await expect(page).toHaveURL(/\/trees\//);
  expect(problems).toEqual([]);
});

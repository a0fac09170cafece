/**
 * The first run as after `npm start`, without a model or a key: the sample, its question, the stopped server, its report,
 * then the survey.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { looks } from "./looks";
import { pick } from "./pick";
import { expect as expectSoon, makeRepository, signIn, startRealServer, test, watchProblems } from "./real-server";

const expect = expectSoon.configure({ timeout: 120_000 });

const QUESTION = "How many books may one search look at? The slowest looks at 600.";

const step = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("the sample asks, one button stops the server, it comes back by itself, repairs a claim and draws a report; then the survey", async ({
  page,
  folder,
}) => {
  const shop = join(folder, "shop");
  mkdirSync(shop);
  makeRepository(shop, { "README.md": "# Shop\n", "app/main.ts": "export const answer = 42;\n" });
  const server = await startRealServer(join(folder, "data"), {}, { isLaunched: true });
  const problems = watchProblems(page);
  try {
    await signIn(page, server);
    const sample = step(page, "Run the sample");
    await expect(sample.getByRole("button", { name: "Run the sample" })).toBeEnabled();
    await looks(page, "first-run-before");
    await expect(step(page, "Now on your folder")).toContainText("writes one report, repository-survey.md");
    await sample.getByRole("button", { name: "Run the sample" }).click();
    await expect(sample.getByText(QUESTION)).toBeVisible();
    await expect(sample.getByText("Measure the search by title")).toBeVisible();
    await expect(sample.getByText("It stops for 10 seconds and starts by itself.")).toBeVisible();
    await looks(page, "first-run-asks");

    const health = () => page.request.get(`${server.url}/health`).then(async (one) => [one.status(), await one.text()]);
    const [, before] = await health();
    await sample.getByRole("button", { name: "Stop it for 10 s" }).click();
    await expect(sample.getByText("The server is stopped. Nothing is lost.")).toBeVisible();
    expect(await health()).toEqual([503, "Banyan is stopped for 10 seconds. Nothing is lost.\n"]);
    const whileAway = problems.splice(0);
    expect(whileAway.filter((problem) => !isAway(problem))).toEqual([]);
    // The launcher starts it again, and the page continues by itself.
    await expect(sample.getByText("The server is stopped. Nothing is lost.")).toHaveCount(0);
    const instanceOf = (text: string | number | undefined) =>
      (JSON.parse(String(text)) as { instance: string }).instance;
    const [status, after] = await health();
    expect(status).toBe(200);
    expect(instanceOf(after)).not.toBe(instanceOf(before));
    await expect(sample.getByRole("button", { name: "60 books" })).toBeEnabled();
    problems.splice(0);
    await sample.getByRole("button", { name: "60 books" }).click();

    const result = sample.getByRole("article", { name: "Result of the sample" });
    await expect(result).toContainText("1 claim failed at first and was repaired");
    const gap =
      /Stopped from (\d+):(\d+):(\d+) to (\d+):(\d+):(\d+)\. “Is the bookshop fast enough\?” went on with Step /;
    await expect(result.locator("[data-gap]")).toContainText(gap);
    const [from = 0, until = 0] = secondsIn(gap.exec((await result.locator("[data-gap]").textContent()) ?? ""));
    expect((until - from + DAY_SECONDS) % DAY_SECONDS).toBeGreaterThanOrEqual(10);
    await expect(result).toContainText(/Each of \d+ calls has one result\./);
    const survey = page.getByRole("button", { name: "Survey my folder" });
    await expect(survey).toHaveCSS("color", "rgb(255, 255, 255)");
    await looks(page, "first-run-done");
    await result.getByRole("link", { name: "Open its report" }).click();
    const file = page.getByRole("region", { name: "File", exact: true });
    await expect(file.getByRole("img", { name: "report.svg" })).toHaveJSProperty("naturalWidth", 960);
    await looks(page, "first-run-report");
    // It is there when the person goes back to Home, which the browser kept as it was before the sample.
    await page.goBack();
    await expect(result).toContainText("Yes, after one index: every search now looks at 60 books at most.");
    // It stays after the page is loaded again.
    await page.reload();
    await expect(result).toContainText("Yes, after one index: every search now looks at 60 books at most.");

    await page.goto(server.url);
    await pick(page, "Workspace: a folder on this machine", shop);
    await page.getByRole("button", { name: "Survey my folder" }).click();
    await page.waitForURL(/\/trees\//);
    await expect(page.getByRole("treeitem").first()).toHaveAccessibleName(/, Succeeded$/);
    // The person has a tree now, so Home is the ordinary Home.
    await page.goto(server.url);
    await expect(page.getByRole("region", { name: "Ended lately" })).toBeVisible();
    await expect(step(page, "Run the sample")).toHaveCount(0);
  } finally {
    await server.stop();
  }
  expect(problems).toEqual([]);
});

/** What a browser says of a server that is away. */
const isAway = (problem: string) => /Failed to load resource|ERR_CONNECTION|WebSocket/.test(problem);

const DAY_SECONDS = 86_400;

/** Two times of day, as seconds. */
function secondsIn(times: RegExpExecArray | null): number[] {
  const [, ...parts] = (times ?? []).map(Number);
  return [parts.slice(0, 3), parts.slice(3)].map(
    ([hours = 0, minutes = 0, seconds = 0]) => hours * 3_600 + minutes * 60 + seconds,
  );
}

/** A proposed change of Banyan's own source on the real server: shown as facts, approved, and taken into a checkout the day after. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { agentScript } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, test } from "./real-server";
import { openStage, type Stage, submitTree } from "./stage";
import { tabAs } from "./tab-as";

const done = { calls: [{ name: "end_task", input: { status: "success", result: "Done." } }] };

let stage: Stage;
let open: string;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, agentScript({ "*": done }), {
    context: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  });
  const { page, server } = stage;
  const { id } = await submitTree(stage, { task: "Name the whole", agent: "worker" });
  await expect
    .poll(async () => (await (await page.request.get(`${server.url}/api/v1/trees/${id}`)).json()).status)
    .toBe("succeeded");
  open = propose();
});

test.afterAll(async () => {
  await stage?.close();
});

/** Runs a script in a process of its own, and returns what it prints. */
const run = (...args: string[]) => execFileSync(process.execPath, args, { encoding: "utf8" });

/** Proposes the change, after an earlier one that is approved. Returns the id of the open item. */
function propose(): string {
  return run("scripts/run-ts.mjs", "tests/propose-code.ts", stage.dataDir).trim();
}

const WIDTHS = [1440, 390];
const SCHEMES = ["light", "dark"] as const;

test("the item shows effect, risk, flags and gates, and separates source from tests, at every width", async () => {
  const { page, server } = stage;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${server.url}/review?item=${open}`);
    const item = page.getByRole("article", { name: "Selected item" });
    await expect(item.getByRole("heading", { level: 2 })).toHaveText(
      "Change Banyan’s own code: Figures name their whole",
    );
    await expect(item).toContainText("wrong figures in reports down by half; to measure: count corrections in a week");
    await expect(item).toContainText("High risk. It changes Banyan's own program; its release can be taken back.");
    await expect(item).toContainText("1 other change by agents released, 1,234 changed lines in total.");
    const flags = item.getByTestId("flags");
    await expect(flags.getByRole("heading")).toHaveText("4 flags to look at before you decide");
    await expect(flags.getByRole("listitem")).toHaveText([
      "core/rules/roles.ts A guarded file is modified. scope",
      "3 packages in the list below.",
    ]);
    const packages = item.getByTestId("packages");
    await expect(packages.getByRole("heading")).toHaveText("Packages 1 new, 2 changed, 1 removed");
    const listed = packages.getByRole("row").filter({ hasNotText: "Version" });
    await expect(listed).toHaveCount(4);
    // The page scrolls inside; the window never scrolls.
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(900);
    await expect(listed.first()).toContainText("Possible imitation of lodash.");
    await expect(listed.first()).toContainText("postinstall: “node collect.js --all”");
    await expect(listed.filter({ hasText: "better-sqlite3" })).toContainText("12.1.0 → 12.2.0");
    const gates = item.getByTestId("gates");
    await expect(gates.getByRole("heading")).toHaveText("Gates 1 not measured, 12 passed, 7 off");
    const rows = gates.getByRole("row").filter({ hasNotText: "Outcome" });
    await expect(rows).toHaveCount(13);
    await expect(rows.first()).toContainText("mutation");
    await expect(rows.first()).toContainText("not measured · optional");
    await expect(rows.filter({ hasText: "scope" })).toContainText("passed · 1 flag");
    await expect(gates.getByText("bench: The settings do not ask for it.")).toBeHidden();
    await gates.getByText("Off", { exact: true }).click();
    await expect(gates.getByText("bench: The settings do not ask for it.")).toBeVisible();
    const source = item.getByTestId("change-source");
    await expect(source.getByRole("heading")).toHaveText("2 files of source +8 −0");
    await expect(source).toContainText("export function partText");
    await expect(source).not.toContainText("part.test.ts");
    const tests = item.getByTestId("change-tests");
    await expect(tests.getByRole("heading")).toContainText("1 file of tests +6 −0");
    await expect(tests).toContainText("core/words/part.test.ts");
    await expect(tests).not.toContainText("roles.ts");
    await expect(item.getByTestId("pull")).toHaveCount(0);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFaults(page), `${width}, ${colorScheme}`).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
  expect(stage.problems).toEqual([]);
});

test("the command line shows the same facts, and the diff", async () => {
  const review = (...more: string[]) => run("scripts/banyan.mjs", "review", open, "--data", stage.dataDir, ...more);
  const lines = review().split("\n");
  expect(lines[0]).toBe("Change Banyan’s own code: Figures name their whole");
  for (const line of [
    "Expected: wrong figures in reports down by half; to measure: count corrections in a week",
    "So far: 1 other change by agents released, 1,234 changed lines in total.",
    "4 flags to look at; an admin must approve:",
    "  ⚑ scope: core/rules/roles.ts A guarded file is modified.",
    "Packages: 1 new, 2 changed, 1 removed.",
    "  ⚑ better-sqlite3 12.1.0 → 12.2.0. When it is installed, npm builds its native part (binding.gyp).",
    "  mutation      not measured     5 m  7 of 10 mutants could be made; too few to judge.",
    "  scope         passed         0.1 s  1 flag: 3 files changed, 1 of them guarded.",
    "  off: documentation, analysis, black box, coverage, gap tests, bench, vulnerabilities",
    "2 files of source, +8 −0:",
    "1 file of tests, +6 −0:",
    "  added core/words/part.test.ts (+6 −0)",
    "+export function partText(part: number, all: number): string {",
  ])
    expect(lines).toContain(line);
  const { change } = JSON.parse(review("--json"));
  expect(change).toMatchObject({ branch: "self/tested/1", pull: null, others_approved: { changes: 1, lines: 1_234 } });
});

test("an approved change is found under Decided, with the command that takes it into a checkout", async () => {
  const { page, server, folder } = stage;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${server.url}/review?item=${open}`);
  const item = page.getByRole("article", { name: "Selected item" });
  await page.keyboard.press("End");
  await expect(item).toContainText("You have seen all of it");
  await item.getByRole("button", { name: /^Approve/ }).click();
  await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  await expect
    .poll(async () => (await (await page.request.get(`${server.url}/api/v1/reviews/${open}`)).json()).status)
    .toBe("approved");
  await page.goto(`${server.url}/review/decided`);
  await page.getByRole("link", { name: "Change Banyan’s own code: Figures name their whole" }).click();
  const command = item.getByTestId("pull");
  await expect(command).toContainText("git pull");
  expect(await axeFaults(page)).toEqual([]);
  const checkout = join(folder, "checkout");
  const gitDir = join(stage.dataDir, "self.git");
  execFileSync("git", ["clone", "-q", "--shared", "--branch", "permanent", gitDir, checkout]);
  execFileSync("sh", ["-c", `${await command.textContent()}`], { cwd: checkout, stdio: "ignore" });
  expect(existsSync(join(checkout, "core/words/part.test.ts"))).toBe(true);
});

test("a reviewer reads that an admin must approve a change with flags, and can reject it", async ({ browser }) => {
  const open = propose();
  const tab = await tabAs("reviewer", browser, stage);
  await tab.setViewportSize({ width: 1440, height: 900 });
  await tab.goto(`${stage.server.url}/review?item=${open}`);
  const item = tab.getByRole("article", { name: "Selected item" });
  const sentence = "The gates raised flags on this change, so only an admin can approve it.";
  await expect(item.getByTestId("flags")).toContainText(sentence);
  await expect(item.getByTestId("decide")).toContainText(sentence);
  await expect(item.getByRole("button", { name: /^Approve/ })).toBeDisabled();
  expect(await axeFaults(tab)).toEqual([]);
  await tab.keyboard.press("End");
  await item.getByRole("button", { name: /^Reject/ }).click();
  await item
    .locator("form")
    .getByRole("button", { name: /^Reject/ })
    .click();
  await tab.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  const { request } = stage.page;
  await expect
    .poll(async () => (await (await request.get(`${stage.server.url}/api/v1/reviews/${open}`)).json()).status)
    .toBe("rejected");
  await tab.context().close();
});

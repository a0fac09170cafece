/** Schedules on the real server: made from the composer, begun at their time, paused, resumed, edited and removed. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { openStage, type Stage } from "./stage";
import { tabAs } from "./tab-as";

const done = (result: string): Reply => ({ calls: [{ name: "end_task", input: { status: "success", result } }] });
const script = agentScript({
  worker: () => done("Tidied."),
  "*": done('{"outcome":"pass","reasons":["It says so."]}'),
});

let stage: Stage;
test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { timezoneId: "America/New_York" } });
});
test.afterAll(async () => {
  await stage?.close();
});

/** Makes all schedules miss the times of a day. */
function makeDue(): void {
  const sqlite = new Database(join(stage.dataDir, "banyan.db"));
  sqlite.prepare("UPDATE schedules SET next_at_ms = ?").run(Date.now() - 25 * 3_600_000);
  sqlite.close();
}

test("a task is repeated from Home, its times are shown first, and each begins one tree", async ({ browser }) => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/schedules`);
  await expect(page.getByText("No schedules yet.")).toBeVisible();
  await looks(page, "schedules/empty");
  await page.goto(server.url);
  await page.locator("[data-connection=live]").first().waitFor();
  // An empty task is refused before anything opens.
  await page.getByRole("button", { name: "Repeat…" }).click();
  await expect(page.getByText("Say what should be done.")).toBeVisible();
  await page.getByLabel("What should be done?").fill("Tidy up the notes");
  await page.getByLabel("Agent").selectOption("worker");
  // By keys.
  await page.getByRole("button", { name: "Repeat…" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Repeat this task" });
  await expect(dialog.getByLabel("Repeat")).toBeFocused();
  await expect(dialog.getByLabel("Time zone")).toHaveValue("America/New_York");
  await expect(dialog.getByRole("list", { name: "Next times" }).getByRole("listitem")).toHaveCount(3);
  await dialog.getByLabel("Repeat").selectOption("Every weekday");
  await dialog.getByLabel("At", { exact: true }).fill("08:15");
  await expect(dialog.getByText("At 08:15, Monday through Friday")).toBeVisible();
  await dialog.getByLabel("Repeat").selectOption("Cron expression");
  const cron = dialog.getByLabel(/^Minute, hour/);
  await expect(cron).toHaveValue("15 8 * * 1-5");
  await cron.fill("0 25 * * *");
  await expect(dialog.getByText("The hour “25” is not valid: use 0 to 23")).toBeVisible();
  await dialog.getByLabel("Time zone").fill("Mars");
  await expect(dialog.getByText("There is no time zone “Mars”")).toBeVisible();
  await cron.fill("30 2 * * *");
  await dialog.getByLabel("Time zone").fill("Europe/Berlin");
  await expect(dialog.getByText("the clocks go forward and the time does not exist")).toBeVisible();
  await expect(dialog.getByText("the clocks go back and 02:30 exists twice")).toBeVisible();
  await looks(page, "schedules/repeat");
  await dialog.getByLabel("Name").fill("Nightly notes");
  await dialog.getByRole("button", { name: "Save schedule" }).click();
  await page.waitForURL(/\/schedules\/\w+$/);
  await expect(page.getByRole("heading", { name: "Nightly notes" })).toBeVisible();
  await expect(page.getByText("No time has come yet.")).toBeVisible();

  makeDue();
  const run = page.locator("[data-run=begun]");
  await expect(run).toContainText("Succeeded", { timeout: 60_000 });
  await expect(run).toHaveCount(1);
  await expect(run).toContainText("no server was working");
  await looks(page, "schedules/schedule");
  await run.getByRole("link").click();
  await page.waitForURL(/\/trees\//);
  await expect(page.getByText("begun by the schedule")).toBeVisible();
  await expect(page).toHaveTitle(/Tidy up the notes/);
  await looks(page, "schedules/tree");
  await page.getByRole("link", { name: "Nightly notes" }).click();
  await page.waitForURL(/\/schedules\//);

  // Edited, paused, started by hand and resumed.
  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit schedule" });
  await expect(edit.getByLabel("Repeat")).toHaveValue("day");
  await edit.getByLabel("At", { exact: true }).fill("04:45");
  await expect(edit.getByText("At 04:45")).toBeVisible();
  await looks(page, "schedules/edit");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("45 4 * * *")).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused by you", { exact: false }).first()).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(run).toHaveCount(2);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("list", { name: "Next times" })).toBeVisible();

  // A viewer sees no actions; a pause by Banyan says why.
  const viewer = await tabAs("viewer", browser, stage);
  await viewer.goto(`${server.url}/schedules`);
  await expect(viewer.getByRole("link", { name: "Nightly notes" })).toBeVisible();
  await expect(viewer.getByRole("button", { name: /^(Run now|Pause)/ })).toHaveCount(0);
  await viewer.context().close();
  const sqlite = new Database(join(stage.dataDir, "banyan.db"));
  sqlite.prepare(`UPDATE schedules SET maker = '{"id":"user:gone","name":"ann@example.org","role":"operator"}'`).run();
  sqlite.close();
  makeDue();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForURL(/\/schedules$/);
  await expect(page).toHaveTitle(/Schedules/);
  await expect(page.getByText("ann@example.org is no longer a user.", { exact: false }).first()).toBeVisible();
  await looks(page, "schedules/paused");

  // Until a person settles it, it is listed among the items that need a person.
  await page.goto(`${server.url}/review`);
  const listed = page.getByRole("list", { name: "Paused schedules" }).getByRole("link", { name: "Nightly notes" });
  await expect(listed).toHaveAttribute("href", /^\/schedules\/\w+$/);
  await looks(page, "schedules/review");
  await page.goto(server.url);
  await page.locator("[data-connection=live]").first().waitFor();
  const needs = page.getByRole("region", { name: "Needs you" });
  await expect(needs).toContainText(/^Needs you\s*1\s*Schedule/);
  const need = needs.locator("[data-paused-schedule]");
  await expect(need).toContainText("Nightly notes is paused");
  await expect(need).toContainText("ann@example.org is no longer a user.");
  await looks(page, "schedules/needs");
  await need.getByRole("button", { name: "Leave paused" }).click();
  await expect(needs).toContainText("It stays paused, and no longer needs anybody.");
  await page.reload();
  await expect(page.getByText(/^Nothing needs you\./)).toBeVisible();
  await expect(needs).toHaveCount(0);
  await page.goto(`${server.url}/schedules`);
  await page.getByRole("link", { name: "Nightly notes" }).click();
  await expect(page.getByText("Paused by you", { exact: false }).first()).toBeVisible();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove schedule" }).click();
  await page.waitForURL(/\/schedules$/);
  await expect(page.getByText("No schedules yet.")).toBeVisible();
  expect(problems).toEqual([]);
});

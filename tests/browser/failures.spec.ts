/** Failures in tasks, on the real server: counted from logs, found by words, with a link to the message. */
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { type Look, looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage, submitTree } from "./stage";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });

const script = agentScript({
  researcher: ({ turn }) =>
    turn === 0
      ? call("edit_everything", {})
      : call("end_task", { status: "failure", result: "I have no tool for it." }),
  "*": call("end_task", { status: "success", result: '{"outcome":"pass","reasons":["It says so."]}' }),
});

const SIZES = { sizes: ["wide", "narrow", "phone"] } satisfies Look;

let stage: Stage;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { settings: (models) => modelAt(models) });
});

test.afterAll(async () => {
  await stage?.close();
});

test("a person sees what went wrong, what to do about it, and the message that shows it", async () => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/memory/failures`);
  await expect(page.getByText("No failures in 30 days.")).toBeVisible();
  await looks(page, "failures/none", SIZES);
  for (let count = 0; count < 3; count += 1) await submitTree(stage, { task: "Look it up", agent: "researcher" });
  const row = page.locator("[data-failure=given_up]");
  await expect(async () => {
    await page.reload();
    await expect(row.getByRole("cell").nth(1)).toHaveText("3", { timeout: 1_000 });
  }).toPass();
  await expect(page.getByText("6 failures in 30 days, 0 recovered without a person")).toBeVisible();
  await expect(row.getByRole("img", { name: /^In the last 12 weeks, oldest first: (0, ){11}3$/ })).toBeVisible();
  await expect(page.locator("[data-recommendation=given_up]")).toContainText(
    "“Given up by the agent” happened 3 times in 30 days, and none of 3 went on without a person.",
  );
  await looks(page, "failures/some", SIZES);
  await page.getByRole("searchbox", { name: "Find a kind of failure" }).fill("merge conflict");
  await expect(row).toHaveCount(0);
  await expect(page.locator("[data-failure=merge_conflict]")).toBeVisible();
  await page.getByRole("searchbox", { name: "Find a kind of failure" }).fill("zebra");
  await expect(page.getByText("No kind matches “zebra”.")).toBeVisible();
  await page.getByRole("searchbox", { name: "Find a kind of failure" }).fill("");
  await page.getByText(/kinds that did not happen$/).click();
  await expect(page.locator("[data-failure=flaky_check]")).toBeVisible();
  await looks(page, "failures/all", SIZES);
  await page.getByRole("link", { name: "Tool that the agent does not have" }).click();
  await expect(page.getByText(/You have no tool edit_everything/).first()).toBeVisible();
  expect(problems).toEqual([]);
});

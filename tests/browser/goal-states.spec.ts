/** The Goal view in each state of a goal: its texts, its accessibility, and its fit on a phone. */
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import type { Tree } from "@/core/shapes/shapes";
import { PUT_BACK, WIDENED } from "../long-goal-facts";
import { type GoalState, putLongGoals, STRATEGIES, script, submitGoals, UNREACHABLE } from "./goal-states-seed";
import { looks } from "./looks";
import { expect as expectSoon, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

let stage: Stage;
let goals: Record<GoalState, Tree>;
let some: string | undefined;
let thousand: string | undefined;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    prepare(dataDir) {
      [some, thousand] = putLongGoals(dataDir, 45, 1_000);
    },
    settings: (provider, folder) => ({ ...modelAt(provider), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  goals = await submitGoals(stage);
});
test.afterAll(async () => {
  await stage?.close();
  expect(stage?.problems).toEqual([]);
});

test("doubts name results that count only with a person's consent, and how a person consents", async () => {
  const page = await openEnded("doubts");
  await expect(page.getByText("Round 1 counts only when a person agrees to this:")).toBeVisible();
  await expect(page.getByText(/sum\.js, line 1, asks whether a test runs it/).first()).toBeVisible();
  await expect(page.getByText(/submit it with “When stuck: Ask a person”/)).toBeVisible();
  await expect(page.locator("[data-round='1']")).toContainText("Doubts");
  await looks(page, "goal-doubts");
  const changed = await openEnded("changed tests");
  await expect(changed.getByText(/only with what was changed outside the scope/).first()).toBeVisible();
  await expect(changed.getByText(/under “Also in scope”/)).toBeVisible();
  await expect(changed.getByText("No round was better, so the folder holds the files of the start.")).toBeVisible();
});

test("a goal that asks leads to Review", async () => {
  const page = await open(goals.asked.id);
  await expect(page.getByText("The goal waits for you.")).toBeVisible();
  await expect(page.getByText("Read the changes of the round, then answer in Review.")).toBeVisible();
  await looks(page, "goal-asked");
  await page.getByRole("link", { name: "Answer in Review" }).click();
  await expect(page.getByText(/All checks pass, but this has to be agreed to first/).first()).toBeVisible();
});

test("a goal without progress shows its strategies, repeated results, and the criteria that its best files meet", async () => {
  const page = await openEnded("stuck");
  await expect(
    page.getByText("The goal did not get on: several strategies brought no better score.").first(),
  ).toBeVisible();
  await expect(page.getByText("3 strategies brought no better score.")).toBeVisible();
  await expect(page.getByText("The folder holds the best files: those of round 1, with 66.6 %.")).toBeVisible();
  await expect(page.getByRole("region", { name: "What holds" })).toContainText("0 of 1, in the files of round 1");
  await expect(page.getByRole("region", { name: "What holds" })).toContainText("66.6 % of it");
  for (const strategy of STRATEGIES) await expect(page.locator("[data-strategy]", { hasText: strategy })).toBeVisible();
  await looks(page, "goal-stuck");
  const repeated = page.locator("[data-round='4']");
  await repeated.locator("summary").first().click();
  await expect(repeated).toContainText("Repeated (these files were there before)");
  const attempts = page.getByRole("region", { name: "Attempts by error" });
  await expect(attempts).toContainText("7 attempts");
  await expect(attempts).toContainText("and 2 before, from round 2 on");
  await attempts.getByRole("button", { name: "Round 6" }).click();
  await expect(page.locator("[data-round='6'] summary").first()).toBeFocused();
  await expect(page.locator("[data-round='6']")).toContainText("Leave sum.js alone for a round");
  await looks(page, "goal-stuck-open");
});

test("each judged criterion has the words of its judge, also after a round that changed nothing", async () => {
  const page = await openEnded("judged");
  const holds = page.getByRole("region", { name: "What holds" });
  await expect(holds).toContainText("1 of 3");
  for (const summary of await holds.getByText("Evidence").all()) await summary.click();
  await expect(holds.getByText(/README\.md, line 1, says “# Sum”, and nothing of negative numbers/)).toBeVisible();
  await expect(holds.getByText("README.md, line 1: “# Sum”.")).toBeVisible();
  await expect(holds).toContainText("Judged by task_evaluator");
  await expect(holds).toContainText("weight 2");
  await expect(page.getByRole("region", { name: "Cost by phase" })).toContainText("Judging");
  await looks(page, "goal-judged");
});

test("other ends show their reason, and what the folder holds", async () => {
  await expectEnd("unreachable", "The goal cannot be reached as it stands.", UNREACHABLE, /of the start/);
  await expectEnd(
    "unnamed",
    "The goal cannot be reached as it stands.",
    /^Nobody could say what would show/,
    "Nothing was checked.",
  );
  await expectEnd(
    "out of rounds",
    "The goal was not reached in its rounds.",
    "All 2 rounds were used.",
    /round 1, with 66.6 %/,
  );
  await expectEnd("out of time", "The task ran longer than its time allows.", /rounds have worked for/, /of the start/);
  await expectEnd(
    "out of grant",
    "The grant did not suffice, so the work is not done.",
    /grant of .* tokens/,
    /of the start/,
  );
  await expectEnd("broken", /^The goal did not get on/, "No plan: There is no plan.", /of the start/);
  const page = await openEnded("held");
  await expect(page.getByText("Reached before the first round: 1 of 1 hold.")).toBeVisible();
  await looks(page, "goal-held");
});

test("a failed delivery is shown beside the goal, with its output", async () => {
  const page = await openEnded("undelivered");
  await expect(page.getByText(/Reached in round 1: 1 of 1 hold\. .* but the delivery failed:/)).toBeVisible();
  await expect(page.getByText("The registry does not answer")).toBeVisible();
  await looks(page, "goal-undelivered");
});

test("a round that waits for a person says so, and a Stop ends the goal as stopped", async () => {
  const page = await open(goals.supervised.id);
  await expect(page.locator("[data-running-round]")).toContainText("waits for your answer.");
  await expect(page.getByText("The goal waits for you.")).toBeVisible();
  await looks(page, "goal-supervised");
  await page.getByRole("link", { name: "Answer in Review" }).click();
  // The goal's page has a button to stop, too.
  await page.waitForURL(/\/review/);
  const answer = page.getByRole("button", { name: /^Stop/ });
  await answer.click();
  await expect(answer).toBeHidden();
  await openEnded("supervised");
  await expect(page.getByText("Stopped before the first round had ended.")).toBeVisible();
  await expect(page.getByLabel("Continue this task")).toBeVisible();
  await looks(page, "goal-said-stop");
});

test("a goal says that it is paused, and after a person's stop that nobody has put the best files back", async () => {
  const page = await open(goals.stopped.id);
  await expect(page.locator("[data-running-round]")).toContainText("Round 2");
  await expect(page.getByText(/^Round 2 of at most 5 runs\. 0 of 1 hold; score 66\.6 %/)).toBeVisible();
  await page.getByRole("button", { name: "Pause tree" }).click();
  await expect(page.getByText(/^Paused\. Round 2 of at most 5 has begun\./)).toBeVisible();
  await expect(page.locator("[data-running-round]")).toContainText("is paused:");
  await page.request.post(`${stage.server.url}/api/v1/trees/${goals.stopped.id}/stop`, {
    data: { reason: "Enough." },
    headers: { origin: stage.server.url },
  });
  await expect(page.getByText("Stopped after 1 round. The folder is as the work left it.")).toBeVisible();
  await expect(page.getByText("The best files are those of round 1, with 66.6 %.")).toBeVisible();
  await expect(page.locator("[data-running-round]")).toHaveCount(0);
  await looks(page, "goal-stopped");
});

test("of many rounds the newest are shown, and more on demand", async () => {
  const page = await open(some);
  await expect(rounds(page)).toHaveCount(30);
  await expect(page.getByRole("img", { name: /^Score by round/ })).toHaveAccessibleName(/round 44 78\.2 %/);
  await looks(page, "goal-many");
  await page.getByRole("button", { name: "Show 15 more of 15 earlier rounds" }).click();
  await expect(rounds(page)).toHaveCount(45);
  await expect(page.getByRole("button", { name: /more of/ })).toHaveCount(0);
});

test("a goal of a thousand rounds opens with its newest rounds; keys and attempts reach the others", async () => {
  const page = await open(thousand);
  await expect(page.getByRole("img", { name: /^Score by round/ })).toBeVisible();
  await expect(rounds(page)).toHaveCount(30);
  await expect(rounds(page).first()).toContainText("Round 1000");
  await expect(page.getByRole("region", { name: "Attempts by error" }).locator("code")).toHaveCount(8);
  await looks(page, "goal-thousand");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const before = page.locator("[data-round='999']");
  await expect(before.getByRole("button", { name: "Go on from here" })).toBeVisible();
  await expect(before).toContainText(`Outside the scope, as at the start for the check: ${PUT_BACK.join(", ")}.`);
  await expect(before).toContainText(`A person added ${WIDENED.join("")}`);
  await looks(page, "goal-put-back");
  await page.getByRole("button", { name: "Show 100 more of 970 earlier rounds" }).click();
  await expect(rounds(page)).toHaveCount(130);
  await rounds(page).last().locator("summary").first().focus();
  await page.keyboard.press("Enter");
  await expect(rounds(page).last().getByRole("button", { name: "Go on from here" })).toBeVisible();
});

function rounds(page: Page): Locator {
  return page.locator("[data-round]");
}

async function open(id: string | undefined): Promise<Page> {
  const { page, server } = stage;
  await page.goto(`${server.url}/trees/${id}?view=goal`);
  await expect(page.getByRole("region", { name: "What holds" })).toBeVisible();
  return page;
}

/** Opens a goal once it has ended. */
async function openEnded(name: GoalState): Promise<Page> {
  const page = await open(goals[name].id);
  await expect(page.getByRole("button", { name: "Read its result" })).toBeVisible();
  return page;
}

async function expectEnd(name: GoalState, ...texts: (string | RegExp)[]): Promise<void> {
  const page = await openEnded(name);
  for (const text of texts) await expect(page.getByText(text).first(), `${name}: ${text}`).toBeVisible();
  await looks(page, `goal-${name.replaceAll(" ", "-")}`);
}

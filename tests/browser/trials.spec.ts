import type { Locator, Page } from "@playwright/test";
import { doesDecide } from "@/core/rules/replays";
import type { Trial } from "@/core/shapes/improving/trials";
import type { Review, Tree } from "@/core/shapes/shapes";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, test } from "./real-server";
import { openStage, type Stage, submitTree } from "./stage";
import { tabAs } from "./tab-as";

const done = (result: string): Reply => ({ calls: [{ name: "end_task", input: { status: "success", result } }] });
const CANDIDATE = "Count the spoons twice.";
const GUESS = "Guess the number of spoons.";

const script = agentScript({
  improver({ turn, instruction }) {
    if (turn > 0) return done("Proposed.");
    const why = "In 4 of 31 trees spoons were counted wrongly.";
    const input = instruction.startsWith("Improve")
      ? { name: "coder", instruction: CANDIDATE, why }
      : { name: "researcher", instruction: GUESS, why };
    return { calls: [{ name: "propose_agent", input }] };
  },
  researcher: ({ system }) => done(system.includes(GUESS) ? "It is a guess." : "There are 12 spoons."),
  task_evaluator: ({ messages }) =>
    JSON.stringify(messages).includes("It is a guess.")
      ? done('{"outcome":"fail","reasons":["It is a guess."]}')
      : done('{"outcome":"pass","reasons":["It says so."]}'),
  coder: ({ system }) => done(system.includes(CANDIDATE) ? "There are 12 spoons." : "There are spoons."),
  "*": done('{"outcome":"pass","reasons":["It says so."]}'),
});
const IMPROVER = {
  name: "improver",
  description: "Proposes better instructions.",
  instruction: "Propose.",
  tools: ["propose_agent"],
  finishing: { evaluate: "never", summarize: "never", document: "never" },
};

let stage: Stage;
let page: Page;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { viewport: { width: 1440, height: 900 } } });
  ({ page } = stage);
  await api("agents", IMPROVER);
});
test.afterAll(() => stage?.close());

async function api<Answer>(path: string, data?: object): Promise<Answer> {
  const url = `${stage.server.url}/api/v1/${path}`;
  const headers = { origin: stage.server.url };
  const answer = await (data ? page.request.post(url, { data, headers }) : page.request.get(url));
  expect([path, answer.ok()]).toEqual([path, true]);
  return (await answer.json()) as Answer;
}

async function ended(tree: Tree): Promise<Tree> {
  await expect.poll(async () => (await api<Tree>(`trees/${tree.id}`)).ended_at).not.toBeNull();
  return tree;
}

async function open(path: string, on = page): Promise<void> {
  await on.goto(stage.server.url + path);
  await expect(on.locator("[data-connection=live]").first()).toBeAttached();
}

const card = (on = page): Locator => on.getByRole("region", { name: /trial of version 2/i });

test("an approved change of an agent is on trial: its page and its item show both versions, and a person ends it", async ({
  browser,
}) => {
  await ended(await submitTree(stage, { task: "Improve", agent: "improver" }));
  const { items } = await api<{ items: Review[] }>("reviews?open=1");
  const review = items[0]?.id ?? "";

  await open(`/review?item=${review}`);
  await expect(page.getByText(/^Version 2 of the agent coder goes on trial/)).toBeVisible();
  const { sentence } = await api<{ sentence: string }>(`reviews/${review}/approve`, {});
  expect(sentence).toContain("is on trial");
  for (const count of [1, 2, 3, 4]) await ended(await submitTree(stage, { task: `Count ${count}`, agent: "coder" }));

  await open("/agents/coder");
  await expect(card()).toContainText("On trial: new trees use both versions in turn.");
  await expect(card().getByRole("row", { name: /^v1/ })).toContainText("2 of 2");
  await expect(card().getByRole("row", { name: /^v2/ })).toContainText("2 of 2");
  await expect(card()).toContainText("Judged after 20 trees of each version.");
  await expect(page.locator('[data-version="2"]')).toContainText("On trial");
  await expect(page.locator('[data-version="1"]')).toContainText("Current");
  expect(await axeFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await axeFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });

  const viewer = await tabAs("viewer", browser, stage);
  await open("/agents/coder", viewer);
  await expect(card(viewer)).toContainText("On trial");
  await expect(card(viewer).getByRole("button")).toHaveCount(0);

  await open(`/review?item=${review}`);
  const section = page.getByRole("region", { name: "Trial" });
  await expect(section).toContainText("2 of 2");
  expect(await axeFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(section.getByRole("button", { name: "Keep version 1" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.setViewportSize({ width: 1440, height: 900 });

  await open("/agents/coder");
  await card().getByRole("button", { name: "Make version 2 live" }).click();
  await expect(card()).toContainText("Version 2 is permanent");
  await expect(card().getByRole("button")).toHaveCount(0);
  await expect(page.locator('[data-version="2"]')).toContainText("Current");
  const { items: trials } = await api<{ items: Trial[] }>("trials");
  expect(trials.map(({ status, outcome }) => [status, outcome])).toEqual([["permanent", "person"]]);
  expect(stage.problems).toEqual([]);
});

test("before a trial, ended trees are replayed: the page shows them, and a version with worse results is refused", async () => {
  const replayable: string[] = [];
  const isEnough = () => replayable.filter(doesDecide).length >= 2 && !replayable.every(doesDecide);
  while (!isEnough())
    replayable.push((await ended(await submitTree(stage, { task: "Look for spoons", agent: "researcher" }))).id);
  await ended(await submitTree(stage, { task: "Guess", agent: "improver" }));
  const { items } = await api<{ items: Review[] }>("reviews?open=1");
  const review = items[0]?.id ?? "";
  const { sentence } = await api<{ sentence: string }>(`reviews/${review}/approve`, {});
  expect(sentence).toContain("Ended trees are replayed with it first");
  await open("/agents/researcher");
  await expect(card()).toContainText("Replaying ended trees with both versions");
  await expect(page.locator('[data-version="2"]')).toContainText("Replaying");
  await expect(card().getByRole("button", { name: "Keep version 1" })).toBeVisible();

  const newest = async () => (await api<{ items: Trial[] }>("trials")).items[0];
  await expect.poll(async () => (await newest())?.status, { timeout: 120_000 }).toBe("bad");
  await page.reload();
  await expect(card()).toContainText("Version 1 stays: the new version did worse when ended trees were replayed.");
  const replays = card().getByRole("region", { name: "Replays" });
  await expect(replays).toContainText("both versions replayed");
  await expect(replays.getByRole("row", { name: /^Decide/ })).toContainText(/(\d+) of \1 .* each\s*0 of \1/);
  await replays.getByText("Each replay").click();
  await expect(replays.getByRole("link", { name: "failed" }).first()).toBeVisible();
  expect(await axeFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await axeFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await open(`/review?item=${review}`);
  await expect(page.getByRole("region", { name: "Trial" })).toContainText("Each replay");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.setViewportSize({ width: 1440, height: 900 });

  // The replay's own tree says that it is a replay, and no list shows it.
  const failed = (await newest())?.replays?.trees.find(({ candidate }) => candidate.status === "failed");
  await open(`/trees/${failed?.candidate.tree_id}`);
  await expect(page.getByText("System tree")).toBeVisible();
  const trees = await api<{ items: Tree[] }>("trees");
  expect(trees.items.map(({ id }) => id)).not.toContain(failed?.candidate.tree_id);
  expect(stage.problems).toEqual([]);
});

test("a person says whether the result of a tree is right", async () => {
  const tree = await ended(await submitTree(stage, { task: "Count again", agent: "coder" }));
  await open(`/trees/${tree.id}`);
  const right = page.getByRole("button", { name: "Right", exact: true });
  const ask = async () => {
    await page.getByRole("button", { name: "More actions" }).first().click();
    await page.getByRole("menuitem", { name: "Is the result right?" }).click();
  };
  await ask();
  await right.click();
  await expect(page.getByText("Noted: the result is right.")).toBeVisible();
  await expect(right).toHaveAttribute("aria-pressed", "true");
  expect(await axeFaults(page)).toEqual([]);
  await page.reload();
  await ask();
  await expect(right).toHaveAttribute("aria-pressed", "true");
  const { verdict } = await api<{ verdict: { outcome: string } }>(`trees/${tree.id}/verdict`);
  expect(verdict.outcome).toBe("pass");
});

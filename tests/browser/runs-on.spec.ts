/** The choice of a pool in the composer, with a real NATS node and a runner: where the task works, and where it cannot. */
import { join } from "node:path";
import type { RunnersState } from "@/core/runners/shapes";
import type { Tree } from "@/core/shapes/shapes";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { pick } from "./pick";
import { type RealRunner, startRealRunner } from "./real-runner";
import { expect as expectSoon, makeRepository, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });
const OWN_FOLDER =
  "A person's own folder is on the server's machine, so no runner works in it: choose this server, or leave the pool out.";

test.describe.configure({ mode: "serial" });
let stage: Stage;
let runner: RealRunner | undefined;

const works: Reply[] = [
  { calls: [{ name: "use_terminal", input: { command: "echo one > a.txt" } }] },
  { calls: [{ name: "ask", input: { question: "Which one?" } }] },
];

test.beforeAll(async ({ browser }) => {
  const started = await startRealRunner("linux-1", "linux", 2);
  runner = started;
  stage = await openStage(browser, agentScript({ worker: works }), {
    settings: (models) => ({ ...modelAt(models), BANYAN_NATS: started.nats, BANYAN_POOL: "arm" }),
    prepare: started.giveKey,
  });
  makeRepository(join(stage.folder, "shop"), { "a.txt": "one\n" });
  await expect
    .poll(async () => (await read<RunnersState>("runners")).pools)
    .toMatchObject([{ name: "linux", free: 2 }]);
});

test.afterAll(async () => {
  await stage?.close();
  await runner?.close();
  expect(stage?.problems).toEqual([]);
});

async function read<Body>(path: string): Promise<Body> {
  return (await (await stage.page.request.get(`${stage.server.url}/api/v1/${path}`)).json()) as Body;
}

const field = () => stage.page.getByLabel("Runs on");
const options = (name: string) => stage.page.getByRole("button", { name });
/** Opens the choices of the composer, which a small screen folds. */
async function unfold(): Promise<void> {
  const fold = stage.page.getByRole("button", { name: "Agent, model, cap", expanded: false });
  if (await fold.isVisible()) await fold.click();
}

/** Writes the task of an agent that needs no choice of anything else. */
async function write(task: string): Promise<void> {
  await stage.page.goto(stage.server.url);
  await stage.page.getByLabel("What should be done?").fill(task);
  await stage.page.getByLabel("Agent", { exact: true }).selectOption("worker");
}

/** Starts the task, and returns its tree. */
async function begin(): Promise<Tree> {
  const { page } = stage;
  await page.getByRole("button", { name: /^Start(?!ing)/ }).click();
  await page.waitForURL(/\/trees\//);
  return read<Tree>(new URL(page.url()).pathname.slice(1));
}

test("the options show where a task can work, and the choice is kept and said", async () => {
  const { page } = stage;
  await write("Sort the archive");
  await options("More options").click();
  await expect(field().getByRole("option")).toHaveText([
    "As usual: arm, no runner now",
    "This server",
    "linux, 2 free of 2 slots",
  ]);
  await expect(field()).toHaveAccessibleDescription(
    "Works on the pool arm where it can, else on this server. No runner of the pool is there now: the task waits until one is.",
  );
  await looks(page, "runs-on/usual", { before: unfold });
  await field().selectOption("linux");
  await expect(options("Fewer options")).toContainText("On the pool linux");
  await expect(field()).toHaveAccessibleDescription("");
  await page.reload();
  await expect(options("More options")).toContainText("On the pool linux");
  await options("More options").click();
  await expect(field()).toHaveValue("linux");
});

test("where no runner can work the field says why, and nothing starts", async () => {
  const { page } = stage;
  await pick(page, "Workspace", join(stage.folder, "shop"));
  await options("Fewer options").click();
  await expect(field()).toBeHidden();
  await page.getByRole("button", { name: /^Start(?!ing)/ }).click();
  await expect(page.getByRole("alert").filter({ hasText: OWN_FOLDER })).toBeVisible();
  await expect(field()).toBeFocused();
  await expect(field()).toHaveAccessibleDescription(OWN_FOLDER);
  expect((await read<{ items: Tree[] }>("trees")).items).toEqual([]);
  await looks(page, "runs-on/refused", { before: unfold });
});

test("a schedule is refused for the same reason before it is saved, and else keeps the pool for its trees", async () => {
  const { page } = stage;
  const dialog = page.getByRole("dialog", { name: "Repeat this task" });
  await page.getByRole("button", { name: "Repeat…" }).click();
  await dialog.getByRole("button", { name: "Save schedule" }).click();
  await expect(dialog.getByText(OWN_FOLDER)).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Work in a copy").check();
  await page.getByRole("button", { name: "Repeat…" }).click();
  await dialog.getByRole("button", { name: "Save schedule" }).click();
  await page.waitForURL(/\/schedules\//);
  await expect(page.getByText("the pool linux")).toBeVisible();
  await looks(page, "runs-on/schedule", { before: unfold });
  await page.getByRole("button", { name: "Run now" }).click();
  await expect
    .poll(async () => (await read<{ items: Tree[] }>("trees")).items)
    .toMatchObject([{ place: { pool: "linux" } }]);
});

test("a task works on the pool that was chosen, also one in a copy of a folder", async () => {
  const { page } = stage;
  await write("Sort the archive there");
  await pick(page, "Workspace", join(stage.folder, "shop"));
  await page.getByLabel("Work in a copy").check();
  await options("More options").click();
  await field().selectOption("linux");
  const { id } = await begin();
  await expect(page.getByText("works on linux-1 of the pool linux").first()).toBeVisible();
  await expect.poll(() => read<Tree>(`trees/${id}`)).toMatchObject({ status: "waiting", place: { runner: "linux-1" } });
});

test("a task works on this server where another place is usual", async () => {
  await write("Sort the archive here");
  await pick(stage.page, "Workspace", "");
  await options("More options").click();
  await field().selectOption("This server");
  await expect(options("Fewer options")).toContainText("On this server");
  const { id } = await begin();
  await expect.poll(() => read<Tree>(`trees/${id}`)).toMatchObject({ status: "waiting" });
  expect(await read<Tree>(`trees/${id}`)).not.toHaveProperty("place");
});

test("a task is checked on another pool than where it works: chosen, said, and shown in the tree's header", async () => {
  const { page } = stage;
  await write("Sort the archive, and show it");
  await options("More options").click();
  await field().selectOption("This server");
  const checkedOn = page.getByLabel("Checked on");
  await expect(checkedOn.getByRole("option")).toHaveText(["Where it runs", "linux, 2 free of 2 slots"]);
  await checkedOn.selectOption("linux");
  await expect(options("Fewer options")).toContainText("Checked on the pool linux");
  await expect(checkedOn).toHaveAccessibleDescription(
    "What agents claim, and the goal, is checked there, in copies that no agent has touched.",
  );
  await looks(page, "runs-on/checked", { before: unfold });
  const { id } = await begin();
  await expect(page.getByText("checked on the pool linux").first()).toBeVisible();
  expect(await read<Tree>(`trees/${id}`)).toMatchObject({ checks_pool: "linux" });
  await looks(page, "runs-on/checked-tree", { before: unfold });
});

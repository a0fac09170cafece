/** Evolution of a project by a person: begun, its change accepted and rejected, stopped and resumed, on the real server. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, endTask } from "@/tests/agents/replies";
import { agentScript } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const untyped = (name: string) =>
  `/** Counts. */\nexport function ${name}(values: any[]): number {\n  return values.length;\n}\n`;
const NAMES = ["sum", "tax"];

/** The coder types the file that its task names. */
const script = agentScript({
  goal_planner: ({ instruction }) =>
    endTask(
      JSON.stringify({ plan: "Type it", steps: [{ title: "Type it", instruction: `Type ${fileIn(instruction)}.` }] }),
    ),
  goal_strategist: () => endTask(JSON.stringify({ strategy: "Go on." })),
  task_evaluator: () => endTask('{"outcome":"pass","reasons":["It holds."]}'),
  coder: ({ instruction, turn }) => {
    const path = fileIn(instruction);
    const name = path.replace(/^src\/|\.ts$/g, "");
    if (turn > 0) return endTask("It is typed.");
    return call("write_file", { path, content: untyped(name).replace("any[]", "number[]") });
  },
  "*": endTask("Noted."),
});

function fileIn(text: string): string {
  return /src\/\w+\.ts/.exec(text)?.[0] ?? "";
}

let stage: Stage;
let shop: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-C", shop, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args], {
    encoding: "utf8",
  });

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    settings: (models, folder) => ({ ...modelAt(models), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  shop = join(stage.folder, "src", "shop");
  for (const folder of ["src", "tests"]) mkdirSync(join(shop, folder), { recursive: true });
  for (const name of NAMES) writeFileSync(join(shop, "src", `${name}.ts`), untyped(name));
  const test = NAMES.map((name) => `import { ${name} } from "../src/${name}";\n${name}([]);\n`);
  writeFileSync(join(shop, "tests", "all.test.ts"), test.join(""));
  writeFileSync(join(shop, "LICENSE"), "MIT");
  git("init", "--quiet", "-b", "main");
  git("add", "--all");
  git("commit", "--quiet", "-m", "A start");
  const { page, server } = stage;
  const check = "test -f LICENSE";
  const added = await page.request.post(`${server.url}/api/v1/projects`, { data: { address: shop, check } });
  expect(added.status()).toBe(201);
});

test.afterAll(() => stage?.close());

test("a person begins two cycles, accepts one change as a branch and rejects the other", async () => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/projects/shop`);
  await page.getByRole("link", { name: "Evolution" }).click();
  await expect(page.getByRole("heading", { name: "How it works" })).toBeVisible();
  await expect(
    page.getByText(/^Nobody has looked for insights yet\. Today’s cycles cost \$0\.00 of \$10\.00\.$/),
  ).toBeVisible();
  await looks(page, "evolve/empty");
  await page.getByRole("button", { name: "Evolve…" }).click();
  const dialog = page.getByRole("dialog", { name: "Evolve shop" });
  await expect(dialog).toContainText("A cycle costs at most $2.00.");
  await dialog.getByLabel("Cycles, at most (1 to 100)").fill("2");
  await dialog.getByRole("button", { name: "Evolve" }).click();
  await expect(page.getByText(/^(A run looks for insights|A run goes on|A cycle works)\./)).toBeVisible();

  const waiting = page.getByRole("list", { name: "Changes that wait" }).getByRole("listitem");
  await expect(waiting).toHaveCount(2, { timeout: 200_000 });
  const runs = page.getByRole("region", { name: /^Runs/ });
  await expect(runs).toContainText("It has begun 2 cycles, as many as were asked for.");
  await expect(waiting.first()).toContainText(/src\/(sum|tax)\.ts:2/);
  await looks(page, "evolve/waiting");

  await page.goto(server.url);
  const needs = page.getByRole("region", { name: "Needs you" });
  const needed = needs.locator("[data-waiting-change]");
  await expect(needed).toHaveCount(2);
  await needed.first().click();
  await expect(needed.first().getByRole("link", { name: "Open change" })).toBeVisible();
  await looks(page, "evolve/home");

  await page.goto(`${server.url}/projects/shop`);
  await expect(page.getByRole("region", { name: "What should be next" })).toContainText(
    "2 changes of an evolution wait for you",
  );
  await page.goto(`${server.url}/projects/shop/insights?state=planned`);
  await page.getByRole("article", { name: "Insight" }).getByRole("link", { name: "a cycle deals with it" }).click();
  await expect(page).toHaveURL(/\/projects\/shop\/evolve#/);

  await waiting.first().getByRole("button", { name: "Accept…" }).click();
  const accept = page.getByRole("dialog", { name: "Accept this change" });
  await accept.getByLabel(/^Branch/).fill("typed");
  await looks(page, "evolve/accept");
  await accept.getByRole("button", { name: "Accept" }).click();
  await expect(waiting).toHaveCount(1);
  await expect(page.getByRole("status").filter({ hasText: "typed" })).toBeVisible();
  expect(git("diff", "--stat", "main", "typed")).toContain("1 file changed");
  expect(git("status", "--porcelain")).toBe("");

  // One rejection is enough for Banyan to stop it.
  const rules = { data: { stop_after: 1 } };
  expect((await page.request.post(`${server.url}/api/v1/projects/shop/evolution`, rules)).status()).toBe(200);
  await waiting.first().getByRole("button", { name: "Reject…" }).click();
  const reject = page.getByRole("dialog", { name: "Reject this change" });
  await reject.getByLabel("Why, for whoever looks next").fill("the values come from outside");
  await reject.getByRole("button", { name: "Reject" }).click();
  const cycles = page.getByRole("list", { name: "Cycles" }).getByRole("listitem");
  await expect(cycles).toHaveCount(2);
  await expect(cycles.filter({ hasText: "Rejected" })).toContainText("the values come from outside");
  await expect(cycles.filter({ hasText: "Accepted" })).toContainText("Branch typed");
  await expect(page.getByText(/so it stopped\. No cycle begins until a person resumes it\./)).toBeVisible();
  await looks(page, "evolve/settled");
  await page.goto(server.url);
  const stopped = needs.locator("[data-stopped-evolution]");
  await expect(stopped).toContainText("The evolution of shop has stopped");
  await looks(page, "evolve/home-stopped");
  await stopped.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("Resumed: cycles of shop may begin again.")).toBeVisible();
  expect(problems).toEqual([]);
});

test("the rules are changed, and the kill switch stops it until a person resumes it", async () => {
  const { page, server, problems } = stage;
  await page.goto(`${server.url}/projects/shop/evolve`);
  const rules = page.getByRole("region", { name: "Rules" });
  await rules.getByRole("button", { name: "Edit the rules" }).click();
  const dialog = page.getByRole("dialog", { name: "Rules of the evolution of shop" });
  await dialog.getByLabel("A cycle costs at most, in dollars").fill("1.5");
  await dialog.getByLabel("Files that it may change, one glob a line").fill("src/**\n\ntests/**\n");
  await dialog.getByLabel("Quiet from").fill("08:00");
  await dialog.getByLabel("Quiet until").fill("18:00");
  await dialog.getByLabel("Time zone").fill("Europe/Berlin");
  await looks(page, "evolve/rules");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(rules).toContainText("08:00 to 18:00, Europe/Berlin");
  await expect(rules).toContainText("src/**, tests/**");
  await expect(rules).toContainText("$1.50");

  await page.getByRole("button", { name: "Stop…" }).click();
  const stop = page.getByRole("dialog", { name: "Stop the evolution of shop?" });
  await expect(stop).toContainText("No tree works now. No cycle begins until a person resumes it");
  await stop.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText(/stopped it\. No cycle begins until a person resumes it\./)).toBeVisible();
  await expect(page.getByRole("button", { name: "Evolve…" })).toHaveCount(0);
  await looks(page, "evolve/stopped");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Evolve…" })).toBeVisible();

  // A run whose look fails says so.
  const api = `${server.url}/api/v1/projects/shop`;
  expect((await page.request.post(`${api}/evolution`, { data: { quiet: null } })).status()).toBe(200);
  expect((await page.request.post(`${api}/change`, { data: { branch: "gone" } })).status()).toBe(200);
  expect((await page.request.post(`${api}/evolve`, { data: {} })).status()).toBe(200);
  await expect(page.getByText(/^The last run failed\./)).toBeVisible();
  await expect(page.getByRole("region", { name: /^Runs/ })).toContainText("The look for insights failed: ");
  await looks(page, "evolve/failed");
  expect(problems).toEqual([]);
});

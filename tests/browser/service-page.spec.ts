/** A service by a person: made from an OpenAPI document in a dialog, and read on its page, on the real server. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { specificationTexts } from "@/core/specification/testing/texts";
import { endTask } from "@/tests/agents/replies";
import { agentScript } from "@/tests/agents/scripted-provider";
import { quickBlueprint, ROUNDS, writes } from "@/tests/agents/specifying/script";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const OK = '{ "200": { description: Done, content: { application/json: { schema: { type: object } } } } }';
const DOCUMENT = `openapi: 3.1.0
info: { title: Shop, version: "1.0.0" }
paths:
  /orders:
    get: { summary: Lists orders, x-requirements: [R1], responses: ${OK} }
  /orders/report:
    get: { summary: Sums a month up, responses: ${OK} }
`;
const SPECIFICATION = `title: Shop
source: Staff should see all orders, and find each one within a second.
requirements:
  - { id: R1, text: Staff see all orders. }
  - { id: R2, text: A month is summed up. }
  - { id: N1, text: Orders are listed within 200 ms., measure: { what: latency_p95, is: at_most, number: 200, unit: ms } }
ambiguities:
  - { id: Q1, about: [R1], question: Are closed orders orders too?, score: 0.6, answers: [Yes, No], default: Yes, answer: Yes }
criteria:
  - { id: C1, requirement: R1, text: The list has each order., check: { kind: test } }
  - { id: C2, requirement: N1, text: 200 ms hold., check: { kind: load, operation: GET /orders } }
`;

let stage: Stage;
let shop: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-C", shop, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);

function commit(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(shop, file, ".."), { recursive: true });
    writeFileSync(join(shop, file), text);
  }
  git("add", "--all");
  git("commit", "--quiet", "-m", "A version");
}

test.beforeAll(async ({ browser }) => {
  const script = agentScript({
    ...ROUNDS,
    specification_writer: (request) => writes(request, specificationTexts()),
    "*": endTask("Noted."),
  });
  stage = await openStage(browser, script, {
    settings: (models, folder) => ({ ...modelAt(models), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
  });
  mkdirSync(join(stage.folder, "src"));
  shop = join(stage.folder, "src", "shop");
});

test.afterAll(() => stage?.close());

test("a person makes a service from a document, and nothing typed is lost when it is refused", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/projects`);
  await page.getByRole("button", { name: "New service" }).click();
  const dialog = page.getByRole("dialog", { name: "New service" });
  await looks(page, "service/new");
  await dialog.getByLabel("OpenAPI document, 3.0 or 3.1").fill("openapi: 2.0");
  await dialog.getByLabel(/^Folder on the server/).fill(shop);
  await dialog.getByLabel(/^sqlite/).check();
  await dialog.getByLabel(/^postgres/).check();
  await dialog.getByRole("button", { name: "Make it" }).click();
  await expect(dialog.getByText(/The text is not an OpenAPI document/)).toBeVisible();
  await expect(dialog.getByLabel(/^Folder on the server/)).toHaveValue(shop);

  // Another way and back: what was typed for each stays.
  await dialog.getByRole("button", { name: "Entities" }).click();
  await dialog.getByLabel("Entities, as YAML").fill("title: Mine");
  await dialog.getByRole("button", { name: "Requirements" }).click();
  await looks(page, "service/new-requirements");
  await dialog.getByRole("button", { name: "OpenAPI document" }).click();
  await dialog
    .getByLabel("Or read a file")
    .setInputFiles({ name: "shop.yaml", mimeType: "text/yaml", buffer: Buffer.from(DOCUMENT) });
  await expect(dialog.getByLabel("OpenAPI document, 3.0 or 3.1")).toHaveValue(DOCUMENT);
  await dialog.getByRole("button", { name: "Make it" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/sqlite/);
  await looks(page, "service/new-refused");
  await dialog.getByLabel(/^postgres/).uncheck();
  await dialog.getByLabel(/^sqlite/).uncheck();
  await dialog.getByLabel(/^docker/).check();
  await dialog.getByRole("button", { name: "Make it" }).click();
  await page.waitForURL("**/projects/shop/service?part=contract");
});

test("a starting point has the variables of its blueprint, and a blueprint of one's own is checked when its field is left", async () => {
  const { page, server, folder } = stage;
  const ours = join(folder, "src", "blueprints", "ours");
  mkdirSync(ours, { recursive: true });
  const described = (summary: string) =>
    `name: ours\nversion: 1\nsummary: ${summary}\nextends: worker\nvariables:\n  region: { type: choice, summary: Where it runs., default: eu, choices: [eu, us] }\n`;
  writeFileSync(join(ours, "blueprint.yaml"), described('""'));
  await page.goto(`${server.url}/projects`);
  await page.getByRole("button", { name: "New service" }).click();
  const dialog = page.getByRole("dialog", { name: "New service" });
  const blueprint = dialog.getByLabel("Blueprint", { exact: true });
  await expect(dialog.getByLabel("port")).toHaveValue("8080");
  await dialog.getByLabel(/^kubernetes/).check();
  await dialog.getByLabel("registry").fill("registry.internal");

  // Another choice and back: parts and values of each blueprint stay.
  await dialog.getByRole("button", { name: "Starting point" }).click();
  await expect(blueprint.getByRole("option")).toHaveText([
    "cli",
    "mcp-server",
    "static-site",
    "worker",
    "Another folder…",
  ]);
  await blueprint.selectOption("worker");
  await dialog.getByLabel("port").fill("3000");
  await expect(dialog.getByLabel(/^sqlite/)).toHaveCount(0);
  await looks(page, "service/new-starting-point");
  await dialog.getByRole("button", { name: "Entities" }).click();
  await expect(blueprint).toHaveValue("rest-api");
  await expect(dialog.getByLabel("registry")).toHaveValue("registry.internal");
  await dialog.getByLabel(/^kubernetes/).uncheck();

  // A folder that is no blueprint, one for another source, and the right one.
  await blueprint.selectOption("Another folder…");
  const own = dialog.getByLabel("Folder of the blueprint on the server");
  await own.fill(ours);
  await own.blur();
  await expect(dialog.getByRole("alert")).toContainText("blueprint.yaml: summary is wrong");
  await looks(page, "service/new-own-wrong");
  writeFileSync(join(ours, "blueprint.yaml"), described("What our team makes."));
  await own.focus();
  await own.blur();
  await expect(dialog.getByRole("alert")).toContainText("The blueprint ours is made from nothing");
  await dialog.getByRole("button", { name: "Starting point" }).click();
  await expect(blueprint).toHaveValue("worker");
  await blueprint.selectOption("Another folder…");
  await expect(dialog.getByText("What our team makes.")).toBeVisible();
  await expect(dialog.getByLabel("port")).toHaveValue("3000");
  await dialog.getByLabel("region").selectOption("us");
  await dialog.getByLabel("concurrency").fill("many");
  await dialog.getByLabel(/^Folder on the server/).fill(join(folder, "src", "jobs"));
  await looks(page, "service/new-own");
  await dialog.getByRole("button", { name: "Make it" }).click();
  await expect(dialog.getByLabel("concurrency")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByText(/^The variable concurrency is a whole number/)).toBeVisible();
  await dialog.getByLabel("concurrency").fill("4");
  await dialog.getByRole("button", { name: "Make it" }).click();
  await page.waitForURL("**/projects/jobs/service");
  const made = await page.request.get(`${server.url}/api/v1/services/jobs`);
  expect(await made.json()).toMatchObject({
    made: { blueprint: "ours", parts: [], variables: { port: 3000, region: "us", concurrency: 4 } },
  });
});

test("its page shows operations, requirements, the trace and environments, from facts alone", async () => {
  const { page, server } = stage;
  const tabs = page.getByRole("navigation", { name: "Service" });
  const steps = page.getByRole("list", { name: "From requirement to service" });
  await page.goto(`${server.url}/projects/shop`);
  await page.getByRole("navigation", { name: "Project" }).getByRole("link", { name: "Service" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "shop" })).toBeVisible();
  await expect(steps.getByRole("listitem")).toHaveText([
    /^Specification\s*None$/,
    /^.*Blueprint\s*rest-api \+ 1 part$/,
    /^.*Built\s*2 of 2 operations to write$/,
    /^Previews\s*None$/,
    /^Staging\s*No target$/,
    /^Production\s*No target$/,
  ]);
  await expect(page.getByText("Nothing waits for you.")).toBeVisible();
  await expect(page.getByText(/^Nothing runs here\./)).toBeVisible();
  await tabs.getByRole("link", { name: "Requirements" }).click();
  await expect(page.getByText(/^There are no requirements: shop has no/)).toBeVisible();
  await tabs.getByRole("link", { name: "Contract" }).click();
  await expect(page.getByRole("row", { name: /GET \/orders\/report Sums a month up Example/ })).toBeVisible();
  await expect(page.getByText("2 operations answer with an example")).toBeVisible();
  await looks(page, "service/contract");

  // What was promoted, then a specification, a test and a document that breaks clients.
  const api = `${server.url}/api/v1/projects/shop`;
  await page.request.post(`${api}/change`, { data: { setup: null } });
  await page.request.post(`${api}/targets`, { data: { name: "production", deploy: "true" } });
  await page.request.post(`${api}/promote`, { data: { target: "production" } });
  const promotion = page.locator("[data-promotion]").first();
  await page.goto(`${server.url}/projects/shop/service`);
  await expect(promotion.getByRole("button", { name: "Approve" })).toBeVisible({ timeout: 120_000 });
  await page.reload();
  await expect(page.getByText("A promotion waits for you.")).toBeVisible();
  await expect(steps.getByRole("listitem").last()).toHaveText(/Waiting for you.*Production|Production\s*Nothing yet/);
  await looks(page, "service/environments");
  await promotion.getByRole("button", { name: "Approve" }).click();
  await expect(promotion).toContainText("Done", { timeout: 120_000 });
  commit({
    "spec/specification.yaml": SPECIFICATION,
    "openapi.yaml": DOCUMENT.replace("/orders/report:", "/orders/sums:"),
    "test/list.test.ts": 'test("C1 the list has each order", () => {});\n',
  });
  await page.reload();
  await expect(page.getByText(/Production has [0-9a-f]{7}\./)).toBeVisible();
  await tabs.getByRole("link", { name: "Contract" }).click();
  await expect(page.getByRole("heading", { name: /^[0-9a-f]{7} against [0-9a-f]{7} in production$/ })).toBeVisible();
  await expect(page.getByRole("list", { name: "Changes" })).toContainText("breaking");
  await looks(page, "service/against");
  await tabs.getByRole("link", { name: "Requirements" }).click();
  const requirements = page.getByRole("list", { name: "Requirements" }).getByRole("listitem");
  await expect(page.locator("#R1")).toContainText("Named by a test; the check has not run on this commit.");
  await expect(page.locator("#R1")).toContainText("test/list.test.ts");
  await expect(page.locator("#R2")).toContainText("No acceptance criterion shows it.");
  await expect(page.locator("#N1")).toContainText("No environment with this commit was checked, which measures it.");
  await expect(requirements.filter({ hasText: "Shown" })).toHaveCount(0);
  await looks(page, "service/requirements");
  await tabs.getByRole("link", { name: /^Traceability/ }).click();
  await expect(page.getByRole("row", { name: /^R2 / })).toContainText("Neither");
  await looks(page, "service/traceability");
});

test("a gap becomes a task, and a change of requirements becomes a tree or says why not", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/projects/shop/service?part=requirements`);
  await page.getByRole("button", { name: "Change a requirement…" }).click();
  const dialog = page.getByRole("dialog", { name: "Change what shop has to do" });
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await expect(dialog.getByText("Say what the service has to do: the requirements are empty.")).toBeVisible();
  await dialog.getByLabel("What should be different?").fill("Orders can be cancelled.");
  await looks(page, "service/change");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await expect(dialog.getByText(/^The specification of shop is not consistent:/)).toBeVisible();
  await expect(dialog.getByLabel("What should be different?")).toHaveValue("Orders can be cancelled.");
  await page.keyboard.press("Escape");
  await page.goto(`${server.url}/projects/shop/service?part=traceability`);
  await page.getByRole("button", { name: /^Make it a task for R2$/ }).click();
  await expect(page.getByLabel("What should be done?")).toHaveValue(/^Show that the service meets the requirement R2/);
  await expect(page.getByText("Project shop")).toBeVisible();
});

test("what a tree asks while it specifies the service is answered on its page", async () => {
  const { page, server, folder } = stage;
  const steps = page.getByRole("list", { name: "From requirement to service" }).getByRole("listitem");
  await page.request.post(`${server.url}/api/v1/services/specify`, {
    data: {
      workspace: join(folder, "src", "studio"),
      requirements: "A booking API for a small studio.",
      blueprint: quickBlueprint(folder),
    },
    headers: { origin: server.url },
  });
  await page.goto(`${server.url}/projects/studio/service`);
  // The page was opened before the tree asks, and shows the question when it does.
  const question = page.getByRole("region", { name: "Needs your answer" });
  await expect(question.getByRole("button", { name: /^Never/ })).toBeVisible();
  await expect(question.getByLabel("Your answer")).toBeVisible();
  await expect(steps.first()).toHaveText(/^Specification.*1 question open$/);
  await expect(steps.first().getByRole("img", { name: "Waiting for you" })).toBeVisible();
  await expect(page.getByText("A question waits for you.")).toBeVisible();
  await looks(page, "service/question");
  await question.getByRole("button", { name: /^Never/ }).click();
  await expect(question.getByRole("button", { name: /^Undo/ })).toBeVisible();
  await looks(page, "service/answered");
  await expect(question.getByText(/^Answered/)).toBeVisible();
  await expect(page.getByText("Nothing waits for you.")).toBeVisible();
  // The page does not watch the work that goes on now.
  await expect(async () => {
    await page.reload();
    await expect(steps.nth(1)).toHaveText(/quick/, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(steps.first()).toHaveText(/3 requirements$/);
  expect(stage.problems).toEqual([]);
});

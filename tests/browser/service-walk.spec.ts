/**
 * Two walks of a person to a service that others use: from an OpenAPI document without a model, and from a sentence with
 * scripted agents to an approved staging, and on to a changed requirement that breaks clients, which nobody can overlook.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { specificationTexts } from "@/core/specification/testing/texts";
import { endTask } from "@/tests/agents/replies";
import { agentScript } from "@/tests/agents/scripted-provider";
import { ROUNDS, writes } from "@/tests/agents/specifying/script";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";
import { houseBlueprint } from "./studio/blueprint";
import { type PackageRegistry, startPackageRegistry } from "./studio/package-registry";
import { anonymous, SENTENCE, studio } from "./studio/specification";
import { codes } from "./studio/work";

const DOCUMENT = "node_modules/@scalar/galaxy/dist/latest.yaml";

const state = { isAnonymous: false };
const SCRIPT = agentScript({
  ...ROUNDS,
  specification_writer: (request) => writes(request, specificationTexts(state.isAnonymous ? anonymous : studio)),
  coder: (request) => codes(request, state),
  "*": endTask("Noted."),
});

// Each walk begins where the one before it ended.
test.describe.configure({ mode: "serial" });

let stage: Stage;
let staging: Server;
let registry: PackageRegistry;
const site = { version: "", isSick: false };

test.beforeAll(async ({ browser }) => {
  staging = createServer((request, response) => {
    if (request.method === "PUT")
      request.toArray().then((parts) => {
        site.version = Buffer.concat(parts).toString();
        response.end();
      });
    else response.writeHead(site.isSick ? 500 : 200).end(site.version);
  });
  await new Promise<void>((resolve) => staging.listen(0, "127.0.0.1", resolve));
  registry = await startPackageRegistry();
  stage = await openStage(browser, SCRIPT, {
    settings: (models, folder) => {
      mkdirSync(join(folder, "src"), { recursive: true });
      const hosts = [host(), registry.host].join(",");
      return { ...modelAt(models), BANYAN_WORKSPACE_ROOTS: folder, BANYAN_PRIVATE_HOSTS: hosts };
    },
  });
});

test.afterAll(async () => {
  await stage?.close();
  staging?.close();
  registry?.close();
});

const host = () => `127.0.0.1:${(staging.address() as AddressInfo).port}`;

/** Sends a request as the person who is signed in. */
async function send(path: string, data: object): Promise<{ id: string }> {
  const { page, server } = stage;
  const answer = await page.request.post(`${server.url}/api/v1/${path}`, { data, headers: { origin: server.url } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as { id: string };
}

/** Opens the dialog for a new service in a folder. */
async function openDialog(page: Page, folder: string) {
  await page.goto(`${stage.server.url}/projects`);
  await page.getByRole("button", { name: "New service" }).click();
  const dialog = page.getByRole("dialog", { name: "New service" });
  await dialog.getByLabel(/^Folder on the server/).fill(folder);
  return dialog;
}

/** Makes an environment on its page, and waits until the service runs in it. */
async function environmentOf(page: Page, name: string, variables: string) {
  await page.goto(`${stage.server.url}/projects/${name}/environments`);
  await page.getByRole("button", { name: "New environment" }).click();
  const dialog = page.getByRole("dialog", { name: `New environment of ${name}` });
  await dialog.getByLabel(/^Variables/).fill(variables);
  await dialog.getByRole("button", { name: "Bring up" }).click();
  const row = page.locator("[data-environment]");
  await expect(row).toContainText("Runs", { timeout: 120_000 });
  return row;
}

test("without a model: an OpenAPI document becomes a service that runs, answers and is checked", async () => {
  const { page, server, folder } = stage;
  const made = join(folder, "src", "galaxy");
  const dialog = await openDialog(page, made);
  await dialog.getByLabel("Or read a file").setInputFiles(DOCUMENT);
  await dialog.getByRole("button", { name: "Make it" }).click();
  await page.waitForURL("**/projects/galaxy/service?part=contract");
  await expect(page.getByRole("row", { name: /^GET \/planets / })).toBeVisible();
  await send("policy", { add_hosts: [registry.host] });
  await send("projects/galaxy/change", {
    setup: `npm install --no-audit --no-fund --registry http://${registry.host}/`,
  });
  const row = await environmentOf(page, "galaxy", "API_KEYS=a-key-of-ours");
  const [opened] = await Promise.all([
    page.context().waitForEvent("page"),
    row.getByRole("link", { name: /^Open/ }).click(),
  ]);
  await opened.waitForLoadState();
  const planets = await opened.goto(`${new URL(opened.url()).origin}/planets`);
  expect([planets?.status(), planets?.headers()["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
  await opened.close();
  await row.getByRole("button", { name: "Check…" }).click();
  const check = page.getByRole("dialog", { name: "Check preview" });
  await check.getByRole("button", { name: "Check", exact: true }).click();
  await expect(row.locator("details")).toBeVisible({ timeout: 200_000 });
  await row.locator("details > summary").click();
  await expect(row).toContainText("generated requests to 9 operations");
  await page.goto(`${server.url}/projects/galaxy/service`);
  await expect(page.getByRole("list", { name: "From requirement to service" })).toContainText("1 of 1 runs");
  // The next walk begins as on a machine where nobody has made a service.
  await send("policy", { remove_hosts: [registry.host] });
  expect(stage.problems).toEqual([]);
});

test("from a sentence: asked once, made, run, measured, and approved for staging", async () => {
  test.setTimeout(900_000);
  const { page, server, folder } = stage;
  const made = join(folder, "src", "studio");
  const blueprint = houseBlueprint(join(folder, "src"), registry);
  const dialog = await openDialog(page, made);
  await dialog.getByRole("button", { name: "Requirements" }).click();
  await dialog.getByLabel("What should it do?").fill(SENTENCE);
  await dialog.getByLabel("Blueprint", { exact: true }).selectOption("Another folder…");
  await dialog.getByLabel("Folder of the blueprint on the server").fill(blueprint);
  await dialog.getByLabel("What should it do?").focus();
  await expect(dialog.getByText("with packages from our own registry")).toBeVisible();
  await looks(page, "service-walk/sentence");
  await dialog.getByRole("button", { name: "Specify it" }).click();
  await page.waitForURL("**/trees/**");
  const tree = page.url();
  await page.goto(server.url);
  const question = page.getByRole("listitem").filter({ hasText: "May a guest cancel?" });
  await question.getByRole("button", { name: /Never/ }).click();
  await page.goto(`${server.url}/projects/studio/service`);
  const refused = page.getByRole("listitem").filter({ hasText: `Nobody has allowed ${registry.host}` });
  await expect(refused).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole("listitem").filter({ hasText: /^Built/ })).toContainText("1 question open");
  await looks(page, "service-walk/hosts");
  await page.goto(`${server.url}/settings/policy`);
  await page.getByLabel("Host to add").fill(registry.host);
  await page.getByRole("button", { name: "Add host" }).click();
  await expect(page.getByLabel("Allowed hosts").getByText(registry.host)).toBeVisible();
  await page.goto(`${server.url}/projects/studio/service`);
  await refused.getByRole("button", { name: "Check again" }).click();
  await page.goto(tree);
  await expect(page.getByText(/The service studio is in/).first()).toBeVisible({ timeout: 400_000 });
  const branch = execFileSync("git", ["-C", made, "branch", "--show-current"], { encoding: "utf8" }).trim();
  expect(branch).toBe("banyan/finish-the-service-studio");

  const row = await environmentOf(page, "studio", "API_KEYS=a-key-of-ours");
  await row.getByRole("button", { name: "Check…" }).click();
  await page.getByRole("dialog", { name: "Check preview" }).getByRole("button", { name: "Check", exact: true }).click();
  await expect(row.locator("details")).toBeVisible({ timeout: 200_000 });
  await row.locator("details > summary").click();
  await expect(row).toContainText("Checks hold");
  await expect(row).toContainText(/N1: latency_p95 of POST \/bookings at most 10 s at 20 requests\/s: [\d.]+ s\./);

  const http = `curl --silent --show-error --fail http://${host()}`;
  await send("projects/studio/targets", {
    name: "staging",
    plan: 'echo "staging gets $BANYAN_COMMIT"',
    deploy: `echo "$BANYAN_COMMIT" | ${http} -X PUT --data-binary @-`,
    smoke: http,
    hosts: [host()],
  });
  await promoted(page);
  const commit = execFileSync("git", ["-C", made, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  expect(site.version.trim()).toBe(commit);
  await page.goto(`${server.url}/projects/studio/service`);
  const way = page.getByRole("region", { name: /^Sentence to service/ });
  await expect(way).toContainText("to the first staging");
  await expect(way).toContainText(/Cost\s*\$0\.\d\d/);
  await expect(way).toContainText(/Steps by people\s*4: 2 answers, 2 promotions/);
  await looks(page, "service-walk/staging");
  await page.goto(`${server.url}/projects/studio/service?part=traceability`);
  await expect(page.getByRole("row", { name: /^R3 / })).toContainText("POST /reminders");
  await looks(page, "service-walk/traceability");
});

/** Asks for the newest commit to go to staging, finds it on Home, and approves it there where its plan stands. */
async function promoted(page: Page, reads: (page: Page) => Promise<void> = async () => {}): Promise<void> {
  await page.goto(`${stage.server.url}/projects/studio/environments`);
  const target = page.locator('[data-target="staging"]');
  await target.getByRole("button", { name: /^Promote the newest commit/ }).click();
  await expect(page.locator("[data-promotion]").first()).toContainText("Waits for an approval", { timeout: 60_000 });
  await page.goto(stage.server.url);
  const waiting = page.locator("[data-waiting-promotion]");
  await expect(waiting).toContainText(/Version [0-9a-f]{7} of studio to staging/, { timeout: 30_000 });
  await waiting.getByRole("link", { name: "Open plan" }).click();
  const promotion = page.locator("[data-promotion]").first();
  await expect(promotion).toContainText("staging gets ");
  await reads(page);
  await promotion.getByRole("button", { name: "Approve" }).click();
  await expect(promotion).toContainText("Done", { timeout: 60_000 });
}

test("a changed requirement goes the same way, and breaks no client unnoticed", async () => {
  test.setTimeout(900_000);
  const { page, server } = stage;
  state.isAnonymous = true;
  await page.goto(`${server.url}/projects/studio/service`);
  await page.getByRole("button", { name: "Change a requirement…" }).click();
  const dialog = page.getByRole("dialog", { name: "Change what studio has to do" });
  await dialog.getByLabel("What should be different?").fill("Bookings name no guest.");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await page.waitForURL("**/trees/**");
  const tree = page.url();
  await page.goto(server.url);
  const question = page.getByRole("listitem").filter({ hasText: "It breaks clients that use it as it is" });
  await expect(question).toBeVisible({ timeout: 60_000 });
  await looks(page, "service-walk/breaks-clients");
  await question.getByRole("button", { name: /Yes/ }).click();
  await page.goto(tree);
  await expect(page.getByText(/It breaks clients, which was agreed to:/).first()).toBeVisible({ timeout: 400_000 });
  await promoted(page, async () => {
    await expect(page.locator("[data-promotion]").first()).toContainText("This breaks clients:");
    await expect(page.locator("[data-promotion] li").first()).toContainText("guest");
    await looks(page, "service-walk/promotion");
  });
  expect(stage.problems).toEqual([]);
});

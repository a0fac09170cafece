import type { Page } from "@playwright/test";
import { type HttpFixture, startHttp } from "@/lib/mcp/testing/http-server";
import { PETS_YAML } from "@/lib/openapi/testing/pets";
import { agentScript } from "@/tests/agents/scripted-provider";
import { axeFaults } from "./axe";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

let stage: Stage;
let page: Page;
let api: HttpFixture;

test.beforeAll(async ({ browser }) => {
  api = await startHttp((request, _body, response) =>
    request.url === "/openapi.yaml"
      ? response.writeHead(200, { "content-type": "application/yaml" }).end(PETS_YAML)
      : response.writeHead(200, { "content-type": "application/json" }).end("[]"),
  );
  stage = await openStage(browser, agentScript({}), {
    settings: (provider) => ({ ...modelAt(provider), BANYAN_PRIVATE_HOSTS: api.host }),
  });
  page = stage.page;
});
test.afterAll(async () => {
  await stage?.close();
  await api?.stop();
});

const main = () => page.locator("#main");

test("an API is added by its document: read, chosen, signed, and changed on its page", async () => {
  await page.goto(`${stage.server.url}/tools`);
  await page.getByRole("button", { name: "Add API" }).click();
  const address = page.getByLabel(/^Address of its OpenAPI document/);
  await address.fill(`${api.origin}/missing.yaml`);
  await page.getByRole("button", { name: "Read document" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "not an OpenAPI document" })).toBeVisible();
  const large = { name: "large.json", mimeType: "application/json", buffer: Buffer.alloc(950_000, " ") };
  await page.getByLabel("Or choose a file").setInputFiles(large);
  await expect(page.getByRole("alert").filter({ hasText: "larger than 900 kB" })).toBeVisible();
  await address.fill(`${api.origin}/openapi.yaml`);
  await page.getByRole("button", { name: "Read document" }).click();
  await expect(page.getByLabel("Base URL")).toHaveValue("https://eu.pets.example/v1");
  await expect(page.getByRole("checkbox", { name: /GET \/pets\/\{petId\}/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /POST \/pets/ })).not.toBeChecked();
  await page.getByRole("checkbox", { name: /POST \/pets/ }).check();
  await page.getByLabel("Base URL").fill(`${api.origin}/v1`);
  await page.getByLabel("Authentication").selectOption("Key in a header");
  await page.getByLabel("Key", { exact: true }).fill("a-key-of-the-pets");
  await page.screenshot({ path: "test-results/capabilities/add-api.png", fullPage: true });
  await page.getByRole("button", { name: "Add 4 operations" }).click();
  await expect(
    page.getByRole("status").filter({ hasText: "pets is added; agents can use 4 operations of it." }),
  ).toBeVisible();
  // Closing changes the address while the list is still loading, which must not keep the old list.
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("[data-tool=pets]").getByRole("link").click();
  await expect(main()).toContainText("4 operations of Pets 1.2.");
  await expect(main()).not.toContainText("a-key-of-the-pets");
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Read document" }).click();
  await page.getByRole("checkbox", { name: /POST \/pets/ }).uncheck();
  await page.getByRole("button", { name: "Save 3 operations" }).click();
  await expect(page.getByRole("status").filter({ hasText: "pets is changed" })).toBeVisible();
  expect(stage.problems).toEqual([]);
});

test("capabilities are listed by kind, and a need finds the best of them", async () => {
  await page.goto(`${stage.server.url}/tools`);
  await page.getByRole("navigation", { name: "Tools" }).getByRole("link", { name: "Capabilities" }).click();
  await expect(page).toHaveURL(/\/tools\/capabilities$/);
  // Folded, with the number of each kind.
  await expect(page.locator("[data-capability=web_fetch]")).toBeHidden();
  await expect(page.locator("summary", { hasText: /^API operations\s*3$/ })).toBeVisible();
  await page.locator("summary", { hasText: /^Tools/ }).click();
  await expect(page.locator("[data-capability=web_fetch]")).toContainText("Not used yet");
  await expect(page.locator("[data-capability=coder]")).toBeHidden();
  await page.locator("summary", { hasText: /^Agents/ }).click();
  await expect(page.locator("[data-capability=coder]")).toBeVisible();
  await page.getByLabel("What you need").fill("list the pets");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/need=list/);
  await expect(page.locator("[data-capability=pets__listPets]")).toContainText("API operation");
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(page.locator("summary", { hasText: /^Agents/ })).toBeVisible();
  await page.goto(`${stage.server.url}/tools/capabilities?need=list%20the%20pets&need=x&tree=&tree=none`);
  await expect(page.locator("[data-capability=pets__listPets]")).toBeVisible();
  await page.goto(`${stage.server.url}/tools/capabilities?need=x&tree=nosuchtree`);
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  const answer = await page.request.get(`${stage.server.url}/api/v1/capabilities/find?q=read%20a%20web%20page`);
  expect(((await answer.json()) as { items: { name: string }[] }).items.map(({ name }) => name)).toContain("web_fetch");
  expect(stage.problems).toEqual([]);
});

test("a person can go back after data came while the address had a form open", async () => {
  await page.goto(`${stage.server.url}/tools`);
  const places = page.getByRole("navigation", { name: "Tools" });
  await places.getByRole("link", { name: "Capabilities" }).click();
  await expect(page).toHaveURL(/\/tools\/capabilities$/);
  await places.getByRole("link", { name: "Tools" }).click();
  await page.getByRole("button", { name: "Add API" }).click();
  await expect(page).toHaveURL(/\?add-api$/);
  const loaded = page.waitForResponse((response) => {
    const { rsc, "next-router-prefetch": prefetch } = response.request().headers();
    return rsc === "1" && prefetch === undefined && response.url().includes("/tools?add-api");
  });
  await page.getByLabel("Policy of web_fetch").selectOption("ask");
  await loaded;
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Capabilities", level: 1 })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Tools", level: 1 })).toBeVisible();
  await expect(page.getByLabel("Policy of web_fetch")).toHaveValue("ask");
  expect(stage.problems).toEqual([]);
});

test("links work while an action waits for the server", async () => {
  await page.goto(`${stage.server.url}/tools`);
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/tools", async (route) => {
    if (route.request().method() === "POST") await answered;
    await route.continue();
  });
  const asked = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/tools"));
  await page.getByLabel("Policy of web_fetch").selectOption("deny");
  await asked;
  await page.getByRole("navigation", { name: "Tools" }).getByRole("link", { name: "Capabilities" }).click();
  await expect(page.getByRole("heading", { name: "Capabilities", level: 1 })).toBeVisible();
  answer();
  await page.unrouteAll({ behavior: "wait" });
  expect(stage.problems).toEqual([]);
});

test("the pages pass axe, wide and on a phone, in light and dark mode, without horizontal scrolling", async () => {
  for (const [name, path] of [
    ["all", "/tools/capabilities"],
    ["found", "/tools/capabilities?need=read%20a%20web%20page"],
    ["api", "/tools/pets"],
    ["add", "/tools?add-api"],
  ] as const) {
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 1440],
      ["dark", 390],
      ["light", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(stage.server.url + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      if (name === "add") await expect(page.getByRole("heading", { name: "Add API" })).toBeVisible();
      expect([name, colorScheme, width, await axeFaults(page)]).toEqual([name, colorScheme, width, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `test-results/capabilities/${name}-${width}-${colorScheme}.png` });
    }
  }
});

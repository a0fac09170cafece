/** Faults of tasks and looks of the review agent on the real server: seen, asked for, and decided. */
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage, submitTree } from "./stage";
import { tabAs } from "./tab-as";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

const script = agentScript({
  researcher: ({ turn }) => (turn === 0 ? call("edit_everything", { how: "<b>at once</b>" }) : done("Done.")),
  review_agent({ turn, instruction }) {
    if (turn > 0) return done("Researchers call a tool that no agent has. The document says which tools there are.");
    const [, id = ""] = /^(f[0-9a-f]{7}): agent/m.exec(instruction) ?? [];
    return call("propose_document", {
      name: "tools_at_hand",
      description: "Which tools an agent has, and what to do without one.",
      body: "Call only tools that you were given. Ask for another with `request_tools`.",
      why: "Five tasks called a tool that no agent has.",
      faults: [id],
    });
  },
  "*": done('{"outcome":"pass","reasons":["It says so."]}'),
});

let stage: Stage;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { settings: (models) => modelAt(models) });
});

test.afterAll(async () => {
  await stage?.close();
});

test("a person sees faults, asks for a look, and finds its proposal with the quoted faults", async ({ browser }) => {
  const { page, server, problems } = stage;
  const address = `${server.url}/operations/improvement`;
  await page.goto(address);
  await expect(page.getByText("No faults. A fault is a failed task")).toBeVisible();
  await expect(page.getByText("Off: the review agent looks at faults only when somebody asks")).toBeVisible();
  await looks(page, "improvement/empty");
  for (let one = 0; one < 5; one += 1) await submitTree(stage, { task: `Wrong ${one}`, agent: "researcher" });

  const kind = page.locator("[data-fault]").first();
  await expect(async () => {
    await page.reload();
    await expect(kind).toContainText("5 tasks", { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(kind).toContainText("Tool call refused");
  // By keys: first the quotations, then the button for a look.
  await kind.locator("summary").focus();
  await page.keyboard.press("Enter");
  await expect(kind.locator("blockquote").first()).toContainText("You have no tool edit_everything.");
  await page.getByRole("button", { name: "Look now" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("The review agent looks at 1 kind of faults.")).toBeVisible();
  const look = page.locator("[data-look=succeeded]");
  await expect(look).toContainText("Researchers call a tool that no agent has.");
  await expect(look).toContainText("Asked for by");
  await expect(look).toContainText("Waits for a decision");
  await looks(page, "improvement/looked");

  await look.getByRole("link", { name: "Document tools_at_hand" }).click();
  const item = page.getByRole("article", { name: "Selected item" });
  await expect(item.getByRole("heading", { name: "Faults that it would prevent" })).toBeVisible();
  await expect(item.locator("blockquote").first()).toContainText("You have no tool edit_everything.");
  await expect(item).toContainText("no policy may approve it");
  await looks(page, "improvement/item");
  // The quotation leads to its message.
  await item
    .getByRole("link", { name: /^Open task/ })
    .first()
    .click();
  await page.waitForURL(/\/trees\/.*task=.*&seq=/);
  await expect(page.locator("#main")).toContainText("You have no tool edit_everything.");

  // The tree of the look is marked, and no list contains it.
  await page.goto(address);
  await look.getByRole("link", { name: "Open its tree" }).click();
  await expect(page.getByText("System tree", { exact: true })).toBeVisible();
  await looks(page, "improvement/tree");
  await page.goto(`${server.url}/trees`);
  await expect(page.getByRole("link", { name: /Wrong 0/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /What went wrong/ })).toHaveCount(0);

  // An admin decides when it looks; others see it.
  await page.goto(address);
  await page.getByLabel("Looks by itself").selectOption("On");
  await page.getByLabel("Daily cap in $").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The cap cannot be 0: give dollars from 0.01 to 1000.")).toBeVisible();
  await page.getByLabel("Daily cap in $").fill("2.5");
  await page.getByLabel("Nightly at").selectOption("04:00");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("On: the review agent looks at faults each night at 04:00")).toBeVisible();
  const viewer = await tabAs("viewer", browser, stage);
  await viewer.goto(address);
  await expect(viewer.locator("[data-look=succeeded]")).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Look now" })).toHaveCount(0);
  await expect(viewer.getByLabel("Looks by itself")).toHaveCount(0);
  await viewer.context().close();
  expect(problems).toEqual([]);
});

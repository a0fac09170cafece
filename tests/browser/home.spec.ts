/** Home, composer, list of trees and layout on the real server; machine alerts on a fake server. */
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedProvider, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { heldModel } from "@/tests/agents/services/held-model";
import { axeFaults } from "./axe";
import { door } from "./door";
import { pick } from "./pick";
import { type RealServer, test as real } from "./real-server";
import { expect as expectSoon, openLifeless, openTree, test } from "./rehearsal";
import { openStage, type Stage, shownTask } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const KEY = "sk-ant-home-4711-0815-wxyz";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

const WORK: Record<string, (request: ScriptedRequest) => Reply | Promise<Reply>> = {
  "Ask about the paths": ({ turn, lastToolResults }) =>
    turn === 0
      ? call("ask", { question: "May `/files/*` stop matching `/files`?\n\n- No, match both\n- Yes, answer 404" })
      : done(`The answer was ${lastToolResults[0]?.content}`),
  "Choose a colour": ({ turn }) =>
    turn === 0 ? call("ask", { question: "Which?\n\n- Blue\n- Red" }) : done("Chosen."),
  // It fails while Home is open: on the task's own page, the person would have seen it.
  "Fail at first": async () => {
    tries += 1;
    if (tries > 1) return done("It works now.");
    await home.whenLetGo;
    return call("end_task", { status: "failure", result: "There is no such file." });
  },
  "Take a while": async () => {
    await ended.opened;
    return done("It took a while.");
  },
};
const ended = door();
let tries = 0;
const home = heldModel();

const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Done."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

real.describe("on the real server", () => {
  real.describe.configure({ mode: "serial" });
  let stage: Stage;
  let provider: ScriptedProvider;
  let server: RealServer;
  let page: Page;
  let problems: string[];

  real.beforeAll(async ({ browser }) => {
    stage = await openStage(browser, script, {
      provider: { models: { names: ["claude-sonnet-4-5"], key: KEY } },
      settings: (_, folder) => ({ BANYAN_KEY_FILE: join(folder, "keys.json") }),
    });
    ({ provider, server, page, problems } = stage);
  });
  real.afterAll(async () => {
    ended.open();
    await stage?.close();
    expect(problems).toEqual([]);
  });

  const task = (): Locator => page.getByLabel("What should be done?");
  const section = (name: string): Locator => page.getByRole("region", { name, exact: true });

  async function submit(text: string): Promise<void> {
    await page.goto(server.url);
    await task().fill(text);
    await page.getByLabel("Agent", { exact: true }).selectOption("worker");
    await task().press("Control+Enter");
    await page.waitForURL(/\/trees\//);
    await page.goto(server.url);
  }

  /** Reads the titles of trees from the API with the session of the page. */
  async function titles(query = ""): Promise<string[]> {
    return page.evaluate(async (address) => {
      const { items } = (await (await fetch(address)).json()) as { items: { title: string }[] };
      return items.map((tree) => tree.title);
    }, `/api/v1/trees?limit=500${query}`);
  }

  real(
    "without a model the page says what works; a wrong key shows an error, a valid key is used immediately",
    async () => {
      await expect(page.getByText("No model is connected.")).toBeVisible();
      await expect(page.getByText("$20.00 a day for all trees, $5.00 for a tree without its own cap.")).toBeVisible();
      await page.getByRole("button", { name: "Change the caps" }).click();
      await page.getByLabel("All trees, a day").fill("50");
      await page.getByRole("form", { name: "Caps on spending" }).getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("$50.00 a day for all trees, $5.00 for a tree without its own cap.")).toBeVisible();
      expect(await axeFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Choose a folder" }).click();
      await expect(page.getByRole("button", { name: "Survey my folder" })).toBeEnabled();
      const connect = section("Connect a model");
      await connect.getByLabel("Key", { exact: true }).fill("sk-ant-wrong");
      await connect.getByLabel(/^Address/).fill(provider.url);
      await connect.getByRole("button", { name: "Test the key" }).click();
      await expect(connect.getByRole("alert")).toContainText("Anthropic");
      await expect(connect.getByLabel("Key", { exact: true })).toHaveValue("sk-ant-wrong");
      await connect.getByLabel("Key", { exact: true }).fill(KEY);
      await connect.getByLabel("Key", { exact: true }).press("Enter");
      await expect(connect.getByText("Anthropic accepts the key: 1 model.")).toBeVisible();
      await connect.getByRole("button", { name: "Save", exact: true }).click();
      await expect(task()).toBeVisible();
      await expect(page.getByText("No model is connected.")).toHaveCount(0);
      await expect(page.getByLabel("Agent", { exact: true })).toHaveValue("");
    },
  );

  real(
    "a template fills the composer; errors appear at their fields; a repeated submission creates a single tree",
    async () => {
      await page.keyboard.press("c");
      await expect(task()).toBeFocused();
      await task().fill("Something else");
      await page.getByRole("button", { name: "Templates" }).click();
      const templates = page.getByRole("dialog", { name: "Templates" });
      await templates.getByRole("button", { name: /^Fix a failing test/ }).click();
      await expect(task()).toHaveValue(/^The test <name> fails/);
      expect(await page.evaluate(() => getSelection()?.toString())).toBe("<name>");
      await expect(page.getByText("Up to $5.00, 1 h 00 m.")).toBeVisible();
      await page.getByRole("button", { name: "Undo" }).click();
      await expect(task()).toHaveValue("Something else");

      const options = page.getByRole("button", { name: /options$/ });
      await options.click();
      await page.getByLabel("Money, in dollars").fill("much");
      await page.getByLabel("Stepping").selectOption("manual");
      await options.click();
      await expect(page.getByLabel("Money, in dollars")).toBeHidden();
      await page.getByRole("button", { name: "Start" }).click();
      const money = page.getByLabel("Money, in dollars");
      await expect(money).toBeFocused();
      await expect(money).toHaveAccessibleDescription("Money must be a dollar amount above 0, or “none” for no cap.");
      await money.fill("2");
      await page.reload();
      await expect(task()).toHaveValue("Something else");
      await expect(page.getByText("Up to $2.00. Waits before each turn.")).toBeVisible();

      await page.getByRole("button", { name: "Templates" }).click();
      await page.getByLabel("Name of a new template").fill("Mine");
      await page.keyboard.press("Enter");
      await expect(page.getByText("Saved as the template “Mine”.")).toBeVisible();
      await page.getByRole("button", { name: "Delete the template Mine" }).click();
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      await expect(page.getByRole("button", { name: /^Mine/ })).toHaveCount(0);
      await page.keyboard.press("Escape");

      // The response is lost. The page sends the request again, which must not create another tree.
      let lost = 0;
      await page.route(`${server.url}/`, async (route) => {
        if (route.request().method() !== "POST" || lost > 0) return route.continue();
        lost += 1;
        await route.fetch();
        await route.abort();
      });
      await task().press("Control+Enter");
      await task()
        .press("Control+Enter")
        .catch(() => {});
      await page.waitForURL(/\/trees\//);
      await page.unroute(`${server.url}/`);
      expect(lost).toBe(1);
      expect(await titles()).toEqual(["Something else"]);
      await page.goto(server.url);
      await expect(task()).toHaveValue("");
      await expect(section("Paused").getByText("Something else")).toBeVisible();
    },
  );

  real(
    "a repository address asks for a branch, and an unreachable repository shows an error at the field",
    async () => {
      await task().fill("Look at it");
      await expect(page.getByLabel("Branch")).toHaveCount(0);
      await pick(page, "Workspace", "https://127.0.0.1:1/orders.git");
      await page.getByLabel("Branch").fill("main");
      await page.getByRole("button", { name: "Start" }).click();
      await expect(page.getByRole("alert").filter({ hasText: "127.0.0.1" })).toBeVisible();
      await expect(page.getByLabel("Branch")).toHaveValue("main");
      expect(await titles()).toHaveLength(1);
      await pick(page, "Workspace", "");
      await task().fill("");
    },
  );

  real("a question is answered by its number and a failed tree is retried, both on the home page", async () => {
    await submit("Ask about the paths");
    const question = page.locator("[data-review]");
    await expect(question.getByRole("button", { name: /No, match both/ })).toBeVisible();
    await page.getByRole("button", { name: "More options" }).click();
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await axeFaults(page)]).toEqual([colorScheme, []]);
    }
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await expect(question).toBeFocused();
    await page.keyboard.press("2");
    await expect(page.getByRole("status").filter({ hasText: "answer" }).first()).toBeVisible();
    await expect(section("Ended lately").getByText("Ask about the paths")).toBeVisible();
    expect(provider.requests.some(({ rawBody }) => rawBody.includes("Yes, answer 404"))).toBe(true);

    await submit("Fail at first");
    home.letGo();
    const failure = page.locator("[data-failure]");
    await expect(failure).toContainText("Fail at first failed");
    for (const act of ["Retry", "Dismiss"]) {
      await failure.getByRole("button", { name: act }).click();
      await expect(page.locator("[data-settled]").getByRole("button", { name: "Undo" })).toBeVisible();
      await page.keyboard.press("z");
      await expect(failure).toBeFocused();
    }
    await failure.getByRole("button", { name: "Retry" }).click();
    await expect(failure).toHaveCount(0);
    await expect(page.getByText("Attempt 2 starts. To end it, stop the task.")).toBeVisible();
    // The notice stays while it has the pointer or the focus.
    await page.mouse.move(0, 0);
    await page.keyboard.press("c");
    await expect(page.getByText(/Nothing needs you/)).toBeVisible();
  });

  real("Home that a person goes back to shows what has ended meanwhile", async () => {
    await submit("Take a while");
    await section("Running").getByRole("link", { name: "Take a while" }).click();
    await page.waitForURL(/\/trees\//);
    ended.open();
    await expect(shownTask(page, /Succeeded/).first()).toBeVisible();
    // No row moves under the pointer.
    await page.mouse.move(0, 0);
    await page.goBack();
    await expect(section("Ended lately").getByText("Take a while")).toHaveCount(1);
    await expect(section("Running")).toHaveCount(0);
  });

  real("the list of trees keeps filters, order, search and page in its address", async () => {
    await submit("Choose a colour");
    const question = page.locator("[data-review]");
    await expect(question.getByRole("link", { name: "Choose a colour" })).toBeVisible();
    await page.evaluate(async () => {
      const post = (index: number) =>
        fetch("/api/v1/trees", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ task: `Number ${index}`, agent: "worker", stepping: "manual" }),
        });
      await Promise.all(Array.from({ length: 52 }, (_, index) => post(index)));
    });
    await page.reload();
    // They wait for a person before their first turn.
    const paused = page.getByRole("region", { name: "Paused" });
    await expect(paused.locator("[data-tree]")).toHaveCount(30);
    await expect(paused.getByText("newest first")).toBeVisible();
    // Its tree is older than those in the lists.
    await question.getByRole("link", { name: "Choose a colour" }).waitFor();
    await paused.getByRole("link", { name: "All open trees" }).click();
    await page.waitForURL(`${server.url}/trees?status=open`);
    await expect(page.locator("[data-tree]")).toHaveCount(50);
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await page.waitForURL(`${server.url}/trees`);
    await expect(page.locator("[data-tree]")).toHaveCount(50);
    await page.getByRole("link", { name: "Next 50" }).click();
    await expect(page).toHaveURL(/after=/);
    await expect(page.locator("[data-tree]")).toHaveCount(7);
    await page.getByRole("button", { name: /^Succeeded/ }).click();
    await expect(page).toHaveURL(`${server.url}/trees?status=succeeded`);
    await expect(page.locator("[data-tree]")).toHaveCount(3);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await axeFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.keyboard.press("/");
    await page.keyboard.type("paths");
    await expect(page).toHaveURL(/search=paths/);
    await expect(page.locator("[data-tree]")).toHaveCount(1);
    await page.getByLabel("Sort").selectOption("cost");
    await expect(page).toHaveURL(/sort=cost/);
    await page.reload();
    await expect(page.getByLabel("Find a tree by its title or id")).toHaveValue("paths");
    await page.getByLabel("Find a tree by its title or id").fill("nothing has this");
    await expect(page.getByText("No tree has succeeded and has “nothing has this” in its title.")).toBeVisible();
    await page.getByRole("link", { name: "Show all trees" }).click();
    await expect(page).toHaveURL(`${server.url}/trees`);
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/trees\/\w+/);
  });

  real("during a restart the page says so, keeps drafts, and shows nothing twice", async () => {
    await page.goto(server.url);
    const rows = page.locator("[data-tree]");
    const before = await rows.count();
    await task().fill("Half a thought");
    await server.stop();
    await expect(page.getByText("The server is restarting.")).toBeVisible();
    await task().pressSequentially(" more");
    await server.startAgain();
    await expect(page.locator("[data-connection=live]")).toBeVisible({ timeout: 120_000 });
    await expect(page.getByText("The server is restarting.")).toBeHidden();
    await expect(task()).toHaveValue("Half a thought more");
    await expect(rows).toHaveCount(before);
    const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-tree")));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

real("an answer that is typed while its form's code loads is kept, whatever changes meanwhile", async ({ browser }) => {
  const stage = await openStage(browser, script);
  try {
    await answersEarly(stage);
    expect(stage.problems).toEqual([]);
  } finally {
    await stage.close();
  }
});

async function answersEarly({ page, server }: Stage): Promise<void> {
  const api = (path: string, data: object) =>
    page.request.post(`${server.url}/api/v1/${path}`, { data, headers: { origin: server.url } });
  const made = async (task: string) => (await (await api("trees", { task, agent: "worker" })).json()) as { id: string };
  const asking = await made("Ask about the paths");
  await page.goto(server.url);
  const question = page.locator("[data-review]");
  await expect(question).toBeVisible();
  let letThrough = () => {};
  const through = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  const held: string[] = [];
  await page.route("**/_next/static/chunks/*.js", async (route) => {
    const answer = await route.fetch();
    // The code of the answer's form, by the words of its field.
    if ((await answer.text()).includes("Or type your own answer")) {
      held.push(route.request().url());
      await through;
    }
    await route.fulfill({ response: answer });
  });
  await page.goto(server.url, { waitUntil: "domcontentloaded" });
  await expect.poll(() => held.length).toBeGreaterThan(0);
  await expect(page.locator("[data-connection=live]").first()).toBeAttached();
  await question.getByLabel("Your answer").fill("Both, please");
  expect((await api(`trees/${asking.id}/change`, { priority: 3 })).status()).toBe(200);
  // The page gets this after the change.
  await made("Something new");
  await expect(page.getByText("Something new").first()).toBeVisible();
  letThrough();
  const answer = question.getByRole("button", { name: /^Answer/ });
  await expect(answer).toBeEnabled();
  await expect(question.getByLabel("Your answer")).toHaveValue("Both, please");
  await answer.click();
  // The pointer is still there, so the row stays in its place.
  await expect(page.getByRole("link", { name: /^Ask about the paths – Succeeded\..*Both, please/ })).toBeVisible();
}

test("a refused task shows why and keeps its text, also after a reload", async ({ signedIn: page }) => {
  const text = page.getByLabel("What should be done?");
  await text.fill("Look at the orders");
  await pick(page, "Workspace", "/srv/not-there");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "The workspace /srv/not-there does not exist." }),
  ).toBeVisible();
  await expect(text).toHaveValue("Look at the orders");
  await page.reload();
  await expect(text).toHaveValue("Look at the orders");
  // Text typed before hydration is added to the stored draft, which was not visible yet.
  const hydrate = await openLifeless(page, page.url(), "What should be done?");
  await text.fill("and at the bills");
  await hydrate();
  await expect(text).toHaveValue("Look at the orders\nand at the bills");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "The workspace /srv/not-there does not exist." }),
  ).toBeVisible();
  await page.reload();
  await expect(text).toHaveValue("Look at the orders\nand at the bills");
});

test("a machine alert says what to do on each page and disappears on its own", async ({
  signedIn: page,
  rehearsal,
}) => {
  const strip = page.locator("[data-alert=disk]");
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await expect(strip).toHaveCount(0);
  expect(await rehearsal.ask("full")).toEqual({ full: true });
  await page.reload();
  await expect(strip).toContainText("The disk of the data folder is 93 % full. Delete old trees with");
  await expect(strip.locator("code")).toHaveText("npx banyan delete TREE");
  await openTree(page, "Upgrade Express");
  await expect(strip).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBeLessThanOrEqual(0);
  expect(await rehearsal.ask("full")).toEqual({ full: false });
  // Returning to the page updates it.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(strip).toHaveCount(0);
});

test("a tree's filters keep their words beside the task, in one line at 1440 px", async ({ signedIn: page }) => {
  await openTree(page, "Upgrade Express");
  const chips = page.getByRole("group", { name: "Show" });
  for (const [width, lines] of [
    [1440, 1],
    [1280, 2],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    for (const word of ["All", "You", "Problems", "Running", "Parked", "Succeeded"])
      await expect(chips.getByRole("button", { name: new RegExp(`^${word} \\d`) })).toBeInViewport({ ratio: 1 });
    expect(await chips.evaluate((group) => group.scrollWidth - group.clientWidth)).toBe(0);
    expect((await chips.boundingBox())?.height).toBeLessThan(lines * 32);
  }
});

/** Running work as a person sees it, and notices that something needs them, on the real server. */
import { createServer } from "node:http";
import type { Browser, BrowserContext, Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { expect, type RealServer, test, watchProblems } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

const doors = { stream: door(), read: door(), child: door(), phone: door() };
const STREAMED = "# What I found\n\nThe **first** thing is here.\n\n- one\n- two\n\nAnd the end of the reply.";
const PIECES = 40;
/** The events before the middle of the text. */
const MIDDLE = 25;
/** Prints more than the page shows, then runs on. A last word is held back, because a secret could begin in it. */
const COMMAND =
  "for i in $(seq 1 40); do echo line $i; done; echo all lines are printed; until false; do sleep 0.1; done";

const WORK: Record<string, (request: ScriptedRequest) => Reply | Promise<Reply>> = {
  async "Write a report"({ turn }) {
    if (turn === 0)
      return {
        text: STREAMED,
        pieces: PIECES,
        thinking: "The report needs a title first.",
        beforeFrame: async (at) => (at < MIDDLE ? undefined : doors.stream.opened),
        ...call("list_directory", { path: "." }),
      };
    // The end of a task folds its log.
    await doors.read.opened;
    return done("Written.");
  },
  "Run the tests": ({ turn }) => call("use_terminal", { command: turn === 0 ? "exit 3" : COMMAND }),
  "Split the work": ({ turn }) =>
    turn === 0
      ? call("start_subtask", { instruction: "A part of it", agent: "worker", title: "A part of it" })
      : done("All parts."),
  async "A part of it"() {
    await doors.child.opened;
    return done("A part.");
  },
  "Send one to the door": ({ turn }) =>
    turn === 0
      ? call("start_subtask", { instruction: "Wait for the door", agent: "worker", title: "Wait for the door" })
      : done("It came in."),
  async "Wait for the door"() {
    await doors.phone.opened;
    return done("Opened.");
  },
  "Ask me": ({ turn }) => (turn === 0 ? call("ask", { question: "Which name does it get?" }) : done("Named.")),
};

const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

/** A receiver of webhooks that fails until it is repaired. */
const hook = { received: [] as { id: string; title: string }[], isBroken: true, host: "" };
const receiver = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    const { tree } = JSON.parse(text) as { tree: { title: string } | null };
    hook.received.push({ id: String(request.headers["webhook-id"]), title: tree?.title ?? "" });
    response.writeHead(hook.isBroken ? 500 : 204).end();
  });
});

let stage: Stage;
let server: RealServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const address = receiver.address();
  hook.host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), BANYAN_PRIVATE_HOSTS: hook.host }),
  });
  ({ server, page } = stage);
});

test.afterAll(async () => {
  for (const one of Object.values(doors)) one.open();
  await stage?.close();
  receiver.close();
});

const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });
const strip = (): Locator => page.getByRole("region", { name: "Runs now" });

/** Starts a tree through the API, and returns its id. */
async function start(task: string, more: object = {}): Promise<string> {
  const body = { task, agent: "worker", ...more };
  const made = await page.evaluate(async (sent) => {
    const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(sent) };
    return (await (await fetch("/api/v1/trees", options)).json()) as { id: string };
  }, body);
  return made.id;
}

test("a page that joins in the middle of a reply shows it from the beginning, as Markdown", async () => {
  const id = await start("Write a report");
  await page.goto(`${server.url}/trees/${id}`);
  const stream = page.getByTestId("stream");
  await expect(stream.getByRole("heading", { name: "What I found" })).toBeVisible();
  await expect(stream.locator("strong", { hasText: "first" })).toBeVisible();
  await expect(stream).not.toContainText("the end of the reply");
  await page.reload();
  await expect(stream.getByRole("heading", { name: "What I found" })).toBeVisible();
  await expect(stream.locator("summary", { hasText: "Reasoning" })).toContainText(/\d+ characters/);
  // The model writes already, so the text about the snapshot is gone.
  await expect(pane().getByTestId("task-sentence")).toContainText("Turn 1. Nothing needed.");
  await page.screenshot({ path: "test-results/live-stream.png" });
  doors.stream.open();
  await expect(pane().locator("[data-seq]", { hasText: "And the end of the reply." })).toHaveCount(1);
  doors.read.open();
  await expect(page.locator("[data-draft]")).toHaveCount(0);
});

test("a page that joins while a command runs shows its last lines, and how earlier commands ended", async () => {
  const id = await start("Run the tests");
  await page.goto(`${server.url}/trees/${id}`);
  const output = pane().getByTestId("running-output");
  await expect(output).toContainText("line 40");
  await page.reload();
  await expect(output).toContainText("line 40");
  await expect(output).not.toContainText("line 35");
  await output.getByRole("button", { name: "Show all" }).click();
  await expect(output).toContainText("line 1\n");
  await expect(pane().locator("[data-call]", { hasText: "for i in" })).toContainText(/running · \d+ [sm]/);
  await expect(pane().locator("[data-call]", { hasText: "exit 3" })).toContainText(/exit 3 · [<\d]/);
  await page.screenshot({ path: "test-results/live-command.png" });
  await page.evaluate((tree) => fetch(`/api/v1/trees/${tree}/stop`, { method: "POST" }), id);
  await expect(output).toHaveCount(0);
  await expect(strip()).toHaveCount(0);
});

test("on a phone, running work is one line, which opens the list", async () => {
  const id = await start("Send one to the door");
  await page.goto(`${server.url}/trees/${id}`);
  await page.setViewportSize({ width: 390, height: 844 });
  const line = strip().getByRole("button", { name: /^1 running/ });
  const chip = strip().locator("[data-running]");
  await expect(line).toContainText("worker: writing");
  await expect(chip).toBeHidden();
  expect((await strip().boundingBox())?.height).toBeLessThan(36);
  await page.screenshot({ path: "test-results/runs-now-phone.png" });
  await line.click();
  await page.screenshot({ path: "test-results/runs-now-phone-open.png" });
  await chip.click();
  await expect(pane().getByRole("heading", { level: 2, name: "Wait for the door" })).toBeVisible();
  await expect(chip).toBeHidden();
  await page.screenshot({ path: "test-results/runs-now-phone-task.png" });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  doors.phone.open();
  await expect(strip()).toHaveCount(0);
  await page.setViewportSize({ width: 1280, height: 720 });
});

test("follow moves the selection with the active task, until the person selects one", async () => {
  const id = await start("Split the work");
  await page.goto(`${server.url}/trees/${id}`);
  await expect(strip().locator("[data-running]", { hasText: "A part of it" })).toHaveCount(1);
  await expect(pane().getByRole("heading", { level: 2, name: "Split the work" })).toBeVisible();
  await page.keyboard.press("F");
  await expect(pane().getByRole("heading", { level: 2, name: "A part of it" })).toBeVisible();
  await page.reload();
  await expect(strip().getByRole("button", { name: "Following" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("k");
  await expect(pane().getByRole("heading", { level: 2, name: "Split the work" })).toBeVisible();
  await expect(strip().getByRole("button", { name: "Follow", exact: true })).toHaveAttribute("aria-pressed", "false");
  doors.child.open();
  await expect(strip()).toHaveCount(0);
});

/** A context in which the browser shows notifications, but not from pages, as on Android. */
async function contextThatNotifies(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    storageState: await page.context().storageState(),
    serviceWorkers: "allow",
  });
  await context.grantPermissions(["notifications"], { origin: server.url });
  await context.addInitScript(() => {
    const refuses = {
      construct() {
        throw new TypeError("Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.");
      },
    };
    Object.assign(window, { Notification: new Proxy(Notification, refuses) });
    document.hasFocus = () => false;
  });
  return context;
}

/** The notifications that the browser shows. */
const shownIn = (of: Page) =>
  of.evaluate(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications();
    return all.map(({ title, body }) => ({ title, body }));
  });

async function openItem(): Promise<string> {
  const { items } = await (await page.request.get(`${server.url}/api/v1/reviews?open=1`)).json();
  return items[0].id;
}

test("a phone is offered notifications while something waits", async ({ wholeBrowser }) => {
  const context = await contextThatNotifies(wholeBrowser);
  const phone = await context.newPage();
  await phone.setViewportSize({ width: 390, height: 844 });
  await phone.goto(server.url);
  await start("Ask me");
  for (const path of ["/", "/review"]) {
    await phone.goto(`${server.url}${path}`);
    await expect(phone.getByRole("button", { name: "Notify me here" })).toBeVisible();
    await phone.screenshot({ path: `test-results/offer${path === "/" ? "" : "-review"}.png` });
  }
  await phone.getByRole("button", { name: "Notify me here" }).click();
  await expect(phone.getByRole("button", { name: "Notify me here" })).toHaveCount(0);
  await page.request.post(`${server.url}/api/v1/reviews/${await openItem()}/answer`, { data: { text: "Ann" } });
  await expect.poll(async () => (await page.request.get(`${server.url}/api/v1/reviews?open=1`)).text()).toContain("[]");
  await context.close();
});

test("the title, the icon and a notification say that something waits, until it is settled", async ({
  wholeBrowser,
}) => {
  const context = await contextThatNotifies(wholeBrowser);
  const other = await context.newPage();
  const problems = watchProblems(other);
  await other.goto(`${server.url}/settings/notifications`);
  await expect(other).toHaveTitle("Notifications · Banyan");
  await other.getByRole("button", { name: "Turn on" }).click();
  await expect(other.getByText("On in this browser, while a page of Banyan is open.")).toBeVisible();
  // The first check notes what already waits.
  await other.waitForResponse(/reviews\?open=1/);
  await start("Ask me");
  await expect(other).toHaveTitle("(1) Notifications · Banyan");
  await expect(other.locator('link[rel~="icon"]').first()).toHaveAttribute("href", "/icons/waits.svg");
  const notice = { title: "Question waits for you", body: "Answer: Which name does it get?" };
  await expect.poll(() => shownIn(other)).toEqual([notice]);
  await other.screenshot({ path: "test-results/notifications.png", fullPage: true });
  // Replaces a person's click: Chromium without a window shows nothing to click.
  const [worker] = context.serviceWorkers();
  await worker?.evaluate(async () => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration };
    const [notification] = await scope.registration.getNotifications();
    self.dispatchEvent(Object.assign(new Event("notificationclick"), { notification, waitUntil: () => {} }));
  });
  await other.waitForURL(`${server.url}/review?item=${await openItem()}`);
  await expect.poll(() => shownIn(other)).toEqual([]);
  await start("Ask me");
  await expect.poll(() => shownIn(other)).toEqual([notice]);
  await page.goto(`${server.url}/review`);
  await expect(page).toHaveTitle("(2) Review · Banyan");
  for (const left of [1, 0]) {
    // A question must be on the screen for a moment before it can be answered.
    await expect(page.getByText("You have seen all of it")).toBeVisible();
    await page.getByRole("textbox", { name: /answer/i }).fill("Ann");
    await page.keyboard.press("Control+Enter");
    await expect(other).toHaveTitle(left === 0 ? "Review · Banyan" : "(1) Review · Banyan");
  }
  await expect.poll(() => shownIn(other)).toEqual([]);
  expect(problems).toEqual([]);
  await context.close();
});

test("a webhook gets its message after failures and a killed server, under one id", async () => {
  await page.goto(`${server.url}/settings/notifications`);
  await page.getByRole("button", { name: "Add webhook" }).click();
  await page.getByLabel("Address").fill("http://10.1.1.1/hook");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("10.1.1.1 is a private address", { exact: false })).toBeVisible();
  await page.getByLabel("Address").fill(`http://${hook.host}/hook`);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByTestId("webhook-secret")).toContainText("whsec_");
  await page.getByRole("button", { name: "Send test" }).click();
  await expect(page.getByText("The test message was not taken: HTTP 500.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Last messages" })).toContainText("Test message");
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("form", { name: "Edit webhook" }).getByLabel("Address").fill(`http://${hook.host}/changed`);
  await page.screenshot({ path: "test-results/webhook-edit.png", fullPage: true });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`http://${hook.host}/changed`)).toBeVisible();
  const secret = await page.getByTestId("webhook-secret").textContent();
  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Replace" }).click();
  await expect(page.getByTestId("webhook-secret")).not.toHaveText(secret ?? "");
  await expect(page.getByTestId("webhook-secret")).toContainText("whsec_");
  hook.received.length = 0;
  await start("Nothing special");
  await expect.poll(() => hook.received.length).toBeGreaterThanOrEqual(2);
  await server.kill();
  hook.isBroken = false;
  const before = hook.received.length;
  await server.startAgain();
  await expect.poll(() => hook.received.length, { timeout: 180_000 }).toBeGreaterThan(before);
  expect(new Set(hook.received.map(({ id }) => id)).size).toBe(1);
  expect(hook.received[0]?.title).toBe("Nothing special");
  await expect(async () => {
    await page.goto(`${server.url}/settings/notifications`);
    await expect(page.getByRole("list", { name: "Last messages" })).toContainText("Delivered");
  }).toPass();
  await page.screenshot({ path: "test-results/webhooks.png", fullPage: true });
});

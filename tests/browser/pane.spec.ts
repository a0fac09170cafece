/** A task's pane and its log, on the real server with a scripted provider. */
import { execFileSync } from "node:child_process";
import type { Locator, Page } from "@playwright/test";
import { PICTURE_BASE64 } from "@/tests/agents/notes-server";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { expect as expectSoon, type RealServer, test } from "./real-server";
import { openLog, openStage, type Stage, shownTask, submitTree } from "./stage";

const expect = expectSoon.configure({ timeout: 120_000 });

const HOSTILE = `## Found it
It is **bold**, and no more: <img src=x onerror="window.hacked=1"> <script>window.hacked=1</script>
[run](javascript:window.hacked=1) ![pixel](https://evil.example/pixel) [a page](https://example.org/page?secret=1)`;

const call = (name: string, input: object, text?: string): Reply => ({ text, calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });

const [stream, rest, first] = [door(), door(), door()];

const WORK: Record<string, (request: ScriptedRequest) => Reply | Promise<Reply>> = {
  "Write and look"({ turn }) {
    if (turn === 0) return call("use_terminal", { command: 'seq -f "line %.0f" 25000 > notes.md' }, HOSTILE);
    if (turn === 1) return call("read_file", { path: "notes.md", limit_lines: 100_000 });
    if (turn === 2) return call("read_file", { path: "missing.md" });
    if (turn === 3) return call("start_subtask", { instruction: "Small part", agent: "worker", title: "Small part" });
    return done("All **read**.");
  },
  "Look at a picture": ({ turn }) => {
    if (turn === 0)
      return call("use_terminal", {
        command: `echo ${PICTURE_BASE64} | base64 -d > shot.png; printf '%%PDF-1.7 /Type /Page' > paper.pdf`,
      });
    if (turn < 3) return call("read_file", { path: turn === 1 ? "shot.png" : "paper.pdf" });
    return done("One pixel.");
  },
  "Spend it all": ({ turn }) =>
    turn === 0
      ? { ...call("list_directory", { path: "." }), usage: { inputTokens: 10, outputTokens: 2_000 } }
      : done("It was enough."),
  async "Talk slowly"({ turn }) {
    if (turn > 0) return done("Said.");
    const text = Array.from({ length: 60 }, (_, at) => `Sentence ${at} of a slow reply.`).join(" ");
    // The first of its four pieces comes before the gate that holds the rest.
    const opened = (at: number) => (at < 4 ? stream.opened : rest.opened);
    return { ...call("list_directory", { path: "." }, text), beforeFrame: opened };
  },
  async "Step with me"({ turn, messages }) {
    if (turn === 0) await first.opened;
    if (turn < 2) return call("list_directory", { path: "." }, `Turn ${turn + 1} in my words.`);
    const wasTold = messages.some((message) => message.role === "user" && message.text.includes("Mind the gap"));
    return done(wasTold ? "The gap was minded." : "Nobody said anything.");
  },
};

const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let dataDir: string;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { context: { permissions: ["clipboard-read", "clipboard-write"] } });
  ({ dataDir, server, page, problems } = stage);
});

test.afterAll(async () => {
  for (const gate of [stream, rest, first]) gate.open();
  await stage?.close();
});

const row = (name: string | RegExp): Locator => shownTask(page, name);
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });
const entry = (text: string | RegExp): Locator => pane().locator("li[data-seq]", { hasText: text });
const sentence = (): Locator => pane().getByTestId("task-sentence");

async function submit(task: string, fields: object = {}): Promise<void> {
  const { id } = await submitTree({ page, server }, { task, agent: "worker", ...fields });
  await page.goto(`${server.url}/trees/${id}`);
}

test("a log reads as a conversation: safe Markdown, full outputs, the first error, raw view and links", async () => {
  const outside: string[] = [];
  page.on("request", (request) => request.url().includes("evil.example") && outside.push(request.url()));
  await submit("Write and look");
  await expect(row("Write and look, Succeeded")).toBeVisible();
  await openLog(pane());
  const reply = entry("Found it");
  await expect(reply.getByRole("heading", { name: "Found it" })).toBeVisible();
  await expect(reply.locator("strong")).toHaveText("bold");
  await expect(reply).toContainText('<img src=x onerror="window.hacked=1">');
  expect(await pane().locator("img, script, a[href^=javascript]").count()).toBe(0);
  await reply.getByRole("link", { name: "a page" }).click();
  const leaving = page.getByRole("dialog", { name: "Open a page outside Banyan?" });
  await expect(leaving).toContainText("https://example.org/page?secret=1");
  await leaving.getByRole("button", { name: "Stay here" }).click();
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  expect(outside).toEqual([]);

  const reading = pane().locator("details[data-call]", { hasText: "notes.md" }).last();
  await reading.locator("summary").click();
  await expect(reading.locator("pre").last()).not.toContainText("line 24999");
  await reading.getByRole("button", { name: "Show all" }).click();
  await expect(reading.getByText(/^Characters 1 to 100,000 of 2\d\d,\d{3}$/)).toBeVisible();
  await reading.getByRole("button", { name: "Next" }).click();
  await expect(reading.getByText(/^Characters 100,001 to 200,000 of /)).toBeVisible();
  await reading.getByRole("button", { name: "Next" }).click();
  await expect(reading.locator("pre").last()).toContainText("line 24999");

  await pane().getByRole("button", { name: "First error" }).click();
  const failed = pane().locator("[data-log] li[aria-current]");
  await expect(failed).toContainText("missing.md");
  await expect(failed.locator("details[open] pre").last()).toBeVisible();
  await expect(failed).toBeInViewport();
  await pane().getByRole("button", { name: "Raw" }).click();
  await expect(pane().getByRole("list", { name: "Messages as stored" })).toContainText('"path": "missing.md"');
  await pane().getByRole("button", { name: "Formatted", exact: true }).click();
});

test("a task shows its instruction, its changes, its subtasks and its spend", async () => {
  const files = pane().getByTestId("files");
  await files.locator("summary").first().click();
  await expect(files.getByRole("region", { name: "Lines of notes.md" })).toContainText("line 100");
  await files.getByRole("button", { name: "Show 2,000 more" }).click();
  await expect(files.getByText("2,160 of 25,000 lines")).toBeVisible();
  await pane().getByTestId("subtasks").locator("summary").click();
  await expect(pane().getByTestId("result")).toContainText("All read.");
  await pane().getByTestId("subtasks").getByRole("link", { name: "Small part" }).click();
  await expect(pane().getByRole("heading", { level: 2, name: "Small part" })).toBeVisible();
  await pane().getByTestId("instruction").locator("summary").click();
  await expect(pane().getByTestId("instruction").locator(".md")).toHaveText("Small part");
  // Open and closed sections apply to every task and survive a reload.
  await page.reload();
  await expect(pane().getByTestId("instruction").locator(".md")).toHaveText("Small part");
});

test("an image and a PDF file that a tool read are in the log", async () => {
  await submit("Look at a picture");
  await expect(row("Look at a picture, Succeeded")).toBeVisible();
  await openLog(pane());
  const image = pane().locator("details[data-call]", { hasText: "shot.png" }).last();
  await image.locator("summary").click();
  const shown = image.getByRole("img", { name: "shot.png" });
  await expect(shown).toBeVisible();
  // Images load when they are in view, and the log may have scrolled to its end meanwhile.
  await expect
    .poll(async () => {
      await shown.scrollIntoViewIfNeeded();
      return shown.evaluate((one: HTMLImageElement) => one.naturalWidth);
    })
    .toBe(1);
  const paper = pane().locator("details[data-call]", { hasText: "paper.pdf" }).last();
  await paper.locator("summary").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    paper.getByRole("link", { name: "paper.pdf" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("paper.pdf");
  await page.screenshot({ path: "test-results/attachments.png" });
});

test("a task that used up its grant is granted more and retried in one dialog", async () => {
  await submit("Spend it all", { grant: { cost_usd: 0.02 } });
  await expect(row("Spend it all, Failed")).toBeVisible();
  await expect(sentence()).toContainText(/^Failed: /);
  await sentence().getByRole("button", { name: "Retry with $0.50 more…" }).click();
  await page.getByRole("dialog", { name: "Retry" }).getByRole("button", { name: "Retry with $0.50 more" }).click();
  await expect(row("Spend it all, Succeeded")).toBeVisible();
  await openLog(pane());
  await expect(entry("Retried")).toHaveCount(1);
});

test("text streams into a box of stable height, and no message is repeated after the server was killed", async () => {
  await submit("Talk slowly");
  const box = pane().locator("[data-testid=stream]");
  await expect(page.locator("[data-connection=live]")).toBeVisible();
  await expect(row("Talk slowly, Running")).toBeVisible();
  stream.open();
  await expect(box).toContainText("Sentence 14 of a slow reply.");
  const place = await box.boundingBox();
  await pane().getByLabel("Message this task").fill("Faster, and shorter");
  await server.kill();
  await expect(page.locator("[data-connection=live]")).toHaveCount(0);
  expect((await box.boundingBox())?.height).toBe(place?.height);
  await server.startAgain();
  await expect(page.locator("[data-connection=live]")).toBeVisible();
  rest.open();
  await expect(row("Talk slowly, Succeeded")).toBeVisible();
  await openLog(pane());
  await expect(pane().locator("[data-draft]")).toHaveCount(0);
  await expect(entry("Sentence 59 of a slow reply.")).toHaveCount(1);
  const seqs = await pane()
    .locator("li[data-seq]")
    .evaluateAll((all) => all.map((element) => Number(element.getAttribute("data-seq"))));
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
});

test("a message survives a reload; a step is edited before it runs; forks are listed and compared", async () => {
  await submit("Step with me");
  await expect(row("Step with me, Running")).toBeVisible();
  const box = pane().getByLabel("Message this task");
  await page.keyboard.press("s");
  await page.keyboard.type("Keep it short");
  await page.reload();
  await expect(box).toHaveValue("Keep it short");
  await expect(pane().getByText("Restored draft, not sent yet.")).toBeVisible();
  await box.press("Control+Enter");
  await expect(box).toHaveValue("");
  await box.press("Escape");

  await page.keyboard.press(">");
  const dialog = page.getByRole("dialog", { name: "Next step" });
  await expect(dialog.getByTestId("next-action")).toContainText("for turn 1");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  first.open();
  await expect(row("Step with me, Paused")).toBeVisible();
  await expect(entry("Keep it short")).toHaveCount(1);
  await page.keyboard.press(">");
  await expect(dialog.getByTestId("next-action")).toContainText("for turn 2");
  await dialog.getByLabel("Send a message first (optional)").fill("Mind the gap");
  await dialog.getByRole("button", { name: "Run this step" }).click();
  await expect(entry("Turn 2 in my words.")).toBeVisible();
  await expect(entry("Mind the gap")).toHaveCount(1);
  // During the step "p" would pause the task, so resume it once it waits again.
  await expect(page.getByText("2 turns", { exact: true })).toBeVisible();
  await expect(row("Step with me, Paused")).toBeVisible();
  await page.keyboard.press("p");
  await expect(row("Step with me, Succeeded")).toBeVisible();
  await expect(pane().getByTestId("result")).toContainText("The gap was minded.");

  const source = page.url();
  await openLog(pane());
  const forking = page.getByRole("dialog", { name: /^Fork from / });
  // The log may be drawn again between the hover and the key.
  await expect(async () => {
    await entry("Turn 2 in my words.").hover();
    await page.keyboard.press("f");
    await expect(forking).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await forking.getByRole("button", { name: "Fork" }).click();
  await expect(page.getByText(/Forked from Step with me, from turn \d+/)).toBeVisible();
  await page.goto(source);
  const forks = pane().getByTestId("forks");
  await forks.locator("summary").click();
  await expect(forks.getByRole("link", { name: "Step with me" })).toBeVisible();
  await forks.getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Compare two trees" })).toBeVisible();
});

test("a log of 30,000 entries: links open its middle, both ends can be reached, and the DOM stays small", async () => {
  await submit("Nothing");
  await expect(row("Nothing, Succeeded")).toBeVisible();
  execFileSync(process.execPath, ["scripts/run-ts.mjs", "tests/fill-log.ts", dataDir, "10000"]);
  await page.reload();
  await openLog(pane());
  await expect(pane().getByText(/of 30,0\d\d messages/)).toBeVisible();
  await pane().getByRole("button", { name: "Go to the end" }).click();
  const last = entry("Look 10000 of many");
  await expect(last).toBeInViewport();
  const seq = Number(await last.getAttribute("data-seq"));
  const middle = seq - 15_000;
  const address = new URL(page.url());
  const taskId = new URL(
    String(await last.getByRole("link", { name: /^Message \d+/ }).getAttribute("href")),
    page.url(),
  ).searchParams.get("task");
  await page.goto(`${address.origin}${address.pathname}?task=${taskId}&seq=${middle}`);
  const target = pane().locator(`li[data-seq="${middle}"]`);
  await expect(target).toBeInViewport();
  await expect(target).toContainText("Look 5000 of many");

  const other = entry("Look 5002 of many");
  await other.getByRole("link", { name: /^Message \d+/ }).click();
  await expect(other).toContainText("Link copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${address.origin}${address.pathname}?task=${taskId}&seq=${middle + 6}`);
  const scroller = pane().locator("[data-log-scroller]");
  const firstSeq = async () => Number(await pane().locator("li[data-seq]").first().getAttribute("data-seq"));
  const seen: number[] = [];
  for (let round = 0; round < 4; round++) {
    const before = await firstSeq();
    const second = pane().locator(
      `li[data-seq="${await pane().locator("li[data-seq]").nth(1).getAttribute("data-seq")}"]`,
    );
    await scroller.evaluate((element) => element.scrollTo(0, 0));
    const earlier = pane().getByRole("button", { name: "Show earlier messages" });
    await earlier.scrollIntoViewIfNeeded();
    const place = Math.round((await second.boundingBox())?.y ?? 0);
    await earlier.click();
    await expect.poll(firstSeq).toBeLessThan(before);
    // The visible entries stay in place, except for a turn header that the page boundary had split.
    await expect.poll(async () => Math.abs(((await second.boundingBox())?.y ?? 0) - place)).toBeLessThan(200);
    seen.push(await pane().locator("li[data-seq]").count());
  }
  expect(Math.max(...seen)).toBeLessThanOrEqual(600);
  await expect(target).toHaveCount(0);
  await pane().getByRole("button", { name: "Go to the end" }).click();
  await expect(last).toBeInViewport();
  expect(problems).toEqual([]);
});

/** Counts the words that a person sees first: those of the page's own part of a window of 1440 by 900, without scrolling. */
import type { Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { heldModel } from "@/tests/agents/services/held-model";
import { expect, test } from "./real-server";
import { openStage, putBeforePeople, type Stage, submitTree } from "./stage";

const MOST: Record<string, number> = { "/": 140, "/review": 120, "/operations": 250 };

/** Returns the visible texts of `main`, including values, choices and placeholders of fields. */
function shownTexts(): string[] {
  const isShown = ({ top, bottom, width, height }: DOMRect) =>
    bottom > 0 && top < window.innerHeight && width > 1 && height > 1;
  const main = document.querySelector("main");
  if (!main) return [];
  const texts: string[] = [];
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    range.selectNodeContents(node);
    const parent = node.parentElement;
    // Words for screen readers only are in a box of one pixel.
    const box = parent?.getBoundingClientRect();
    const isSeen = parent?.checkVisibility({ visibilityProperty: true }) && box && box.width > 1 && box.height > 1;
    if (isSeen && isShown(range.getBoundingClientRect())) texts.push(node.textContent ?? "");
  }
  for (const field of main.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea"))
    if (isShown(field.getBoundingClientRect())) texts.push(field.value || field.placeholder);
  for (const field of main.querySelectorAll("select"))
    if (isShown(field.getBoundingClientRect())) texts.push(field.selectedOptions[0]?.textContent ?? "");
  return texts;
}

/** Returns the words. A figure with its unit does not count as a word: it is read at a glance. */
async function wordsOn(page: Page): Promise<string[]> {
  const texts = await page.evaluate(shownTexts);
  return texts
    .flatMap((text) => text.replace(/\d\s(?:s|min|h|d)\b/g, "0").split(/\s+/))
    .filter((word) => /\p{L}/u.test(word));
}

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const held = heldModel();
const hold = async () => {
  await held.whenLetGo;
  return done("Done.");
};

/** A day as the design of Home shows it: trees that need a person, that run, and that have ended. */
const WORK: Record<string, (request: ScriptedRequest) => Reply | Promise<Reply>> = {
  "Upgrade Express 4 to 5": () =>
    call("ask", {
      question:
        "May `/files/*` stop matching `/files` without a slash?\n\nThree clients use the bare path.\n\n- No, match both\n- Yes, answer 404",
    }),
  "Choose the currency": () => call("ask", { question: "Which currency do the invoices use?\n\n- Euro\n- Dollar" }),
  "Release notes 2.4": () => call("find_files", { pattern: "CHANGELOG*.md" }),
  "Clean the shop's folder": () => call("find_files", { pattern: "*.tmp" }),
  "Replace connect-timeout": () =>
    call("end_task", { status: "failure", result: "The test of status 503 is still red." }),
  "Add cursor paging to GET /orders": hold,
  "Weekly report: slow queries": hold,
  "Document the exports": hold,
  "Remove the async wrappers": () => done("Three files no longer have the wrappers; every test is green."),
  "Order totals are a cent off": () => done("Totals round once, at the end. The test of the report shows it."),
};
const WAITING = ["Upgrade Express 4 to 5", "Choose the currency", "Release notes 2.4", "Clean the shop's folder"];
const RUNNING = ["Add cursor paging to GET /orders", "Weekly report: slow queries", "Document the exports"];
const ENDED = ["Remove the async wrappers", "Order totals are a cent off", "Replace connect-timeout"];

const script = agentScript({
  worker: (request) => WORK[request.instruction]?.(request) ?? done("Nothing to do."),
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, {
    context: { viewport: { width: 1440, height: 900 } },
    prepare: putBeforePeople("find_files"),
  });
  const submit = (tasks: string[]) =>
    Promise.all(tasks.map((task) => submitTree(stage, { task, agent: "worker", grant: { cost_usd: 5 } })));
  const count = async (path: string) =>
    (await (await stage.page.request.get(`${stage.server.url}/api/v1/${path}`)).json()).items.length;
  await submit(ENDED);
  await expect.poll(() => count("trees?status=ended")).toBe(ENDED.length);
  await submit(WAITING);
  await expect.poll(() => count("reviews?open=1")).toBe(WAITING.length);
  await submit(RUNNING);
  await expect.poll(() => count("trees?status=running")).toBe(RUNNING.length);
});
test.afterAll(async () => {
  held.letGo();
  await stage?.close();
});

for (const [path, most] of Object.entries(MOST)) {
  test(`${path} says what matters in at most ${most} words`, async () => {
    const { page, server } = stage;
    await page.goto(server.url + path);
    const name = path === "/" ? "home" : path.slice(1);
    await page.screenshot({ path: `test-results/words/${name}.png` });
    const words = await wordsOn(page);
    // An empty page, or one that is not counted, would pass too easily.
    expect(words.length).toBeGreaterThan(40);
    expect(words.length, words.join(" ")).toBeLessThanOrEqual(most);
  });
}

/** The work of an open page while a task works: each message causes only the work for what it changes. */
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { door } from "./door";
import { expect, type RealServer, test } from "./real-server";
import { modelAt, openStage, type Stage } from "./stage";

const TURNS = 4;
const half = door();
const end = door();

const script = agentScript({
  async worker({ turn }): Promise<Reply> {
    if (turn === TURNS) await half.opened;
    if (turn === 2 * TURNS) await end.opened;
    if (turn === 2 * TURNS) return { calls: [{ name: "end_task", input: { status: "failure", result: "Enough." } }] };
    return { text: `Step ${turn} of the work.`, calls: [{ name: "find_files", input: { pattern: `*.${turn}` } }] };
  },
});

let stage: Stage;
let server: RealServer;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(browser, script, { settings: modelAt });
  ({ server } = stage);
});

test.afterAll(async () => {
  half.open();
  end.open();
  await stage?.close();
});

/** Keeps React's last props of the log's elements, and counts how often the page reads the list's position. */
function keepRendered(): void {
  const propsOf = (element: Element) => {
    const key = Object.keys(element).find((name) => name.startsWith("__reactProps$"));
    return key && (element as unknown as Record<string, unknown>)[key];
  };
  const kept = [...document.querySelectorAll("[data-seq], [data-seq] *")].map((element) => [element, propsOf(element)]);
  const list = document.querySelector<HTMLElement>("[role=tree]");
  const place = Object.getOwnPropertyDescriptor(Element.prototype, "scrollTop");
  let reads = 0;
  if (list)
    Object.defineProperty(list, "scrollTop", {
      configurable: true,
      get() {
        reads += 1;
        return place?.get?.call(list);
      },
      set: (top) => place?.set?.call(list, top),
    });
  Object.assign(window, {
    sinceKept: () => ({
      kept: kept.length,
      again: kept.flatMap(([element, props]) =>
        propsOf(element as Element) === props ? [] : [(element as Element).outerHTML.slice(0, 120)],
      ),
      reads,
    }),
  });
}

type Since = { kept: number; again: string[]; reads: number };

test("a new message renders no earlier entry again, lays nothing out early and sends nothing", async () => {
  const { page } = stage;
  const sent: string[] = [];
  const made = await page.request.post(`${server.url}/api/v1/trees`, {
    data: { task: "Work", agent: "worker" },
    headers: { origin: server.url },
  });
  await page.goto(`${server.url}/trees/${((await made.json()) as { id: string }).id}`);
  const turn = (nth: number) => page.locator("[data-seq]", { hasText: `Step ${nth} of the work.` });
  await expect(turn(TURNS - 1).locator("[data-call]")).toContainText("1 line");
  await expect(page.locator("[data-draft]")).toBeVisible();
  await page.evaluate(keepRendered);
  page.on("request", (request) => request.method() !== "GET" && sent.push(`${request.method()} ${request.url()}`));
  half.open();
  await expect(turn(2 * TURNS - 1).locator("[data-call]")).toContainText("1 line");
  const since = await page.evaluate(() => (window as unknown as { sinceKept: () => Since }).sinceKept());
  expect(since.kept).toBeGreaterThan(TURNS * 5);
  expect({ again: since.again, reads: since.reads, sent }).toEqual({ again: [], reads: 0, sent: [] });
});

test("no style depends on the element before any element", async () => {
  // With such a style, each row that is added to a list makes the browser compute the styles of the whole list again.
  const selectors = await stage.page.evaluate(() => {
    const within = (rules: CSSRuleList): string[] =>
      [...rules].flatMap((rule) => [
        ...(rule instanceof CSSStyleRule ? rule.selectorText.split(/,(?![^(]*\))/) : []),
        ...("cssRules" in rule ? within(rule.cssRules as CSSRuleList) : []),
      ]);
    return [...document.styleSheets].flatMap((sheet) => within(sheet.cssRules));
  });
  expect(selectors.length).toBeGreaterThan(500);
  expect(selectors.filter((selector) => /[+~]\s*(?:\*|::)/.test(selector))).toEqual([]);
});

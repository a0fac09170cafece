/** Checks how much JavaScript each page loads into a browser without a cache, in bytes as the server sends them (compressed). */
import type { Browser, Page, Request } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { expect, test } from "./real-server";
import { openStage, type Stage, shownTask, submitTree } from "./stage";

/** A weighed page, with the most kilobytes (1,000 bytes) that it may load. */
interface Weighed {
  path: string;
  mostKb: number;
  /** Resolves when the page shows its main content. */
  shown: (page: Page) => Promise<unknown>;
  isSignedOut?: true;
}

const REPORT = "# Report\n\n- **Three** findings\n\n| part | done |\n| --- | --- |\n| code | yes |\n";

const seen =
  (selector: string): Weighed["shown"] =>
  (page) =>
    page.locator(selector).first().waitFor();

let stage: Stage;
let tree: string;

test.beforeAll(async ({ browser }) => {
  stage = await openStage(
    browser,
    agentScript({ worker: work, "*": () => end('{"outcome":"pass","reasons":["Yes."]}') }),
  );
  tree = await submit("Write the report");
  await stage.page.goto(`${stage.server.url}/trees/${tree}`);
  await shownTask(stage.page, /Succeeded/)
    .first()
    .waitFor();
});

test.afterAll(() => stage?.close());

test("each page loads at most its share of JavaScript", async ({ browser }) => {
  await expectLight(browser, stage, {
    "sign-in": { path: "/signin", mostKb: 119, shown: heading, isSignedOut: true },
    home: { path: "/", mostKb: 179, shown: seen("#main textarea") },
    "tree, outline and result": { path: `/trees/${tree}`, mostKb: 254, shown: seen("[data-result]") },
    "agent, with its editor": { path: "/agents/worker", mostKb: 297, shown: seen(".cm-content") },
    "operations, with its charts": { path: "/operations", mostKb: 257, shown: seen(".recharts-surface") },
    settings: { path: "/settings", mostKb: 153, shown: heading },
    memory: { path: "/memory", mostKb: 156, shown: seen("[data-verdict]") },
    lessons: { path: "/memory/lessons", mostKb: 154, shown: heading },
    "graph of memory": { path: "/memory/graph", mostKb: 154, shown: heading },
  });
});

test("a question loads its form, and nothing else", async ({ browser }) => {
  const asking = await submit("Choose a name");
  await stage.page.goto(`${stage.server.url}/trees/${asking}`);
  await shownTask(stage.page, /Waiting for you/)
    .first()
    .waitFor();
  await expectLight(browser, stage, {
    "home, with a question": { path: "/", mostKb: 180, shown: seen("[data-review]") },
    "review, with a question": { path: "/review", mostKb: 187, shown: seen("[data-review]") },
  });
});

test("the server sends Markdown as it is shown, so that no one waits for the parser", async () => {
  const answer = await stage.page.request.get(`${stage.server.url}/trees/${tree}`);
  expect(await answer.text()).toContain("<strong>Three</strong>");
});

test("the first page of a new server is light too", async ({ browser }) => {
  const fresh = await openStage(browser, agentScript({}), { settings: () => ({}) });
  await expectLight(browser, fresh, { "first run": { path: "/", mostKb: 165, shown: seen("#connect") } });
  await fresh.close();
});

/** Texts that a library's code always contains. */
const LIBRARIES = {
  graph: "react-flow__",
  layout: "org.eclipse.elk",
  charts: "recharts-",
  editor: "cm-content",
} as const;

type Library = keyof typeof LIBRARIES;

test("graph, layout, charts and editors load only where they are shown", async () => {
  const shows: [string, Weighed["shown"], Library[]][] = [
    ["/", seen("#main textarea"), []],
    [`/trees/${tree}`, seen("[data-result]"), []],
    [`/trees/${tree}?view=graph`, seen(".react-flow__node"), ["graph", "layout"]],
    ["/operations", seen(".recharts-surface"), ["charts"]],
    ["/agents/worker", seen(".cm-content"), ["editor"]],
  ];
  for (const [path, shown, wanted] of shows) expect(await librariesOf(path, shown), path).toEqual(wanted);
});

/** Returns the libraries whose code a page loads until its network is idle. */
async function librariesOf(path: string, shown: Weighed["shown"]): Promise<Library[]> {
  const page = await stage.page.context().newPage();
  const texts: Promise<string>[] = [];
  page.on("response", (response) => {
    if (/\.m?js(\?|$)/.test(response.url())) texts.push(response.text());
  });
  await page.goto(stage.server.url + path);
  await shown(page);
  await page.waitForLoadState("networkidle");
  const code = (await Promise.all(texts)).join("\n");
  await page.close();
  return (Object.keys(LIBRARIES) as Library[]).filter((library) => code.includes(LIBRARIES[library]));
}

async function expectLight(browser: Browser, at: Stage, pages: Record<string, Weighed>): Promise<void> {
  const heavy: string[] = [];
  for (const [name, page] of Object.entries(pages)) {
    const scripts = await weigh(browser, at, page);
    const kb = Math.ceil(scripts.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000);
    console.log(`${name}: ${kb} of ${page.mostKb} KB`);
    if (kb > page.mostKb) heavy.push(`${name}: ${kb} KB, at most ${page.mostKb}\n${listed(scripts)}`);
  }
  expect(heavy.join("\n")).toBe("");
}

/** Submits a task and returns the id of its tree. */
async function submit(task: string): Promise<string> {
  return (await submitTree(stage, { task, agent: "worker", grant: { cost_usd: 1 } })).id;
}

function heading(page: Page) {
  return page.getByRole("heading", { level: 1 }).waitFor();
}

interface Script {
  url: string;
  bytes: number;
}

/** Returns the scripts that the page loaded until the network was idle, prefetches included. */
async function weigh(browser: Browser, at: Stage, { path, shown, isSignedOut }: Weighed): Promise<Script[]> {
  const state = isSignedOut ? undefined : await at.page.context().storageState();
  const context = await browser.newContext({ storageState: state, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const requests: Request[] = [];
  page.on("requestfinished", (request) => {
    if (/\.m?js(\?|$)/.test(request.url())) requests.push(request);
  });
  await page.goto(at.server.url + path);
  await shown(page);
  await page.waitForLoadState("networkidle");
  const scripts = await Promise.all(
    requests.map(async (request) => ({ url: request.url(), bytes: (await request.sizes()).responseBodySize })),
  );
  await context.close();
  return scripts;
}

function listed(scripts: Script[]): string {
  const sorted = [...scripts].sort((a, b) => b.bytes - a.bytes).slice(0, 12);
  return sorted.map(({ url, bytes }) => `  ${Math.ceil(bytes / 1_000)} KB ${new URL(url).pathname}`).join("\n");
}

function end(result: string): Reply {
  return { calls: [{ name: "end_task", input: { status: "success", result } }] };
}

function work({ instruction }: ScriptedRequest): Reply {
  if (instruction === "Choose a name")
    return { calls: [{ name: "ask", input: { question: "Which name does it get, Banyan or Baobab?" } }] };
  return { text: REPORT, ...end(REPORT) };
}

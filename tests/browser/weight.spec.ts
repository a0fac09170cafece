/** Checks how much JavaScript each page loads into a browser without a cache, in bytes as the server sends them (compressed). */
import type { Browser, Page, Request } from "@playwright/test";
import { agentScript } from "@/agents/testing/scripted-provider";
import { expect, test } from "./real-server";
import { openStage, type Stage } from "./stage";

/** Weighed pages, with the most kilobytes (1,000 bytes) that each may load. */
interface Weighed {
  name: string;
  path: string | (() => string);
  mostKb: number;
  /** Resolves when the page shows what a person came for. */
  shown: (page: Page) => Promise<unknown>;
  isSignedOut?: true;
}

const REPORT = "# Report\n\n- **Three** findings\n\n| part | done |\n| --- | --- |\n| code | yes |\n";

let stage: Stage;
let tree: string;

const PAGES: Weighed[] = [
  { name: "sign-in", path: "/signin", mostKb: 170, shown: heading, isSignedOut: true },
  { name: "home", path: "/", mostKb: 170, shown: (page) => page.locator("#main textarea").first().waitFor() },
  {
    name: "tree, outline",
    path: () => `/trees/${tree}`,
    mostKb: 250,
    shown: (page) => page.locator("[data-seq]").first().waitFor(),
  },
  {
    name: "agent, editor",
    path: "/agents/worker",
    mostKb: 350,
    shown: (page) => page.locator(".cm-content").first().waitFor(),
  },
  { name: "review", path: "/review", mostKb: 250, shown: heading },
  {
    name: "operations",
    path: "/operations",
    mostKb: 350,
    shown: (page) => page.locator(".recharts-surface").first().waitFor(),
  },
  { name: "settings", path: "/settings", mostKb: 170, shown: heading },
];

test.beforeAll(async ({ browser }) => {
  stage = await openStage(
    browser,
    agentScript({ worker: write, "*": () => done('{"outcome":"pass","reasons":["Yes."]}') }),
  );
  const answer = await stage.page.request.post(`${stage.server.url}/api/v1/trees`, {
    data: { task: "Write the report", agent: "worker", grant: { cost_usd: 1 } },
    headers: { origin: stage.server.url },
  });
  tree = ((await answer.json()) as { id: string }).id;
  await stage.page.goto(`${stage.server.url}/trees/${tree}`);
  await stage.page
    .getByRole("treeitem", { name: /Succeeded/ })
    .first()
    .waitFor();
});

test.afterAll(() => stage?.close());

test("each page loads at most its share of JavaScript", async ({ browser }) => {
  const heavy: string[] = [];
  for (const one of PAGES) {
    const scripts = await weigh(browser, one);
    const kb = Math.ceil(scripts.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000);
    console.log(`${one.name}: ${kb} of ${one.mostKb} KB`);
    if (kb > one.mostKb) heavy.push(`${one.name}: ${kb} KB of at most ${one.mostKb}\n${listed(scripts)}`);
  }
  expect(heavy.join("\n")).toBe("");
});

function heading(page: Page) {
  return page.getByRole("heading", { level: 1 }).waitFor();
}

interface Script {
  url: string;
  bytes: number;
}

/** Returns the scripts that the page loaded until the network was idle, prefetches included. */
async function weigh(browser: Browser, { path, shown, isSignedOut }: Weighed): Promise<Script[]> {
  const state = isSignedOut ? undefined : await stage.page.context().storageState();
  const context = await browser.newContext({ storageState: state, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const requests: Request[] = [];
  page.on("requestfinished", (request) => {
    if (/\.m?js(\?|$)/.test(request.url())) requests.push(request);
  });
  await page.goto(stage.server.url + (typeof path === "string" ? path : path()));
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

function done(result: string) {
  return { calls: [{ name: "end_task", input: { status: "success", result } }] };
}

function write() {
  return { text: REPORT, ...done(REPORT) };
}

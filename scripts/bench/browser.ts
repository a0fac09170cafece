/**
 * Measures the time from a message's commit until a page in a real browser shows it, with the real server, a model that
 * answers over HTTP, and Chromium on the tree's page: in one process, with pages and worker side by side in two, and with
 * a worker that was started apart.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import type { Page as Listed, Message, Tree } from "@/core/shapes/shapes";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { launchBrowser, startServed } from "./real-server";
import { percentile, type Row, row } from "./rows/row";
import { benchFolder } from "./trial";

const TURNS = 120;
/** Slow enough that the page shows each message separately, and out of step with polls and frames. */
const MODEL_MS = 53;
/** Messages until browser and server have compiled their code; they are reported separately. */
const WARM_UP = 30;
const SHOWN_LIMIT_MS = 60_000;

export async function browserRows(): Promise<Row[]> {
  const provider = await startScriptedProvider(
    ({ turn }) =>
      turn < TURNS
        ? {
            text: `Step ${turn} of the work.`,
            delayMs: MODEL_MS,
            // A different call each time: the supervisor warns about repeated calls, then ends the task.
            calls: [{ name: "find_files", input: { pattern: `*.${turn}` } }],
          }
        : { calls: [{ name: "end_task", input: { status: "failure", result: "Measured." } }] },
    { record: false },
  );
  const browser = await launchBrowser();
  try {
    const single = await measure(browser, provider.url, { BANYAN_PROCESSES: "1" }, [[]]);
    const twoProcesses = await measure(browser, provider.url, { BANYAN_PROCESSES: "2" }, [[]]);
    const two = await measure(browser, provider.url, {}, [
      ["--role", "web"],
      ["--role", "worker"],
    ]);
    const name = "message to browser";
    const warm = single.slice(WARM_UP);
    const warmTwoProcesses = twoProcesses.slice(WARM_UP);
    if (warm.length === 0 || warmTwoProcesses.length === 0 || two.length <= WARM_UP)
      throw new Error("The page showed too few messages to measure.");
    const note = `${warm.length} messages, from the start of the transaction to the entry in the page`;
    return [
      row(name, "one process, p50", percentile(warm, 0.5), "ms"),
      row(name, "one process, p95", percentile(warm, 0.95), "ms", 50, note),
      row(name, "first seconds of a page, p95", percentile(single.slice(0, WARM_UP), 0.95), "ms"),
      row(name, "pages and worker side by side, p50", percentile(warmTwoProcesses, 0.5), "ms"),
      row(
        name,
        "pages and worker side by side, p95",
        percentile(warmTwoProcesses, 0.95),
        "ms",
        50,
        "`BANYAN_PROCESSES=2`",
      ),
      row(name, "a worker apart, p50", percentile(two.slice(WARM_UP), 0.5), "ms"),
      row(
        name,
        "a worker apart, p95",
        percentile(two, 0.95),
        "ms",
        250,
        "`--role web` and `--role worker`, which poll",
      ),
    ];
  } finally {
    await browser.close();
    await provider.close();
  }
}

/** Resolves with the milliseconds for each message of an agent. `roles` holds the arguments of each server process. */
async function measure(
  browser: Browser,
  providerUrl: string,
  more: Record<string, string>,
  roles: string[][],
): Promise<number[]> {
  const folder = mkdtempSync(join(benchFolder(), "browser-"));
  const settings = { ANTHROPIC_API_KEY: "bench", ANTHROPIC_BASE_URL: providerUrl, ...more };
  const context = await browser.newContext();
  const server = await startServed(join(folder, "data"), settings, roles);
  try {
    const page = await context.newPage();
    await page.goto(server.link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${server.url}/`);
    return await watchTree(page, server.url);
  } finally {
    await context.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watchTree(page: Page, url: string): Promise<number[]> {
  const api = async <Body>(path: string): Promise<Body> => (await page.request.get(`${url}/api/v1/${path}`)).json();
  const submitted = await page.request.post(`${url}/api/v1/trees`, {
    data: { task: "Measure", agent: "worker" },
    headers: { origin: url },
  });
  const tree = (await submitted.json()) as Tree;
  await page.goto(`${url}/trees/${tree.id}`);
  const openedAtMs = await page.evaluate(noteEntries);
  await page.getByRole("treeitem", { name: /, Failed$/ }).waitFor({ timeout: SHOWN_LIMIT_MS });
  const shown = await page.evaluate(() => (window as unknown as { shownAtMs: [number, number][] }).shownAtMs);
  const shownAtMs = new Map(shown);
  const { items } = await api<Listed<Message>>(`tasks/${tree.root_task_id}/messages?limit=500`);
  return items.flatMap((message) => {
    const committedAtMs = Date.parse(message.created_at);
    const atMs = shownAtMs.get(message.seq);
    // Messages that the page loaded with were never sent over the socket.
    return message.kind === "agent_response" && atMs && committedAtMs > openedAtMs ? [atMs - committedAtMs] : [];
  });
}

/** Runs in the page and notes when each log entry appears. Page and server share the machine's clock. */
function noteEntries(): number {
  const shownAtMs = new Map<number, number>();
  const poll = () => {
    for (const entry of document.querySelectorAll("[data-seq]")) {
      const seq = Number(entry.getAttribute("data-seq"));
      if (!shownAtMs.has(seq)) shownAtMs.set(seq, Date.now());
    }
    Object.assign(window, { shownAtMs: [...shownAtMs] });
  };
  new MutationObserver(poll).observe(document.body, { subtree: true, childList: true });
  poll();
  return Date.now();
}

/** The setup of most browser tests: a real server with fresh data, a scripted provider, and a signed-in page. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, expect, type Locator, type Page } from "@playwright/test";
import type { Tree } from "@/core/shapes/shapes";
import {
  type ProviderScript,
  type ScriptedProvider,
  type ScriptedProviderOptions,
  startScriptedProvider,
} from "@/tests/agents/scripted-provider";
import { type RealServer, signIn, startRealServer, watchProblems } from "./real-server";

export interface Stage {
  /** A temporary folder for this stage. It contains the server's `dataDir`. */
  folder: string;
  dataDir: string;
  provider: ScriptedProvider;
  server: RealServer;
  page: Page;
  /** The page and console errors so far. */
  problems: string[];
  /** Stops the server, then the provider, and removes the folder. */
  close(): Promise<void>;
}

interface StageOptions {
  provider?: ScriptedProviderOptions;
  /** Returns the settings of the server for a provider; by default `modelAt(provider)`. */
  settings?: (provider: ScriptedProvider, folder: string) => Record<string, string>;
  context?: BrowserContextOptions;
  /** Runs before the server starts. */
  prepare?: (dataDir: string) => void;
}

/** Returns the settings that connect a server to the provider's Anthropic API. */
export const modelAt = ({ url }: ScriptedProvider) => ({ ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: url });

/** Makes all calls of the tool need approval. Runs in a separate process, because the loader of these tests cannot load the runtime. */
export const putBeforePeople = (tool: string) => (dataDir: string) =>
  void execFileSync(process.execPath, ["scripts/run-ts.mjs", "tests/put-before-people.ts", dataDir, tool]);

/** Starts everything. If a step fails, the test file fails, and its process takes the started servers down. */
export async function openStage(
  browser: Browser,
  script: ProviderScript,
  { provider: options, settings = modelAt, context, prepare }: StageOptions = {},
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-stage-"));
  const dataDir = join(folder, "data");
  const provider = await startScriptedProvider(script, options);
  prepare?.(dataDir);
  const server = await startRealServer(dataDir, settings(provider, folder));
  const page = await (await browser.newContext(context)).newPage();
  const problems = watchProblems(page);
  await signIn(page, server);
  return {
    folder,
    dataDir,
    provider,
    server,
    page,
    problems,
    async close() {
      // A page that is left open asks for its server for ever, which slows down the tests that follow.
      await page.context().close();
      await server.stop();
      await provider.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Submits a task through the API, and returns its tree. */
export async function submitTree({ page, server }: Pick<Stage, "page" | "server">, data: object): Promise<Tree> {
  const made = await page.request.post(`${server.url}/api/v1/trees`, { data, headers: { origin: server.url } });
  expect(made.status()).toBe(201);
  return (await made.json()) as Tree;
}

/** Opens the log of an ended task, which is folded below its result. */
export async function openLog(pane: Locator): Promise<void> {
  const folded = pane.locator("[data-log-folded] button");
  // A log without rows is still loading, and is folded when the end of its task arrives.
  await expect(folded.or(pane.locator("[data-log] li[data-seq]").first())).toBeVisible({ timeout: 120_000 });
  if (await folded.isVisible()) await folded.click();
}

/** The task's row in the outline; in a tree of one task, which has no outline, the conversation with it. */
export function shownTask(page: Page, name: string | RegExp): Locator {
  return page
    .getByRole("tree")
    .getByRole("treeitem", { name })
    .or(page.locator("[data-conversation]").and(page.getByRole("region", { name })));
}

/** What most browser tests begin with: a real server on fresh data, a scripted provider behind it, and a page that is signed in. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import {
  type ProviderScript,
  type ScriptedProvider,
  type ScriptedProviderOptions,
  startScriptedProvider,
} from "@/agents/testing/scripted-provider";
import { type RealServer, signIn, startRealServer, watchProblems } from "./real-server";

export interface Stage {
  /** Of this stage alone; it holds the server's data in `dataDir`. */
  folder: string;
  dataDir: string;
  provider: ScriptedProvider;
  server: RealServer;
  page: Page;
  /** What stood in the way of the page so far. */
  problems: string[];
  /** Ends what it started, in the order in which they need each other, and removes the folder. */
  close(): Promise<void>;
}

interface StageOptions {
  provider?: ScriptedProviderOptions;
  /** The server's, when it is known where its model is. Without: it has `modelAt(provider)`. */
  settings?: (provider: ScriptedProvider, folder: string) => Record<string, string>;
  context?: BrowserContextOptions;
  /** Before the server starts. */
  prepare?: (dataDir: string) => void;
}

/** The settings that connect a server with the provider's Anthropic side. */
export const modelAt = ({ url }: ScriptedProvider) => ({ ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: url });

/** Each call of the tool asks a person. In a process of its own: the loader of these tests does not take the runtime. */
export const putBeforePeople = (tool: string) => (dataDir: string) =>
  void execFileSync(process.execPath, ["scripts/run-ts.mjs", "tests/put-before-people.ts", dataDir, tool]);

/** A failure on the way fails the test file, and what was started ends with its process. */
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
      await server.stop();
      await provider.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A release as `npm start` serves it: launcher, sides, built programs and pages, sandbox. Its models answer from a
 * script over HTTP, in each protocol. `docs/testing.md` lists what differs from a test's own process.
 */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { removeTree } from "@/lib/workspace/remove-tree";
import { startRealServer } from "@/scripts/testing/real-server";
import { folderUnderTest, nodeUnderTest } from "@/scripts/testing/under-test";
import type { ProviderScript } from "@/tests/agents/provider-script";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";

/** What an HTTP request of the API was answered with; `body` is null without one. */
interface Answer {
  status: number;
  body: unknown;
}

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface ServedRelease {
  url: string;
  /** Holds all that the release and its tests write. */
  folder: string;
  /** Sends a request of an admin to the API; `at` begins with a slash. */
  api(method: string, at: string, body?: unknown): Promise<Answer>;
  /** Runs the command line as a person does who works in `cwd`. */
  banyan(args: string[], cwd: string): Promise<Finished>;
  stop(): Promise<void>;
}

/** Starts a release whose models answer by `script`; `settings` are more variables of its environment. */
export async function startServedRelease(
  script: ProviderScript,
  settings: Record<string, string> = {},
): Promise<ServedRelease> {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-served-"));
  const model = await startScriptedProvider(script, { record: false });
  const data = path.join(folder, "data");
  const env = { ...modelsAt(model.url), BANYAN_CONCURRENCY: "8", ...settings };
  const server = await startRealServer(data, env, { isLaunched: true });
  const place = { BANYAN_DATA_DIR: data, BANYAN_HOME: `${data}-home`, XDG_CONFIG_HOME: `${data}-config` };
  const banyan = (args: string[], cwd: string) => run(args, cwd, { ...place, ...env });
  const created = await banyan(["token", "create", "--name", "test", "--role", "admin", "--json"], folder);
  const { token } = JSON.parse(created.stdout) as { token: string };
  return {
    url: server.url,
    folder,
    api: (method, at, body) => ask(`${server.url}/api/v1${at}`, token, method, body),
    banyan,
    async stop() {
      await server.stop();
      await model.close();
      await removeTree(folder);
    },
  };
}

/** Every provider that a scripted answer can play. */
function modelsAt(url: string): Record<string, string> {
  return {
    BANYAN_MODEL: "anthropic/claude-sonnet-4-6",
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: "test-key",
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: "test-key",
    GOOGLE_GEMINI_BASE_URL: url,
    GOOGLE_GENERATIVE_AI_API_KEY: "test-key",
    OLLAMA_BASE_URL: url,
  };
}

async function run(args: string[], cwd: string, settings: Record<string, string>): Promise<Finished> {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  const program = nodeUnderTest([path.join(folderUnderTest(), "scripts/banyan.mjs"), ...args]);
  const env = { PATH, HOME, LANG, TMPDIR, NODE_ENV: "production" as const, ...settings };
  const child = spawn(program.file, program.args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const status = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, stdout, stderr };
}

async function ask(address: string, token: string, method: string, body: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(address, { method, headers, ...sent });
  const said = await answer.text();
  return { status: answer.status, body: parsed(said) };
}

/** Returns the text itself when it is not JSON, and null for none. */
export function parsed(said: string): unknown {
  if (said === "") return null;
  try {
    return JSON.parse(said);
  } catch {
    return said;
  }
}

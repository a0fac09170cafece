/** The real product in a checkout of its own, run by the real launcher, without the pages of Next.js, which take minutes to build. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { openStore } from "@/db/store";
import type { Limits } from "@/launcher/limits.mjs";
import { newToken } from "@/lib/auth/token";
import { removeTree } from "@/lib/workspace/remove-tree";
import { PATIENT } from "@/tests/agents/patient";
import { ROOT } from "./command-line";
import { freePort } from "./free-port";
import { makeHome } from "./home";

/** The folders from which a server without pages is built and judged. */
const FOLDERS = "core agents db lib server components scripts seeds drizzle blueprints gates launcher".split(" ");
const FILES = ["package.json", "package-lock.json", "tsconfig.json", ".gitignore"];
const LEFT_OUT = /\.(test|spec)\.tsx?$|\/bench(\/|$)/;

/** The launcher checks for pages, so this serves one page with one file, in one process, because only this process has them. */
const SERVE = `process.env.BANYAN_PROCESSES = "1";
const { loadDotenv } = await import("./dotenv.mjs");
loadDotenv((process.env.BANYAN_CHECKOUT ?? ".") + "/.env");
const { main } = await import("../dist/server.mjs");
const page = '<script src="/_next/static/one.js"></script>';
await main(process.argv.slice(2), { handle: async (_, response) => void response.end(page), upgrade() {}, close: async () => {} });
`;

const RUNNER = `
const [build, file, start] = process.argv.slice(1);
const { builtContents, ensureAllBuiltApart } = await import(build);
const { launch } = await import(file);
await ensureAllBuiltApart();
process.exit(await launch({ ...JSON.parse(start), contents: builtContents() }));
`;

export interface WholeProduct {
  home: string;
  data: string;
  port: number;
  /** Returns what the launcher and its servers have printed. */
  said(): string;
  /** Sends a request of an admin. Rejects when it is refused or answered with an error. */
  api<Body>(at: string, body?: object): Promise<Body>;
}

export interface WholeOptions {
  /** Where the scripted model answers. */
  model: string;
  /** The settings of the gates. */
  gates: string;
  /** More files of the source, by their paths. */
  files?: Record<string, string>;
  limits: Partial<Limits>;
}

/** Resolves when the first release answers. */
export async function startWhole({ model, gates, files = {}, limits }: WholeOptions): Promise<WholeProduct> {
  const above = mkdtempSync(path.join(tmpdir(), "banyan-whole-"));
  onTestFinished(() => removeTree(above));
  const [checkout, home] = [path.join(above, "checkout"), path.join(above, "home")];
  const data = path.join(checkout, "data");
  makeCheckout(checkout, { ...files, ".banyan/gates.yaml": gates });
  makeHome(home, checkout);
  const port = await freePort();
  const own = { BANYAN_DATA_DIR: data, XDG_CONFIG_HOME: path.join(above, "config"), LOG_LEVEL: "error" };
  const provider = { ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: model };
  const env = { PATH: process.env.PATH, ...PATIENT, ...own, ...provider } as unknown as NodeJS.ProcessEnv;
  const argv = ["--data", data, "--port", String(port)];
  const start = JSON.stringify({ home, checkout, data, host: "127.0.0.1", port, limits, argv, env });
  const programs = ["scripts/build.mjs", "launcher/main.mjs"].map((name) => path.join(checkout, name));
  const child = spawn(process.execPath, ["--input-type=module", "-e", RUNNER, ...programs, start], { env });
  const ended = new Promise((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text += chunk;
    });
  await Promise.race([
    answers(port),
    ended.then(() => {
      throw new Error(`The launcher has ended: ${text}`);
    }),
  ]);
  const api = await adminOf(data, port);
  return { home, data, port, said: () => text, api };
}

/** Makes a checkout with one commit, in which all real scripts run. `files` are more of them, by their paths. */
export function makeCheckout(checkout: string, files: Record<string, string> = {}): void {
  for (const name of [...FOLDERS, ...FILES])
    cpSync(path.join(ROOT, name), path.join(checkout, name), {
      recursive: true,
      filter: (from) => !LEFT_OUT.test(from),
    });
  writeFileSync(path.join(checkout, "scripts/serve.mjs"), SERVE);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(checkout, name)), { recursive: true });
    writeFileSync(path.join(checkout, name), text);
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(checkout, "node_modules"));
  writeFileSync(
    path.join(checkout, ".gitignore"),
    `${readFileSync(path.join(ROOT, ".gitignore"), "utf8")}\n/node_modules\n`,
  );
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args], { cwd: checkout });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "-m", "What runs");
}

async function answers(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (answer?.status === 200) return void (await answer.text());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function adminOf(data: string, port: number): Promise<WholeProduct["api"]> {
  const store = openStore(path.join(data, "banyan.db"), { migrations: path.join(ROOT, "drizzle"), migrate: false });
  const { token, hash } = newToken();
  await store.people.addToken({ uid: "t", hash, name: "t", role: "admin", task: null, by: "t", expiresAtMs: null });
  store.close();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" };
  return async (at, body) => {
    const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${at}`, { headers, ...sent });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}

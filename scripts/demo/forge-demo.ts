/** A forge for demonstrations: the stand-in of the tests with pages, checks that run, and a model that knows the work. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { tokenSecretOf } from "@/core/words/projects";
import { agentScript, type Reply, type ScriptedRequest, startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { ForgeServer } from "@/tests/forges/forge-server";
import { startGithub } from "@/tests/forges/github";
import { startChecks } from "./forge-checks";
import { answerPages } from "./forge-pages";

/** The person at the forge. */
const PERSON = "you";
const BOT = "banyan-bot";
const CHECK = "node --test";

const FILES = {
  "package.json": '{ "name": "widgets", "type": "module", "scripts": { "test": "node --test" } }\n',
  "README.md": "# Widgets\n\nPrices of widgets, in cents.\n",
  "price.js":
    "/** The price of an order, in cents. */\nexport const total = (prices) => prices.reduce((sum, price) => sum - price, 0);\n",
  "price.test.js": [
    'import assert from "node:assert";',
    'import test from "node:test";',
    'import { total } from "./price.js";',
    'test("an order without widgets costs nothing", () => assert.equal(total([]), 0));',
    'test("prices are added", () => assert.equal(total([250, 199]), 449));',
    "",
  ].join("\n"),
};
const MENDED =
  "/** The price of an order, in cents. */\nexport const total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n";
const ISSUE = {
  title: "Orders have negative prices",
  body: "An order of two widgets for $2.50 and $1.99 costs −$4.49. The test of it is red.",
};
const RULES = "label by banyan: **\nmerge 1 approval, checks: *.js\n";
/** How long the scripted model thinks, so that its work can be watched. */
const MODEL_MS = 1_200;

export interface DemoForge {
  forge: ForgeServer;
  /** Where the repository's pages are. */
  pages: string;
  /** Settings of a Banyan that works with it. */
  settings: Record<string, string>;
  /** Sends a delivery there after each change, as a person sets up at a forge. */
  addHook(hook: Hook): void;
  /** What was answered to the deliveries; null: nothing. */
  answered: (number | null)[];
  close(): Promise<void>;
}

interface Hook {
  url: string;
  secret: string;
}

/** Starts the forge and the model on the loopback. The coder writes its change after `held`. */
export async function startDemoForge(folder: string, held: Promise<void> = Promise.resolve()): Promise<DemoForge> {
  const served = join(folder, "forge");
  makeRepository(served);
  const forge = await startGithub(served, {
    accounts: [
      { login: BOT, permission: "write" },
      { login: PERSON, permission: "admin" },
    ],
  });
  forge.openIssue({ ...ISSUE, by: PERSON });
  const hooks: Hook[] = [];
  const answered: (number | null)[] = [];
  const tell = () => {
    for (const hook of hooks) void deliver(forge, hook).then((status) => answered.push(status));
  };
  forge.git.answerPage = answerPages(forge, PERSON, tell);
  const checks = startChecks(forge, { command: CHECK, folder: join(folder, "checks"), tell });
  const provider = await startScriptedProvider(script(held));
  return {
    forge,
    pages: `http://${forge.host}/acme/widgets`,
    settings: {
      ANTHROPIC_API_KEY: "demo",
      ANTHROPIC_BASE_URL: provider.url,
      BANYAN_FORGES: `${forge.host}=${forge.apiUrl}`,
      BANYAN_PRIVATE_HOSTS: forge.host,
      // The key of the secrets stays out of the data folder, and out of the person's own folder.
      XDG_CONFIG_HOME: join(folder, "config"),
    },
    addHook: (hook) => void hooks.push(hook),
    answered,
    async close() {
      await checks.stop();
      await provider.close();
      await forge.close();
    },
  };
}

/** Banyan asks the forge each minute too, so a delivery that is lost delays the next look at most. */
async function deliver(forge: ForgeServer, { url, secret }: Hook): Promise<number | null> {
  const body = JSON.stringify({ repository: { full_name: "acme/widgets" } });
  const headers = { "content-type": "application/json", ...forge.signed(body, secret) };
  return fetch(url, { method: "POST", headers, body }).then(
    ({ status }) => status,
    () => null,
  );
}

const Linked = z.object({ hook: z.object({ path: z.string(), secret: z.string() }) });

/** Adds the repository as a project, links it, and adds the webhook, with the commands that a person types. */
export async function linkWithBanyan(
  { forge, settings, addHook }: DemoForge,
  dataDir: string,
  url: string,
): Promise<void> {
  const env = { ...process.env, ...settings, BANYAN_DATA_DIR: dataDir, PORT: new URL(url).port };
  const rules = join(dataDir, "demo-rules.txt");
  writeFileSync(rules, RULES);
  const banyan = (...args: string[]) => promisify(execFile)(process.execPath, ["scripts/banyan.mjs", ...args], { env });
  const setting = banyan("secrets", "set", tokenSecretOf(forge.host));
  setting.child.stdin?.end(forge.token);
  await setting;
  await banyan("project", "add", forge.cloneUrl, "--name", "widgets", "--check", CHECK);
  const { stdout } = await banyan("project", "link", "widgets", "--rules", rules, "--json");
  const { hook } = Linked.parse(JSON.parse(stdout));
  addHook({ url: `${url}${hook.path}`, secret: hook.secret });
}

function makeRepository(served: string): void {
  const [bare, work] = [join(served, "acme/widgets.git"), join(served, "work")];
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=You", "-c", "user.email=you@example.org", ...args], { encoding: "utf8" });
  mkdirSync(dirname(bare), { recursive: true });
  git("init", "-q", "--bare", "-b", "main", bare);
  git("-C", bare, "config", "http.receivepack", "true");
  git("init", "-q", "-b", "main", work);
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(work, path), text);
  git("-C", work, "add", "-A");
  git("-C", work, "commit", "-q", "-m", "Widgets");
  git("-C", work, "push", "-q", bare, "main");
}

function script(held: Promise<void>) {
  return agentScript({
    goal_planner: () =>
      end(
        JSON.stringify({
          plan: "Add the prices instead of subtracting them",
          steps: [{ title: "Add the prices", instruction: "Add the prices in price.js; its test shows it." }],
        }),
      ),
    task_evaluator: () => end('{"outcome":"pass","reasons":["The prices are added, and the test shows it."]}'),
    coder: async ({ turn }: ScriptedRequest): Promise<Reply> => {
      if (turn === 0) return reply("read_file", { path: "price.js" });
      await held;
      if (turn === 1) return reply("write_file", { path: "price.js", content: MENDED });
      return end("`total` added the negative of each price. It adds the prices now, as its test expects.");
    },
  });
}

const reply = (name: string, input: object): Reply => ({ calls: [{ name, input }], delayMs: MODEL_MS });
const end = (result: string): Reply => reply("end_task", { status: "success", result });

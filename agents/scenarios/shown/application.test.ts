/**
 * A complete application from one sentence: a goal in the autonomous mode, whose criteria goal_planner proposes, in a new
 * folder, with real commands. Afterwards the application is started and used over HTTP.
 *
 *   BANYAN_APPLICATION_TEST=1            also builds the application of packages, which takes them from the registry
 *   BANYAN_APPLICATION_REGISTRY=ADDRESS  another registry; one on the loopback where the usual one has no public address
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { GoalFields } from "@/core/log/goal";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";

type Files = Record<string, string>;

/** The files of an application as a good model would write them. */
function applicationOf(name: "plain" | "react"): Files {
  const folder = join(import.meta.dirname, "../../../tests/agents/applications", name);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

const writes = (files: Files): Reply[] =>
  Object.entries(files).map(([path, content]) => call("write_file", { path, content }));

interface Made {
  sentence: string;
  goal?: GoalFields;
  criteria: object;
  /** What each round plans, and the calls of its executor. */
  rounds: { plan: string; calls: Reply[] }[];
  env?: Record<string, string>;
  allow?: string[];
}

/** Pursues the goal with a scripted model. */
async function pursued({ sentence, goal = {}, criteria, rounds, env, allow = [] }: Made) {
  const roundOf = ({ instruction }: ScriptedRequest) => {
    const number = Number(/\bround (\d+)/i.exec(instruction)?.[1]);
    return rounds[number - 1] ?? expect.fail(`Nobody planned round ${number}.`);
  };
  /** What the executor was told by calls that failed, for a goal that is not reached. */
  const told: string[] = [];
  const trial = await startTrial({
    ...(env && { env }),
    script: agentScript({
      goal_planner: (request) => {
        if (request.instruction.startsWith("Propose how")) return endTask(JSON.stringify(criteria));
        const { plan } = roundOf(request);
        return endTask(JSON.stringify({ plan, steps: [{ title: plan, instruction: plan }] }));
      },
      coder: (request) => {
        const failed = request.lastToolResults.filter(
          ({ isError, content }) => isError || /npm (error|warn)/.test(content),
        );
        told.push(...failed.map(({ toolName, content }) => `${toolName}: ${content}`));
        return roundOf(request).calls[request.turn] ?? endTask("done");
      },
    }),
  });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  if (allow.length > 0) await commands.setPolicy({ add_hosts: allow }, tester);
  const { id, workspace } = await trial.submit({ task: sentence, goal });
  const tree = await trial.ended(id, 900_000);
  const root = await queries.getTask(tree.root_task_id);
  const view = (await queries.getGoal(id)) ?? expect.fail("There is no goal.");
  const why = [root.result, ...view.rounds.map((round) => round.why), ...told].join("\n\n");
  expect([tree.status, trial.faults, trial.provider?.refusals], why).toEqual(["succeeded", [], []]);
  return { workspace, result: root.result ?? "", goal: view };
}

/** Starts the application. Resolves with a function that asks it, and one that ends it. */
async function started(folder: string, database: string) {
  const [program = "", ...args] = (
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { scripts: { start: string } }
  ).scripts.start.split(" ");
  const env = { PATH: process.env.PATH, DATABASE: database, PORT: "0", NODE_ENV: "production" as const };
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  onTestFinished(() => void child.kill("SIGKILL"));
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (found) resolve(found);
    });
    child.on("close", () => reject(new Error(`The application ended: ${said}`)));
  });
  return {
    async ask(method: string, path: string, body: object | null = null, token = "") {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, text, json: () => JSON.parse(text) };
    },
    async end() {
      child.kill();
      await ended;
    },
  };
}

/** Registers, signs in, adds a todo, starts the application again, and finds it. */
async function used(folder: string, api: string): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), "banyan-todo-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const person = { name: "anna", password: "correct horse" };
  const first = await started(folder, join(data, "todo.db"));
  const page = (await first.ask("GET", "/")).text;
  expect((await first.ask("POST", `${api}/register`, person)).status).toBe(201);
  expect((await first.ask("POST", `${api}/login`, { ...person, password: "wrong horse" })).status).toBe(401);
  expect((await first.ask("GET", `${api}/todos`)).status).toBe(401);
  const { token } = (await first.ask("POST", `${api}/login`, person)).json();
  expect((await first.ask("POST", `${api}/todos`, { text: "Buy milk" }, token)).status).toBe(201);
  await first.end();
  const second = await started(folder, join(data, "todo.db"));
  const again = (await second.ask("POST", `${api}/login`, person)).json();
  const todos = (await second.ask("GET", `${api}/todos`, null, again.token)).json();
  expect(todos).toMatchObject([{ text: "Buy milk", done: false }]);
  await second.end();
  return page;
}

test("one sentence becomes a tested application that keeps accounts and todos over a restart", async () => {
  const files = applicationOf("plain");
  const right = files["store.js"] ?? "";
  const forgetful = right.replace(
    "writing = writing.then(async () => {",
    "writing = writing.then(async () => {\n      return;",
  );
  expect(forgetful).not.toBe(right);
  const { workspace, goal, result } = await pursued({
    sentence: "Build a todo app with sign-in, a database in a file, and tests",
    criteria: {
      validation_command: "npm test",
      criteria: [
        { statement: "The tests cover a restart", command: "grep -q restart test/*.js" },
        { statement: "It has a page", command: "test -s public/index.html" },
      ],
    },
    rounds: [
      { plan: "Write the application with its tests", calls: writes({ ...files, "store.js": forgetful }) },
      { plan: "Write changes to the file", calls: writes({ "store.js": right }) },
    ],
  });
  expect(goal.rounds.map(({ verdict, score, plan }) => [verdict, score, plan])).toEqual([
    ["better", 0.875, "Write the application with its tests"],
    ["better", 1, "Write changes to the file"],
  ]);
  expect(goal.rounds[0]?.error_signature).toContain("survive a restart");
  expect(goal.validation?.evidence).toContain("4 of 4 tests passed");
  expect(result).toContain("| yes | The validation command passes | `npm test` |");
  expect(await used(workspace, "")).toContain("<h1>Todo</h1>");
});

if (process.env.BANYAN_APPLICATION_TEST)
  test("one sentence becomes a React application of real packages, which the host installs and builds itself", async () => {
    const files = applicationOf("react");
    const isPage = (path: string) => path.startsWith("src/") || path === "index.html" || path.endsWith(".jsx");
    const some = (isWanted: (path: string) => boolean) =>
      Object.fromEntries(Object.entries(files).filter(([path]) => isWanted(path)));
    const registry = new URL(process.env.BANYAN_APPLICATION_REGISTRY ?? "https://registry.npmjs.org/");
    const from = `--registry ${registry.href} --no-audit --no-fund`;
    const install = call("use_terminal", { command: `npm install ${from}`, network: [registry.host] });
    const { workspace, goal } = await pursued({
      sentence: "Build a React todo app with authentication, database, and tests",
      goal: { setup_command: `npm ci ${from}` },
      env: { BANYAN_PRIVATE_HOSTS: `${registry.hostname}:${registry.port || 443}` },
      allow: [registry.host],
      criteria: {
        validation_command: "npm test",
        criteria: [{ statement: "The page builds", command: "npm run build" }],
      },
      rounds: [
        {
          plan: "Write the server with its database and tests",
          calls: [...writes(some((path) => !isPage(path))), install],
        },
        {
          plan: "Write the page and build it",
          calls: [...writes(some(isPage)), call("use_terminal", { command: "npm run build" })],
        },
      ],
    });
    expect(goal.rounds.map(({ verdict, score }) => [verdict, score])).toEqual([
      ["better", 0.5],
      ["better", 1],
    ]);
    expect(goal.validation?.evidence).toContain("4 of 4 tests passed");
    const page = await used(workspace, "/api");
    expect(page).toMatch(/<script type="module" crossorigin src="\/assets\/.+\.js">/);
  }, 1_200_000);

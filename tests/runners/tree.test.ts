/**
 * A tree on a runner in a network of its own, in the whole: a real server with its database, three nodes, a provider of models.
 * The server, a node and the runner are killed, each in the middle of a command.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { outcomesStream } from "@/lib/nats/names";
import { sandboxSetting } from "@/lib/sandbox/testing/tested";
import { buildPrograms } from "@/scripts/testing/command-line";
import { bundleProgram } from "@/tests/agents/bundle";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, responsesOf, titled, trialsOfThisFile, until } from "@/tests/agents/scenario";
import { type RunnerProcess, type Scene, startScene } from "./scene";

buildPrograms();
const begin = trialsOfThisFile();

const PORT = "18777";
/** Appends a line, and ends when the test makes a file. */
const waits = (line: string) => `echo ${line} >> runs.txt; until [ -e go-${line} ]; do sleep 0.05; done; cat runs.txt`;

const REPLIES = [
  call("write_file", { path: "kept.txt", content: "kept\n" }),
  call("use_terminal", { command: waits("server") }),
  call("use_terminal", { command: waits("node") }),
  call("use_terminal", { command: waits("runner") }),
  call("use_terminal", { command: "ls; cat kept.txt runs.txt" }),
  endTask("It survived."),
];

/** Starts the provider beside the server, because no other machine has the models. */
async function startProvider(scene: Scene): Promise<void> {
  const script = path.join(scene.folder, "rules.json");
  writeFileSync(script, JSON.stringify(REPLIES.map((reply, turn) => ({ agent: "worker", turn, reply }))));
  const program = ["--import", "tsx", "tests/agents/provider-main.ts", "--script", script, "--port", PORT];
  const { child } = scene.launch("server", [process.execPath, ...program]);
  await new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
}

async function startServer(scene: Scene, dataDir: string, tree: string) {
  const program = await bundleProgram("tests/agents/crash-main.ts");
  return scene.launch("server", [process.execPath, ...program], {
    ...scene.env,
    ...(await sandboxSetting()),
    BANYAN_DATA_DIR: dataDir,
    BANYAN_KEY_FILE: path.join(scene.folder, "keys.json"),
    BANYAN_SYNCHRONOUS: "NORMAL",
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${PORT}`,
    BANYAN_TEST_TREE: tree,
    BANYAN_TEST_TOOLS: "all",
  });
}

const runs = (runner: RunnerProcess, tree: string, line: string) =>
  until(
    () => existsSync(path.join(runner.folderOf(tree), "runs.txt")) && linesOf(runner, tree).includes(line),
    `the command ${line} runs on the runner`,
  );
const linesOf = (runner: RunnerProcess, tree: string) =>
  readFileSync(path.join(runner.folderOf(tree), "runs.txt"), "utf8").split("\n");
const letGo = (runner: RunnerProcess, tree: string, line: string) =>
  writeFileSync(path.join(runner.folderOf(tree), `go-${line}`), "");

test("a tree survives the death of its server, of the leader of NATS, and of its runner, and nothing runs twice", async () => {
  const scene = await startScene();
  onTestFinished(scene.close);
  await startProvider(scene);
  const trial = await begin(null, { work: false, env: { ...scene.env, ANTHROPIC_API_KEY: "test-key" } });
  mkdirSync(path.join(trial.dataDir, "nats"), { recursive: true });
  copyFileSync(path.join(scene.folder, "nats/server.nk"), path.join(trial.dataDir, "nats/server.nk"));
  const runner = await scene.runner();
  const model = "anthropic/claude-sonnet-4-5";
  const { id } = await trial.submit({ task: "root", agent: "worker", pool: "default", model });
  const answered = (count: number) =>
    until(async () => {
      const log = await logOf(trial, titled(await trial.runtime.application.queries.getTree(id), "root").id);
      return responsesOf(log).length >= count ? responsesOf(log) : null;
    }, `${count} calls are answered`);

  const first = await startServer(scene, trial.dataDir, id);
  await runs(runner, id, "server");
  await first.end("SIGKILL");
  // It ends while no server is there.
  letGo(runner, id, "server");
  const second = await startServer(scene, trial.dataDir, id);
  expect((await answered(2))[1]).toContain('"stdout":"server\\n"');

  await runs(runner, id, "node");
  const { leader } = await scene.nats.stream(outcomesStream("main"));
  await scene.nats.node(leader).kill();
  letGo(runner, id, "node");
  expect((await answered(3))[2]).toContain('"stdout":"server\\nnode\\n"');

  await runs(runner, id, "runner");
  await runner.end("SIGKILL");
  await scene.runner({ name: "linux-2" });
  expect((await answered(4))[3]).toContain("so its outcome is unknown: check before you repeat it.");
  const [, , , , last = ""] = await answered(5);
  expect(last).toContain("The runner linux-1 went away, and the folder was written anew from its newest snapshot.");
  expect(last).toContain("go-node\\ngo-server\\nkept.txt\\nruns.txt\\nkept\\nserver\\nnode\\n");
  const tree = await trial.ended(id);
  expect(titled(tree, "root").status).toBe("succeeded");
  await second.closed;
}, 300_000);

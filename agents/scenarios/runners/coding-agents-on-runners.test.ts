/** Coding agents of trees whose folders are on runners: real NATS, a runner in a process of its own, a real sandbox. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TEST_AGENTS } from "@/tests/agents/coding/agent-world";
import { call, endTask } from "@/tests/agents/replies";
import { type StartedRunner, startRunnerCell } from "@/tests/agents/runners/runners";
import { gate, logOf, responsesOf, taskScript, titled, trialsOfThisFile, until } from "@/tests/agents/scenario";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { changeAgent } from "@/tests/agents/world-tool";

const begin = trialsOfThisFile();
const POOL = { pool: "linux", agent: "worker" };
const work = (prompt: string) => call("run_coding_agent", { agent: "test", prompt });
const run = (command: string) => call("use_terminal", { command });

/** Resolves with the file's text once it is in a workspace of the runner. */
const onRunner = (runner: StartedRunner, path: string) =>
  until(() => {
    const folder = join(runner.dataDir, "workspaces");
    const found = existsSync(folder) ? readdirSync(folder).map((tree) => join(folder, tree, path)) : [];
    const file = found.find((each) => existsSync(each));
    return file === undefined ? null : readFileSync(file, "utf8");
  }, `${path} is on the runner`);

/** A server of a cell with one runner. `agent`: answers the agent's requests for a model. */
async function started(tasks: Parameters<typeof taskScript>[0], agent: () => Promise<{ text: string }>) {
  const cell = await startRunnerCell(["linux-1", "linux-2"]);
  const runner = await cell.start("linux-1");
  const script = taskScript(tasks);
  const usage = { inputTokens: 100, outputTokens: 7 };
  const provider = await startScriptedProvider(async (request) =>
    request.instruction.startsWith("agent ") ? { ...(await agent()), usage } : script(request),
  );
  const first = await begin(null, { work: false });
  cell.giveKey(first.dataDir);
  const env = { ...cell.env, BANYAN_CODING_AGENTS: TEST_AGENTS };
  const start = async () => {
    const trial = await begin(null, { provider, dataDir: first.dataDir, env });
    await changeAgent(trial, "worker", { tools: ["run_coding_agent", "use_terminal", "read_file"] });
    return trial;
  };
  return { cell, runner, trial: await start(), start };
}

test("an agent works in the runner's folder, with the server's models, and its files are the task's", async () => {
  const { trial } = await started(
    {
      root: [work("model What next?\nrun echo two > b.txt\nedit a.txt made"), run("cat a.txt b.txt"), endTask("done")],
      "*": endTask("noted"),
    },
    async () => ({ text: "Write it." }),
  );
  const { id } = await trial.submit({ task: "root", ...POOL });
  const tree = await trial.ended(id);
  const [answer = "", files] = responsesOf(await logOf(trial, titled(tree, "root").id));
  expect(JSON.parse(answer)).toMatchObject({
    stop_reason: "end_turn",
    message: "Write it.",
    usage: { requests: 1, tokens_in: 100, tokens_out: 7 },
  });
  expect(files).toContain("made");
  expect(files).toContain("two");
  expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
}, 120_000);

test("a server that stops while an agent works: the next one goes on with its session, and what had ended does not run again", async () => {
  const answers = gate();
  const { runner, trial, start } = await started(
    {
      root: [
        work("run echo one >> done.txt\nmodel What next?\nrun echo two >> done.txt"),
        run("cat done.txt"),
        endTask("done"),
      ],
      "*": endTask("noted"),
    },
    async () => {
      await answers.opened;
      return { text: "Go on." };
    },
  );
  const { id } = await trial.submit({ task: "root", ...POOL });
  await onRunner(runner, "done.txt");
  await trial.worker?.stop(0);
  await trial.runtime.close();
  answers.open();
  const next = await start();
  const tree = await next.ended(id);
  const [answer = "", files] = responsesOf(await logOf(next, titled(tree, "root").id));
  expect(JSON.parse(answer)).toMatchObject({ stop_reason: "end_turn" });
  expect(JSON.parse(files ?? "")).toMatchObject({ stdout: "one\ntwo\n" });
  expect(tree.status).toBe("succeeded");
}, 180_000);

test("a runner that dies while an agent works: the call says so, and the agent works on in the folder's newest snapshot", async () => {
  const answers = gate();
  const { cell, runner, trial } = await started(
    {
      root: [
        run("echo kept > kept.txt"),
        work("run echo lost > lost.txt\nmodel What next?"),
        work("run ls > seen.txt"),
        run("cat seen.txt"),
        endTask("done"),
      ],
      "*": endTask("noted"),
    },
    async () => {
      await answers.opened;
      return { text: "Go on." };
    },
  );
  const { id } = await trial.submit({ task: "root", ...POOL });
  await onRunner(runner, "lost.txt");
  await runner.kill();
  await cell.start("linux-2");
  answers.open();
  const tree = await trial.ended(id);
  const [, cut = "", , seen = ""] = responsesOf(await logOf(trial, titled(tree, "root").id));
  expect(cut).toContain("The runner linux-1 went away while the call ran, so its outcome is unknown");
  expect(seen).toContain("kept.txt");
  expect(seen).not.toContain("lost.txt");
  expect(tree.status).toBe("succeeded");
}, 180_000);

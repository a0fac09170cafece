/** Trees that the host checks on a pool of runners: real NATS, runners in processes of their own, a real server. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ClaimMark } from "@/core/log/terms";
import { RunnerError } from "@/lib/runner/caller";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { type RunnerCell, type StartedRunner, startRunnerCell } from "@/tests/agents/runners/runners";
import { logOf, tester, titled, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial, TrialOptions } from "@/tests/agents/trial";

const begin = trialsOfThisFile();
const CHECKED = { checks_pool: "clean", agent: "worker" };
const run = (command: string) => call("use_terminal", { command });
const claim = (statement: string, command: string) => ({ statement, command });

async function start(
  cell: RunnerCell,
  script: Parameters<typeof begin>[0],
  options: TrialOptions = {},
): Promise<Trial> {
  const first = await begin(null, { work: false });
  cell.giveKey(first.dataDir);
  return begin(script, { dataDir: first.dataDir, ...options, env: { ...cell.env, ...options.env } });
}

/** Returns the checks of which something is in the runner's folders. */
function leftOn({ dataDir }: StartedRunner): string[] {
  const names = ["workspaces", "cache"].flatMap((kind) => {
    const folder = join(dataDir, kind);
    return existsSync(folder) ? readdirSync(folder) : [];
  });
  return [...new Set(names)].filter((name) => name.startsWith("check-"));
}

/** Resolves once the server has removed what checks left there, and forgotten it. */
async function nothingLeft(trial: Trial, name: string, runner: StartedRunner): Promise<void> {
  const { checks } = trial.runtime.store;
  const isKnown = () => [...checks.left(), ...checks.open()].some((place) => place.runner === name);
  await until(() => leftOn(runner).length === 0 && !isKnown(), "nothing of the checks is left");
}

/** Resolves once the check has written this file into its room there. */
const inRoom = (runner: StartedRunner, file: string) =>
  until(() => roomFile(runner, file) !== null, `${file} is in a room on the runner`);

function roomFile({ dataDir }: StartedRunner, file: string): string | null {
  const cache = join(dataDir, "cache");
  for (const check of existsSync(cache) ? readdirSync(cache) : [])
    for (const room of readdirSync(join(cache, check))) {
      const found = join(cache, check, room, file);
      if (existsSync(found)) return found;
    }
  return null;
}

const checkedOf = (log: Awaited<ReturnType<typeof logOf>>) =>
  log.flatMap(({ content }) =>
    content.type === "claims_checked"
      ? [{ runner: content.runner, marks: (content.marks as ClaimMark[]).map(({ mark }) => mark) }]
      : [],
  );

test("Z7: claims are checked on the pool: with the files of the work, without what agents left on its machine, and nothing stays", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const runner = await cell.start("linux-1", { pool: "clean" });
  const claims = [
    claim("The file is there", "grep -q one a.txt"),
    claim("The agents' home has what they left", "test -e ~/planted.txt"),
  ];
  const trial = await start(cell, {
    root: [
      run("echo one > a.txt; echo planted > ~/planted.txt; test -e ~/planted.txt"),
      endTask("It is done.", { claims }),
      endTask("It is done.", { claims: claims.slice(0, 1) }),
    ],
  });
  const { id } = await trial.submit({ task: "root", ...CHECKED });
  const tree = await trial.ended(id);
  expect(tree).toMatchObject({ status: "succeeded", checks_pool: "clean" });
  expect(tree.place).toBeUndefined();
  const log = await logOf(trial, titled(tree, "root").id);
  expect(checkedOf(log)).toEqual([
    { runner: "linux-1", marks: ["shown", "failed"] },
    { runner: "linux-1", marks: ["shown"] },
  ]);
  expect((await trial.runtime.application.queries.getProof(id)).claims).toMatchObject([{ runner: "linux-1" }]);
  await nothingLeft(trial, "linux-1", runner);
  const fork = await trial.runtime.application.commands.fork({ id: titled(tree, "root").id }, tester);
  expect(fork.checks_pool).toBe("clean");
  expect(trial.faults).toEqual([]);
}, 120_000);

test("a goal in a person's own folder is checked on the pool, and its rounds say where", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const runner = await cell.start("linux-1", { pool: "clean" });
  const folder = folderWith({
    "package.json": '{"type":"module","scripts":{"test":"node --test"}}\n',
    "sum.js": "export const sum = (a, b) => a - b;\n",
    "test/sum.test.js":
      'import assert from "node:assert";\nimport test from "node:test";\nimport { sum } from "../sum.js";\ntest("adds", () => assert.equal(sum(1, 2), 3));\n',
  });
  const right = call("write_file", { path: "sum.js", content: "export const sum = (a, b) => a + b;\n" });
  const script = agentScript({
    goal_planner: () => endTask(JSON.stringify({ plan: "Add", steps: [{ title: "Add", instruction: "Add" }] })),
    coder: ({ turn }) => (turn === 0 ? right : endTask("done")),
  });
  const trial = await start(cell, null, { script });
  const goal = { validation_command: "npm test", max_iterations: 3 };
  const { id } = await trial.submit({ task: "Make the tests pass", workspace: folder, goal, checks_pool: "clean" });
  expect(await trial.ended(id)).toMatchObject({ status: "succeeded" });
  const found = await trial.runtime.application.queries.getGoal(id);
  expect(found?.rounds.map(({ checked_on }) => checked_on)).toEqual(["linux-1"]);
  expect(found?.score).toBe(1);
  await nothingLeft(trial, "linux-1", runner);
  expect(trial.faults).toEqual([]);
}, 120_000);

test("a runner that dies in the middle of a check: it begins again at another one", async () => {
  const cell = await startRunnerCell(["linux-1", "linux-2"]);
  const first = await cell.start("linux-1", { pool: "clean" });
  const trial = await start(cell, {
    root: [
      run("echo one > a.txt"),
      endTask("It is done.", { claims: [claim("It holds", "touch began.txt; sleep 5; test -e a.txt")] }),
    ],
  });
  const { id } = await trial.submit({ task: "root", ...CHECKED });
  await inRoom(first, "began.txt");
  const { queries } = trial.runtime.application;
  const shown = async () => (await queries.getRunners()).runners.find(({ name }) => name === "linux-1")?.checks;
  expect(await until(async () => (await shown())?.length && shown(), "the check is shown at its runner")).toEqual([
    { id, title: "root" },
  ]);
  const second = await cell.start("linux-2", { pool: "clean" });
  await first.kill();
  const tree = await trial.ended(id);
  const log = await logOf(trial, titled(tree, "root").id);
  expect(checkedOf(log)).toEqual([{ runner: "linux-2", marks: ["shown"] }]);
  await nothingLeft(trial, "linux-2", second);
}, 180_000);

test("a check that its runner fails again and again is tried three times, also when the pool has no other runner", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const runner = await cell.start("linux-1", { pool: "clean" });
  const trial = await start(cell, { root: [endTask("It is done.")] });
  const { id, root_task_id } = await trial.submit({ task: "root", ...CHECKED });
  await trial.ended(id);
  const { checks, workplaces } = trial.runtime.world;
  const folder = { tree: id, task: root_task_id, owner: null, root: "/", cacheDir: "", hiddenPaths: [] };
  const request = { tree: id, task: root_task_id, own: workplaces.of(folder), now: "", onWait: () => undefined };
  const tried: (string | null)[] = [];
  const failing = checks.run({ ...request, signal: new AbortController().signal }, async (at) => {
    tried.push(at.runner);
    throw new RunnerError("The runner linux-1 answered with nonsense.", true);
  });
  await expect(failing).rejects.toThrow("answered with nonsense");
  expect(tried).toEqual(["linux-1", "linux-1", "linux-1"]);
  await nothingLeft(trial, "linux-1", runner);
}, 120_000);

test("a server that is gone in the middle of a check: the next one ends what it left, and checks again", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const runner = await cell.start("linux-1", { pool: "clean", slots: 1 });
  const sleep = "sleep 7.4321";
  const script = {
    root: [
      run("echo one > a.txt"),
      endTask("It is done.", { claims: [claim("It holds", `touch began.txt; ${sleep}; test -e a.txt`)] }),
    ],
  };
  const server = await start(cell, script);
  const { id, root_task_id } = await server.submit({ task: "root", ...CHECKED });
  await inRoom(runner, "began.txt");
  const [former] = await until(() => {
    const found = processesOf(sleep);
    return found.length === 1 && found;
  }, "its command runs");
  // As if it were killed: nothing that it says any more arrives.
  const [node] = cell.nats.nodes;
  node?.freeze();
  await server.worker?.stop(0);
  await server.runtime.close();
  expect(leftOn(runner)).toEqual([`check-${root_task_id}`]);
  node?.thaw();
  const next = await begin(script, {
    dataDir: server.dataDir,
    env: cell.env,
    ...(server.provider && { provider: server.provider }),
  });
  await until(() => processesOf(sleep).some((id) => id !== former), "the command of the next check runs");
  expect(processesOf(sleep)).toHaveLength(1);
  const tree = await next.ended(id);
  const log = await logOf(next, titled(tree, "root").id);
  expect(checkedOf(log)).toEqual([{ runner: "linux-1", marks: ["shown"] }]);
  await nothingLeft(next, "linux-1", runner);
}, 120_000);

/** Returns the ids of the processes of the machine that run exactly this command. */
function processesOf(command: string): string[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, "utf8") === `${command.split(" ").join("\0")}\0`;
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

test("without a runner of the pool a check waits, is told what for, and a person can stop it", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const script = {
    root: [run("echo one > a.txt"), endTask("It is done.", { claims: [claim("It holds", "test -e a.txt")] })],
  };
  const trial = await start(cell, script);
  const { application, live } = trial.runtime;
  const [one, other] = [
    await trial.submit({ task: "root", ...CHECKED }),
    await trial.submit({ task: "root", ...CHECKED }),
  ];
  for (const { id } of [one, other])
    await until(
      () => live.activitiesIn(id).some(({ call }) => call?.about === "Waits for a runner of the pool clean"),
      "the check says what it waits for",
    );
  await application.commands.stop({ id: one.root_task_id }, tester);
  expect(await trial.ended(one.id)).toMatchObject({ status: "stopped" });
  const runner = await cell.start("linux-1", { pool: "clean" });
  expect(await trial.ended(other.id)).toMatchObject({ status: "succeeded" });
  await nothingLeft(trial, "linux-1", runner);
}, 120_000);

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-checks-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/**
 * Kills a worker's process at a boundary of each kind of a tree, with `BANYAN_CRASH_ALL=1` at every one, and restarts it: nothing
 * is lost, and nothing runs twice.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import type { Message } from "@/core/shapes/shapes";
import { readSettings } from "@/lib/env";
import { boundariesToKillAt, type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import type { Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { logOf, responsesOf, sub, taskScript, toldIn, unansweredCalls } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent, offerTool } from "@/tests/agents/world-tool";

let crashing: Crashing;
let provider: ScriptedProvider;
let treeId = "";

/** The reply depends only on the request's conversation, so that a repeated turn gets the same reply. */
const script = taskScript({
  root: (request): Reply => {
    if (request.turn === 0) {
      return {
        text: "First I touch things.",
        calls: ["often", "once", "asked"].map((name, index) => ({ name, input: { what: `root ${index}` } })),
      };
    }
    if (request.turn === 1) return call("ask", { question: "Which size?" });
    if (request.turn === 2) return startSubtask(sub("asks"), sub("works"), sub("later", { depends_on: ["works"] }));
    const question = /"question":"(\w+)"/.exec(toldIn(request))?.[1];
    if (request.turn === 3 && question) return call("answer", { question, text: "Blue." });
    return everyResult(request) ? endTask("the whole") : { text: "I wait." };
  },
  asks: (request) => (request.turn === 0 ? call("ask", { question: "Which colour?" }) : endTask("asked")),
  works: [call("once", { what: "works" }), endTask("worked")],
  later: [endTask("followed")],
});

function everyResult(request: ScriptedRequest): boolean {
  const all = JSON.stringify(request.messages);
  return ["asked", "worked", "followed"].every(
    (text) => all.includes(`summary\\\\\\":\\\\\\"${text}`) || all.includes(`summary\\":\\"${text}`),
  );
}

beforeAll(async () => {
  crashing = await prepareCrashes(() => provider.url);
  provider = await startScriptedProvider(script, { record: false });
  const trial = await startTrial({ provider, dataDir: crashing.template, work: false });
  const finishing = { evaluate: "auto", summarize: "never", document: "never" };
  await offerTool(trial, "asked", "ask");
  await changeAgent(trial, "worker", { tools: ["once", "often", "asked"], finishing });
  treeId = (await trial.submit({ task: "root", agent: "worker", grant: { tokens: 2_000_000 } })).id;
  await trial.close();
});

afterAll(async () => {
  await provider.close();
  crashing.remove();
});

const run = (dataDir: string, killAt: number) => crashing.run(dataDir, killAt, treeId);

/** Checks what must hold, however often the worker was killed. */
async function check(dataDir: string): Promise<void> {
  const readRuntime = openReadRuntime({
    settings: readSettings({ BANYAN_DATA_DIR: dataDir }, process.cwd()),
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
  });
  const { queries } = readRuntime;
  const tree = await queries.getTree(treeId);
  const root = await queries.getTask(tree.root_task_id);
  expect([tree.status, root.result, root.verdict?.outcome]).toEqual(["succeeded", "the whole", "pass"]);
  const shape = tree.tasks.map((task) => [task.title, task.role, task.status]).sort();
  const done = (title: string, role = "work") => [title, role, "succeeded"];
  const judged = ["Judge: root", "Judge: works"].map((title) => done(title, "finishing"));
  expect(shape).toEqual([...judged, done("asks"), done("root"), done("later"), done("works")].sort());
  expect(await unansweredCalls(queries, tree)).toEqual([]);
  const log = await logOf(queries, root.id);
  for (const text of ["asked", "worked", "followed"]) {
    const told = log.filter(
      (message) =>
        (message.kind === "tool_response" || message.content.type === "subtask_ended") &&
        JSON.stringify(message.content).includes(`"${text}`.replace('"', '\\"')),
    );
    expect([text, told.length]).toEqual([text, 1]);
  }
  const file = join(dataDir, "effects.log");
  const effects = (existsSync(file) ? readFileSync(file, "utf8") : "")
    .split("\n")
    .filter((line) => /^(once|asked) /.test(line));
  expect(new Set(effects).size).toBe(effects.length);
  checkPerson(log);
  await readRuntime.close();
}

/** Checks that each command of the person is in the root's log once: approval, answer, change of model, grant. */
function checkPerson(log: Message[]): void {
  for (const type of ["approval_asked", "approval_decided", "asked", "changed", "granted"]) {
    expect([type, log.filter((message) => message.content.type === type).length]).toEqual([type, 1]);
  }
  const texts = responsesOf(log);
  expect(texts.filter((text) => text === '{"answer":"Large.","by":"person"}')).toHaveLength(1);
  const allowed = texts.filter((text) => text === "touched root 2" || text.startsWith("This call was interrupted"));
  expect(allowed.length).toBeGreaterThan(0);
}

test("killed at a boundary of each kind and restarted, the tree ends the same, and nothing runs twice", async () => {
  const whole = crashing.freshFolder("whole");
  const { passed, kinds, errors } = await run(whole, 0);
  expect(errors).toBe("");
  await check(whole);
  expect(passed).toBeGreaterThan(30);
  const points = boundariesToKillAt(kinds);
  const sweep = async () => {
    for (let at = points.shift(); at !== undefined; at = points.shift()) {
      const dataDir = crashing.freshFolder(`at-${at}`);
      const first = await run(dataDir, at);
      // The order of parallel tasks is not the same each time: the last boundaries may not be reached.
      if (first.signal === "SIGKILL") expect([at, (await run(dataDir, 0)).signal]).toEqual([at, null]);
      await check(dataDir).catch((error: Error) => {
        throw new Error(`Killed at boundary ${at} of ${passed}: ${error.message}`, { cause: error });
      });
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
  await Promise.all([sweep(), sweep()]);
}, 600_000);

test("killed repeatedly, each time a little later, the tree still ends", async () => {
  const dataDir = crashing.freshFolder("again");
  writeFileSync(join(dataDir, "effects.log"), "");
  let starts = 0;
  for (let signal: string | null = "SIGKILL"; signal === "SIGKILL" && starts < 40; starts += 1) {
    signal = (await run(dataDir, 4 + starts)).signal;
  }
  expect(starts).toBeGreaterThan(5);
  expect(starts).toBeLessThan(40);
  await check(dataDir);
}, 600_000);

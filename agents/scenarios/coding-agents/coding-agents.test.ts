/** Tasks that give work to a coding agent: real sandbox, real gateway; only the models are scripted. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { ownerCalled } from "@/core/rules/roles";
import { readSettings } from "@/lib/env";
import { TEST_AGENTS } from "@/tests/agents/coding/agent-world";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  logOf,
  responsesOf,
  runRoot,
  sub,
  taskScript,
  tester,
  titled,
  trialsOfThisFile,
  until,
} from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { ProviderScript } from "@/tests/agents/services/script";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const LONG_MS = 240_000;
const start = trialsOfThisFile();
const providers: ScriptedProvider[] = [];
afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.close();
});

const work = (prompt: string, more: Record<string, unknown> = {}) =>
  call("run_coding_agent", { agent: "test", prompt, ...more });

/** A provider that answers the tasks as scripted, and the agents' requests, which begin with `agent`. */
function providerOf(tasks: Parameters<typeof taskScript>[0], agent: ProviderScript): Promise<ScriptedProvider> {
  const script = taskScript(tasks);
  return startScriptedProvider((request) =>
    request.instruction.startsWith("agent ") ? agent(request) : script(request),
  );
}

async function withTasks(tasks: Parameters<typeof taskScript>[0], agent: ProviderScript): Promise<Trial> {
  const provider = await providerOf(tasks, agent);
  providers.push(provider);
  const trial = await start(null, { provider, env: { BANYAN_CODING_AGENTS: TEST_AGENTS, MAX_CONCURRENT_AGENTS: "6" } });
  await changeAgent(trial, "worker", { tools: ["run_coding_agent", "read_file"] });
  return trial;
}

interface Answer {
  reason: string | null;
  stop_reason: string | null;
  problem?: string;
  message: string;
  session: string;
  tool_calls: { output?: string }[];
  usage: { requests: number; tokens_in: number; tokens_out: number };
}

interface Batch {
  done: number;
  failed: number;
  work: Answer[];
}

const answersIn = async (trial: Trial, taskId: string): Promise<Answer[]> =>
  responsesOf(await logOf(trial, taskId))
    .filter((text) => text.startsWith('{"agent"'))
    .map((text) => JSON.parse(text) as Answer);

test(
  "an agent works with the task's model, its files are the task's, and the task pays what the provider said",
  async () => {
    const trial = await withTasks(
      {
        root: [work("model What next?\nedit a.txt made"), call("read_file", { path: "a.txt" }), endTask("done")],
        "*": endTask("noted"),
      },
      () => ({ text: "Write it.", usage: { inputTokens: 100, outputTokens: 7 } }),
    );
    const tree = await runRoot(trial);
    expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
    const log = await logOf(trial, tree.root_task_id);
    const [answer] = await answersIn(trial, tree.root_task_id);
    expect(answer).toMatchObject({ stop_reason: "end_turn", message: "Write it." });
    expect(answer?.usage).toMatchObject({ requests: 1, tokens_in: 100, tokens_out: 7 });
    expect(responsesOf(log)[1]).toContain("made");
    const charged = log.filter(({ content }) => content.type === "tool_charged");
    expect(charged.map(({ content }) => [content.tool, content.tokensIn, content.tokensOut])).toEqual([
      ["run_coding_agent", 100, 7],
    ]);
    expect(JSON.stringify(log)).not.toContain("sk-banyan-");
  },
  LONG_MS,
);

test(
  "an agent that asks its model without end is stopped by the grant, and the task reads why",
  async () => {
    let spent = 0;
    const trial = await withTasks({ root: [work("greedy 4"), endTask("done")], "*": endTask("noted") }, (request) => {
      const usage = { inputTokens: Buffer.byteLength(request.rawBody), outputTokens: Number(request.body.max_tokens) };
      spent += usage.inputTokens + usage.outputTokens;
      return { text: "More.", usage };
    });
    const cap = 300_000;
    const tree = await runRoot(trial, { grant: { tokens: cap } });
    const [answer] = await answersIn(trial, tree.root_task_id);
    expect(answer?.tool_calls[0]?.output).toBe("402 402 402 402");
    expect(answer?.problem).toMatch(
      /^The rest of the task's grant does not cover one more request: .+ may cost [\d,]+ tokens .+, and [\d,]+ tokens of 300,000 tokens can still be spent\./,
    );
    expect(answer?.problem).toContain(`\`npx banyan grant ${tree.root_task_id} --add-tokens`);
    expect(spent).toBeGreaterThan(cap * 0.5);
    expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(cap);
  },
  LONG_MS,
);

test(
  "five work at once under one cap, and one that fails loses none of the others",
  async () => {
    const names = ["one", "two", "three", "four", "five"];
    const prompts = names.map((name) => (name === "three" ? "model go\ncrash" : `model go\nedit ${name}.txt ${name}`));
    const tasks = Object.fromEntries(names.map((name, at) => [name, [work(prompts[at] ?? ""), endTask(name)]]));
    const subtasks = names.map((name) => sub(name));
    const trial = await withTasks(
      { root: [startSubtask(...subtasks), endTask("done")], ...tasks, "*": endTask("noted") },
      () => ({ text: "Go.", usage: { inputTokens: 100, outputTokens: 7 } }),
    );
    const cap = 2_000_000;
    const tree = await runRoot(trial, { grant: { tokens: cap } });
    expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
    for (const name of names) {
      const [answer] = await answersIn(trial, titled(tree, name).id);
      const becomes = name === "three" ? [null, 1] : ["end_turn", 1];
      expect([name, answer?.stop_reason, answer?.usage.requests]).toEqual([name, ...becomes]);
    }
    expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(cap);
  },
  LONG_MS,
);

test(
  "one call gives work to five at once under one cap; one that fails loses none of the others, and the order is kept",
  async () => {
    const names = ["one", "two", "three", "four", "five"];
    const prompts = names.map((name) => (name === "three" ? "model go\ncrash" : `model go\nedit ${name}.txt ${name}`));
    const batch = [
      ...prompts.map((prompt) => ({ agent: "test", prompt })).slice(0, 4),
      { agent: "nobody", prompt: "x" },
    ];
    const trial = await withTasks(
      {
        root: [
          call("run_coding_agent", { work: batch }),
          call("run_coding_agent", {
            work: batch.slice(0, 2).map((agent) => ({ ...agent, prompt: "say on", session: "last" })),
          }),
          endTask("done"),
        ],
        "*": endTask("noted"),
      },
      () => ({ text: "Go.", usage: { inputTokens: 100, outputTokens: 7 } }),
    );
    const cap = 2_000_000;
    const tree = await runRoot(trial, { grant: { tokens: cap } });
    expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
    const log = await logOf(trial, tree.root_task_id);
    const [first, second] = responsesOf(log).map((text) => JSON.parse(text) as Batch);
    expect([first?.done, first?.failed]).toEqual([3, 2]);
    expect(first?.work.map(({ reason }) => reason)).toEqual([null, null, "agent_ended", null, "not_usable"]);
    expect(first?.work.map(({ usage }) => usage?.requests)).toEqual([1, 1, 1, 1, undefined]);
    const sessions = first?.work.map(({ session }) => session) ?? [];
    expect(new Set(sessions.slice(0, 4)).size).toBe(4);
    expect(second?.work.map(({ session, message }) => [session, message])).toEqual([
      [sessions[0], "on"],
      [sessions[1], "on"],
    ]);
    expect(log.filter(({ content }) => content.type === "tool_charged").length).toBe(4);
    expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(cap);
  },
  LONG_MS,
);

test(
  "five that ask their models without end share one grant, and none spends more",
  async () => {
    let spent = 0;
    const batch = Array.from({ length: 5 }, () => ({ agent: "test", prompt: "greedy 2" }));
    const trial = await withTasks(
      { root: [call("run_coding_agent", { work: batch }), endTask("done")], "*": endTask("noted") },
      (request) => {
        const usage = {
          inputTokens: Buffer.byteLength(request.rawBody),
          outputTokens: Number(request.body.max_tokens),
        };
        spent += usage.inputTokens + usage.outputTokens;
        return { text: "More.", usage };
      },
    );
    const cap = 300_000;
    const tree = await runRoot(trial, { grant: { tokens: cap } });
    const [answer] = responsesOf(await logOf(trial, tree.root_task_id)).map((text) => JSON.parse(text) as Batch);
    expect(answer?.work.map(({ reason }) => reason)).toEqual(Array(5).fill("grant_spent"));
    expect(spent).toBeGreaterThan(cap * 0.5);
    expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(cap);
  },
  LONG_MS,
);

test(
  "E3: a stop ends all agents of a call, and nothing of them stays",
  async () => {
    const batch = ["one", "two", "three"].map((name) => {
      return {
        agent: "test",
        prompt: `run (setsid nohup sleep 54322 >/dev/null 2>&1 &)\nedit ${name}.txt began\nhang`,
      };
    });
    const trial = await withTasks(
      { root: [call("run_coding_agent", { work: batch }), endTask("done")], "*": endTask("noted") },
      () => ({ text: "Go." }),
    );
    const { id } = await trial.submit({ task: "root", agent: "worker" });
    await until(() => sleepers().length === 3, "all agents run their commands");
    await trial.runtime.application.commands.stop({ id, reason: "enough" }, ownerCalled("tester"));
    expect((await trial.ended(id)).status).toBe("stopped");
    expect(sleepers()).toEqual([]);
  },
  LONG_MS,
);

test(
  "an agent that hangs is ended when its time is over, and the next call goes on with its session",
  async () => {
    const hung = work("say begun\nhang", { timeout_seconds: 10 });
    const more = { agent: "forgetful", session: "last" };
    const trial = await withTasks(
      {
        root: [hung, work("say back", { session: "last" }), work("say more", more), endTask("done")],
        "*": endTask("noted"),
      },
      () => ({ text: "Go." }),
    );
    const tree = await runRoot(trial);
    const [first, second, third] = responsesOf(await logOf(trial, tree.root_task_id));
    expect(JSON.parse(first ?? "")).toMatchObject({ reason: "timeout", message: "begun" });
    expect(JSON.parse(second ?? "")).toMatchObject({ stop_reason: "end_turn", message: "back" });
    expect(third).toBe("This task has no earlier session of forgetful; leave out `session`.");
  },
  LONG_MS,
);

test(
  "an agent file names the executable: it does the whole task, reads what people say and why its end was sent back",
  async () => {
    const pass = '{"outcome":"pass","reasons":[]}';
    const verdicts = ['{"outcome":"fail","reasons":["b.txt is missing."]}', pass, pass];
    const trial = await withTasks({ "@task_evaluator": () => endTask(verdicts.shift() ?? "") }, () => ({
      text: "Go.",
    }));
    await changeAgent(trial, "coding_agent", { model: "executor/test" });
    const { commands, queries } = trial.runtime.application;
    const { id } = await trial.submit({
      task: "edit a.txt one\nsay It is done.",
      agent: "coding_agent",
      criteria: "Do it.",
    });
    const tree = await trial.ended(id);
    expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
    const root = await queries.getTask(tree.root_task_id);
    expect(root.verdict?.outcome).toBe("pass");
    await commands.continueTask({ id: tree.root_task_id, text: "say And more." }, tester);
    const again = await trial.ended(id);
    expect(again.status).toBe("succeeded");
    const calls = (await logOf(trial, tree.root_task_id)).filter(
      ({ kind, tool }) => kind === "tool_call" && tool === "run_coding_agent",
    );
    expect(calls.map(({ content }) => (content.input as { session?: string }).session)).toEqual([
      undefined,
      "last",
      "last",
    ]);
    expect(JSON.stringify(calls[0]?.content.input)).toContain("edit a.txt one");
    expect(JSON.stringify(calls[1]?.content.input)).toContain("b.txt is missing.");
    expect(JSON.stringify(calls[2]?.content.input)).toContain("say And more.");
  },
  LONG_MS,
);

let crashing: Crashing;
let provider: ScriptedProvider;
beforeAll(async () => {
  // What outlives its parents: a daemon in a session of its own that ignores its signals, and one that is forked twice.
  const daemons = [
    "(trap '' HUP INT TERM; setsid nohup sleep 54322 >/dev/null 2>&1 &)",
    "setsid bash -c '(sleep 54322 & disown) & exit' >/dev/null 2>&1",
  ];
  const cut = `run echo began >> began.txt; ${daemons.join("; ")}; touch started; sleep 54322 > /dev/null 2>&1`;
  const root = [work(`edit a.txt one\n${cut}\nsay back`), endTask("done")];
  provider = await providerOf({ root, "*": endTask("noted") }, () => ({ text: "Go." }));
  const env = { BANYAN_CODING_AGENTS: TEST_AGENTS };
  crashing = await prepareCrashes(() => provider.url, env, "tests/agents/coding/coding-agent-main.ts");
});
afterAll(async () => {
  crashing.remove();
  await provider.close();
});

test(
  "E3: SIGKILL of the worker leaves no process; the call goes on in its session, and nothing of it runs twice",
  async () => {
    const prepared = await startTrial({ provider, dataDir: crashing.template, work: false });
    await changeAgent(prepared, "worker", { tools: ["run_coding_agent"] });
    const { id } = await prepared.submit({ task: "root", agent: "worker" });
    await prepared.close();
    const dataDir = crashing.freshFolder("killed");
    const killed = await crashing.run(dataDir, 0, id, {
      BANYAN_TEST_DIE: "started",
      BANYAN_TEST_STORED: "executor_call",
    });
    expect(killed.signal).toBe("SIGKILL");
    await until(() => sleepers().length === 0, "the agent's command ends with the worker");
    const next = await crashing.run(dataDir, 0, id);
    expect([next.signal, next.errors]).toEqual([null, ""]);
    const settings = readSettings({ BANYAN_DATA_DIR: dataDir }, process.cwd());
    const program = process.cwd();
    const { queries, close } = openReadRuntime({ settings, program, checkout: program, version: "test" });
    const tree = await queries.getTree(id);
    const log = await logOf(queries, tree.root_task_id);
    const [answer = ""] = responsesOf(log);
    await close();
    expect(tree.status).toBe("succeeded");
    expect(JSON.parse(answer)).toMatchObject({ stop_reason: "end_turn", message: "back" });
    const told = log.filter(({ content }) => content.type === "executor_call").map(({ content }) => content.title);
    expect(told).toEqual(["edit a.txt one"]);
    expect(answer).not.toContain("could not be loaded");
    expect(readFileSync(join(tree.workspace, "began.txt"), "utf8")).toBe("began\n");
  },
  LONG_MS,
);

function sleepers(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8") === ["sleep", "54322", ""].join("\0");
    } catch {
      return false;
    }
  });
}

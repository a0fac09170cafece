/** How the work of a coding agent ends when its models, its program or its time fail: real gateway, both ways to talk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codingAgentTool } from "@/agents/tools/coding/run-coding-agent";
import { lackingOf } from "@/core/words/remedies";
import { CODING_AGENTS, programsIn, TEST_AGENTS } from "@/tests/agents/coding/agent-world";
import { PATIENT } from "@/tests/agents/patient";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, responsesOf, runRoot, taskScript, tester, trialsOfThisFile } from "@/tests/agents/scenario";
import { type Fault, type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { Trial, TrialOptions } from "@/tests/agents/trial";
import { changeAgent, offerTool } from "@/tests/agents/world-tool";

const LONG_MS = 240_000;
const start = trialsOfThisFile();
const providers: ScriptedProvider[] = [];
afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.close();
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-programs-"));
  programsIn(join(folder, "bin"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FAULTS: Record<string, Fault> = {
  "agent 500": { type: "server_error" },
  "agent 401": { type: "unauthorized" },
  "agent 429": { type: "rate_limit", retryAfter: 0 },
  "agent silence": { type: "stall" },
};

const ENV = { BANYAN_CODING_AGENTS: TEST_AGENTS, BANYAN_MODEL_SILENCE_SECONDS: "5" };

async function withTask(root: Parameters<typeof taskScript>[0][string], more: TrialOptions = {}): Promise<Trial> {
  const script = taskScript({ root, "*": endTask("noted") });
  const provider = await startScriptedProvider((request) => {
    if (!request.instruction.startsWith("agent ")) return script(request);
    const fault = FAULTS[request.instruction];
    return fault ? { fault } : { text: "Go.", usage: { inputTokens: 100, outputTokens: 7 } };
  });
  providers.push(provider);
  const env = { ...ENV, PATH: join(folder, "bin") };
  const trial = await start(null, { provider, env, ...more });
  await changeAgent(trial, "worker", { tools: ["run_coding_agent"] });
  return trial;
}

interface Answer {
  reason: string | null;
  way: string;
  problem?: string;
  message: string;
  usage: { requests: number };
}

async function answersOf(trial: Trial, more: Parameters<typeof runRoot>[1] = {}): Promise<Answer[]> {
  const tree = await runRoot(trial, more);
  expect(trial.faults).toEqual([]);
  return responsesOf(await logOf(trial, tree.root_task_id))
    .filter((text) => text.startsWith('{"agent"'))
    .map((text) => JSON.parse(text) as Answer);
}

describe.each([
  { agent: "test", way: "acp", verb: "need" },
  { agent: "claude", way: "stream-json", verb: "model" },
])("by $way", ({ agent, way, verb }) => {
  const work = (prompt: string, more: Record<string, unknown> = {}) =>
    call("run_coding_agent", { agent, prompt, ...more });

  test(
    "500, 401, 429 and a hang of the provider end as their reasons, and an answer afterwards as none",
    async () => {
      const faults = ["500", "401", "429", "silence"].map((fault) => work(`${verb} ${fault}`));
      const trial = await withTask([...faults, work(`${verb} go`), endTask("done")]);
      const answers = await answersOf(trial);
      expect(answers.map(({ reason }) => reason)).toEqual([
        "provider_error",
        "not_signed_in",
        "rate_limited",
        "silent",
        null,
      ]);
      expect(answers.map((answer) => answer.way)).toEqual(Array(5).fill(way));
      const problems = answers.map(({ problem }) => problem ?? "");
      expect(problems[0]).toContain("The provider of the task's model failed");
      expect(problems[1]).toContain("does not accept Banyan's key");
      expect(problems[2]).toContain("A limit of the provider or of the day was reached");
      expect(problems[3]).toContain("did not answer in time");
      expect(problems[4]).toBe("");
    },
    LONG_MS,
  );

  test(
    "time that is over and a grant that is too small are reasons, too, and what was done before is told",
    async () => {
      const late = work("say begun\nhang", { timeout_seconds: 10 });
      const waiting = work(`${verb} silence`, { timeout_seconds: 10 });
      const root = [late, work(`say one\n${verb} ${"é".repeat(60_000)}`), waiting, endTask("done")];
      const trial = await withTask(root, { env: { ...ENV, ...PATIENT, PATH: join(folder, "bin") } });
      const [first, second, third] = await answersOf(trial, { grant: { tokens: 100_000 } });
      expect([first?.reason, first?.message]).toEqual(["timeout", "begun"]);
      expect(second?.reason).toBe("grant_too_small");
      // Nothing was started: even its prompt is more than the grant.
      expect([second?.message, second?.usage]).toEqual([undefined, undefined]);
      expect(second?.problem).toMatch(
        /^The task's grant of 100,000 tokens is too small for one request: the next request to \S+ may cost 12\d,\d{3} tokens even with a short answer, and \d\d,\d{3} tokens can be spent\. The grant has to be at least 1\d\d,\d{3} tokens\. So .+ was not started\. To go on, a person adds to the grant with `npx banyan grant \w+ --add-tokens \d+` or on the task's page\.$/,
      );
      expect(third?.reason).toBe("timeout");
      expect(third?.problem).toContain("it waited for its model's provider, which did not answer");
    },
    LONG_MS,
  );

  test(
    "an agent that gives no sign of life is ended by the rule for silent calls, with what it did before",
    async () => {
      const { timeoutMs: _, ...usual } = codingAgentTool({ ...CODING_AGENTS, searchPath: join(folder, "bin") });
      const tool = { ...usual, name: "coding_agent" };
      const trial = await withTask([call(tool.name, { agent, prompt: "say begun\nhang" }), endTask("done")], {
        runtime: { worldTools: [tool], silentMs: 4_000, activitySampleMs: 200 },
      });
      await offerTool(trial, tool.name, "auto");
      await changeAgent(trial, "worker", { tools: [tool.name] });
      const [answer] = await answersOf(trial);
      expect([answer?.reason, answer?.message]).toEqual(["silent", "begun"]);
      expect(answer?.problem).toContain("it neither wrote anything nor used the processor");
      const interventions = await trial.runtime.application.queries.listInterventions();
      expect(interventions.map(({ rule, action }) => [rule, action])).toEqual([["silent_tool", "stop"]]);
    },
    LONG_MS,
  );
});

test(
  "once its first request is known, an agent is not started on a grant that is too small, and goes on with what is added",
  async () => {
    const trial = await withTask([endTask("done")]);
    await changeAgent(trial, "coding_agent", { model: "executor/test" });
    const { commands, queries } = trial.runtime.application;
    const known = () => trial.runtime.store.firstRequests.tokensOf("test", null);
    expect(known()).toBeNull();
    const run = async (tokens: number) => {
      const { id } = await trial.submit({ task: "need go", agent: "coding_agent", grant: { tokens } });
      return trial.ended(id);
    };
    const least = 5_000;
    await trial.runtime.store.firstRequests.learn("test", null, least);

    const sent = trial.provider?.requests.length;
    const tree = await run(least);
    const root = await queries.getTask(tree.root_task_id);
    expect([tree.status, root.reason, trial.provider?.requests.length]).toEqual(["failed", "out_of_grant", sent]);
    expect(root.result).toContain(`is too small for one request`);
    expect(root.result).toContain("So test was not started.");
    const needed = root.grant_needed?.tokens ?? 0;
    expect(needed).toBeGreaterThan(least);
    expect(tree.grant_needed).toEqual(root.grant_needed);

    const { tokens = 0 } = lackingOf(root) ?? {};
    expect(tokens + least).toBeGreaterThanOrEqual(needed);
    await commands.grant({ id: tree.root_task_id, tokens }, tester);
    await commands.retry({ id: tree.root_task_id }, tester);
    expect((await trial.ended(tree.id)).status).toBe("succeeded");
    // The agent of the tests adds nothing to its prompt, and the smallest first request counts.
    expect(known()).toBe(0);
    await trial.runtime.store.firstRequests.learn("test", null, least);
    expect(known()).toBe(0);
  },
  LONG_MS,
);

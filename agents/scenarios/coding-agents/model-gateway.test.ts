/** Programs of a tool call use models through the gateway, and the task pays for it like for its own calls. */
import { afterEach, expect, test } from "vitest";
import type { Message } from "@/core/shapes/shapes";
import { ask, FORM_NAMES } from "@/lib/model-gateway/testing";
import { type AgentProgram, agentTrial, messageIn, REAL_KEY } from "@/tests/agents/agent-program";
import { call, endTask } from "@/tests/agents/replies";
import { eventsOf, gate, logOf, responsesOf, runRoot, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { ScriptedProvider } from "@/tests/agents/scripted-provider";
import type { ProviderScript, ScriptedRequest } from "@/tests/agents/services/script";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const providers: ScriptedProvider[] = [];
afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.close();
});
const start = trialsOfThisFile();
const USAGE = { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 10, outputTokens: 7 };
const hello: ProviderScript = () => ({ text: "Hello.", usage: USAGE });

/** A trial whose worker calls the agent once and then ends. */
async function withAgent(
  agent: ProviderScript,
  run: AgentProgram,
  { env = {}, what = "it" }: { env?: Record<string, string>; what?: string } = {},
): Promise<Trial> {
  const tasks = { root: [call("coding_agent", { what }), endTask("done")], "*": endTask("noted") };
  const given = await agentTrial(tasks, agent, run);
  providers.push(given.provider);
  const trial = await start(null, { ...given, env: { ...given.env, ...env } });
  await changeAgent(trial, "worker", { tools: ["coding_agent"] });
  return trial;
}

const outputAsked = ({ body }: ScriptedRequest) => Number(body.max_tokens ?? body.max_completion_tokens);
const chargedIn = (log: Message[], type = "tool_charged") => log.filter(({ content }) => content.type === type);

/** Asks for as much as it can get, again and again, and never stops by itself. */
const greedy: AgentProgram = async (models, what) => {
  const refusals: number[] = [];
  const loop = async (): Promise<void> => {
    const messages = [{ role: "user", content: `agent ${"é".repeat(3_000)}` }];
    for (;;) {
      const answer = await ask(models, "anthropic", { stream: true, more: { messages, max_tokens: 9_000 } });
      await answer.text();
      if (answer.status !== 200) return void refusals.push(answer.status);
      messages.push({ role: "assistant", content: "More." }, { role: "user", content: "é".repeat(500) });
    }
  };
  await Promise.all(Array.from({ length: Number(what) }, loop));
  return refusals.join(" ");
};

test.each([1, 10])(
  "an agent that ignores limits, with %i requests at once, spends not one token above its grant",
  async (count) => {
    // Each reply uses all output that it may, and each byte of the request is a token.
    let spent = 0;
    const trial = await withAgent(
      (request) => {
        const usage = { inputTokens: Buffer.byteLength(request.rawBody), outputTokens: outputAsked(request) };
        spent += usage.inputTokens + usage.outputTokens;
        return { text: "More.", usage };
      },
      greedy,
      { what: String(count) },
    );
    const cap = 300_000;
    const tree = await runRoot(trial, { grant: { tokens: cap } });
    const log = await logOf(trial, tree.root_task_id);
    expect(responsesOf(log)[0]).toBe(Array(count).fill(402).join(" "));
    // The tenth that is held back for its last turn and its finishing tasks is left.
    expect(spent).toBeGreaterThan(cap * 0.5);
    expect(spent).toBeLessThan(cap * 0.9);
    expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(cap);
    expect(eventsOf(log)).not.toContain("overrun");
    const sums = chargedIn(log).map(({ content }) => Number(content.tokensIn) + Number(content.tokensOut));
    expect(sums.reduce((sum, amount) => sum + amount, 0)).toBe(spent);
    expect(await reservedIn(trial)).toBe(0);
  },
);

function reservedIn({ runtime }: Trial): number {
  return Number(runtime.store.client.sqlite.prepare("SELECT sum(reserved_tokens) FROM tasks").pluck().get());
}

test("with refusals, broken streams and an agent that hangs up, the grant holds and nothing stays reserved", async () => {
  const faults = ["none", "rate_limit", "cut", "no_finish", "error_event", "overloaded"] as const;
  let [began, count] = [0, 0];
  const trial = await withAgent(
    (request) => {
      count += 1;
      const type = faults[count % faults.length] ?? "none";
      const usage = { inputTokens: Buffer.byteLength(request.rawBody), outputTokens: outputAsked(request) };
      if (type !== "rate_limit" && type !== "overloaded") began += usage.inputTokens + usage.outputTokens;
      if (type === "none") return { text: "More.", usage };
      return { text: "More.", usage, fault: type === "rate_limit" ? { type } : { type, afterEvents: 4 } };
    },
    async (models) => {
      const loop = async (_: unknown, own: number): Promise<void> => {
        for (let at = 0; ; at += 1) {
          const gone = new AbortController();
          const more = { max_tokens: 2_000 };
          const answer = await ask(models, "anthropic", { text: "agent", stream: true, more, signal: gone.signal });
          if ((at + own) % 5 === 0) gone.abort();
          await answer.text().catch(() => "");
          if (answer.status === 402) return;
        }
      };
      await Promise.all(Array.from({ length: 6 }, loop));
    },
  );
  const cap = 250_000;
  const tree = await runRoot(trial, { grant: { tokens: cap } });
  const log = await logOf(trial, tree.root_task_id);
  const reported = chargedIn(log).map(({ content }) => Number(content.tokensIn) + Number(content.tokensOut));
  const unconfirmed = chargedIn(log, "unconfirmed").map(({ content }) => Number(content.tokens));
  const charged = [...reported, ...unconfirmed].reduce((sum, amount) => sum + amount, 0);
  // Whatever the provider may bill is charged, and the grant covers it.
  expect(charged).toBeGreaterThanOrEqual(began);
  expect(began).toBeGreaterThan(cap * 0.3);
  expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(cap);
  expect([reservedIn(trial), eventsOf(log).includes("overrun"), trial.faults]).toEqual([0, false, []]);
});

test("a cap on money holds as well", async () => {
  let micro = 0;
  const trial = await withAgent(
    (request) => {
      const usage = { inputTokens: Buffer.byteLength(request.rawBody), outputTokens: outputAsked(request) };
      micro += usage.inputTokens * 3 + usage.outputTokens * 15;
      return { text: "More.", usage };
    },
    greedy,
    { what: "4" },
  );
  const tree = await runRoot(trial, { grant: { cost_usd: 2 } });
  expect(responsesOf(await logOf(trial, tree.root_task_id))[0]).toBe("402 402 402 402");
  expect(micro).toBeGreaterThan(1_000_000);
  expect(tree.totals.cost_usd).toBeLessThanOrEqual(2);
});

test("what the task is charged is what the provider said, in each form, streaming or not", async () => {
  const trial = await withAgent(hello, async (models) => {
    for (const form of FORM_NAMES) {
      for (const stream of [true, false]) {
        const answer = await ask(models, form, { text: "agent", stream });
        if (answer.status !== 200) throw new Error(`${form} ${answer.status} ${await answer.text()}`);
        await answer.text();
      }
    }
    return models.usage();
  });
  const tree = await runRoot(trial);
  const log = await logOf(trial, tree.root_task_id);
  const charged = chargedIn(log).map(({ content }) => [content.tool, content.tokensIn, content.tokensOut]);
  expect(charged).toEqual(Array(8).fill(["coding_agent", 100, 7]));
  const microUsd = chargedIn(log).reduce((sum, { content }) => sum + Number(content.microUsd), 0);
  const [used = ""] = responsesOf(log);
  expect(JSON.parse(used)).toEqual({ requests: 8, tokensIn: 800, tokensOut: 56, microUsd });
  // 50 tokens in at $3, 40 from the cache at $0.30, 10 into it at $3.75, and 7 out at $15 per million.
  expect(chargedIn(log)[0]?.content.microUsd).toBe(Math.ceil(150 + 12 + 37.5 + 105));
  const replies = (await trial.runtime.application.queries.getModelUse(tree.id)).cost_usd;
  expect(tree.totals.cost_usd).toBeCloseTo(replies + microUsd / 1_000_000, 6);
});

test("when less is left than a request may cost, each form's program reads it in its own error", async () => {
  const trial = await withAgent(hello, async (models) => {
    const answers = [];
    for (const form of FORM_NAMES) answers.push(await ask(models, form, { text: `agent ${"x".repeat(200_000)}` }));
    return Promise.all(answers.map(async (answer) => `${answer.status} ${await messageIn(answer)}`));
  });
  const tree = await runRoot(trial, { grant: { tokens: 150_000 } });
  const [said = ""] = responsesOf(await logOf(trial, tree.root_task_id));
  const sentence =
    /^402 The task's grant of 150,000 tokens is too small for one request: the next request to \S+ may cost 20\d,\d{3} tokens even with a short answer, and [\d,]+ tokens can be spent\. The grant has to be at least [\d,]+ tokens\. Stop, and report what is done\.$/;
  expect(JSON.parse(said)).toEqual(Array(4).fill(expect.stringMatching(sentence)));
});

test("a token ends with its call", async () => {
  const kept: { url: string; token: string }[] = [];
  const trial = await withAgent(hello, async (models) => void kept.push(models));
  await runRoot(trial);
  const [models] = kept;
  if (!models) throw new Error("The agent did not run.");
  const answer = await ask(models, "anthropic", { text: "agent" });
  expect([answer.status, await messageIn(answer)]).toEqual([
    401,
    "The token is not valid, or no longer: its task's call has ended.",
  ]);
});

test("a stop cuts an open stream, and what it may have cost is charged", async () => {
  const isOpen = gate();
  const ended: string[] = [];
  const trial = await withAgent(
    () => ({ text: "Words", usage: USAGE, fault: { type: "stall", afterEvents: 3 } }),
    async (models) => {
      const answer = await ask(models, "anthropic", { text: "agent", stream: true });
      const reader = answer.body?.getReader();
      await reader?.read();
      isOpen.open();
      await reader?.read().catch(() => ended.push("cut"));
      ended.push(String((await ask(models, "anthropic", { text: "agent" })).status));
    },
  );
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await isOpen.opened;
  await trial.runtime.application.commands.stop({ id: root_task_id, reason: "enough" }, tester);
  const tree = await trial.ended(id);
  expect([tree.status, ended]).toEqual(["stopped", ["cut", "401"]]);
  const [charged] = chargedIn(await logOf(trial, root_task_id), "unconfirmed");
  // The input that the provider told, and all output that was reserved.
  expect(charged?.content.tokens).toBe(100 + 500);
});

test("when the lease is lost, nothing more is sent", async () => {
  const became: (number | string)[] = [];
  const trial = await withAgent(hello, async (models, _, { taskId }) => {
    trial.runtime.store.client.sqlite.prepare("UPDATE tasks SET lease = lease + 1 WHERE uid = ?").run(taskId);
    for (const form of FORM_NAMES) {
      const asked = ask(models, form, { text: "agent" });
      became.push(
        await asked.then(
          ({ status }) => status,
          () => "cut",
        ),
      );
    }
  });
  await trial.submit({ task: "root", agent: "worker" });
  await until(() => became.length === FORM_NAMES.length, "the agent has asked");
  // The first one finds out.
  expect(became).toEqual(["cut", 401, 401, 401]);
  const sent = providers[0]?.requests.filter(({ instruction }) => instruction === "agent");
  expect(sent).toEqual([]);
});

test("a request whose answer tells no usage, or that the agent leaves, is charged its reservation", async () => {
  const trial = await withAgent(
    ({ rawBody }) => ({
      text: "Words",
      quirks: { noUsage: true },
      ...(rawBody.includes("leaves") && { fault: { type: "stall", afterEvents: 2 } as const }),
    }),
    async (models) => {
      await (await ask(models, "openai", { text: "agent" })).text();
      const gone = new AbortController();
      const answer = await ask(models, "openai", { text: "agent leaves", stream: true, signal: gone.signal });
      await answer.body?.getReader().read();
      gone.abort();
      await until(() => models.usage().requests === 2, "the request that was left is charged");
    },
  );
  const tree = await runRoot(trial, { grant: { tokens: 900_000 } });
  const log = await logOf(trial, tree.root_task_id);
  const tokens = chargedIn(log, "unconfirmed").map(({ content }) => Number(content.tokens));
  expect(tokens).toHaveLength(2);
  for (const token of tokens) expect(token).toBeGreaterThan(500 + 64);
  expect([tree.status, chargedIn(log).length]).toEqual(["succeeded", 0]);
});

test("a rate limit passes through and costs nothing; a used-up quota is asked about once, for all forms of its provider", async () => {
  let asked = 0;
  const trial = await withAgent(
    () => {
      asked += 1;
      return asked === 1
        ? { fault: { type: "rate_limit", retryAfter: 3 } }
        : { fault: { type: "quota", retryAfter: 7_200 } };
    },
    async (models) => {
      const answers = [];
      for (const form of ["openai", "openai", "openai", "responses"] as const)
        answers.push(await ask(models, form, { text: "agent" }));
      return answers.map(({ status, headers }) => `${status} ${Number(headers.get("retry-after")) > 7_000}`);
    },
  );
  const tree = await runRoot(trial);
  const log = await logOf(trial, tree.root_task_id);
  expect([JSON.parse(responsesOf(log)[0] ?? ""), asked]).toEqual([
    ["429 false", "429 true", "429 true", "429 true"],
    2,
  ]);
  expect([...chargedIn(log), ...chargedIn(log, "unconfirmed")]).toEqual([]);
});

test("while the task is paused, its agent is told to wait, and goes on afterwards", async () => {
  const statuses: string[] = [];
  const trial = await withAgent(hello, async (models, _, { taskId }) => {
    const { commands } = trial.runtime.application;
    await commands.pause({ id: taskId }, tester);
    const paused = await ask(models, "anthropic", { text: "agent" });
    statuses.push(`${paused.status} ${paused.headers.get("retry-after")}`);
    await commands.resume({ id: taskId }, tester);
    statuses.push(String((await ask(models, "anthropic", { text: "agent" })).status));
  });
  const tree = await runRoot(trial);
  expect([tree.status, statuses]).toEqual(["succeeded", ["503 10", "200"]]);
});

test("the cap of the day holds back requests, and what is reserved for a running one stays so", async () => {
  const trial = await withAgent(
    () => ({ text: "Words", usage: USAGE, fault: { type: "stall", afterEvents: 3 } }),
    async (models) => {
      const open = await ask(models, "anthropic", { text: "agent", stream: true });
      await open.body?.getReader().read();
      const before = reservedIn(trial);
      const answer = await ask(models, "anthropic", { text: `agent ${"x".repeat(300_000)}` });
      const said = `${answer.status} ${Number(answer.headers.get("retry-after")) > 0} ${await messageIn(answer)}`;
      return `${reservedIn(trial) === before && before > 500} ${said}`;
    },
    { env: { BANYAN_MAX_TOKENS_PER_DAY: "200000" } },
  );
  const tree = await trial.submit({ task: "root", agent: "worker" });
  const [said] = await until(async () => {
    const responses = responsesOf(await logOf(trial, tree.root_task_id));
    return responses.length > 0 && responses;
  }, "the agent has ended");
  expect(said).toMatch(/^true 429 true .*cap of 200,000 tokens/);
});

test("neither the real key nor a token is in the log, in what is reported, or in what the agent gets", async () => {
  const seen: string[] = [];
  const trial = await withAgent(
    ({ index }) => ({ fault: { type: "status", status: index === 0 ? 401 : 400, message: `Wrong: ${REAL_KEY}` } }),
    async (models, _, context) => {
      seen.push(JSON.stringify(models), JSON.stringify(context));
      for (const form of FORM_NAMES) seen.push(await (await ask(models, form, { text: "agent" })).text());
      return `My token is ${models.token}.`;
    },
  );
  const tree = await runRoot(trial);
  const log = JSON.stringify(await logOf(trial, tree.root_task_id));
  expect(log).toContain("My token is [redacted");
  for (const text of [log, ...trial.faults]) expect(text).not.toMatch(/sk-banyan-|the-real-key/);
  expect(seen.join("\n")).not.toContain(REAL_KEY);
  const rows = trial.runtime.store.client.sqlite.serialize().toString("latin1");
  expect([rows.includes("sk-banyan-"), rows.includes(REAL_KEY)]).toEqual([false, false]);
});

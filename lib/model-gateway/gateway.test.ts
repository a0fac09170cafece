/** The gateway between a program and a provider that speaks from a script. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { ProviderScript } from "@/tests/agents/services/script";
import { createModelGateway } from "./gateway";
import { ask, FORM_NAMES, KEY_HEADERS, MODELS, type NotedBudget, notedBudget, REQUESTS } from "./testing";

const KEY = "the-real-key-of-the-account";
const USAGE = { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 7 };

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function scripted(script: ProviderScript): Promise<ScriptedProvider> {
  const provider = await startScriptedProvider(script);
  ends.push(provider.close);
  return provider;
}

/** Opens a gateway before a provider that follows the script. */
async function opened(script: ProviderScript, { budget = notedBudget(MODELS), socket = "" } = {}) {
  const provider = await scripted(script);
  const faults: string[] = [];
  const { url } = provider;
  const gateway = createModelGateway({
    access: () => ({
      anthropic: { key: KEY, baseUrl: url },
      openai: { key: KEY, baseUrl: `${url}/v1` },
      google: { key: KEY, baseUrl: url },
    }),
    report: (message, error) => void faults.push(`${message} ${error instanceof Error ? error.stack : error}`),
  });
  ends.push(gateway.close);
  const door = await gateway.open({ budget, onActivity: () => {}, ...(socket && { socket }) });
  return { provider, gateway, door, budget, faults };
}

const hello: ProviderScript = () => ({ text: "Hello, and good day.", thinking: "They greet.", usage: USAGE });

test.each(FORM_NAMES.flatMap((form) => [[form, false] as const, [form, true] as const]))(
  "%s, stream %s: the answer passes unchanged, with the real key, and its usage is metered",
  async (form, stream) => {
    const { provider, door, budget, faults } = await opened(hello);
    const answer = await ask(door, form, { stream });
    const text = await answer.text();
    expect([answer.status, provider.refusals, faults]).toEqual([200, [], []]);
    const [sent] = provider.requests;
    // What the provider answers to the same request without a gateway.
    const direct = await scripted(hello);
    const { path } = REQUESTS[form]("Hello", stream);
    const same = await fetch(`${direct.url}${path}`, { method: "POST", body: sent?.rawBody ?? "" });
    expect(text).toBe(await same.text());
    expect(answer.headers.get("content-type")).toBe(same.headers.get("content-type"));
    expect(JSON.stringify(sent?.headers)).toContain(KEY);
    expect(JSON.stringify(sent)).not.toContain(door.token);
    expect(budget.outcomes).toEqual([{ kind: "reported", usage: USAGE }]);
    expect(budget.wanted[0]).toMatchObject({ outputTokens: 500 });
    expect(budget.wanted[0]?.inputTokens).toBeGreaterThan(Buffer.byteLength(sent?.rawBody ?? "") - 64);
  },
);

test.each(["anthropic", "openai", "responses"] as const)(
  "%s: tokens written to the cache are metered",
  async (form) => {
    const usage = { ...USAGE, cacheWriteTokens: 30 };
    for (const stream of [false, true]) {
      const { door, budget } = await opened(() => ({ text: "Hello.", usage }));
      await (await ask(door, form, { stream })).text();
      expect(budget.outcomes).toEqual([{ kind: "reported", usage }]);
    }
  },
);

test.each([false, true])("thoughts that only the total counts are metered, stream %s", async (stream) => {
  const { door, budget } = await opened(() => ({ text: "Hello", usage: USAGE, quirks: { thoughtTokens: 94 } }));
  await (await ask(door, "openai", { stream })).text();
  const usage = { ...USAGE, outputTokens: USAGE.outputTokens + 94 };
  expect(budget.outcomes).toEqual([{ kind: "reported", usage }]);
});

test.each(FORM_NAMES)("%s: without a limit of its own, the output is limited to what is reserved", async (form) => {
  const { provider, door } = await opened(hello);
  const none = { max_tokens: undefined, max_output_tokens: undefined, max_completion_tokens: undefined };
  await (await ask(door, form, { more: { ...none, generationConfig: undefined } })).text();
  expect(provider.requests[0]?.rawBody).toMatch(/"(?:max_\w*tokens|maxOutputTokens)":1000\b/);
});

test.each(FORM_NAMES)("%s: a refusal of the gateway has the form's own shape", async (form) => {
  const { provider, door, budget } = await opened(hello);
  budget.refusal = { code: "spent", why: "The grant is too small." };
  const answer = await ask(door, form, { stream: true });
  const body = await answer.json();
  expect([answer.status, provider.requests.length]).toEqual([402, 0]);
  expect(body.error.message).toBe("The grant is too small. Stop, and report what is done.");
  const kinds = { anthropic: body.error.type, openai: body.error.code, responses: body.error.code };
  expect({ google: body.error.status, ...kinds }[form]).toMatch(/^(?:billing_error|insufficient_quota|FAILED_)/);
  if (form === "anthropic") expect(body.type).toBe("error");
});

test.each(FORM_NAMES)("%s: a rate limit of the provider passes through, with its wait", async (form) => {
  const { door, budget } = await opened(() => ({ fault: { type: "rate_limit", retryAfter: 7 } }));
  const answer = await ask(door, form, { stream: true });
  expect(answer.status).toBe(429);
  if (form !== "google") expect(answer.headers.get("retry-after")).toBe("7");
  expect(await answer.text()).toContain("error");
  expect(budget.outcomes).toMatchObject([{ kind: "refused", failure: { kind: "retry" } }]);
});

test("errors of the provider pass through, except for what it says about the key", async () => {
  const { door, budget, provider } = await opened(({ index }) => {
    if (index === 0) return { fault: { type: "overloaded" } };
    if (index === 1) return { fault: { type: "status", status: 401, message: `Wrong key: ${KEY}` } };
    return { fault: { type: "status", status: 400, message: `A debugger shows x-api-key: ${KEY}` } };
  });
  const answers = [await ask(door, "anthropic"), await ask(door, "anthropic"), await ask(door, "anthropic")];
  expect(answers.map(({ status }) => status)).toEqual([529, 403, 400]);
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(texts.join("\n")).not.toContain(KEY);
  expect(texts[1]).toContain("does not accept the key that Banyan has");
  expect(budget.outcomes.map(({ kind }) => kind)).toEqual(["refused", "refused", "refused"]);
  await provider.close();
  // The first request finds the old connections closed.
  await ask(door, "anthropic");
  expect((await ask(door, "anthropic")).status).toBe(502);
  expect(budget.outcomes.at(-1)).toEqual({ kind: "refused", failure: null, isUnreached: true });
});

test.each(FORM_NAMES)("%s: an agent that hangs up ends the request at the provider", async (form) => {
  const { provider, door, budget } = await opened(() => ({
    text: "Long",
    usage: USAGE,
    fault: { type: "stall", afterEvents: 3 },
  }));
  const gone = new AbortController();
  const answer = await ask(door, form, { stream: true, signal: gone.signal });
  await answer.body?.getReader().read();
  gone.abort();
  await provider.requests[0]?.ended;
  await door.revoke();
  const [outcome] = budget.outcomes;
  expect(outcome?.kind).toBe("unreported");
  // Only these two say at the beginning what the input was.
  const isTold = form === "anthropic" || form === "google";
  expect(outcome).toEqual({ kind: "unreported", inputTokens: isTold ? 100 : null });
});

test.each(["no_finish", "cut", "error_event"] as const)("an answer with the fault %s is unreported", async (type) => {
  const { door, budget } = await opened(() => ({ text: "Words", usage: USAGE, fault: { type, afterEvents: 3 } }));
  const answer = await ask(door, "responses", { stream: true });
  await answer.text().catch(() => "");
  const isBroken = type === "cut" && { isBroken: true };
  expect(budget.outcomes).toEqual([{ kind: "unreported", inputTokens: null, ...isBroken }]);
});

test("a connection that breaks before the answer is unreported, because the provider may bill it", async () => {
  const { door, budget } = await opened(() => ({ fault: { type: "cut" } }));
  const answer = await ask(door, "responses");
  expect([answer.status, budget.outcomes]).toEqual([502, [{ kind: "unreported", inputTokens: null, isBroken: true }]]);
});

test("a provider that falls silent is left, and what it may bill is unreported", async () => {
  const { door, budget } = await opened(({ index }) => ({
    text: "Words",
    usage: USAGE,
    fault: index === 0 ? { type: "silent" } : { type: "stall", afterEvents: 2 },
  }));
  budget.silentMs = 50;
  const unanswered = await ask(door, "anthropic", { stream: true });
  expect([unanswered.status, (await unanswered.json()).error.message]).toEqual([
    504,
    "Anthropic did not answer in time. Retry later.",
  ]);
  const stalled = await ask(door, "anthropic", { stream: true });
  await expect(stalled.text()).rejects.toThrow();
  expect(budget.outcomes).toEqual([
    { kind: "unreported", inputTokens: null, isBroken: true },
    { kind: "unreported", inputTokens: 100, isBroken: true },
  ]);
});

test("a request whose agent has gone before it was sent costs nothing", async () => {
  const { provider, door, budget } = await opened(hello);
  const { admit } = budget;
  budget.admit = async (wanted, signal) => {
    const admitted = await admit(wanted, signal);
    void door.revoke();
    return admitted;
  };
  await expect(ask(door, "anthropic")).rejects.toThrow();
  await door.revoke();
  expect([budget.outcomes, provider.requests]).toEqual([[{ kind: "refused", failure: null }], []]);
});

test("a revoked token cuts its streams, and the next request is refused; other tokens go on", async () => {
  const { gateway, door, budget } = await opened(({ instruction }) =>
    instruction === "stall" ? { text: "Words", fault: { type: "stall", afterEvents: 2 } } : hello({} as never),
  );
  const other = await gateway.open({ budget: notedBudget(MODELS), onActivity: () => {} });
  const answer = await ask(door, "anthropic", { text: "stall", stream: true });
  const read = answer.text().then(
    () => "ended",
    () => "cut",
  );
  await door.revoke();
  expect([await read, budget.outcomes.length]).toEqual(["cut", 1]);
  const refused = await ask(door, "anthropic");
  expect([refused.status, (await refused.json()).error.type]).toEqual([401, "authentication_error"]);
  expect((await ask(other, "anthropic")).status).toBe(200);
});

test("a unix socket takes the token of its own call only, and ends with it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-gateway-"));
  ends.push(async () => rmSync(folder, { recursive: true }));
  const socket = join(folder, "models.sock");
  const { gateway, door, faults } = await opened(hello, { socket });
  const other = await gateway.open({ budget: notedBudget(MODELS), onActivity: () => {} });
  const { path, body } = REQUESTS.anthropic("Hello", false);
  const overSocket = (token: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ socketPath: socket, path, method: "POST", headers: KEY_HEADERS.anthropic(token) });
      sent.on("response", (answer) => resolve(answer.resume().statusCode)).on("error", reject);
      sent.end(JSON.stringify(body));
    });
  expect([await overSocket(door.token), await overSocket(other.token)]).toEqual([200, 401]);
  await door.revoke();
  await expect(overSocket(door.token)).rejects.toThrow();
  expect([existsSync(socket), faults]).toEqual([false, []]);
});

test("it listens on 127.0.0.1 and nowhere else", async () => {
  const { door } = await opened(hello);
  const { port, hostname } = new URL(door.url);
  expect(hostname).toBe("127.0.0.1");
  const others = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter((info) => !info.internal);
  for (const host of ["127.0.0.2", ...others.filter(({ family }) => family === "IPv4").map(({ address }) => address)]) {
    const socket = connect({ host, port: Number(port) });
    const became = await new Promise((resolve) =>
      socket.on("connect", () => resolve("open")).on("error", () => resolve("refused")),
    );
    socket.destroy();
    expect([host, became]).toEqual([host, "refused"]);
  }
});

test("more requests at once than an agent needs are refused", async () => {
  const budget: NotedBudget = notedBudget(MODELS);
  const { door } = await opened(() => ({ text: "Words", fault: { type: "silent" } }), { budget });
  const gone = new AbortController();
  const all = Array.from({ length: 40 }, () => ask(door, "openai", { signal: gone.signal }).catch(() => null));
  const first = await Promise.race(all);
  expect([first?.status, first?.headers.get("retry-after")]).toEqual([429, "1"]);
  gone.abort();
  await Promise.all(all);
});

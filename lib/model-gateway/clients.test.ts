/** The clients with which Banyan itself calls providers work through the gateway, so programs that speak as they do will. */
import { afterEach, expect, test } from "vitest";
import type { ModelError, ModelRequest } from "@/core/log/model";
import { PROVIDERS, type ProviderName } from "@/lib/models/providers/table";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { createModelGateway } from "./gateway";
import { MODELS, notedBudget } from "./testing";

const CLIENTS: [provider: ProviderName, path: string][] = [
  ["anthropic", ""],
  ["openai", "/v1/responses"],
  ["openai", "/v1"],
  ["google", ""],
];

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test.each(CLIENTS)(
  "the client of %s at %s: text, a tool and its result, usage, and the end of the grant",
  async (name, path) => {
    const usage = { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 7 };
    const provider = await startScriptedProvider(({ turn }) =>
      turn === 0
        ? { thinking: "A file.", calls: [{ name: "read", input: { path: "a" } }], usage }
        : { text: "It is empty.", usage },
    );
    const { url } = provider;
    const key = "the-real-key";
    const access = {
      anthropic: { key, baseUrl: url },
      openai: { key, baseUrl: `${url}/v1` },
      google: { key, baseUrl: url },
    };
    const gateway = createModelGateway({ access: () => access, report: () => {} });
    ends.push(provider.close, gateway.close);
    const budget = notedBudget(MODELS);
    const door = await gateway.open({ budget, onActivity: () => {} });
    const port = await PROVIDERS[name].connect({ key: door.token, baseUrl: `${door.url}${path}` });
    const options = { signal: new AbortController().signal, onDraft: () => {} };
    const inputSchema = { type: "object", properties: { path: { type: "string" } } };
    const request: ModelRequest = {
      model: MODELS.find((model) => model.startsWith(name)) ?? "",
      system: "Agent: worker",
      maxOutputTokens: 800,
      tools: [{ name: "read", description: "Reads.", inputSchema }],
      messages: [{ role: "user", content: `Is it empty? ${"Look well. ".repeat(500)}` }],
    };
    const { parts, calls, usage: told } = await port.respond(request, options);
    expect([calls.map((call) => call.input), told, provider.refusals]).toEqual([[{ path: "a" }], usage, []]);
    const result = { role: "tool", callId: calls[0]?.id ?? "", toolName: "read", content: "", isError: false } as const;
    request.messages.push({ role: "assistant", parts, calls }, { ...result, content: "(empty)" });
    const last = await port.respond(request, options);
    expect([last.parts.at(-1), provider.refusals]).toMatchObject([{ type: "text", text: "It is empty." }, []]);
    expect(budget.outcomes).toEqual([
      { kind: "reported", usage },
      { kind: "reported", usage },
    ]);
    // The second request goes on with the first one's conversation.
    expect(budget.wanted[1]?.inputTokens).toBeLessThan(budget.wanted[0]?.inputTokens ?? 0);
    budget.refusal = { code: "spent", why: "The grant is too small." };
    const failure = await port.respond(request, options).catch((error: ModelError) => error);
    expect(failure).toMatchObject({ kind: "quota", message: expect.stringContaining("The grant is too small.") });
  },
);

/**
 * Long conversations with every provider: tools, thoughts, parallel calls, replies that are cut, streams that break. All of it
 * comes in each ten turns. `BANYAN_WALK_TURNS=400` walks further, which takes fifty times as long.
 */
import { afterEach, expect, test } from "vitest";
import type { ModelError, ModelMessage, ModelReply, ToolSpec } from "@/core/log/model";
import { closeTrials, requestOf, serviceModels, trial } from "@/tests/agents/model-trial";
import type { Reply, ScriptedRequest } from "@/tests/agents/scripted-provider";
import type { StandInName } from "@/tests/agents/services/script";

afterEach(closeTrials);

/** A multiple of ten. */
const TURNS = Number(process.env.BANYAN_WALK_TURNS ?? 40);

/** The word of each service for a reply that reached the limit of its length. */
const CUT: Record<StandInName, string> = {
  anthropic: "max_tokens",
  responses: "max_output_tokens",
  openai: "length",
  google: "MAX_TOKENS",
  bedrock: "max_tokens",
  ollama: "length",
};

const tools: ToolSpec[] = [
  {
    name: "files.search for everything that is below a folder and has this name",
    description: "",
    inputSchema: {
      type: "object",
      properties: { $top: { type: "integer" }, "filter[name]": { type: "string" }, tags: { type: "array" } },
      required: ["filter[name]"],
    },
  },
  {
    name: "read",
    description: "Reads a file.",
    inputSchema: { anyOf: [{ properties: { path: { type: "string" } } }] },
  },
];

function replyAt({ turn, attempt, tools: offered, provider }: ScriptedRequest): Reply {
  const [search = "", read = ""] = offered;
  const thinking = turn % 2 === 0 ? `Thoughts of turn ${turn}, é.` : undefined;
  const calls = [{ name: search, input: { top: turn, filter_name: "a", tags: ["x"] } }];
  const fault = turn % 10 === 7 && attempt === 0 ? ({ type: "cut", afterEvents: 3 } as const) : undefined;
  switch (turn % 10) {
    case 3:
      return { thinking: "Two at once.", text: "Both.", calls: [...calls, { name: read, input: { path: "b" } }] };
    case 5:
      return { thinking, text: "This goes on and", stopReason: CUT[provider] };
    case 6:
      return { thinking: "Only thoughts, then the limit.", stopReason: CUT[provider] };
    case 9:
      return { calls: [{ name: read, input: { path: "c" } }] };
    default:
      return { thinking, text: `Turn ${turn}.`, calls, ...(fault && { fault }) };
  }
}

function answered(messages: ModelMessage[], reply: ModelReply): ModelMessage[] {
  const results = reply.calls.map((call, at) => ({
    role: "tool" as const,
    callId: call.id,
    toolName: call.name,
    content: at === 0 ? `Result of ${call.name}` : "",
    isError: at === 1,
  }));
  const next: ModelMessage[] = results.length > 0 ? results : [{ role: "user", content: "Continue." }];
  return [...messages, { role: "assistant", parts: reply.parts, calls: reply.calls }, ...next];
}

test.each(Object.keys(serviceModels) as StandInName[])(
  `%s accepts a conversation of ${TURNS} turns`,
  { timeout: 300_000 },
  async (service) => {
    const { respond, provider } = await trial(replyAt, service === "responses" ? "/v1/responses" : "/v1");
    const request = { ...requestOf(serviceModels[service]), tools };
    let { messages } = request;
    let broken = 0;
    let last: ModelReply | undefined;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const ask = () => respond({ ...request, messages });
      last = await ask().catch((error: ModelError) => {
        expect([error.kind, error.message]).toEqual(["retry", expect.any(String)]);
        broken += 1;
        return ask();
      });
      messages = answered(messages, last);
      // Requests are kept with their whole bodies, which would be hundreds of megabytes here.
      if (turn < TURNS - 1) provider.requests.length = 0;
    }
    expect(provider.refusals).toEqual([]);
    expect(broken).toBe(TURNS / 10);
    expect(last?.calls).toMatchObject([{ name: "read", input: { path: "c" } }]);
    const told = provider.requests.at(-1)!.messages;
    const spoken = told.filter((message) => message.role === "assistant");
    expect(spoken).toHaveLength(TURNS - 1);
    expect(spoken[3]).toMatchObject({ thinking: "Two at once.", text: "Both.", calls: [{}, {}] });
    const calls = messages.flatMap((message) => (message.role === "assistant" ? message.calls : []));
    expect(calls[0]).toMatchObject({ name: tools[0]!.name, input: { $top: 0, "filter[name]": "a", tags: ["x"] } });
  },
);

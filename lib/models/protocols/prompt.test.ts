import { afterEach, expect, test } from "vitest";
import { safeCallId } from "@/core/ids";
import type { ModelMessage } from "@/core/log/model";
import { closeTrials, modelNames, protocols, requestOf, trial } from "@/tests/agents/model-trial";
import type { RecordedRequest } from "@/tests/agents/scripted-provider";
import { promptOf, toolsOf } from "./prompt";

afterEach(closeTrials);

const gateway = "openai/served-model";

const mark = ',"cache_control":{"type":"ephemeral"}';

/** The bytes of one field of a body as they were sent, without cache markers. */
function sentBytes(request: RecordedRequest, field: string): string {
  const unmarked = request.rawBody.replaceAll(mark, "");
  const bytes = JSON.stringify((JSON.parse(unmarked) as Record<string, unknown>)[field]);
  expect(unmarked).toContain(`"${field}":${bytes}`);
  return bytes;
}

/** Five turns with thoughts, texts, several calls, a failed call, and a steer between them. */
async function fiveTurns(model: string): Promise<RecordedRequest[]> {
  const { respond, provider } = await trial(({ turn }) => ({
    text: turn % 2 === 0 ? `Turn ${turn}` : undefined,
    thinking: turn < 3 ? `Thought ${turn}` : undefined,
    calls: [
      { name: "read", input: { path: `file ${turn}`, z: 1, a: [2] } },
      ...(turn === 2 ? [{ name: "read", rawArguments: "{broken" }] : []),
    ],
  }));
  const messages: ModelMessage[] = [{ role: "user", content: "Do the work." }];
  for (let turn = 0; turn < 5; turn += 1) {
    // Each turn is rebuilt from JSON, as it is when read from the log.
    const reply = await respond(requestOf(model, JSON.parse(JSON.stringify(messages)) as ModelMessage[]));
    messages.push({ role: "assistant", parts: reply.parts, calls: reply.calls });
    for (const call of reply.calls) {
      messages.push({ role: "tool", callId: call.id, toolName: call.name, content: "ünï ✓", isError: turn === 1 });
    }
    if (turn === 2) messages.push({ role: "user", content: "A steer." });
  }
  expect(provider.refusals).toEqual([]);
  return provider.requests;
}

test.each(protocols)("The request of a turn is a byte prefix of the next one's at %s", async (protocol) => {
  const requests = await fiveTurns(modelNames[protocol]);
  for (const [at, request] of requests.slice(1).entries()) {
    const before = requests[at]!;
    for (const field of protocol === "anthropic" ? ["system", "tools"] : ["tools"]) {
      expect(sentBytes(request, field)).toBe(sentBytes(before, field));
    }
    const earlier = sentBytes(before, "messages").slice(0, -1);
    const later = sentBytes(request, "messages");
    expect(later.startsWith(`${earlier},`)).toBe(true);
    expect(later.length).toBeGreaterThan(earlier.length + 20);
  }
});

test("a server gets its own ids of calls back, and another model gets short ones", async () => {
  const id = `call_1__thought__${"Cg".repeat(150)}+/=`;
  const { respond, provider } = await trial(({ turn }) =>
    turn === 0
      ? { calls: [{ name: "read", input: { path: "a" }, id }] }
      : { calls: [{ name: "end_task", input: {}, id: "b" }] },
  );
  const first = await respond(requestOf(gateway));
  const messages: ModelMessage[] = [
    { role: "user", content: "Do the work." },
    { role: "assistant", parts: first.parts, calls: first.calls },
    { role: "tool", callId: id, toolName: "read", content: "a", isError: false },
  ];
  const idsOf = (request: RecordedRequest | undefined) =>
    [...(request?.rawBody.matchAll(/"(?:tool_call_id|id|tool_use_id)":"([^"]+)"/g) ?? [])].map(([, sent]) => sent);
  await respond(requestOf(gateway, messages));
  expect(idsOf(provider.requests.at(-1))).toEqual([id, id]);
  for (const other of [modelNames.anthropic, "openai/other-served-model"]) {
    await respond(requestOf(other, messages));
    expect(idsOf(provider.requests.at(-1))).toEqual([safeCallId(id), safeCallId(id)]);
  }
});

test("what the host marks for programs is not sent", () => {
  const sent = (marks: { early?: true; event?: "answered" }) => {
    const { early, event } = marks;
    const result: ModelMessage = {
      role: "tool",
      callId: "a",
      toolName: "ask",
      content: "{}",
      isError: false,
      ...(early && { early }),
    };
    const answer: ModelMessage = { role: "user", content: "Yes", ...(event && { event }) };
    return JSON.stringify(promptOf(requestOf(modelNames.anthropic, [result, answer]), { files: "in results" }));
  };
  expect(sent({ early: true, event: "answered" })).toBe(sent({}));
});

test("no text of thoughts, calls and tools is sent with half a surrogate pair", () => {
  const half = "\ud83d";
  const message: ModelMessage = {
    role: "assistant",
    parts: [{ type: "reasoning", text: half }],
    calls: [{ id: "a", name: "read", input: { [half]: [half] } }],
  };
  const tool = { name: "read", description: half, inputSchema: { type: "object" as const, description: half } };
  const sent = [promptOf(requestOf(modelNames.openai, [message]), { files: "after results" }), toolsOf([tool])];
  expect(JSON.stringify(sent)).not.toContain("\\ud83d");
  expect(JSON.stringify(sent).split("\ufffd")).toHaveLength(6);
});

test("Anthropic's cache is marked on system, tools and the last two inputs, and nowhere else", async () => {
  interface Marked {
    cache_control?: unknown;
  }
  interface MarkedBody {
    system: Marked[];
    tools: Marked[];
    messages: { role: string; content: Marked[] }[];
  }
  const requests = await fiveTurns("anthropic/claude-sonnet-4-6");
  for (const [turn, request] of requests.entries()) {
    const body = request.body as unknown as MarkedBody;
    expect(body.system.at(-1)?.cache_control).toEqual({ type: "ephemeral" });
    expect(body.tools.map((tool) => tool.cache_control !== undefined)).toEqual([false, true]);
    const inputs = body.messages.filter((message) => message.role === "user");
    const marked = inputs.map((message) => message.content.at(-1)?.cache_control !== undefined);
    expect(marked).toEqual(inputs.map((_, at) => at >= inputs.length - 2));
    expect(request.rawBody.split(mark)).toHaveLength(1 + 2 + Math.min(2, turn + 1));
  }
});

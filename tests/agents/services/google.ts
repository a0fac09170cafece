/** Google's `streamGenerateContent`, seen from the server. */
import { createHash } from "node:crypto";
import { pieces } from "./anthropic";
import { type Content, GOOGLE_RULES, type GoogleBody, isThinkingModel } from "./google-rules";
import type { Fault, Reply, ScriptedMessage, ScriptedRequest } from "./script";
import { firstRefusal, type StandIn } from "./stand-in";
import { type ProtocolAnswer, type ReadRequest, usageOf } from "./wire";

function read(raw: Record<string, unknown>, path: string): ReadRequest {
  const model = decodeURIComponent(/models\/([^/:]+):/.exec(path)?.[1] ?? "");
  const body = { ...raw, model } as GoogleBody;
  const textOf = (content?: Content) =>
    (content?.parts ?? []).map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
  const messages: ScriptedMessage[] = [];
  for (const content of body.contents ?? []) {
    if (content.role === "model") {
      const calls = content.parts.flatMap(({ functionCall }) =>
        functionCall ? [{ id: functionCall.id ?? "", name: functionCall.name, input: functionCall.args }] : [],
      );
      const thinking = content.parts.map((part) => (part.thought ? part.text : "")).join("");
      messages.push({ role: "assistant", text: textOf(content), thinking, calls });
      continue;
    }
    for (const { text, functionResponse } of content.parts) {
      if (text !== undefined) messages.push({ role: "user", text });
      if (!functionResponse) continue;
      const { id: callId = "", name: toolName, response } = functionResponse;
      messages.push({ role: "tool", callId, toolName, content: String(response?.content ?? ""), isError: false });
    }
  }
  return {
    model,
    system: textOf(body.systemInstruction),
    messages,
    tools: (body.tools ?? []).flatMap((tool) => (tool.functionDeclarations ?? []).map(({ name }) => name)),
    stream: path.includes(":stream"),
    refusal: firstRefusal(GOOGLE_RULES, body),
  };
}

/** The signature that this server gives with a call, and demands back with it. */
function thoughtSignature(name: string, args: unknown): string {
  return createHash("sha256")
    .update(`${name}${JSON.stringify(args)}`)
    .digest("base64");
}

function answer(reply: Reply, request: ScriptedRequest, serial: number): ProtocolAnswer {
  const usage = usageOf(reply, request.rawBody);
  const signs = isThinkingModel(request.model);
  const parts = [
    ...pieces(reply.thinking ?? "").map((text) => ({ text, thought: true })),
    ...pieces(reply.text ?? "", reply.pieces).map((text) => ({ text })),
    ...(reply.calls ?? []).map((call, at) => ({
      functionCall: { id: call.id ?? `call-${serial}-${at}`, name: call.name, args: call.input ?? {} },
      // Only the first call of several carries a signature: https://ai.google.dev/gemini-api/docs/thought-signatures
      ...(signs && at === 0 && { thoughtSignature: thoughtSignature(call.name, call.input ?? {}) }),
    })),
  ];
  const usageMetadata = {
    promptTokenCount: usage.inputTokens,
    cachedContentTokenCount: usage.cacheReadTokens,
    candidatesTokenCount: usage.outputTokens,
    totalTokenCount: usage.inputTokens + usage.outputTokens,
  };
  const finishMessage = reply.fault?.type === "refusal" ? reply.fault.explanation : undefined;
  const chunk = (content: unknown[], finishReason?: string) => ({
    candidates: [
      {
        content: { role: "model", parts: content },
        index: 0,
        ...(finishReason && { finishReason, ...(finishMessage && { finishMessage }) }),
      },
    ],
    usageMetadata,
    modelVersion: request.model,
    responseId: `resp-${serial}`,
  });
  const frame = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
  const finishReason = reply.fault?.type === "refusal" ? "SAFETY" : (reply.stopReason ?? "STOP");
  return {
    events: parts.map((part) => frame(chunk([part]))),
    closing: [frame(chunk([{ text: "" }], finishReason))],
    body: chunk(parts, finishReason),
    heartbeat: ": keep-alive\n\n",
    errorEvent: frame({
      error: { code: 503, message: "The model is overloaded. Please try again later.", status: "UNAVAILABLE" },
    }),
  };
}

/** Google says the same of a limit of a minute and of a day. Only the ids in the details tell which one it was. */
const CURRENT_QUOTA =
  "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit.";
const SHORT_WAIT = "26.074477563s";

const SAID: Partial<Record<Fault["type"], [number, string, string]>> = {
  rate_limit: [
    429,
    "RESOURCE_EXHAUSTED",
    `${CURRENT_QUOTA}\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_input_token_count, limit: 250000, model: gemini-3-pro\nPlease retry in ${SHORT_WAIT}.`,
  ],
  quota: [429, "RESOURCE_EXHAUSTED", `${CURRENT_QUOTA}\nPlease retry in ${SHORT_WAIT}.`],
  overloaded: [503, "UNAVAILABLE", "The model is overloaded. Please try again later."],
  server_error: [500, "INTERNAL", "An internal error has occurred."],
  unauthorized: [400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."],
  unknown_model: [404, "NOT_FOUND", "models/absent is not found for API version v1beta."],
  too_long: [
    400,
    "INVALID_ARGUMENT",
    "The input token count (1300000) exceeds the maximum number of tokens allowed (1048576).",
  ],
};

const QUOTA_IDS: Partial<Record<Fault["type"], string>> = {
  rate_limit: "GenerateContentInputTokensPerModelPerMinute-FreeTier",
  quota: "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
};

function detailsOf({ type }: Fault) {
  const quotaId = QUOTA_IDS[type];
  if (quotaId === undefined) return {};
  const about = "type.googleapis.com/google.rpc.";
  return {
    details: [
      { "@type": `${about}QuotaFailure`, violations: [{ quotaId, quotaDimensions: { location: "global" } }] },
      { "@type": `${about}RetryInfo`, retryDelay: "26s" },
    ],
  };
}

export const googleStandIn: StandIn = {
  read,
  answer,
  error(fault) {
    const said =
      fault.type === "status" ? ([fault.status, "INVALID_ARGUMENT", fault.message] as const) : SAID[fault.type];
    if (!said) return undefined;
    const [code, status, message] = said;
    return { status: code, headers: {}, body: { error: { code, message, status, ...detailsOf(fault) } } };
  },
};

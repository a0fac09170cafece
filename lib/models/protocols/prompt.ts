/** Turns a ModelRequest into the prompt of the provider packages: the same messages always give the same bytes. */
import type {
  LanguageModelV3FunctionTool,
  LanguageModelV3Message,
  LanguageModelV3ToolCallPart,
  SharedV3ProviderOptions,
} from "@ai-sdk/provider";
import type { ModelMessage, ModelRequest, ProviderData, ToolCallRequest, ToolSpec } from "@/core/log/model";
import { safeCallId, safeToolName } from "../schemas/names";

/** The key of the provider data that names the model that wrote a part. Only that model understands its reasoning. */
export const originKey = "origin";

type AssistantContent = Extract<LanguageModelV3Message, { role: "assistant" }>["content"];

/** The messages of a request, the system text first. */
export function promptOf(request: ModelRequest): LanguageModelV3Message[] {
  const messages = request.messages.map((message) => messageOf(message, request.model));
  return request.system === "" ? messages : [{ role: "system", content: wellFormed(request.system) }, ...messages];
}

export function toolsOf(tools: ToolSpec[]): LanguageModelV3FunctionTool[] {
  return tools.map(({ name, description, inputSchema }) => ({ type: "function", name, description, inputSchema }));
}

function messageOf(message: ModelMessage, model: string): LanguageModelV3Message {
  switch (message.role) {
    case "user":
      // Providers refuse an empty text.
      return { role: "user", content: [{ type: "text", text: visible(message.content) ?? "(empty)" }] };
    case "assistant":
      return { role: "assistant", content: assistantContent(message, model) };
    case "tool":
      return {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: safeCallId(message.callId),
            toolName: safeToolName(message.toolName),
            output: { type: message.isError ? "error-text" : "text", value: wellFormed(message.content) },
          },
        ],
      };
  }
}

function assistantContent(message: Extract<ModelMessage, { role: "assistant" }>, model: string): AssistantContent {
  const content: AssistantContent = [];
  const unplaced = new Map(message.calls.map((call) => [call.id, call]));
  for (const part of message.parts) {
    if (part.type === "call") {
      const call = unplaced.get(part.id);
      if (call) content.push(callPart(call, part.provider));
      unplaced.delete(part.id);
    } else if (part.type === "reasoning") {
      const origin = part.provider?.[originKey]?.model;
      if (origin === undefined || origin === model) {
        content.push({ type: "reasoning", text: part.text, providerOptions: optionsOf(part.provider) });
      }
    } else {
      const text = visible(part.text);
      if (text !== undefined) content.push({ type: "text", text, providerOptions: optionsOf(part.provider) });
    }
  }
  for (const call of unplaced.values()) content.push(callPart(call, undefined));
  // Providers refuse a message without text or calls, so an empty or thought-only message gets a placeholder.
  const speaks = content.some((part) => part.type !== "reasoning");
  if (!speaks) content.push({ type: "text", text: "(no answer)" });
  return content;
}

function callPart(call: ToolCallRequest, provider: ProviderData | undefined): LanguageModelV3ToolCallPart {
  return {
    type: "tool-call",
    toolCallId: safeCallId(call.id),
    toolName: safeToolName(call.name),
    input: inputObject(call),
    providerOptions: optionsOf(provider),
  };
}

/**
 * Wraps malformed arguments in an object, because providers accept only objects and the model should see its mistake.
 */
function inputObject(call: ToolCallRequest): Record<string, unknown> {
  const { input } = call;
  if (call.malformed) return { malformed_arguments: String(input) };
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  return input === undefined || input === null ? {} : { arguments: input };
}

function optionsOf(provider: ProviderData | undefined): SharedV3ProviderOptions | undefined {
  return provider as SharedV3ProviderOptions | undefined;
}

/** Replaces half surrogate pairs, which a cut text may end in and providers refuse as invalid JSON. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

function visible(text: string): string | undefined {
  return text.trim() === "" ? undefined : wellFormed(text);
}

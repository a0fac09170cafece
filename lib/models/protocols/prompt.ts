/** Turns a ModelRequest into the prompt of the provider packages: the same messages always give the same bytes. */
import type {
  LanguageModelV3FunctionTool,
  LanguageModelV3Message,
  LanguageModelV3ToolCallPart,
  SharedV3ProviderOptions,
} from "@ai-sdk/provider";
import { safeCallId } from "@/core/ids";
import type {
  MediaType,
  ModelMessage,
  ModelRequest,
  ProviderData,
  ToolCallRequest,
  ToolMessage,
  ToolSpec,
} from "@/core/log/model";
import { safeToolName } from "../schemas/names";
import { wellFormed, wellFormedJson, wellFormedObject } from "./well-formed";

/**
 * The key of the provider data that names the model that wrote a part. Only that model understands its reasoning, and takes
 * its own ids of calls whatever they look like.
 */
export const originKey = "origin";

type UserContent = Extract<LanguageModelV3Message, { role: "user" }>["content"];
type ToolOutput = Extract<
  Extract<LanguageModelV3Message, { role: "tool" }>["content"][number],
  { type: "tool-result" }
>["output"];
type AssistantContent = Extract<LanguageModelV3Message, { role: "assistant" }>["content"];

interface PromptOptions {
  /** Whether the protocol has files within a tool's result; else they follow the results in a user's message. */
  files: "in results" | "after results";
  /**
   * Whether a model gets back the ids of calls that it made itself: a gateway keeps data of its own in them, such as the
   * signature of a thought. All others are safe ids.
   */
  ownIds?: true;
}

/** The messages of a request, the system text first. */
export function promptOf(request: ModelRequest, { files, ownIds }: PromptOptions): LanguageModelV3Message[] {
  const messages: LanguageModelV3Message[] = [];
  const own = ownIds ? idsBy(request) : new Set<string>();
  const idOf = (callId: string) => (own.has(callId) ? callId : safeCallId(callId));
  let after: LabelledFile[] = [];
  for (const [at, message] of request.messages.entries()) {
    const found = message.role === "tool" ? filesIn(message, request.files) : [];
    messages.push(messageOf(message, { model: request.model, idOf, files: files === "in results" ? found : [] }));
    if (files === "after results") after.push(...found.map((file) => ({ ...file, tool: toolOf(message) })));
    if (after.length === 0 || request.messages[at + 1]?.role === "tool") continue;
    messages.push({ role: "user", content: after.flatMap(labelled) });
    after = [];
  }
  return request.system === "" ? messages : [{ role: "system", content: wellFormed(request.system) }, ...messages];
}

/** The ids of calls that the request's model made itself. */
function idsBy({ messages, model }: ModelRequest): Set<string> {
  const parts = messages.flatMap((message) => (message.role === "assistant" ? message.parts : []));
  return new Set(parts.flatMap((part) => (part.type === "call" && originOf(part) === model ? [part.id] : [])));
}

function originOf({ provider }: { provider?: ProviderData }): unknown {
  return provider?.[originKey]?.model;
}

interface SentFile {
  name: string;
  mediaType: MediaType;
  /** In base64. */
  data: string;
}

interface LabelledFile extends SentFile {
  tool: string;
}

function filesIn({ attachments = [] }: ToolMessage, files: ModelRequest["files"]): SentFile[] {
  return attachments.flatMap(({ id, name, mediaType }) => {
    const bytes = files?.get(id);
    return bytes ? [{ name: wellFormed(name), mediaType, data: Buffer.from(bytes).toString("base64") }] : [];
  });
}

function toolOf(message: ModelMessage): string {
  return message.role === "tool" ? safeToolName(message.toolName) : "";
}

/** Says where a file comes from, because here it stands in the place of a person's words. */
function labelled({ tool, name, mediaType, data }: LabelledFile): UserContent {
  return [
    { type: "text", text: `A file of the result of ${tool}, which no person sent: ${name}` },
    { type: "file", data, mediaType, filename: name },
  ];
}

function withFiles(text: string, isError: boolean, files: readonly SentFile[]): ToolOutput {
  return {
    type: "content",
    value: [
      { type: "text", text: isError ? `Error: ${text}` : text },
      ...files.map(({ name, mediaType, data }) =>
        mediaType === "application/pdf"
          ? { type: "file-data" as const, data, mediaType, filename: name }
          : { type: "image-data" as const, data, mediaType },
      ),
    ],
  };
}

export function toolsOf(tools: ToolSpec[]): LanguageModelV3FunctionTool[] {
  return tools.map(({ name, description, inputSchema }) => ({
    type: "function",
    name,
    description: wellFormed(description),
    inputSchema: wellFormedObject(inputSchema),
  }));
}

interface Sending {
  model: string;
  /** Returns the id under which a call is sent. */
  idOf(callId: string): string;
  files: readonly SentFile[];
}

function messageOf(message: ModelMessage, sending: Sending): LanguageModelV3Message {
  switch (message.role) {
    case "user":
      // Providers refuse an empty text.
      return { role: "user", content: [{ type: "text", text: visible(message.content) ?? "(empty)" }] };
    case "assistant":
      return { role: "assistant", content: assistantContent(message, sending) };
    case "tool":
      return {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: sending.idOf(message.callId),
            toolName: safeToolName(message.toolName),
            output: outputOf(message, sending.files),
          },
        ],
      };
  }
}

function outputOf({ content, isError }: ToolMessage, files: readonly SentFile[]): ToolOutput {
  const value = wellFormed(content);
  if (files.length > 0) return withFiles(value, isError, files);
  return { type: isError ? "error-text" : "text", value };
}

function assistantContent(
  message: Extract<ModelMessage, { role: "assistant" }>,
  { model, idOf }: Sending,
): AssistantContent {
  const content: AssistantContent = [];
  const unplaced = new Map(message.calls.map((call) => [call.id, call]));
  for (const part of message.parts) {
    if (part.type === "call") {
      const call = unplaced.get(part.id);
      if (call) content.push(callPart(call, idOf(call.id), part.provider));
      unplaced.delete(part.id);
    } else if (part.type === "reasoning") {
      const origin = originOf(part);
      if (origin === undefined || origin === model) {
        content.push({ type: "reasoning", text: wellFormed(part.text), providerOptions: optionsOf(part.provider) });
      }
    } else {
      const text = visible(part.text);
      if (text !== undefined) content.push({ type: "text", text, providerOptions: optionsOf(part.provider) });
    }
  }
  for (const call of unplaced.values()) content.push(callPart(call, idOf(call.id), undefined));
  // Providers refuse a message without text or calls, so an empty or thought-only message gets a placeholder.
  const speaks = content.some((part) => part.type !== "reasoning");
  if (!speaks) content.push({ type: "text", text: "(no answer)" });
  return content;
}

function callPart(
  call: ToolCallRequest,
  toolCallId: string,
  provider: ProviderData | undefined,
): LanguageModelV3ToolCallPart {
  return {
    type: "tool-call",
    toolCallId,
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
  if (call.malformed) return { malformed_arguments: wellFormed(String(input)) };
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return wellFormedObject(input);
  return input === undefined || input === null ? {} : { arguments: wellFormedJson(input) };
}

function optionsOf(provider: ProviderData | undefined): SharedV3ProviderOptions | undefined {
  return provider as SharedV3ProviderOptions | undefined;
}

function visible(text: string): string | undefined {
  return text.trim() === "" ? undefined : wellFormed(text);
}

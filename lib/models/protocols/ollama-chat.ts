/** Ollama's own `/api/chat`. Its chat completions cut a long conversation in silence, because they take no context size. */
import type { LanguageModelV3 } from "@ai-sdk/provider";
import { createOllama } from "ollama-ai-provider-v2";
import type { ModelPort, ModelRequest } from "@/core/log/model";
import { offerTools } from "../schemas/offer";
import { LOCAL_SCHEMAS } from "../schemas/rules";
import { watchedFetch } from "../wire/activity";
import { mendedFetch } from "../wire/mended-fetch";
import { ollamaReader } from "../wire/ollama";
import { contextTokensFor } from "./context-size";
import type { CallSite } from "./errors";
import type { ModelProvider } from "./model-provider";
import { promptOf, toolsOf } from "./prompt";
import { exchange } from "./reply";
import { withUsersJoined } from "./turn-order";

export interface OllamaSettings {
  provider: ModelProvider;
  baseUrl: string;
}

/** What the server says about a model. */
interface ModelFacts {
  contextTokens: number | undefined;
  thinks: boolean;
}

export function ollamaModels({ provider: facts, baseUrl: given }: OllamaSettings): ModelPort {
  const baseUrl = given.replace(/\/+$/, "").replace(/\/(?:v1|api)$/, "");
  const provider = createOllama({ baseURL: `${baseUrl}/api`, fetch: chatFetch });
  const models = new Map<string, LanguageModelV3>();
  const known = new Map<string, ModelFacts>();
  const contexts = new Map<string, number>();

  return {
    async respond(request, options) {
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider.chat(name);
      models.set(name, model);
      const own = known.get(name) ?? (await factsOf(baseUrl, name, options.signal));
      if (own) known.set(name, own);
      // The server loads the model anew when the size changes, so the largest size that a task needed is kept.
      const context = contextTokensFor(bytesOf(request), request.maxOutputTokens, own?.contextTokens);
      const num_ctx = Math.max(context, contexts.get(name) ?? 0);
      contexts.set(name, num_ctx);
      const site: CallSite = { ...facts, baseUrl, model: request.model, secrets: [] };
      const offer = offerTools(request, LOCAL_SCHEMAS);
      const tools = toolsOf(offer.tools);
      const limits = { num_ctx, num_predict: request.maxOutputTokens };
      return exchange({
        ...options,
        model,
        request,
        site,
        offer,
        call: {
          prompt: withUsersJoined(promptOf(offer.request, { files: "after results" })),
          ...(tools.length > 0 && { tools }),
          providerOptions: {
            ollama: {
              // Thinking is only on or off here, and a short answer needs none.
              think: (own?.thinks ?? false) && request.effort !== "low",
              options: limits,
            },
          },
        },
      });
    },
  };
}

function bytesOf({ system, tools, messages }: ModelRequest): number {
  return Buffer.byteLength(JSON.stringify([system, tools, messages]));
}

/** Returns null when the server does not answer; the call itself says then what is wrong. */
async function factsOf(baseUrl: string, model: string, signal: AbortSignal): Promise<ModelFacts | null> {
  try {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ model });
    const answer = await watchedFetch(`${baseUrl}/api/show`, { method: "POST", headers, body, signal });
    if (!answer.ok) return null;
    const { capabilities, model_info } = (await answer.json()) as { capabilities?: unknown; model_info?: unknown };
    const [, length] = Object.entries(model_info ?? {}).find(([key]) => key.endsWith(".context_length")) ?? [];
    return {
      contextTokens: Number.isInteger(length) ? (length as number) : undefined,
      thinks: Array.isArray(capabilities) && capabilities.includes("thinking"),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/**
 * Asks the server to refuse a conversation that does not fit, instead of dropping its beginning, and names the tool of
 * each result. The package has no option for that.
 */
const chatFetch: typeof fetch = (input, init) => {
  const body = typeof init?.body === "string" ? (JSON.parse(init.body) as ChatBody) : undefined;
  const messages = body?.messages && withToolNames(body.messages);
  const whole =
    body === undefined ? init : { ...init, body: JSON.stringify({ ...body, messages, truncate: false, shift: false }) };
  return read(input, whole);
};

const read = mendedFetch(ollamaReader, "lines");

interface ChatMessage {
  role: string;
  tool_calls?: { id: string; function: { name: string } }[];
  tool_call_id?: string;
}

interface ChatBody {
  messages?: ChatMessage[];
}

/** The templates of many models show the name of a result's tool, and none reads the id of its call. */
function withToolNames(messages: readonly ChatMessage[]): (ChatMessage & { tool_name?: string })[] {
  const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls);
  const names = new Map(calls.map((call) => [call.id, call.function.name]));
  return messages.map((message) => {
    const name = message.role === "tool" ? names.get(message.tool_call_id ?? "") : undefined;
    return name === undefined ? message : { ...message, tool_name: name };
  });
}

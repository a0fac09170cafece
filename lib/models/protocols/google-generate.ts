/** Google's Gemini API. */
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import type { LanguageModelV3, LanguageModelV3Message } from "@ai-sdk/provider";
import { ModelError, type ModelPort, type ModelRequest } from "@/core/log/model";
import { offerTools } from "../schemas/offer";
import { GOOGLE_SCHEMAS } from "../schemas/rules";
import { generateReader } from "../wire/generate";
import { mendedFetch } from "../wire/mended-fetch";
import type { CallSite } from "./errors";
import type { ModelProvider } from "./model-provider";
import { promptOf, toolsOf } from "./prompt";
import { exchange, type RawReading } from "./reply";

export interface GoogleSettings {
  provider: ModelProvider;
  apiKey: string | undefined;
  /** Without `/v1beta`. */
  baseUrl: string | undefined;
}

/** Models that think, and show a summary of their thoughts when asked. */
const thinks = /^gemini-(?:2\.5|[3-9])/;

export function googleModels(settings: GoogleSettings): ModelPort {
  const { label, keySetting, address } = settings.provider;
  const baseUrl = (settings.baseUrl ?? address).replace(/\/+$/, "").replace(/\/v1beta$/, "");
  const apiKey = settings.apiKey ?? "";
  const provider = createGoogleGenerativeAI({
    apiKey: apiKey === "" ? "none" : apiKey,
    baseURL: `${baseUrl}/v1beta`,
    fetch: mendedFetch(generateReader),
  });
  const models = new Map<string, LanguageModelV3>();

  return {
    async respond(request, options) {
      if (apiKey === "") {
        throw new ModelError(
          "no_key",
          `There is no key for ${label}: set ${keySetting}, or choose another model with BANYAN_MODEL.`,
        );
      }
      const name = request.model.slice(request.model.indexOf("/") + 1);
      const model = models.get(name) ?? provider(name);
      models.set(name, model);
      const site: CallSite = { ...settings.provider, baseUrl, model: request.model, secrets: [apiKey] };
      const offer = offerTools(request, GOOGLE_SCHEMAS);
      const tools = toolsOf(offer.tools);
      return exchange({
        ...options,
        model,
        request,
        site,
        offer,
        readRaw,
        call: {
          prompt: withResultsTogether(promptOf(offer.request, { files: "in results" })),
          ...(tools.length > 0 && { tools }),
          maxOutputTokens: request.maxOutputTokens,
          ...(thinks.test(name) && { providerOptions: { google: { thinkingConfig: thinkingOf(name, request) } } }),
        },
      });
    },
  };
}

interface RawChunk {
  candidates?: { content?: { parts?: { text?: string }[] } }[];
}

/** Gemini sometimes sends a candidate without parts, and often without a finish reason then. */
function readRaw(chunk: unknown, reading: RawReading): void {
  const parts = (chunk as RawChunk | undefined)?.candidates?.[0]?.content?.parts ?? [];
  reading.isEmpty = reading.isEmpty !== false && parts.every(({ text }) => text === "");
}

/** Gemini 2.5 takes a budget of tokens, later models a level; not all of those know a level between low and high. */
const BUDGETS = { low: 1_024, medium: 8_192, high: 24_576 } as const;

function thinkingOf(name: string, { effort }: ModelRequest) {
  if (!effort) return { includeThoughts: true };
  if (name.startsWith("gemini-2.5")) return { includeThoughts: true, thinkingBudget: BUDGETS[effort] };
  return { includeThoughts: true, ...(effort !== "medium" && { thinkingLevel: effort }) };
}

/** The results of parallel calls come in one turn: the service counts them against the calls of the turn before. */
function withResultsTogether(prompt: LanguageModelV3Message[]): LanguageModelV3Message[] {
  const together: LanguageModelV3Message[] = [];
  for (const message of prompt) {
    const last = together.at(-1);
    if (message.role !== "tool" || last?.role !== "tool") together.push(message);
    else together[together.length - 1] = { ...last, content: [...last.content, ...message.content] };
  }
  return together;
}

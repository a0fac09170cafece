/** Reads a row of a provider's list of models. Each service names limits and prices in its own way, or not at all. */
import { MEDIA, type Media } from "@/core/log/model";

/** A model as its provider lists it, under the provider's own name. Most providers list names only. */
export interface ListedModel {
  id: string;
  contextTokens?: number;
  maxOutputTokens?: number;
  /** What it reads besides text. */
  reads?: Media[];
  /** The day from which the provider refuses it, `YYYY-MM-DD`. */
  retiresAt?: string;
  /** US dollars per million tokens. */
  cost?: { input: number; output: number; cache_read?: number; cache_write?: number };
}

/** Returns the model of a row, or nothing when the row has no usable name. */
export function listedModel(row: unknown): ListedModel[] {
  if (typeof row !== "object" || row === null) return [];
  const fields = row as Record<string, unknown>;
  if (typeof fields.id !== "string" || !/^\S{1,200}$/.test(fields.id)) return [];
  const top = fields.top_provider as { context_length?: unknown; max_completion_tokens?: unknown } | null | undefined;
  const contextTokens = firstTokens(
    fields.max_input_tokens, // Anthropic
    fields.max_model_len, // vLLM
    top?.context_length, // OpenRouter, of the server that requests go to first
    fields.context_length, // OpenRouter, Together, Moonshot
    fields.context_window, // Groq
    fields.max_context_length, // Mistral, LM Studio
  );
  const maxOutputTokens = firstTokens(
    fields.max_input_tokens === undefined ? undefined : fields.max_tokens, // Anthropic
    top?.max_completion_tokens, // OpenRouter
    fields.max_completion_tokens, // Groq
  );
  const reads = readsOf(fields);
  const retiresAt = dayOf(fields.shutdown_date /* OpenAI */ ?? fields.deprecation /* Mistral */);
  const cost = costOf(fields.pricing);
  return [
    {
      id: fields.id,
      ...(contextTokens && { contextTokens }),
      ...(maxOutputTokens && { maxOutputTokens }),
      ...(reads && { reads }),
      ...(retiresAt && { retiresAt }),
      ...(cost && { cost }),
    },
  ];
}

function firstTokens(...values: unknown[]): number | undefined {
  return values.find((value): value is number => Number.isSafeInteger(value) && Number(value) > 0);
}

/** Returns what the model reads besides text; undefined when the row does not say. */
function readsOf({ architecture, capabilities, type }: Record<string, unknown>): Media[] | undefined {
  const inputs = (architecture as { input_modalities?: unknown } | null | undefined)?.input_modalities; // OpenRouter
  if (Array.isArray(inputs)) return mediaOf({ image: inputs.includes("image"), pdf: inputs.includes("file") });
  const { image_input, pdf_input, vision } = (capabilities ?? {}) as Record<string, unknown>;
  const isSupported = (capability: unknown) => (capability as { supported?: unknown } | null)?.supported === true;
  if (image_input || pdf_input) return mediaOf({ image: isSupported(image_input), pdf: isSupported(pdf_input) }); // Anthropic
  if (typeof vision === "boolean") return mediaOf({ image: vision, pdf: false }); // Mistral
  return type === "vlm" ? ["image"] : undefined; // LM Studio
}

function mediaOf(has: Record<Media, boolean>): Media[] {
  return MEDIA.filter((media) => has[media]);
}

function dayOf(value: unknown): string | undefined {
  return typeof value === "string" ? /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] : undefined;
}

/** Reads OpenRouter's prices: text, in US dollars per token. */
function costOf(pricing: unknown): ListedModel["cost"] {
  if (typeof pricing !== "object" || pricing === null) return undefined;
  const { prompt, completion, input_cache_read, input_cache_write } = pricing as Record<string, unknown>;
  const perMillion = (value: unknown) => {
    const usd = typeof value === "string" && value.trim() !== "" ? Number(value) * 1_000_000 : Number.NaN;
    // A router's own price of -1 means that it depends on the model behind it.
    return Number.isFinite(usd) && usd >= 0 ? Math.round(usd * 1_000_000) / 1_000_000 : undefined;
  };
  const [input, output] = [perMillion(prompt), perMillion(completion)];
  if (input === undefined || output === undefined) return undefined;
  const [cacheRead, cacheWrite] = [perMillion(input_cache_read), perMillion(input_cache_write)];
  return {
    input,
    output,
    ...(cacheRead !== undefined && { cache_read: cacheRead }),
    ...(cacheWrite !== undefined && { cache_write: cacheWrite }),
  };
}

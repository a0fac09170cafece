/** What both wire forms of OpenAI share. */
import type { ProviderAccess } from "@/lib/models/protocols/model-provider";
import type { Json } from "./form";

export function openaiHeaders({ key }: ProviderAccess): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}

const TYPES: Record<number, [type: string, code: string | null]> = {
  400: ["invalid_request_error", null],
  401: ["invalid_request_error", "invalid_api_key"],
  402: ["insufficient_quota", "insufficient_quota"],
  403: ["invalid_request_error", "model_not_found"],
  404: ["invalid_request_error", null],
  413: ["invalid_request_error", null],
  429: ["requests", "rate_limit_exceeded"],
};

export function openaiError(status: number, message: string): Json {
  const [type, code] = TYPES[status] ?? ["server_error", null];
  return { error: { message, type, param: null, code } };
}

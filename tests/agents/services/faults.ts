/** Error answers in each provider's own shape and wording. */
import type { Fault, ScriptedProtocol } from "./script";

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

function anthropicError(status: number, type: string, message: string, headers: Record<string, string> = {}) {
  return {
    status,
    headers,
    body: { type: "error", error: { type, message }, request_id: "req_scripted" },
  };
}

function openaiError(
  status: number,
  type: string,
  code: string | null,
  message: string,
  headers: Record<string, string> = {},
) {
  return { status, headers, body: { error: { message, type, param: null, code } } };
}

function retryAfter(value: number | string | undefined): Record<string, string> {
  return value === undefined ? {} : { "retry-after": String(value) };
}

/** The error answer that a fault means, or undefined for faults that show in the reply itself. */
export function errorAnswer(
  fault: Fault,
  protocol: ScriptedProtocol,
  model: string,
  nowMs: number,
): ErrorAnswer | undefined {
  return protocol === "anthropic" ? anthropicAnswer(fault, model, nowMs) : openaiAnswer(fault, model);
}

function anthropicAnswer(fault: Fault, model: string, nowMs: number): ErrorAnswer | undefined {
  switch (fault.type) {
    case "rate_limit":
      return anthropicError(
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 50 requests per minute.",
        retryAfter(fault.retryAfter),
      );
    case "quota": {
      if (fault.retryAfter !== undefined) {
        return anthropicError(
          429,
          "rate_limit_error",
          "This request would exceed your account's rate limit. Please try again later.",
          retryAfter(fault.retryAfter),
        );
      }
      const back = new Date(nowMs + 48 * 3_600_000).toISOString().slice(0, 10);
      return anthropicError(
        400,
        "invalid_request_error",
        `You have reached your specified API usage limits. You will regain access on ${back} at 00:00 UTC.`,
      );
    }
    case "overloaded":
      return anthropicError(529, "overloaded_error", "Overloaded");
    case "server_error":
      return anthropicError(500, "api_error", "Internal server error");
    case "unauthorized":
      return anthropicError(401, "authentication_error", "invalid x-api-key");
    case "unknown_model":
      return anthropicError(404, "not_found_error", `model: ${model}`);
    case "too_long":
      return anthropicError(400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum");
    case "too_large":
      return anthropicError(413, "request_too_large", "Request exceeds the maximum size");
    case "status":
      return anthropicError(fault.status, "invalid_request_error", fault.message, fault.headers);
    default:
      return undefined;
  }
}

function openaiAnswer(fault: Fault, model: string): ErrorAnswer | undefined {
  switch (fault.type) {
    case "rate_limit":
      return openaiError(
        429,
        "requests",
        "rate_limit_exceeded",
        `Rate limit reached for ${model} in organization org-scripted on requests per min (RPM): Limit 3, Used 3, Requested 1.`,
        retryAfter(fault.retryAfter),
      );
    case "quota":
      return openaiError(
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
        retryAfter(fault.retryAfter),
      );
    case "overloaded":
      return openaiError(503, "server_error", null, "The engine is currently overloaded, please try again later");
    case "server_error":
      return openaiError(500, "server_error", null, "The server had an error while processing your request");
    case "unauthorized":
      return openaiError(
        401,
        "invalid_request_error",
        "invalid_api_key",
        "Incorrect API key provided: sk-scrip********************wxyz. You can find your API key at https://platform.openai.com/account/api-keys.",
      );
    case "unknown_model":
      return openaiError(
        404,
        "invalid_request_error",
        "model_not_found",
        `The model \`${model}\` does not exist or you do not have access to it.`,
      );
    case "too_long":
      return openaiError(
        400,
        "invalid_request_error",
        "context_length_exceeded",
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 208310 tokens. Please reduce the length of the messages.",
      );
    case "too_large":
      return openaiError(413, "invalid_request_error", null, "Request Entity Too Large");
    case "status":
      return openaiError(fault.status, "invalid_request_error", null, fault.message, fault.headers);
    default:
      return undefined;
  }
}

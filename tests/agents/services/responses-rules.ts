/** What OpenAI's Responses API refuses. */
import { createHash } from "node:crypto";
import { functionRules, type OfferedFunction, outputRefusal, reasons } from "./openai-rules";
import { firstRefusal, type Rule } from "./stand-in";

export interface Item {
  type?: string;
  role?: string;
  id?: string;
  content?: string | { type: string; text?: string }[];
  call_id?: string;
  name?: string;
  arguments?: unknown;
  output?: unknown;
  summary?: { text: string }[];
  encrypted_content?: string | null;
}

export interface ResponsesBody {
  model?: string;
  input?: Item[];
  instructions?: string;
  tools?: (OfferedFunction & { type: string })[];
  stream?: boolean;
  store?: boolean;
  include?: string[];
  reasoning?: { effort?: string };
  max_output_tokens?: number;
  [name: string]: unknown;
}

const itemsOf = (body: ResponsesBody) => (Array.isArray(body.input) ? body.input : []);
const isCall = (item: Item) => item.type === "function_call";
const isOutput = (item: Item) => item.type === "function_call_output";

/** The encrypted content that this server puts into a reasoning item, and demands back unchanged. */
export function encrypted(thinking: string, serial: number): string {
  const hash = createHash("sha256").update(`${serial}:${thinking}`).digest("base64url");
  return `gAAAA${Buffer.from(thinking).toString("base64url")}.${serial}.${hash}`;
}

export function decrypted(content: string): { thinking: string; serial: number } | undefined {
  const [text = "", serial = ""] = content.replace(/^gAAAA/, "").split(".");
  const thinking = Buffer.from(text, "base64url").toString();
  return encrypted(thinking, Number(serial)) === content ? { thinking, serial: Number(serial) } : undefined;
}

const PARAMETERS = new Set(
  "model,input,instructions,tools,tool_choice,stream,store,include,reasoning,max_output_tokens,parallel_tool_calls,prompt_cache_key,text,metadata,truncation,temperature,top_p,service_tier,prompt_cache_retention,prompt_cache_options,safety_identifier".split(
    ",",
  ),
);

export const RESPONSES_RULES: Rule<ResponsesBody>[] = [
  {
    source: "https://platform.openai.com/docs/api-reference/responses/create",
    refuses(body) {
      const unknown = Object.keys(body).find((name) => !PARAMETERS.has(name));
      if (unknown === "max_tokens" || unknown === "max_completion_tokens")
        return `Unsupported parameter: '${unknown}'. In the Responses API, this parameter has moved to 'max_output_tokens'.`;
      return unknown === undefined ? undefined : `Unknown parameter: '${unknown}'.`;
    },
  },
  {
    source: "https://platform.openai.com/docs/models for the most; the least is what the service's own message says",
    refuses: ({ model = "", max_output_tokens: most }) =>
      most !== undefined && most < 16
        ? `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${most} instead.`
        : outputRefusal(model, most, "max_output_tokens"),
  },
  {
    source: "https://platform.openai.com/docs/guides/reasoning",
    refuses({ model = "", temperature, top_p, reasoning, include }) {
      if (reasons(model)) {
        const wrong = temperature !== undefined ? "temperature" : top_p !== undefined ? "top_p" : undefined;
        return wrong && `Unsupported parameter: '${wrong}' is not supported with this model.`;
      }
      if (reasoning?.effort) return "Unsupported parameter: 'reasoning.effort' is not supported with this model.";
      return include?.includes("reasoning.encrypted_content")
        ? "Encrypted content is not supported with this model."
        : undefined;
    },
  },
  {
    source: "https://github.com/decolua/9router/issues/393",
    refuses(body) {
      const at = itemsOf(body).findIndex(({ call_id: id = "" }) => id.length > 64);
      return at < 0
        ? undefined
        : `Invalid 'input[${at}].call_id': string too long. Expected a string with maximum length 64, but got a string with length ${itemsOf(body)[at]?.call_id?.length} instead.`;
    },
  },
  {
    source: "https://platform.openai.com/docs/guides/function-calling",
    refuses(body) {
      const open = new Set<string>();
      const called = new Set<string>();
      for (const item of itemsOf(body)) {
        const id = item.call_id ?? "";
        if (isOutput(item) && !open.delete(id))
          return `No tool call found for function call output with call_id ${id}.`;
        if ((item.role === "user" || item.role === "system" || item.role === "developer") && open.size > 0) break;
        if (!isCall(item)) continue;
        if (called.has(id)) return `Duplicate item found with call_id ${id}.`;
        if (typeof item.arguments !== "string") return "Invalid type for 'input.arguments': expected a string.";
        if (!/^[a-zA-Z0-9_-]{1,64}$/.test(item.name ?? ""))
          return "Invalid 'input.name': string does not match pattern.";
        open.add(id);
        called.add(id);
      }
      const [missing] = open;
      return missing === undefined ? undefined : `No tool output found for function call ${missing}.`;
    },
  },
  {
    source: "https://github.com/maximhq/bifrost/issues/5410, https://github.com/openai/openai-agents-js/issues/546",
    refuses: (body) => {
      if (body.store !== false) return undefined;
      const kept = itemsOf(body).find(
        (item) => item.type === "item_reference" || (item.type === "reasoning" && !item.encrypted_content),
      );
      return (
        kept &&
        `Item with id '${kept.id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`
      );
    },
  },
  {
    source: "https://github.com/Wei-Shaw/sub2api/issues/3138",
    refuses(body) {
      const wrong = itemsOf(body).find((item) => item.encrypted_content && !decrypted(item.encrypted_content));
      return (
        wrong &&
        "The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed."
      );
    },
  },
  {
    source: "https://platform.openai.com/docs/guides/reasoning#keeping-reasoning-items-in-context",
    refuses(body) {
      const items = itemsOf(body);
      for (const [at, item] of items.entries()) {
        const next = items[at + 1];
        const follows = next && (next.type === "reasoning" || isCall(next) || next.role === "assistant");
        if (item.type === "reasoning" && !follows)
          return `Item '${item.id}' of type 'reasoning' was provided without its required following item.`;
        const needs = /^(?:msg|fc)_(\d+)_r/.exec(item.id ?? "")?.[1];
        if (needs !== undefined && !items.slice(0, at).some((other) => other.id === `rs_${needs}`))
          return `Item '${item.id}' of type '${item.type ?? "message"}' was provided without its required 'reasoning' item: 'rs_${needs}'.`;
      }
      return undefined;
    },
  },
  {
    source: "https://platform.openai.com/docs/api-reference/responses/create, 'input'",
    refuses(body) {
      if (itemsOf(body).length === 0) return 'One of "input" or "previous_response_id" must be provided.';
      const wrong = itemsOf(body).findIndex(
        (item) =>
          item.role === "assistant" &&
          Array.isArray(item.content) &&
          item.content.some((part) => part.type !== "output_text"),
      );
      return wrong < 0 ? undefined : `Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.`;
    },
  },
  {
    source: "see openai-rules.ts",
    refuses: ({ tools = [] }) => firstRefusal(functionRules(true), tools),
  },
];

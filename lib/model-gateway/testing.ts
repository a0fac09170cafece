/** What the tests of the gateway share: a budget that notes what it is asked, and a request of each wire form. */
import type { Admitted, Budget, Outcome, Wanted } from "./budget";
import type { Refusal } from "./refusals";

export interface NotedBudget extends Budget {
  wanted: Wanted[];
  outcomes: Outcome[];
  refusal: Refusal | null;
  silentMs: number;
}

/** Returns a budget that grants what is asked for, and at most 1,000 tokens of output. */
export function notedBudget(models: readonly string[]): NotedBudget {
  const budget: NotedBudget = {
    models,
    wanted: [],
    outcomes: [],
    refusal: null,
    silentMs: 60_000,
    async admit(wanted) {
      budget.wanted.push(wanted);
      if (budget.refusal) return { refusal: budget.refusal };
      const outputTokens = Math.min(1_000, wanted.outputTokens ?? 1_000);
      const settle: Admitted["settle"] = async (outcome) => void budget.outcomes.push(outcome);
      return { outputTokens, silentMs: budget.silentMs, settle };
    },
  };
  return budget;
}

export const MODELS = ["anthropic/claude-sonnet-4-6", "openai/gpt-5-nano", "google/gemini-2.5-flash"];

/** One request of each form, by the name that its provider has in scripts. */
export const REQUESTS = {
  anthropic: (text: string, stream: boolean) => ({
    path: "/v1/messages",
    body: { model: "claude-sonnet-4-6", max_tokens: 500, stream, messages: [{ role: "user", content: text }] },
  }),
  responses: (text: string, stream: boolean) => ({
    path: "/v1/responses",
    body: { model: "gpt-5-nano", max_output_tokens: 500, stream, input: [{ role: "user", content: text }] },
  }),
  openai: (text: string, stream: boolean) => ({
    path: "/v1/chat/completions",
    body: { model: "gpt-5-nano", max_completion_tokens: 500, stream, messages: [{ role: "user", content: text }] },
  }),
  google: (text: string, stream: boolean) => ({
    path: `/v1beta/models/gemini-2.5-flash:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: { contents: [{ role: "user", parts: [{ text }] }], generationConfig: { maxOutputTokens: 500 } },
  }),
};

export type FormName = keyof typeof REQUESTS;
export const FORM_NAMES = Object.keys(REQUESTS) as FormName[];

/** The header in which each form's programs show their key. */
export const KEY_HEADERS: Record<FormName, (key: string) => Record<string, string>> = {
  anthropic: (key) => ({ "x-api-key": key }),
  responses: (key) => ({ authorization: `Bearer ${key}` }),
  openai: (key) => ({ authorization: `Bearer ${key}` }),
  google: (key) => ({ "x-goog-api-key": key }),
};

/** Sends a request of one form, as its programs do. */
export function ask(
  to: { url: string; token: string },
  form: FormName,
  { text = "Hello", stream = false, more = {}, signal }: AskOptions = {},
): Promise<Response> {
  const { path, body } = REQUESTS[form](text, stream);
  return fetch(`${to.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...KEY_HEADERS[form](to.token) },
    body: JSON.stringify({ ...body, ...more }),
    ...(signal && { signal }),
  });
}

interface AskOptions {
  text?: string;
  stream?: boolean;
  /** Further fields of the body. */
  more?: Record<string, unknown>;
  signal?: AbortSignal;
}

/**
 * Anthropic's own search, through one small request to the Messages API with its server tool: the service searches
 * while it answers, and the answer contains the results. Page contents are encrypted for the model, so a snippet is the
 * text that the model cited. Each search is one request, so the host checks, counts and caches it like any other
 * search.
 */
import { z } from "zod";
import { FOUND_INPUT_TOKENS, SearchError, type SearchProvider, searchInstruction } from "./provider";
import { askForJson } from "./request";
import { tidyResults } from "./results";

export interface ModelAccess {
  /** The provider's own name of the model. */
  model: string;
  apiKey: string;
  /** Without `/v1` for Anthropic, with `/v1` for OpenAI, as in the settings. */
  baseUrl?: string;
}

const TIMEOUT_MS = 90_000;
const MAX_OUTPUT_TOKENS = 1500;

const result = z.object({ type: z.literal("web_search_result"), url: z.string(), title: z.string().nullish() });
const failure = z.object({ type: z.literal("web_search_tool_result_error"), error_code: z.string() });
const citation = z.object({ url: z.string().nullish(), cited_text: z.string().nullish() });

const shape = z.object({
  content: z.array(
    z.object({
      type: z.string(),
      content: z.union([z.array(z.unknown()), failure, z.unknown()]).optional(),
      citations: z.array(citation).nullish(),
    }),
  ),
  usage: z.object({
    input_tokens: z.number(),
    output_tokens: z.number(),
    server_tool_use: z.object({ web_search_requests: z.number().nullish() }).nullish(),
  }),
});

export function anthropicSearch(access: ModelAccess): SearchProvider {
  const base = (access.baseUrl ?? "https://api.anthropic.com").replace(/\/+$/, "").replace(/\/v1$/, "");
  return {
    name: "model",
    host: new URL(base).host,
    most: {
      model: `anthropic/${access.model}`,
      inputTokens: FOUND_INPUT_TOKENS,
      outputTokens: MAX_OUTPUT_TOKENS,
      searches: 1,
    },
    async search(query, { count, signal }) {
      const answer = await askForJson({
        label: "Anthropic",
        setting: "ANTHROPIC_API_KEY, and that its console allows web search",
        url: `${base}/v1/messages`,
        method: "POST",
        headers: { "x-api-key": access.apiKey, "anthropic-version": "2023-06-01" },
        body: {
          model: access.model,
          max_tokens: MAX_OUTPUT_TOKENS,
          tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 1 }],
          messages: [{ role: "user", content: searchInstruction(query) }],
        },
        shape,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      const { input_tokens, output_tokens, server_tool_use } = answer.usage;
      const usage = {
        model: `anthropic/${access.model}`,
        inputTokens: input_tokens,
        outputTokens: output_tokens,
        searches: server_tool_use?.web_search_requests ?? 0,
      };
      const problem = problemIn(answer);
      if (problem !== null) throw new SearchError(failureSentence(problem), usage);
      return { results: tidyResults(foundIn(answer), count), usage };
    },
  };
}

/** Returns the service's code of a failed search, or null. */
function problemIn({ content }: z.output<typeof shape>): string | null {
  for (const block of content) {
    if (block.type !== "web_search_tool_result") continue;
    const { data } = failure.safeParse(block.content);
    if (data) return data.error_code;
  }
  return null;
}

function foundIn({ content }: z.output<typeof shape>) {
  const cited = new Map<string, string[]>();
  for (const { url, cited_text: text } of content.flatMap((block) => block.citations ?? [])) {
    if (url && text) cited.set(url, [...(cited.get(url) ?? []), text]);
  }
  const found: { title?: string | null; url: string; snippet: string }[] = [];
  for (const block of content) {
    if (block.type !== "web_search_tool_result") continue;
    for (const part of Array.isArray(block.content) ? block.content : []) {
      const { data } = result.safeParse(part);
      if (data) found.push({ ...data, snippet: (cited.get(data.url) ?? []).join(" … ") });
    }
  }
  return found;
}

function failureSentence(code: string): string {
  if (code === "too_many_requests") return "Anthropic's search accepts no more requests for now; try again later.";
  if (code === "query_too_long" || code === "invalid_tool_input")
    return "The query is too long for the search; use a shorter one.";
  return `Anthropic's search failed (${code.slice(0, 60)}); try again later, or with another query.`;
}

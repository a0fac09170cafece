/** Tavily's Search API: `POST /search` with a bearer key; at most 20 results with `content` as their snippet. */
import { z } from "zod";
import type { SearchProvider } from "./provider";
import { askForJson } from "./request";
import { tidyResults } from "./results";

const MOST_RESULTS = 20;
const MOST_CHARACTERS = 400;
const TIMEOUT_MS = 20_000;

const shape = z.object({
  results: z.array(z.object({ title: z.string().nullish(), url: z.string().nullish(), content: z.string().nullish() })),
});

export function tavilySearch(apiKey: string, baseUrl = "https://api.tavily.com"): SearchProvider {
  return {
    name: "tavily",
    host: new URL(baseUrl).hostname,
    async search(query, { count, signal }) {
      const { results } = await askForJson({
        label: "Tavily",
        setting: "the secret tavily_api_key",
        url: new URL("/search", baseUrl).href,
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}` },
        body: {
          query: query.slice(0, MOST_CHARACTERS),
          max_results: Math.min(count, MOST_RESULTS),
          search_depth: "basic",
          include_answer: false,
          include_raw_content: false,
        },
        shape,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      return {
        results: tidyResults(
          results.map((result) => ({ ...result, snippet: result.content })),
          count,
        ),
      };
    },
  };
}

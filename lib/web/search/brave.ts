/** Brave's Search API: `GET /res/v1/web/search?q&count`, key in `X-Subscription-Token`, at most 20 results. */
import { z } from "zod";
import type { SearchProvider } from "./provider";
import { askForJson } from "./request";
import { tidyResults } from "./results";

const MOST_RESULTS = 20;
const MOST_CHARACTERS = 400;
const TIMEOUT_MS = 15_000;

const shape = z.object({
  web: z
    .object({
      results: z.array(
        z.object({ title: z.string().nullish(), url: z.string().nullish(), description: z.string().nullish() }),
      ),
    })
    .nullish(),
});

export function braveSearch(apiKey: string, baseUrl = "https://api.search.brave.com"): SearchProvider {
  return {
    name: "brave",
    host: new URL(baseUrl).hostname,
    async search(query, { count, signal }) {
      const asked = new URL("/res/v1/web/search", baseUrl);
      asked.searchParams.set("q", query.slice(0, MOST_CHARACTERS));
      asked.searchParams.set("count", String(Math.min(count, MOST_RESULTS)));
      const answer = await askForJson({
        label: "Brave Search",
        setting: "the secret brave_api_key",
        url: asked.href,
        method: "GET",
        headers: { "x-subscription-token": apiKey },
        shape,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      const found = answer.web?.results ?? [];
      return {
        results: tidyResults(
          found.map((hit) => ({ ...hit, snippet: hit.description })),
          count,
        ),
      };
    },
  };
}

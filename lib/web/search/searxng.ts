/**
 * A self-hosted SearXNG server: `GET /search?q&format=json`, which its settings must allow (else status 403). No key.
 */
import { z } from "zod";
import type { SearchProvider } from "./provider";
import { askForJson } from "./request";
import { tidyResults } from "./results";

const TIMEOUT_MS = 20_000;

const shape = z.object({
  results: z.array(z.object({ title: z.string().nullish(), url: z.string().nullish(), content: z.string().nullish() })),
});

/** `baseUrl` may have a path, for a server below one. */
export function searxngSearch(baseUrl: string): SearchProvider {
  const base = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
  return {
    name: "searxng",
    host: base.host,
    async search(query, { count, signal }) {
      const asked = new URL("search", base);
      asked.searchParams.set("q", query);
      asked.searchParams.set("format", "json");
      const { results } = await askForJson({
        label: "SearXNG",
        setting: "SEARXNG_URL, and that `formats` in the server's settings.yml includes json",
        url: asked.href,
        method: "GET",
        headers: {},
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

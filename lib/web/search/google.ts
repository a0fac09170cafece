/**
 * Google's own search ("grounding with Google Search"), through one small `generateContent` request of the Gemini API
 * with its `google_search` tool. The results are links of Google's that lead to the pages; a title is often the page's
 * host alone. See anthropic.ts.
 */
import { z } from "zod";
import type { ModelAccess } from "./anthropic";
import { FOUND_INPUT_TOKENS, type SearchProvider, searchInstruction } from "./provider";
import { askForJson } from "./request";
import { tidyResults } from "./results";

const TIMEOUT_MS = 90_000;
const MAX_OUTPUT_TOKENS = 3000;
/** The model may word the query anew; it seldom does so more often. */
const MOST_SEARCHES = 3;

const chunk = z.object({ web: z.object({ uri: z.string().nullish(), title: z.string().nullish() }).nullish() });
const support = z.object({
  segment: z.object({ text: z.string().nullish() }).nullish(),
  groundingChunkIndices: z.array(z.number()).nullish(),
});
const grounding = z.object({
  webSearchQueries: z.array(z.string()).nullish(),
  groundingChunks: z.array(chunk).nullish(),
  groundingSupports: z.array(support).nullish(),
});
const shape = z.object({
  candidates: z.array(z.object({ groundingMetadata: grounding.nullish() })).nullish(),
  usageMetadata: z.object({
    promptTokenCount: z.number().nullish(),
    candidatesTokenCount: z.number().nullish(),
    thoughtsTokenCount: z.number().nullish(),
  }),
});

export function googleSearch(access: ModelAccess): SearchProvider {
  const given = access.baseUrl ?? "https://generativelanguage.googleapis.com";
  const base = given.replace(/\/+$/, "").replace(/\/v1beta$/, "");
  return {
    name: "model",
    host: new URL(base).host,
    most: {
      model: `google/${access.model}`,
      inputTokens: FOUND_INPUT_TOKENS,
      outputTokens: MAX_OUTPUT_TOKENS,
      searches: MOST_SEARCHES,
    },
    async search(query, { count, signal }) {
      const answer = await askForJson({
        label: "Google",
        setting: "GOOGLE_GENERATIVE_AI_API_KEY",
        url: `${base}/v1beta/models/${encodeURIComponent(access.model)}:generateContent`,
        method: "POST",
        headers: { "x-goog-api-key": access.apiKey },
        body: {
          contents: [{ role: "user", parts: [{ text: searchInstruction(query) }] }],
          tools: [{ google_search: {} }],
          generationConfig: { maxOutputTokens: MAX_OUTPUT_TOKENS },
        },
        shape,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      const found = (answer.candidates ?? []).flatMap(({ groundingMetadata }) => groundingMetadata ?? []);
      const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = answer.usageMetadata;
      return {
        results: tidyResults(found.flatMap(resultsIn), count),
        usage: {
          model: `google/${access.model}`,
          inputTokens: promptTokenCount ?? 0,
          outputTokens: (candidatesTokenCount ?? 0) + (thoughtsTokenCount ?? 0),
          searches: found.flatMap(({ webSearchQueries }) => webSearchQueries ?? []).length,
        },
      };
    },
  };
}

/** A snippet is what the answer says on the ground of that page. */
function resultsIn({ groundingChunks, groundingSupports }: z.output<typeof grounding>) {
  return (groundingChunks ?? []).flatMap(({ web }, at) => {
    const said = (groundingSupports ?? []).filter(({ groundingChunkIndices }) => groundingChunkIndices?.includes(at));
    const snippet = said.flatMap(({ segment }) => segment?.text ?? []).join(" … ");
    return web?.uri ? [{ url: web.uri, title: web.title, snippet }] : [];
  });
}

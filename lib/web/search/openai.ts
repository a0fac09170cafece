/** OpenAI's own search, through one small request to the Responses API with its `web_search` tool. See anthropic.ts. */
import { z } from "zod";
import { apiBase } from "../../models/providers/openai";
import type { ModelAccess } from "./anthropic";
import { FOUND_INPUT_TOKENS, type SearchProvider, searchInstruction } from "./provider";
import { askForJson } from "./request";
import { tidyResults } from "./results";

const TIMEOUT_MS = 90_000;
const MAX_OUTPUT_TOKENS = 3000;
/** The model may word the query anew; it seldom does so more often. */
const MOST_SEARCHES = 3;
/** The text before a citation is the sentence that it supports. */
const SNIPPET_CHARACTERS = 300;

const source = z.object({ url: z.string().nullish(), title: z.string().nullish() });
const annotation = z.object({
  type: z.string(),
  url: z.string().nullish(),
  title: z.string().nullish(),
  start_index: z.number().nullish(),
});
const shape = z.object({
  output: z.array(
    z.object({
      type: z.string(),
      action: z.object({ sources: z.array(source).nullish() }).nullish(),
      content: z
        .array(z.object({ type: z.string(), text: z.string().nullish(), annotations: z.array(annotation).nullish() }))
        .nullish(),
    }),
  ),
  usage: z.object({ input_tokens: z.number(), output_tokens: z.number() }),
});

export function openaiSearch(access: ModelAccess): SearchProvider {
  const base = apiBase(access.baseUrl ?? "https://api.openai.com/v1");
  return {
    name: "model",
    host: new URL(base).host,
    most: {
      model: `openai/${access.model}`,
      inputTokens: FOUND_INPUT_TOKENS,
      outputTokens: MAX_OUTPUT_TOKENS,
      searches: MOST_SEARCHES,
    },
    async search(query, { count, signal }) {
      const answer = await askForJson({
        label: "OpenAI",
        setting: "OPENAI_API_KEY",
        url: `${base}/responses`,
        method: "POST",
        headers: { authorization: `Bearer ${access.apiKey}` },
        body: {
          model: access.model,
          input: searchInstruction(query),
          tools: [{ type: "web_search" }],
          tool_choice: "required",
          include: ["web_search_call.action.sources"],
          max_output_tokens: MAX_OUTPUT_TOKENS,
          store: false,
        },
        shape,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      return {
        results: tidyResults(foundIn(answer), count),
        usage: {
          model: `openai/${access.model}`,
          inputTokens: answer.usage.input_tokens,
          outputTokens: answer.usage.output_tokens,
          searches: answer.output.filter(({ type }) => type === "web_search_call").length,
        },
      };
    },
  };
}

/** Returns cited pages first, with the sentences that cite them, then pages that were only visited. */
function foundIn({ output }: z.output<typeof shape>) {
  const texts = output.flatMap(({ content }) => content ?? []);
  const cited = texts.flatMap(({ text, annotations }) =>
    (annotations ?? []).map(({ url, title, start_index: end }) => {
      const before = (text ?? "").slice(0, end ?? 0).slice(-SNIPPET_CHARACTERS);
      return {
        url: withoutMark(url),
        title,
        snippet: before
          .split(/\n+/)
          .at(-1)
          ?.replace(/[\s([]+$/, ""),
      };
    }),
  );
  const seen = output
    .flatMap(({ action }) => action?.sources ?? [])
    .map((source) => ({ ...source, url: withoutMark(source.url) }));
  return [...cited, ...seen];
}

/** Removes the mark that OpenAI adds to each address. */
function withoutMark(url: string | null | undefined): string | null {
  return url?.replace(/[?&]utm_source=openai$/, "") ?? null;
}

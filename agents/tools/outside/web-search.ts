import { z } from "zod";
import { kind, type ToolCharge, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { WebError } from "@/lib/web/pages/errors";
import { searchMicroUsd } from "@/lib/web/search/prices";
import { SearchError, type SearchUsage } from "@/lib/web/search/provider";
import type { SearchAnswer, Web } from "@/lib/web/web";
import { answeringFromOutside, networkOf, quoted } from "./outside-content";

const DEFAULT_RESULTS = 8;
const MOST_RESULTS = 20;
/** Long enough for a provider that answers a search with a model request. */
const TIMEOUT_MS = 120_000;

const input = z.strictObject({
  query: z.string().min(1).max(400).describe("As for a search engine."),
  count: z.int().min(1).max(MOST_RESULTS).optional().describe(`Most results. Default ${DEFAULT_RESULTS}.`),
  fresh: z.boolean().optional().describe("Not from the cache."),
});

export function webSearch(web: Web): WorldTool {
  return worldTool({
    name: "web_search",
    description:
      "Search the web. Returns titles, URLs and excerpts; read a page before you rely on it. The query leaves this machine: no secrets.",
    input,
    level: "network",
    kinds: [kind("searches", { level: "network", hosts: true, sends: true })],
    effectOf: (_, caller) => {
      const status = web.searchStatus(caller?.model);
      return { level: "network", ...(status.available && { hosts: [status.host] }), sends: true };
    },
    unavailable(caller) {
      const status = web.searchStatus(caller?.model);
      return status.available ? null : status.reason;
    },
    afterCrash: "repeat",
    timeoutMs: () => TIMEOUT_MS,
    run: ({ query, count = DEFAULT_RESULTS, fresh }, context) =>
      answeringFromOutside(async () => {
        networkOf(context);
        const { signal, model } = context;
        const reserve = async (most: SearchUsage) => {
          const why = await context.reserve?.(costOf(most));
          if (why) throw new WebError(`${why} The web was not searched.`);
        };
        const charge = ({ usage }: { usage?: SearchUsage | undefined }) => usage && context.onCharge?.(chargeOf(usage));
        const answer = await web
          .search(query, { count, fresh, signal, reserve, ...(model && { model }) })
          .catch((error) => {
            if (error instanceof SearchError) charge(error);
            throw error;
          });
        charge(answer);
        return shown(query, answer);
      }),
  }) as WorldTool;
}

function chargeOf(usage: SearchUsage): ToolCharge {
  return { ...costOf(usage), why: `A search of the web by ${usage.model}.` };
}

function costOf({ model, inputTokens, outputTokens, searches }: SearchUsage): Omit<ToolCharge, "why"> {
  return { model, inputTokens, outputTokens, microUsd: searchMicroUsd({ model, searches }) };
}

function shown(query: string, { provider, results, searchedAtMs, usage }: SearchAnswer): string {
  const header = [
    `Searched for ${JSON.stringify(query)} with ${provider}: ${results.length} results.`,
    `Searched: ${new Date(searchedAtMs).toISOString()}`,
  ];
  if (usage) {
    header.push(
      `Used ${usage.model}: ${usage.inputTokens} tokens in, ${usage.outputTokens} out, ${usage.searches} searches.`,
    );
  }
  if (results.length === 0) return [...header, "No results; try other words."].join("\n");
  const lines = results.map(({ title, url, snippet }, at) =>
    [`${at + 1}. ${title}`, `   ${url}`, ...(snippet ? [`   ${snippet}`] : [])].join("\n"),
  );
  return quoted(header, lines.join("\n"));
}

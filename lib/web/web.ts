/** The web as tools see it: pages as Markdown, and searches, with one cache and one rate limit. */
import { join } from "node:path";
import { z } from "zod";
import { realTimers, type Timers } from "@/lib/time/timers";
import type { LookUp } from "../net/check";
import { createCache } from "./pages/cache";
import { createConverter } from "./pages/converter";
import { WebError } from "./pages/errors";
import { type FetchOptions, fetchPage, type WebPage } from "./pages/fetch-page";
import type { Timeouts } from "./pages/get";
import { createRateLimit } from "./pages/rate-limit";
import { chooseSearch, type SearchSettings, type SecretOf } from "./search/choose";
import type { SearchResult, SearchUsage } from "./search/provider";

interface SearchOptions {
  /** 1 to 20. */
  count: number;
  /** Bypasses the cache. */
  fresh?: boolean;
  /** The model of the task that searches. */
  model?: string;
  /** Called before a search by a model, which costs money. Rejects when it may not be spent. */
  reserve?: (most: SearchUsage) => Promise<void>;
  signal: AbortSignal;
}

export interface SearchAnswer {
  /** The service that answered, as in `BANYAN_SEARCH`. */
  provider: string;
  results: SearchResult[];
  searchedAtMs: number;
  /** The model's usage, when a model searched and the cache had no answer. */
  usage?: SearchUsage;
}

type SearchStatus = { available: true; provider: string; host: string } | { available: false; reason: string };

export interface Web {
  /** Returns a page. Throws a `WebError` or an `AddressError` with one sentence, or the signal's reason. */
  fetchPage(url: string, options: FetchOptions): Promise<WebPage>;
  /** Returns search results, with the same errors. */
  search(query: string, options: SearchOptions): Promise<SearchAnswer>;
  /** Returns the service that a search by a task with this model would use now. */
  searchStatus(model?: string): SearchStatus;
}

export interface WebOptions {
  /** A folder of the data folder for the cache alone; created when needed. */
  cacheDir: string;
  /** Folder of the running system's files. */
  program: string;
  search: SearchSettings;
  secret: SecretOf;
  now?: () => number;
  timers?: Timers;
  lookUp?: LookUp;
  timeouts?: Partial<Timeouts>;
}

const DAY_MS = 86_400_000;
const MAX_CACHE_BYTES = 200 * 1024 * 1024;
const REQUESTS_PER_MINUTE = 60;
const REQUESTS_PER_HOST_PER_MINUTE = 30;
const LONGEST_WAIT_MS = 10_000;
const TIMEOUTS: Timeouts = { connectMs: 10_000, headersMs: 20_000, totalMs: 45_000 };
const CONVERTER = { timeoutMs: 15_000, memoryMb: 512, atOnce: 2 };

const storedResults = z.array(z.object({ title: z.string(), url: z.string(), snippet: z.string() }));

export function createWeb(options: WebOptions): Web {
  const { now = Date.now, timers = realTimers } = options;
  const cache = createCache({
    folder: join(options.cacheDir, "web"),
    maxBytes: MAX_CACHE_BYTES,
    maxAgeMs: DAY_MS,
    now,
  });
  const rateLimit = createRateLimit({
    perMinute: REQUESTS_PER_MINUTE,
    perHostPerMinute: REQUESTS_PER_HOST_PER_MINUTE,
    longestWaitMs: LONGEST_WAIT_MS,
    now,
    timers,
  });
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const parts = {
    cache,
    rateLimit,
    converter: createConverter(CONVERTER, options.program),
    timeouts,
    lookUp: options.lookUp,
    now,
  };

  return {
    fetchPage: (url, fetchOptions) => fetchPage(url, fetchOptions, parts),
    async search(given, { count, fresh, model, reserve, signal }) {
      const query = given.replace(/\s+/g, " ").trim();
      if (query === "") throw new WebError("The query is empty; say what to search for.");
      const provider = chooseSearch(options.search, options.secret, model);
      if (typeof provider === "string") throw new WebError(provider);
      const key = `search ${JSON.stringify([provider.name, provider.host, count, query])}`;
      const kept = fresh ? undefined : cache.get(key);
      const { data } = storedResults.safeParse(kept?.value);
      if (kept && data) return { provider: provider.name, results: data, searchedAtMs: kept.storedAtMs };
      await rateLimit.take(provider.host, signal);
      if (provider.most) await reserve?.(provider.most);
      const { results, usage } = await provider.search(query, { count, signal });
      // An empty result is often a fault of the service, so it is not cached for a day.
      if (results.length > 0) cache.put(key, results);
      return { provider: provider.name, results, searchedAtMs: now(), usage };
    },
    searchStatus(model) {
      const provider = chooseSearch(options.search, options.secret, model);
      if (typeof provider === "string") return { available: false, reason: provider };
      return { available: true, provider: provider.name, host: provider.host };
    },
  };
}

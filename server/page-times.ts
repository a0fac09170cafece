/** Measures how long pages take, from the arrival of their request to the end of their answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { type CountedPages, stepOf } from "@/core/kpis/page-times";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";

/** What a crash loses. A write a minute is as many as measuring the machine costs. */
const WRITE_MS = 60_000;

/** What Next.js sends for a page: at first, when a person goes from one page to the next, and when an open one is renewed. */
const PAGE_TYPES = /^text\/(html|x-component)\b/;

export interface PageClock {
  /** Measures the request if its answer is a page. */
  watch(request: IncomingMessage, response: ServerResponse): void;
  /** Writes what was measured and not written yet. */
  stop(): Promise<void>;
}

export interface PageClockOptions {
  add(counted: readonly CountedPages[]): Promise<void>;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

export function startPageClock({ add, timers, report }: PageClockOptions): PageClock {
  let counts = new Map<number, number>();
  const write = async () => {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    try {
      await add([...taken].map(([step, pages]) => ({ step, pages })));
    } catch (error) {
      // They are written with the next ones.
      for (const [step, pages] of taken) counts.set(step, (counts.get(step) ?? 0) + pages);
      throw error;
    }
  };
  const failed = (error: unknown) => report("How long pages took could not be written.", error);
  const checks: Checks = startChecks({ timers, everyMs: WRITE_MS, check: write, failed });
  return {
    watch(request, response) {
      if (request.method !== "GET" || isPrefetch(request)) return;
      const begunMs = performance.now();
      response.once("finish", () => {
        if (!PAGE_TYPES.test(String(response.getHeader("content-type") ?? ""))) return;
        const step = stepOf(performance.now() - begunMs);
        counts.set(step, (counts.get(step) ?? 0) + 1);
      });
    },
    async stop() {
      await checks.stop();
      await write().catch(failed);
    },
  };
}

/** Nobody waits for what a browser fetches in case a person goes there. */
function isPrefetch({ headers }: IncomingMessage): boolean {
  return headers["next-router-prefetch"] !== undefined || headers["sec-purpose"] !== undefined;
}

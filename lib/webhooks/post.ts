/** Sends one message to a webhook: to a checked address only, without redirects, and without reading a long answer. */
import http from "node:http";
import https from "node:https";
import { type CheckOptions, pinnedLookup } from "@/lib/net/check";
import { AddressError, checkTarget } from "@/lib/net/guard";

const TIMEOUT_MS = 10_000;

export type PostOutcome = { ok: boolean; answer: string };

/** Resolves with whether the receiver took the message (2xx), and with its answer or the problem in a few words. */
export async function postMessage(
  url: string,
  body: string,
  headers: Record<string, string>,
  { timeoutMs = TIMEOUT_MS, ...options }: CheckOptions & { timeoutMs?: number },
): Promise<PostOutcome> {
  try {
    const target = await checkTarget(url, options);
    const status = await post(target.url, body, headers, pinnedLookup(target.addresses), timeoutMs);
    const isRedirect = status >= 300 && status < 400;
    return {
      ok: status >= 200 && status < 300,
      answer: `HTTP ${status}${isRedirect ? ", redirects are not followed" : ""}`,
    };
  } catch (error) {
    if (error instanceof AddressError) return { ok: false, answer: error.message };
    const { code, name } = error as NodeJS.ErrnoException;
    const isLate = name === "TimeoutError" || name === "AbortError";
    return {
      ok: false,
      answer: isLate ? `no answer within ${timeoutMs / 1_000} s` : `no connection (${code ?? name})`,
    };
  }
}

function post(
  url: URL,
  body: string,
  headers: Record<string, string>,
  lookup: ReturnType<typeof pinnedLookup>,
  timeoutMs: number,
): Promise<number> {
  const { request } = url.protocol === "https:" ? https : http;
  const sent = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)), ...headers };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = request(url, { method: "POST", headers: sent, lookup, agent: false, signal }, (response) => {
      resolve(response.statusCode ?? 0);
      // The status is enough: a body could be endless.
      response.destroy();
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Requests to the APIs of forges. */
import { request as octokit } from "@octokit/request";
import { deadline } from "@/lib/time/deadline";
import { capped, endOf } from "../net/capped-body";

export interface RequestOptions {
  apiUrl: string;
  /** With each request: who asks, and in which version of the API. */
  headers: Record<string, string>;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  data: unknown;
  /** Whether it was longer than what is read of one, so that `data` is no JSON. */
  isCut?: boolean;
}

const ANSWER_MAX_BYTES = 4 * 1024 * 1024;
/** Of a long text its end is read, which is as much as this. */
const END_BYTES = 256 * 1024;
const TEXT_MAX_BYTES = 128 * 1024 * 1024;
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Sends one request. `route`: `GET /repos/{owner}/{repo}`; what its address does not name is the query or the body.
 * `readsEnd`: the answer is a text whose end counts. Resolves with every answer that is one, and with null without an answer: errors of the library hold the token. Throws
 * the signal's reason.
 */
export async function ask(
  route: string,
  { headers = {}, ...parameters }: Record<string, unknown> & { headers?: Record<string, string> },
  { apiUrl, headers: always, timeoutMs, signal }: RequestOptions,
  readsEnd = false,
): Promise<Answer | null> {
  signal.throwIfAborted();
  const limit = deadline(signal, timeoutMs);
  let isCut = false;
  // Cuts answers above any real size; a cut answer is invalid JSON.
  const limited = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    if (readsEnd) return endOf(response, { keptBytes: END_BYTES, mostBytes: TEXT_MAX_BYTES });
    const onCut = () => {
      isCut = true;
    };
    return capped(response, { mostBytes: ANSWER_MAX_BYTES, cuts: true, onCut });
  };
  try {
    const {
      status,
      headers: answered,
      data,
    } = await octokit(route, {
      ...parameters,
      baseUrl: apiUrl.replace(/\/+$/, ""),
      headers: { ...headers, ...always, "user-agent": "banyan" },
      // A redirect could send the token elsewhere.
      request: { signal: limit.signal, redirect: "manual", fetch: limited, log: SILENT },
    });
    return { status, headers: answered, data, isCut };
  } catch (error) {
    signal.throwIfAborted();
    const response = error instanceof Error && "response" in error ? (error.response as Answer | undefined) : undefined;
    return response ?? null;
  } finally {
    limit.end();
  }
}

/** Returns a field of what a forge answered. */
export function field(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null && Object.hasOwn(data, name) ? Reflect.get(data, name) : undefined;
}

const DETAILS_MAX_CHARACTERS = 300;

/** Returns the forge's reason in parentheses, short and on one line because it is text from outside; "" without one. */
export function detailsOf(data: unknown): string {
  const errors = field(data, "errors");
  const details = Array.isArray(errors) ? errors.map((error) => field(error, "message") ?? field(error, "field")) : [];
  const one = [field(data, "message"), field(data, "error_description") ?? field(data, "error")];
  const reasons = [...one, field(data, "errorMessages"), ...details];
  const reason = reasons.flatMap(textsIn).join(": ");
  const line = reason.replaceAll(/\s+/g, " ").slice(0, DETAILS_MAX_CHARACTERS);
  return line && ` (${line})`;
}

/** GitLab's reasons are texts, lists of them, or lists by the field that they are about. */
function textsIn(reason: unknown): string[] {
  if (typeof reason === "string") return reason === "" ? [] : [reason];
  if (Array.isArray(reason)) return reason.filter((one) => typeof one === "string");
  if (typeof reason !== "object" || reason === null) return [];
  return Object.entries(reason).flatMap(([name, inner]) => textsIn(inner).map((text) => `${name} ${text}`));
}

const REST_MS = 60_000;

/**
 * Returns when a forge accepts requests again, if the answer says that it accepts none for now; else null. GitHub has two
 * limits: requests in an hour (`x-ratelimit-*`), and bursts (`retry-after`, or neither). GitLab says both of its limits
 * with status 429 alone.
 */
export function limitedUntil({ status, headers, data }: Answer, nowMs: number): number | null {
  const isHourly = headers["x-ratelimit-remaining"] === "0";
  const hasWait = "retry-after" in headers;
  const says = String(field(data, "documentation_url") ?? "");
  const isBurst = hasWait || says.includes("rate-limits") || says.includes("secondary-rate-limits");
  if (status !== 429 && !(status === 403 && (isHourly || isBurst))) return null;
  const wait = Number(headers["retry-after"] ?? Number.NaN);
  if (Number.isFinite(wait)) return nowMs + Math.min(Math.max(1, wait), 3_600) * 1_000;
  const reset = Number((isHourly ? headers["x-ratelimit-reset"] : headers["ratelimit-reset"]) ?? Number.NaN) * 1_000;
  if (Number.isFinite(reset)) return Math.min(Math.max(reset, nowMs + 1_000), nowMs + 3_600_000);
  return nowMs + REST_MS;
}

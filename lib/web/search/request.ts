import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { z } from "zod";
import { deadline } from "@/lib/time/deadline";
import { readBody } from "@/lib/web/pages/body";
import { WebError } from "@/lib/web/pages/errors";

export interface JsonRequest<Shape extends z.ZodType> {
  /** The service's name, at the start of sentences. */
  label: string;
  /** The setting for the service's key or address, for error messages. */
  setting: string;
  url: string;
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: unknown;
  /** The fields of the answer that are used. */
  shape: Shape;
  timeoutMs: number;
  signal: AbortSignal;
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Asks a service that a person configured, at an address of their choice. Redirects are refused, because they would
 * take the key elsewhere. Rejects with a `WebError`; no sentence contains the key, the query or the service's text.
 */
export async function askForJson<Shape extends z.ZodType>(request: JsonRequest<Shape>): Promise<z.output<Shape>> {
  const { label, setting, url, method, headers, body, shape, timeoutMs } = request;
  const limit = deadline(request.signal, timeoutMs);
  let text: string;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: "error",
      signal: limit.signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new WebError(statusSentence(request, response.status, response.headers.get("retry-after")));
    }
    text = await textOf(response, label);
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof WebError) throw error;
    if (limit.isLate()) throw new WebError(`${label} did not answer within ${timeoutMs / 1000} s; try again later.`);
    throw new WebError(`${label} cannot be reached (${reasonOf(error)}); check the network, and ${setting}.`);
  } finally {
    limit.end();
  }
  const parsed = shape.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new WebError(`${label} sent an unexpected answer; check ${setting}.`);
  }
  return parsed.data;
}

async function textOf(response: Response, label: string): Promise<string> {
  if (!response.body) return "";
  // `fetch` has already decoded the content.
  const stream = Readable.fromWeb(response.body as NodeReadableStream);
  const { bytes, isCut } = await readBody(stream, undefined, MAX_ANSWER_BYTES);
  if (isCut) throw new WebError(`${label} answered with more than ${MAX_ANSWER_BYTES} bytes; ask for fewer results.`);
  return bytes.toString("utf8");
}

function statusSentence({ label, setting }: JsonRequest<z.ZodType>, status: number, retryAfter: string | null): string {
  if (status === 401 || status === 403) {
    return `${label} does not accept the request (status ${status}); a person must check ${setting}.`;
  }
  if (status === 429 || status === 432 || status === 433) {
    const when = retryAfter && /^\d{1,6}$/.test(retryAfter) ? `in ${retryAfter} s` : "later";
    return `${label} accepts no more searches for now (status ${status}); try again ${when}.`;
  }
  if (status >= 500) return `${label} is not working (status ${status}); try again later.`;
  return `${label} refused the search (status ${status}); use a shorter or simpler query.`;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.message.slice(0, 100) : "unknown reason";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

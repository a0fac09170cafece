/** Sends requests of web APIs: through the guard of addresses, with limits of size and time, and redirects guarded. */
import { type ApiOperation, isReading } from "@/core/rules/api-operation";
import { isUnsent, McpFailure, quoted, reasonOf } from "@/lib/mcp/config/errors";
import type { McpResult } from "@/lib/mcp/config/types";
import type { AddressGuard } from "@/lib/mcp/transport/address-guard";
import { createGuardedFetch } from "@/lib/mcp/transport/http-fetch";
import { realTimers, type Timers } from "@/lib/time/timers";
import { authHeaders } from "./auth";
import { ApiArgumentError, type ApiRequest, requestOf } from "./request";
import { ApiDocumentError, type ApiServer, MOST_DOCUMENT_BYTES } from "./types";

const MOST_BODY_BYTES = 1_000_000;
const CALL_MS = 60_000;
const DOCUMENT_MS = 30_000;
const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const TEXT = /^(text\/|application\/(.*\+)?(json|xml|yaml|x-www-form-urlencoded|javascript|graphql))/i;

export interface ApiCallOptions {
  guard: AddressGuard;
  secretOf(name: string): Promise<string | undefined>;
  signal: AbortSignal;
  timeoutMs: number;
  timers?: Timers | undefined;
}

/** Calls an operation. Rejects with a McpFailure, also for arguments that cannot be sent. */
export async function callOperation(
  server: ApiServer,
  operation: ApiOperation,
  args: Readonly<Record<string, unknown>>,
  options: ApiCallOptions,
): Promise<McpResult> {
  let request: ApiRequest;
  try {
    request = requestOf(server.url, operation, args);
  } catch (error) {
    if (error instanceof ApiArgumentError) throw new McpFailure("invalid", error.message);
    throw error;
  }
  const auth = await authHeaders(`The API ${server.name}`, server.auth, options.secretOf);
  // The person's secret wins over an argument of the same name.
  const signed = { ...request, headers: { ...request.headers, ...auth } };
  const mayHaveRun = !isReading(operation);
  return inTime(server.name, options, mayHaveRun, async (signal) => {
    const sending = { guard: options.guard, mostBytes: MOST_BODY_BYTES, mayHaveRun };
    return resultOf(await following(server.name, signed, sending, signal));
  });
}

/** Returns the text of a document at an address. Throws ApiDocumentError. */
export async function fetchDocument(
  address: string,
  { guard, signal, timers }: Pick<ApiCallOptions, "guard" | "signal" | "timers">,
): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new ApiDocumentError(`“${quoted(address)}” is not an address: it begins with https:// or http://.`);
  const request = { method: "GET", url, headers: { accept: "application/json, application/yaml, text/*, */*;q=0.1" } };
  try {
    return await inTime(url.host, { signal, timeoutMs: DOCUMENT_MS, timers }, false, async (ended) => {
      const answer = await following(
        url.host,
        request,
        { guard, mostBytes: MOST_DOCUMENT_BYTES, mayHaveRun: false },
        ended,
      );
      if (answer.status >= 300) throw new ApiDocumentError(`${url.host} answered with the status ${answer.status}.`);
      if (answer.isCut) throw new ApiDocumentError(`The document at ${url.host} is larger than 4 MB.`);
      return answer.text;
    });
  } catch (error) {
    if (error instanceof McpFailure) throw new ApiDocumentError(error.message);
    throw error;
  }
}

interface Answer {
  status: number;
  type: string;
  text: string;
  isCut: boolean;
}

interface Sending {
  guard: AddressGuard;
  mostBytes: number;
  /** The request changes something, so its redirects are not followed. */
  mayHaveRun: boolean;
}

/** Follows redirects of reading requests on the same host; the guard checks each step. */
async function following(name: string, request: ApiRequest, to: Sending, signal: AbortSignal): Promise<Answer> {
  let { url } = request;
  for (let step = 0; step <= MOST_REDIRECTS; step += 1) {
    const { target, ...answer } = await send({ ...request, url }, to, signal);
    if (target === null || !REDIRECTS.has(answer.status)) return answer;
    const next = URL.canParse(target, url) ? new URL(target, url) : null;
    const isLessSafe = url.protocol === "https:" && next?.protocol !== "https:";
    if (!next || to.mayHaveRun || next.host !== url.host || isLessSafe)
      throw new McpFailure(
        "refused",
        `${name} answered with a redirect to ${quoted(next?.origin ?? target)}, which was not followed.`,
        to.mayHaveRun,
      );
    url = next;
  }
  throw new McpFailure("refused", `${name} redirects more than ${MOST_REDIRECTS} times.`);
}

/** Sends one request. `target`: where the answer redirects to. */
async function send(
  { url, method, headers, body }: ApiRequest,
  { guard, mostBytes }: Omit<Sending, "mayHaveRun">,
  signal: AbortSignal,
): Promise<Answer & { target: string | null }> {
  let isCut = false;
  const onHuge = () => {
    isCut = true;
  };
  let bytes = 0;
  // Also bounds a stream of events, of which each alone is small.
  const isFlood = (more: number) => {
    bytes += more;
    return bytes > mostBytes;
  };
  const fetch = createGuardedFetch({ guard, frameBytes: mostBytes, isFlood, onHuge });
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }), signal });
  const decoder = new TextDecoder();
  let text = "";
  try {
    // The body is read to its end or its limit and never cancelled: cancelling a body that still arrives makes Node 20
    // throw where nobody can catch it.
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch (error) {
    if (!isCut) throw error;
  }
  const { status } = response;
  return {
    status,
    type: response.headers.get("content-type") ?? "",
    text,
    isCut,
    target: response.headers.get("location"),
  };
}

function resultOf({ status, type, text, isCut }: Answer): McpResult {
  const isError = status >= 400;
  const first = `HTTP ${status}${type ? `, ${quoted(type)}` : ""}`;
  if (type !== "" && !TEXT.test(type))
    return { text: `${first}\n(The answer is not text, so it is not shown.)`, isError, isCut: false };
  return { text: `${first}\n\n${text}`.trimEnd(), isError, isCut };
}

/** Runs the work with its time limit. Rejects with a McpFailure. */
async function inTime<Result>(
  name: string,
  { signal, timeoutMs, timers = realTimers }: Pick<ApiCallOptions, "signal" | "timeoutMs" | "timers">,
  mayHaveRun: boolean,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const late = new AbortController();
  const seconds = Math.round(Math.min(timeoutMs, CALL_MS) / 1_000);
  const cancel = timers.after(Math.min(timeoutMs, CALL_MS), () => late.abort());
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (error instanceof McpFailure || error instanceof ApiDocumentError) throw error;
    if (signal.aborted) throw new McpFailure("cancelled", `The call to ${name} was cancelled.`, mayHaveRun);
    if (late.signal.aborted)
      throw new McpFailure("timeout", `${name} did not answer within ${seconds} seconds.`, mayHaveRun);
    const isSent = !isUnsent(error);
    throw new McpFailure("unavailable", `${name} cannot be reached: ${reasonOf(error)}.`, mayHaveRun && isSent);
  } finally {
    cancel();
  }
}

/** Maps each way a model call can fail to a kind of ModelError, with a sentence that says what to do. */
import {
  APICallError,
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  TypeValidationError,
} from "@ai-sdk/provider";
import { ModelError, type ModelErrorDetails, type ModelErrorKind } from "@/core/log/model";
import { AnswerTooLargeError } from "@/lib/net/capped-body";
import { passingFault } from "@/lib/process/passing-fault";
import { AnswerFault, CutAnswer, shown } from "../wire/reader";
import type { ModelProvider } from "./model-provider";
import { ended, said } from "./provider-message";
import { namesLimit, saysTooLong } from "./too-long";
import { isShort, namedWait, regainedIn, retryAfterOf, waitAdvice } from "./waits";

/** The facts about a call that its error messages need. */
export interface CallSite
  extends Pick<ModelProvider, "label" | "keySetting" | "urlSetting" | "startHint" | "unknownModelHint"> {
  baseUrl: string;
  model: string;
  /** Never shown. */
  secrets: string[];
}

/** The input alone would fit. */
const outputTooWords = [
  // Anthropic: "input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000".
  /input length and .max_tokens. exceed/i,
  // OpenAI and vLLM: "you requested 9000 tokens (5000 in the messages, 4000 in the completion)".
  /\d+ in the (?:messages|prompt)[^)]{0,80}\d+ in the completion/i,
  // OpenRouter: "you requested about 138956 tokens (7884 of text input, 131072 in the output)".
  /\d+ of text input[^)]{0,80}\d+ in the output/i,
  // vLLM: "your request has 5000 input tokens (4096 > 8192 - 5000)", and in later versions "you requested 4096 output
  // tokens and your prompt contains at least 5000 input tokens".
  /\(\d+ > \d+ - \d+\)|\d+ output tokens and your prompt contains/i,
  // Text Generation Inference: "`inputs` tokens + `max_new_tokens` must be <= 4096".
  /tokens \+ .?max_(?:new_|completion_)?tokens.? must be/i,
];
const isOutputToo = (text: string) => outputTooWords.some((words) => words.test(text));
/** OpenAI: "Rate limit reached for gpt-5 … on tokens per min (TPM): Limit 30000, Used 20000, Requested 15000." */
const perMinuteWords = /tokens per min|input tokens per minute|\bTPM\b|rate[_ ]limit/i;
const quotaWords =
  /insufficient_quota|billing_hard_limit|exceeded your current quota|usage limits?\b|credit balance is too low|out of credits|payment required|billing_not_active/i;
/** Gemini says "You exceeded your current quota" of a limit of a minute, too; a limit of 0 is a model that the plan lacks. */
const lastingWords = /PerDay|\blimit: 0\b/;
const contentFilterWords = /content[_ ]filter|content[_ ]policy|content management policy|blocked by .{0,40}safety/i;
/** Google and some gateways say with status 400 that a key is wrong. */
const keyWords = /api[_ ]key[_ ](?:not valid|invalid)|api key not valid|invalid_api_key|incorrect api key/i;
/** OpenAI: thoughts that another organization encrypted, or that were damaged. */
const unreadableWords = /invalid_encrypted_content|encrypted content .{0,300}could not be (?:verified|decrypted)/i;
/** OpenAI, to an organization that has not verified itself. */
const summaryWords = /"param":\s*"reasoning\.summary"|verified to generate reasoning summaries/i;
/** Mistral's servers, and the chat templates of open models; llama.cpp says it with status 500. */
const orderWords = /invalid_request_message_order|unexpected role '?user'? after role '?tool|roles must alternate/i;
const modelWords = /model|deployment/i;
/** Bedrock answers 400 for a model that it does not know. */
const unknownModelWords = /model identifier is invalid/i;
const keyLike = /\b(?:sk|pk|rk|gsk|xai|key)-[A-Za-z0-9_*-]{6,}/g;

/** Local servers take any key, such as "x" or "ollama". Redacting a word that short would make sentences unreadable. */
const shortestSecret = 8;

/** Removes the known keys, and anything that looks like a key, from a text. */
export function redact(text: string, secrets: string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= shortestSecret) clean = clean.replaceAll(secret, "[redacted]");
  return clean.replace(keyLike, "[redacted]");
}

/**
 * Returns the ModelError for an error of the provider's client. `firstPartSeen` says whether the provider had begun its
 * reply, so that the call is charged. Dates in answers are compared with `nowMs`.
 */
export function modelErrorOf(error: unknown, site: CallSite, firstPartSeen: boolean, nowMs: number): ModelError {
  if (error instanceof ModelError) return error;
  if (APICallError.isInstance(error) && error.statusCode !== undefined && error.statusCode >= 300) {
    return ofStatus(error.statusCode, error, site, firstPartSeen, nowMs);
  }
  const answer = answerProblem(error, site, firstPartSeen);
  if (answer) return answer;
  const inStream = streamError(error);
  if (inStream) return ofStreamError(inStream, site, firstPartSeen, nowMs);
  return ofConnection(error, site, firstPartSeen);
}

/** An answer with an error status, read once. */
interface Refusal {
  status: number;
  /** The provider's own message. */
  reason: string;
  raw: string;
  /** The wait in the headers. */
  retryAfterMs: number | undefined;
  /** The wait in the body. */
  namedWaitMs: number | undefined;
  site: CallSite;
  nowMs: number;
}

interface Sorted {
  kind: ModelErrorKind;
  sentence: string;
  retryAfterMs?: number;
  outputToo?: boolean;
  unreadableThoughts?: true;
  noSummaries?: true;
  wrongOrder?: true;
  fact?: string;
}

function ofStatus(status: number, error: APICallError, site: CallSite, firstPartSeen: boolean, nowMs: number) {
  const raw = `${error.responseBody ?? ""}`;
  const refusal: Refusal = {
    status,
    reason: messageOf(error.responseBody, site),
    raw,
    retryAfterMs: retryAfterOf(error.responseHeaders, nowMs),
    namedWaitMs: namedWait(raw),
    site,
    nowMs,
  };
  const sorted = sizeProblem(refusal) ?? limitProblem(refusal) ?? keyProblem(refusal) ?? otherProblem(refusal);
  const { kind, sentence, fact, ...more } = sorted;
  return new ModelError(kind, redact(sentence, site.secrets), {
    status,
    firstPartSeen,
    ...more,
    ...(fact !== undefined && { fact: redact(fact, site.secrets) }),
  });
}

function sizeProblem({ status, reason, raw, site }: Refusal): Sorted | null {
  if (status === 429) return minuteProblem(raw, reason, site);
  const isTooLong = [400, 413, 422].includes(status) ? saysTooLong(raw) : status >= 500 && namesLimit(raw);
  if (isTooLong) {
    const sentence = `The conversation is too long for ${site.model}: ${ended(reason)}`;
    return { kind: "too_long", sentence, ...(isOutputToo(raw) && { outputToo: true }) };
  }
  if (status !== 413) return null;
  return { kind: "too_long", sentence: `The request is too large for ${site.label} (status 413): ${ended(reason)}` };
}

/**
 * A limit of tokens a minute says nothing about the context: the call is made again. Only a request that is larger than the
 * whole minute's limit can never succeed as it is.
 */
function minuteProblem(raw: string, reason: string, site: CallSite): Sorted | null {
  const [limit, requested] = [/limit:? ([\d,]+)/i, /requested:? ([\d,]+)/i].map((pattern) =>
    Number(pattern.exec(raw)?.[1]?.replaceAll(",", "")),
  ) as [number, number];
  if (perMinuteWords.test(raw) && requested > limit)
    return {
      kind: "too_long",
      sentence: `The request is larger than all that ${site.label} allows this account in a minute: ${ended(reason)}`,
    };
  if (perMinuteWords.test(raw) || !saysTooLong(raw)) return null;
  return { kind: "too_long", sentence: `The conversation is too long for ${site.model}: ${ended(reason)}` };
}

function limitProblem({ status, reason, raw, site, nowMs, ...waits }: Refusal): Sorted | null {
  const retryAfterMs = waits.retryAfterMs ?? waits.namedWaitMs;
  const isUsedUp = status === 402 || ((status === 400 || status === 403 || status === 429) && quotaWords.test(raw));
  if (isUsedUp && !(status === 429 && passesSoon(raw, waits))) {
    // A used-up quota can name the end of the minute, although it returns on the next day.
    const namedMs = isShort(waits.namedWaitMs) ? undefined : waits.namedWaitMs;
    const backMs = waits.retryAfterMs ?? namedMs ?? regainedIn(raw, nowMs);
    const sentence = `The quota of ${site.label} is used up: ${ended(reason)} ${waitAdvice(backMs)}`;
    return { kind: "quota", sentence, retryAfterMs: backMs };
  }
  if (status !== 429 || retryAfterMs === undefined || isShort(retryAfterMs)) return null;
  const sentence = `${site.label} accepts no requests for now (status 429): ${ended(reason)} ${waitAdvice(retryAfterMs)}`;
  return { kind: "quota", sentence, retryAfterMs };
}

/** Returns whether words of a used-up quota mean a limit of a minute: the answer names a short wait, and no lasting limit. */
function passesSoon(
  raw: string,
  { retryAfterMs, namedWaitMs }: Pick<Refusal, "retryAfterMs" | "namedWaitMs">,
): boolean {
  return isShort(namedWaitMs) && isShort(retryAfterMs ?? namedWaitMs) && !lastingWords.test(raw);
}

function keyProblem({ status, reason, raw, site }: Refusal): Sorted | null {
  if (status !== 401 && status !== 403 && !(status === 400 && keyWords.test(raw))) return null;
  // The answer to a wrong key often quotes the key, so its text is left out.
  const why = status === 403 ? `: ${reason}` : "";
  const sentence = site.keySetting
    ? `${site.label} does not accept the key in ${site.keySetting} (status ${status})${why === "" ? "." : ended(why)} Put a valid key there, or choose another model.`
    : `${site.label} at ${site.baseUrl} needs a key (status ${status})${why}, and no setting gives it one: choose another model.`;
  return { kind: "no_key", sentence };
}

function otherProblem({ status, reason, raw, site, retryAfterMs, namedWaitMs }: Refusal): Sorted {
  const refused = `${site.label} refused the request for ${site.model} (status ${status}): ${ended(reason)}`;
  if ((status === 400 || status === 500) && orderWords.test(raw))
    return { kind: "bad_request", sentence: refused, wrongOrder: true };
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    const sentence = `${site.label} could not answer now (status ${status}): ${ended(reason)}`;
    return { kind: "retry", sentence, retryAfterMs: retryAfterMs ?? namedWaitMs };
  }
  // A wrong address answers 404, too, and knows nothing of models.
  if (status === 404 || (status === 400 && unknownModelWords.test(raw))) {
    const fact = `${site.label} does not know ${site.model} (status ${status}): ${ended(reason)}`;
    const sentence = `${fact} ${site.unknownModelHint(site.model.slice(site.model.indexOf("/") + 1), site.urlSetting)}`;
    return modelWords.test(raw) ? { kind: "unknown_model", sentence, fact } : { kind: "bad_request", sentence };
  }
  if (status === 400 && contentFilterWords.test(raw)) {
    const sentence = `The content filter of ${site.label} refused the request: ${ended(reason)} Change the task, or choose another model.`;
    return { kind: "refused", sentence };
  }
  return {
    kind: "bad_request",
    sentence: refused,
    ...(unreadableWords.test(raw) && { unreadableThoughts: true }),
    ...(summaryWords.test(raw) && { noSummaries: true }),
  };
}

interface StreamError {
  type: string;
  message: string;
}

/** Finds an error that arrived inside a stream, which providers send as a bare object. */
function streamError(error: unknown): StreamError | undefined {
  if (typeof error !== "object" || error === null || error instanceof Error) return undefined;
  const { type, code, message } = error as Record<string, unknown>;
  if (typeof message !== "string") return undefined;
  return { type: [type, code].filter((word) => typeof word === "string").join(" "), message };
}

function ofStreamError(
  { type, message }: StreamError,
  site: CallSite,
  firstPartSeen: boolean,
  nowMs: number,
): ModelError {
  const text = `${type} ${message}`;
  const reason = said(message);
  const fail = (kind: ModelErrorKind, sentence: string, details: ModelErrorDetails = {}) =>
    new ModelError(kind, redact(sentence, site.secrets), { firstPartSeen, ...details });
  if (saysTooLong(text) && !perMinuteWords.test(text)) {
    const sentence = `The conversation is too long for ${site.model}: ${ended(reason)}`;
    return fail("too_long", sentence, isOutputToo(text) ? { outputToo: true } : {});
  }
  const namedWaitMs = namedWait(text);
  if (quotaWords.test(text) && !passesSoon(text, { retryAfterMs: undefined, namedWaitMs })) {
    const retryAfterMs = regainedIn(text, nowMs);
    const sentence = `The quota of ${site.label} is used up: ${ended(reason)} ${waitAdvice(retryAfterMs)}`;
    return fail("quota", sentence, { retryAfterMs });
  }
  if (unreadableWords.test(text)) {
    const sentence = `${site.label} refused the request for ${site.model}: ${ended(reason)}`;
    return fail("bad_request", sentence, { unreadableThoughts: true });
  }
  return fail("retry", `${site.label} broke off its answer: ${ended(reason)}`, { retryAfterMs: namedWaitMs });
}

function ofConnection(error: unknown, site: CallSite, firstPartSeen: boolean): ModelError {
  if (tooLargeIn(error)) {
    const sentence = `${site.label} sent an answer for ${site.model} that is over the size limit. Check the server at ${site.baseUrl}, or choose another model.`;
    return new ModelError("endless", redact(sentence, site.secrets), { firstPartSeen });
  }
  const code = codeOf(error);
  const refused = code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN";
  let sentence: string;
  if (refused && site.startHint) {
    sentence = `${site.label} does not answer at ${site.baseUrl}: ${site.startHint}, or set ${site.urlSetting} to where it runs.`;
  } else if (refused) {
    const remedy = `check that it runs there, and the network. Its address is under Settings, Provider keys, or in ${site.urlSetting}.`;
    sentence = `${site.label} cannot be reached at ${site.baseUrl} (${code}): ${remedy}`;
  } else if (passingFault(error)) {
    sentence = `${site.label} could not be asked: ${passingFault(error)}`;
  } else {
    const why = code ?? (error instanceof Error ? withoutCredentials(said(error.message)) : "unknown reason");
    sentence = `The connection to ${site.label} broke before the answer was complete (${why}).`;
  }
  return new ModelError("retry", redact(sentence, site.secrets), { firstPartSeen });
}

/** Returns what an answer is that arrived, and yet is none: cut, or not in the protocol. */
function answerProblem(error: unknown, site: CallSite, firstPartSeen: boolean): ModelError | null {
  if (causeOf(error, CutAnswer)) {
    const sentence = `${site.label} ended its answer before it was complete.`;
    return new ModelError("retry", sentence, { firstPartSeen });
  }
  const what = causeOf(error, AnswerFault)?.what ?? strangeness(error);
  if (what === undefined) return null;
  const sentence = `The answer of ${site.label} for ${site.model} is not in its protocol: ${ended(withoutCredentials(what))} Check the server at ${withoutCredentials(site.baseUrl)}, or choose another model.`;
  return new ModelError("bad_answer", redact(sentence, site.secrets), { firstPartSeen });
}

/** Returns what a package says about an answer that it does not understand. */
function strangeness(error: unknown, depth = 0): string | undefined {
  if (TypeValidationError.isInstance(error)) return `it sent ${shown(error.value)}`;
  if (JSONParseError.isInstance(error)) return `it sent text that is not valid JSON: ${shown(error.text)}`;
  if (InvalidResponseDataError.isInstance(error) || EmptyResponseBodyError.isInstance(error))
    return said(error.message);
  return error instanceof Error && depth < 5 ? strangeness(error.cause, depth + 1) : undefined;
}

function tooLargeIn(error: unknown): boolean {
  return causeOf(error, AnswerTooLargeError) !== undefined;
}

/** Returns the error of this class in the chain of causes. */
function causeOf<Kind extends Error>(error: unknown, kind: abstract new (...given: never[]) => Kind): Kind | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (current instanceof kind) return current;
    current = current.cause;
  }
  return undefined;
}

/** Returns the code of a network error, from anywhere in its chain of causes. */
function codeOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    const { code, errors } = current as Error & { code?: unknown; errors?: unknown[] };
    if (typeof code === "string") return code;
    current = current.cause ?? errors?.[0];
  }
  return undefined;
}

/** The title of a page stands at its beginning. */
const TITLE_CHARS = 10_000;

/** Returns the provider's own message from its error body, or the start of the body. */
function messageOf(body: string | undefined, site: CallSite): string {
  if (!body) return "no reason given";
  let message = body;
  try {
    const document = JSON.parse(body) as unknown;
    // Google's servers send a list of errors.
    const parsed = (Array.isArray(document) ? document[0] : document) as {
      error?: { message?: unknown } | string;
      message?: unknown;
    };
    const inner = typeof parsed.error === "object" ? parsed.error?.message : parsed.error;
    message = String(inner ?? parsed.message ?? body);
  } catch {
    // Gateways answer with HTML or plain text, so the title or the start of the body has to do.
    const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(body.slice(0, TITLE_CHARS))?.[1];
    if (/^\s*</.test(body)) message = `it sent a web page${title === undefined ? "" : `: ${title.trim()}`}`;
  }
  return said(redact(message, site.secrets));
}

/**
 * Returns what is wrong with the address of a call, in a sentence that hides the address; undefined when it is usable.
 */
export function addressProblem(site: CallSite): string | undefined {
  const url = URL.canParse(site.baseUrl) ? new URL(site.baseUrl) : undefined;
  if (url && (url.protocol === "http:" || url.protocol === "https:") && url.username === "" && url.password === "") {
    return undefined;
  }
  return `${site.urlSetting} is not a usable address: set it to an address that starts with http:// or https://, without a user name or password.`;
}

/** Returns the text without the user names and passwords of addresses. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, "//");
}

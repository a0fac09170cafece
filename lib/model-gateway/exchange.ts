/** One request of an agent, from its first byte to the end of its answer. Read it from `exchange` downward. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProviderSettings } from "@/lib/models/providers/table";
import { beyondBounds } from "@/lib/net/bounded-json";
import type { Admitted, Budget, Outcome } from "./budget";
import { isJson } from "./forms/fields";
import type { Asked, Json } from "./forms/form";
import type { KnownInputs } from "./known-inputs";
import { type Meter, meterOf } from "./meter";
import { type Refusal, worded } from "./refusals";
import type { Route } from "./routes";
import { isUnsent, passedHeaders, refusalIn, send, type Target, targetOf } from "./upstream";

/** As much as Anthropic accepts. */
const MOST_BYTES = 32_000_000;
/** Of all requests of a token that are under way, so that an agent cannot fill the memory of this process. */
const MOST_BYTES_AT_ONCE = 64_000_000;
/** More than the longest conversation has; this process works on each value of a body, and nests calls as its lists do. */
const BODY_BOUNDS = { characters: MOST_BYTES, depth: 200, values: 200_000 };

export interface Exchange {
  route: Route;
  incoming: IncomingMessage;
  response: ServerResponse;
  budget: Budget;
  access: ProviderSettings;
  /** The inputs of the token's earlier requests. */
  inputs: KnownInputs;
  /** The bytes of the token's requests that are under way. */
  held: { bytes: number };
  /** Aborted when the agent goes away, and when the token is revoked. */
  signal: AbortSignal;
  /** Called for everything that passes through. */
  onActivity(): void;
}

/** Answers the request. Rejects only on faults of this process, and when the request breaks off. */
export async function exchange(call: Exchange): Promise<void> {
  const own = { bytes: 0 };
  try {
    await answerRequest(call, own);
  } finally {
    call.held.bytes -= own.bytes;
  }
}

async function answerRequest(call: Exchange, own: { bytes: number }): Promise<void> {
  const { route, response } = call;
  const body = await bodyOf(call, own);
  if ("refusal" in body) return refuse(response, route, body.refusal);
  const asked = route.form.read(body.json, route.path);
  if ("problem" in asked) return refuse(response, route, { code: "invalid", problem: asked.problem });
  const target = targetOf(route.form, asked, call.budget.models, call.access, call.incoming.headers);
  if ("refusal" in target) {
    call.budget.onUnfit?.(target.refusal);
    return refuse(response, route, target.refusal);
  }
  if (route.does === "count") return answer(response, 200, countOf(asked));
  const { outputTokens, leastOutputTokens } = asked;
  const inputTokens = call.inputs.most(target.model, asked);
  const wanted = { model: target.model, inputTokens, outputTokens, leastOutputTokens };
  const admitted = await call.budget.admit(wanted, call.signal);
  if ("refusal" in admitted) return refuse(response, route, admitted.refusal);
  await settled(admitted, (settle) =>
    pass(call, asked, target, admitted, (outcome) => {
      if (outcome.kind === "reported") call.inputs.learn(target.model, asked, outcome.usage.inputTokens);
      return settle(outcome);
    }),
  );
}

/** Runs the work, and settles with what it found out; a fault counts as an answer without a report. */
async function settled(admitted: Admitted, work: (settle: Admitted["settle"]) => Promise<void>): Promise<void> {
  let isSettled = false;
  const settle = async (outcome: Outcome) => {
    if (isSettled) return;
    isSettled = true;
    await admitted.settle(outcome);
  };
  try {
    await work(settle);
  } finally {
    await settle({ kind: "unreported", inputTokens: null });
  }
}

async function pass(
  { route, response, signal, onActivity }: Exchange,
  asked: Asked,
  target: Target,
  { outputTokens, silentMs }: Admitted,
  settle: Admitted["settle"],
): Promise<void> {
  // The agent went away while its request waited, so nothing is sent.
  if (signal.aborted) return await settle({ kind: "refused", failure: null });
  const body = JSON.stringify(route.form.withOutput(asked, nameOf(target.model), outputTokens));
  const silence = silenceOf(signal, asked.isStream ? silentMs : null);
  const alive = () => {
    silence.reset();
    onActivity();
  };
  try {
    const reply = await send(target, body, silence.signal).catch((error: unknown) => {
      if (silence.signal.aborted) return null;
      if (error instanceof Error) return error;
      throw error;
    });
    if (reply === null && !signal.aborted) {
      await settle({ kind: "unreported", inputTokens: null, isBroken: true });
      return refuse(response, route, { code: "silent", label: target.label });
    }
    // Nobody knows whether the provider began before the agent went away.
    if (reply === null) return;
    if (reply instanceof Error) {
      // A provider that got the request may bill it, whatever happened to the connection.
      const lost: Outcome = { kind: "unreported", inputTokens: null, isBroken: true };
      await settle(isUnsent(reply) ? { kind: "refused", failure: null, isUnreached: true } : lost);
      return refuse(response, route, { code: "unreachable", label: target.label });
    }
    alive();
    if (!reply.ok) return await passRefusal(route, response, target, reply, settle);
    await passAnswer(route, response, reply, settle, alive);
  } finally {
    silence.end();
  }
}

async function passRefusal(
  route: Route,
  response: ServerResponse,
  target: Target,
  reply: Response,
  settle: Admitted["settle"],
): Promise<void> {
  const { failure, text } = await refusalIn(target, reply);
  await settle({ kind: "refused", failure });
  if (failure.kind === "no_key") return refuse(response, route, { code: "key", label: target.label });
  if (reply.status < 400) return refuse(response, route, { code: "unreachable", label: target.label });
  if (response.destroyed) return;
  response.writeHead(reply.status, passedHeaders(reply));
  response.end(text);
}

async function passAnswer(
  route: Route,
  response: ServerResponse,
  reply: Response,
  settle: Admitted["settle"],
  alive: () => void,
): Promise<void> {
  const isEvents = reply.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const meter = meterOf(route.form, isEvents);
  let isWhole = false;
  let isBroken = false;
  try {
    response.writeHead(reply.status, passedHeaders(reply));
    for await (const bytes of reply.body ?? []) {
      alive();
      meter.push(bytes);
      if (response.destroyed) break;
      if (!response.write(bytes)) await drained(response);
    }
    isWhole = !response.destroyed;
    if (isWhole) meter.end();
  } catch {
    // The provider broke off, was silent, or the call ended; the agent sees a stream without its end.
    isWhole = false;
    isBroken = !response.destroyed;
  }
  const outcome = outcomeOf(meter);
  await settle(isBroken && outcome.kind === "unreported" ? { ...outcome, isBroken } : outcome);
  if (isWhole) response.end();
  else response.destroy();
}

function outcomeOf(meter: Meter): Outcome {
  const usage = meter.usage();
  return usage ? { kind: "reported", usage } : { kind: "unreported", inputTokens: meter.inputTokens() };
}

/** About four bytes are a token. It is an estimate that costs nothing, for agents that show how full a context is. */
function countOf({ body, media }: Asked): Json {
  const tokens = Math.ceil((Buffer.byteLength(JSON.stringify(body)) - media.bytes) / 4) + media.tokens;
  return { input_tokens: tokens, totalTokens: tokens };
}

function nameOf(model: string): string {
  return model.slice(model.indexOf("/") + 1);
}

async function bodyOf(
  { incoming, held }: Exchange,
  own: { bytes: number },
): Promise<{ json: Json } | { refusal: Refusal }> {
  const tooLarge = { refusal: { code: "too_large", mostBytes: MOST_BYTES } } as const;
  if (Number(incoming.headers["content-length"] ?? 0) > MOST_BYTES) return tooLarge;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    own.bytes += chunk.length;
    held.bytes += chunk.length;
    if (own.bytes > MOST_BYTES) return tooLarge;
    if (held.bytes > MOST_BYTES_AT_ONCE) return { refusal: { code: "too_many" } };
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const beyond = beyondBounds(text, BODY_BOUNDS);
  if (beyond !== null) return { refusal: { code: "invalid", problem: `The body is too large to be read: ${beyond}.` } };
  try {
    const json: unknown = JSON.parse(text);
    if (isJson(json)) return { json };
  } catch {
    // Answered like any other body that is no object.
  }
  return { refusal: { code: "invalid", problem: "The body must be a JSON object." } };
}

export function refuse(response: ServerResponse, { form }: Pick<Route, "form">, refusal: Refusal): void {
  const { status, sentence, retryAfter } = worded(refusal);
  // What is left of a refused body is not read.
  const isUnread = refusal.code === "token" || refusal.code === "too_large" || refusal.code === "too_many";
  answer(response, status, form.error(status, sentence), {
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    ...(isUnread && { connection: "close" }),
  });
}

export function answer(
  response: ServerResponse,
  status: number,
  body: Json,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}

/** Returns a signal that aborts with `outer`, and after `ms` without a `reset`; null: never of itself. */
function silenceOf(outer: AbortSignal, ms: number | null) {
  const controller = new AbortController();
  const abort = () => controller.abort(outer.reason);
  if (outer.aborted) abort();
  outer.addEventListener("abort", abort, { once: true });
  const timer = ms === null ? null : setTimeout(() => controller.abort(new Error("The provider is silent.")), ms);
  return {
    signal: controller.signal,
    reset: () => void timer?.refresh(),
    end() {
      if (timer) clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    },
  };
}

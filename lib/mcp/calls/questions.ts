/**
 * Questions that a server asks during a call. Servers of 2026 answer the call with them; older servers send a request,
 * which does not say to which call it belongs.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { type Client, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/client";
import { McpFailure, quoted } from "@/lib/mcp/config/errors";
import { type FormAnswer, isRefused, readForm, type ServerForm } from "@/lib/mcp/forms/form";
import { sleep, type Timers } from "@/lib/time/timers";

/** Asks a person. Rejects when nobody can answer any more. `note`: a sentence for who called. */
export type OnQuestion = (form: ServerForm) => Promise<{ answer: FormAnswer; note?: string }>;

/** A caller's options for the questions of one call. */
export interface Questions {
  /** Absent: nobody can be asked. */
  onQuestion?: OnQuestion | undefined;
  /** Receives a sentence for each question that no person answered. */
  notes: string[];
}

/** A call that has begun and not ended. */
export interface OpenCall extends Questions {
  server: string;
  /** Aborted when the call ends. */
  signal: AbortSignal;
  /** Stops the time of the call; returns the function that lets it continue. */
  pause(): () => void;
  asked: number;
  /** Settles when the last question has its answer, because one is asked at a time. */
  last: Promise<unknown>;
}

/** The calls that are open on one connection. */
export interface OpenCalls {
  /** Runs a call, during which its server may ask. */
  during<T>(call: OpenCall, work: () => Promise<T>): Promise<T>;
}

export function openCall(
  server: string,
  { onQuestion, notes }: Questions,
  signal: AbortSignal,
  pause: OpenCall["pause"],
): OpenCall {
  return { server, onQuestion, notes, signal, pause, asked: 0, last: Promise.resolve() };
}

const MOST_QUESTIONS = 10;
const MOST_ROUNDS = 10;
/** Between two rounds that ask for nothing. */
const PAUSE_MS = 250;
const ELICITATION = "elicitation/create";

/** Requests that clients of MCP may answer besides forms, and that Banyan does not. */
const NOT_OFFERED: Record<string, string> = {
  "sampling/createMessage": "an answer of a model (sampling)",
  "roots/list": "a list of folders (roots)",
};

/**
 * Answers the requests of older servers. Over HTTP a question comes in the answer to its call. A process has one stream
 * for all calls, so there the question belongs to the only open call.
 */
export function answerRequests(client: Client, server: string, hasStreams: boolean): OpenCalls {
  const calls = new Set<OpenCall>();
  const streams = new AsyncLocalStorage<OpenCall>();
  client.fallbackRequestHandler = async ({ method, params }, { mcpReq }) => {
    if (method !== ELICITATION) throw new ProtocolError(ProtocolErrorCode.MethodNotFound, notOffered(method));
    const ofStream = hasStreams ? streams.getStore() : undefined;
    const [only, other] = calls;
    const call = ofStream && calls.has(ofStream) ? ofStream : other ? undefined : only;
    // A connection that closes also ends its requests, but then the call fails.
    const isUp = () => client.transport !== undefined;
    if (call) return { ...(await answerForm(call, params, { withdrawn: mcpReq.signal, isUp })) };
    for (const call of calls) noteOnce(call, ambiguous(server));
    return { action: "decline" };
  };
  return {
    async during(call, work) {
      calls.add(call);
      try {
        return await streams.run(call, work);
      } finally {
        calls.delete(call);
      }
    },
  };
}

/**
 * Sends a request until its result is complete: a server of 2026 may answer with questions, and gets the request again
 * with their answers. `call` is undefined for requests during which nobody is asked.
 */
export async function untilComplete(
  call: OpenCall | undefined,
  { client, server, timers, signal }: { client: Client; server: string; timers: Timers; signal: AbortSignal },
  send: (more?: Record<string, unknown>) => Promise<unknown>,
): Promise<unknown> {
  const answered = new Set<string>();
  let more: Record<string, unknown> | undefined;
  for (let round = 0; ; round += 1) {
    const result = await send(more);
    // In results of older servers the field has no meaning.
    if (client.getProtocolEra() !== "modern" || !isInputRequired(result)) return result;
    if (!call) throw refused(`The server ${server} asked a question during the call, and got no answer.`);
    if (round === MOST_ROUNDS)
      throw refused(`The server ${server} asked more than ${MOST_ROUNDS} times during a call.`);
    const { inputRequests = {}, requestState } = result;
    const keys = Object.keys(inputRequests);
    if (keys.length === 0) await sleep(timers, PAUSE_MS, signal);
    const inputResponses = await answersTo(call, inputRequests, answered);
    signal.throwIfAborted();
    more = {
      ...(keys.length > 0 && { inputResponses }),
      ...(requestState !== undefined && { requestState }),
    };
  }
}

/** Answers one question after the other, after all of them have been found answerable. */
async function answersTo(
  call: OpenCall,
  requests: Record<string, unknown>,
  answered: Set<string>,
): Promise<Record<string, FormAnswer>> {
  const { server } = call;
  for (const [key, request] of Object.entries(requests)) {
    const method = methodOf(request);
    if (method !== ELICITATION) throw refused(`The server ${server} asked during the call for ${named(method)}.`);
    if (answered.has(key))
      throw refused(`The server ${server} asked the question ${quoted(key)} again, which it had an answer to.`);
    answered.add(key);
  }
  const answers: [string, FormAnswer][] = [];
  for (const [key, request] of Object.entries(requests))
    answers.push([key, await answerForm(call, (request as { params?: unknown }).params)]);
  return Object.fromEntries(answers);
}

/** The context of an older server's request. */
interface AskingRequest {
  /** Aborted when the server withdraws it, or the connection closes. */
  withdrawn: AbortSignal;
  isUp(): boolean;
}

/**
 * Returns the answer to a form. A form that nobody is shown is declined, with a note for the caller. Throws only for a
 * request of an older server that breaks the protocol.
 */
async function answerForm(call: OpenCall, params: unknown, request?: AskingRequest): Promise<FormAnswer> {
  const { server, onQuestion } = call;
  const form = readForm(params);
  if (isRefused(form)) {
    noteOnce(call, `The server ${server} asked something that no person was shown, because it ${form.why}.`);
    if (request && form.isInvalid)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Not shown to a person, because it ${form.why}.`);
    return { action: "decline" };
  }
  if (!onQuestion) {
    const question = `“${quoted(form.message)}”`;
    noteOnce(call, `The server ${server} asked ${question}, and nobody can be asked here, so it was declined.`);
    return { action: "decline" };
  }
  call.asked += 1;
  if (call.asked > MOST_QUESTIONS) {
    noteOnce(call, `The server ${server} asked more than ${MOST_QUESTIONS} questions; the others were declined.`);
    return { action: "decline" };
  }
  const before = call.last;
  const answer = before.then(() => askPerson(call, onQuestion, form, request));
  call.last = answer;
  return answer;
}

/** Never rejects. The time of the call stands still. */
async function askPerson(
  call: OpenCall,
  onQuestion: OnQuestion,
  form: ServerForm,
  request: AskingRequest | undefined,
): Promise<FormAnswer> {
  const signals = [call.signal, ...(request ? [request.withdrawn] : [])];
  if (signals.some(({ aborted }) => aborted)) return { action: "cancel" };
  const goOn = call.pause();
  const ended = new AbortController();
  try {
    const over = new Promise<"over">((resolve) => {
      const signal = { signal: ended.signal, once: true };
      for (const source of signals) source.addEventListener("abort", () => resolve("over"), signal);
    });
    const given = await Promise.race([onQuestion(form), over]);
    if (given === "over") {
      if (!call.signal.aborted && request?.isUp())
        noteOnce(call, `The server ${call.server} withdrew its question before a person had answered it.`);
      return { action: "cancel" };
    }
    if (given.note) noteOnce(call, given.note);
    return given.answer;
  } catch {
    if (!call.signal.aborted) noteOnce(call, `A question of the server ${call.server} got no answer.`);
    return { action: "cancel" };
  } finally {
    ended.abort();
    goOn();
  }
}

function noteOnce({ notes }: OpenCall, note: string): void {
  if (!notes.includes(note)) notes.push(note);
}

function ambiguous(server: string): string {
  return `The server ${server} asked a question during several calls without saying in which, so no person was shown it, and it was declined. Call its tools one after the other.`;
}

function notOffered(method: string): string {
  return `Not offered: ${named(method)}`;
}

function named(method: string): string {
  return `${NOT_OFFERED[method] ?? quoted(method)}, which Banyan does not offer`;
}

function refused(sentence: string): McpFailure {
  return new McpFailure("refused", sentence, true);
}

function methodOf(request: unknown): string {
  const method = typeof request === "object" && request !== null && "method" in request ? request.method : undefined;
  return typeof method === "string" ? method : "something unknown";
}

interface InputRequired {
  inputRequests?: Record<string, unknown>;
  requestState?: string;
}

function isInputRequired(result: unknown): result is InputRequired {
  return (
    typeof result === "object" && result !== null && "resultType" in result && result.resultType === "input_required"
  );
}

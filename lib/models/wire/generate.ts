/** Reads answers of Google's Gemini API. */
import { createRepeats } from "./calls";
import {
  AnswerFault,
  countIn,
  errorIn,
  grown,
  isJson,
  type Json,
  jsonOf,
  listOf,
  shown,
  type Tell,
  type WireReader,
  wordOf,
} from "./reader";

interface State {
  tell: Tell;
  chunks: number;
  calls: number;
  repeats: ReturnType<typeof createRepeats>;
  usage: Json;
  finish: string | undefined;
  hasBegun: boolean;
  strange: Json | undefined;
}

export function generateReader(tell: Tell): WireReader {
  const state: State = {
    tell,
    chunks: 0,
    calls: 0,
    repeats: createRepeats(),
    usage: {},
    finish: undefined,
    hasBegun: false,
    strange: undefined,
  };
  return {
    read: (event) => read(state, event),
    end: () => end(state),
    whole: (body) => [...read(state, body), ...end(state)],
  };
}

const KNOWN = ["candidates", "usageMetadata", "promptFeedback", "responseId", "modelVersion"];

function read(state: State, event: Json): Json[] {
  state.chunks += 1;
  const error = errorIn(event);
  if (error) return [{ error: passedError(jsonOf(event.error), error.message) }];
  if (!KNOWN.some((name) => name in event)) {
    state.strange ??= event;
    return [];
  }
  state.hasBegun = true;
  state.usage = grown(state.usage, event.usageMetadata);
  tellTokens(state);
  const candidate = listOf(event.candidates).find(isJson);
  const feedback = jsonOf(event.promptFeedback);
  const blocked = wordOf(feedback.blockReason);
  return [
    {
      ...(wordOf(event.responseId) !== undefined && { responseId: event.responseId }),
      ...(candidate && { candidates: [candidateOf(state, candidate)] }),
      ...(Object.keys(state.usage).length > 0 && { usageMetadata: usageOf(state.usage) }),
      ...(blocked !== undefined && { promptFeedback: { blockReason: blocked } }),
    },
  ];
}

function passedError({ code, status }: Json, message: string): Json {
  return {
    code: typeof code === "number" ? code : null,
    message,
    status: wordOf(status) ?? "UNKNOWN",
  };
}

function tellTokens({ usage, tell }: State): void {
  tell.onTokens({
    inputTokens: countIn(usage, "promptTokenCount"),
    cacheReadTokens: countIn(usage, "cachedContentTokenCount"),
    cacheWriteTokens: 0,
    outputTokens: countIn(usage, "candidatesTokenCount") + countIn(usage, "thoughtsTokenCount"),
  });
}

/** Lists of counts by kind are left out: nothing reads them. */
function usageOf(usage: Json): Json {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => typeof value === "number"));
}

function candidateOf(state: State, candidate: Json): Json {
  const { content } = candidate;
  const finish = wordOf(candidate.finishReason);
  state.finish = finish ?? state.finish;
  const parts = listOf(jsonOf(content).parts).flatMap((part) => partOf(state, jsonOf(part)));
  const message = wordOf(candidate.finishMessage);
  return {
    ...(isJson(content) && { content: "parts" in content ? { parts } : {} }),
    ...(finish !== undefined && { finishReason: finish }),
    ...(message !== undefined && { finishMessage: message }),
  };
}

/** Returns a part as it is known: a text, a thought or a call. Others are left out. */
function partOf(state: State, part: Json): Json[] {
  const signature = wordOf(part.thoughtSignature ?? part.thought_signature);
  const signed = signature === undefined ? {} : { thoughtSignature: signature };
  const call = part.functionCall ?? part.function_call;
  if (isJson(call)) return callOf(state, call, signed);
  if (typeof part.text !== "string") return signature === undefined ? [] : [{ text: "", ...signed }];
  return [{ text: part.text, ...(part.thought === true && { thought: true }), ...signed }];
}

function callOf(state: State, call: Json, signed: Json): Json[] {
  const name = wordOf(call.name);
  // Arguments in pieces are the package's business.
  if (call.partialArgs !== undefined || call.willContinue !== undefined || name === undefined)
    return piecesOf(call, signed);
  const args = argsOf(call.args ?? call.arguments);
  const [id, text] = [wordOf(call.id), typeof args === "string" ? args : JSON.stringify(args)];
  state.tell.onOutput(text.length);
  state.calls += 1;
  if (state.repeats({ chunk: state.chunks, id, name, text })) return [];
  return [{ functionCall: { ...(id !== undefined && { id }), name, args }, ...signed }];
}

/** The service sends an object; others send its text, which is read where all arguments are. */
function argsOf(args: unknown): unknown {
  if (typeof args === "string" && args.trim() !== "") return args;
  return isJson(args) || Array.isArray(args) ? args : {};
}

function piecesOf(call: Json, signed: Json): Json[] {
  const partialArgs = listOf(call.partialArgs).filter((piece) => isJson(piece) && typeof piece.jsonPath === "string");
  const { willContinue } = call;
  return [
    {
      functionCall: {
        ...(wordOf(call.id) !== undefined && { id: call.id }),
        ...(wordOf(call.name) !== undefined && { name: call.name }),
        ...(partialArgs.length > 0 && { partialArgs }),
        ...(typeof willContinue === "boolean" && { willContinue }),
      },
      ...signed,
    },
  ];
}

function end(state: State): Json[] {
  if (!state.hasBegun && state.strange)
    throw new AnswerFault(`it sent ${shown(state.strange)}, which has no “candidates”`);
  // Calls come whole here, so a stream that ends after them was not cut within them.
  if (state.finish !== undefined || state.calls === 0) return [];
  return [{ candidates: [{ finishReason: "STOP" }] }];
}

/** Replaces the oldest part of a conversation with a summary by the task's own model. Charged like any model call. */
import { compactedText, cutOf, excerptsOf, SUMMARIZER_INSTRUCTION, toSummarize } from "@/core/compact";
import { ModelError, type ModelErrorKind, type ModelRequest } from "@/core/log/model";
import { limitOf, onFailure, takesOverPark } from "./model-call";
import { commit, endIfStopped, note, type OpenTask } from "./open-task";
import { likelyTokens } from "./request";
import { chargeFailure, noteDailyCap, noteOverrun, reserveFor, type Streamed } from "./reserve";
import { MOST_CHARS_PER_TOKEN } from "./time-limit";
import type { World } from "./world";

/** Most that a model may think and write for a summary: what it thinks counts, too. */
const SUMMARY_TOKENS = 16_000;
const CUT = "\n[The summary was cut at its limit here: look at the files and the task again for what it lacks.]";
/** Failures that pass. The call that follows would meet them too, so the conversation is not given up for them. */
const PASSING: ReadonlySet<ModelErrorKind> = new Set(["retry", "quota", "unknown_model"]);
/** Tries after which excerpts take the summary's place, because something about this request may be what is refused. */
const MOST_TRIES = 12;
/** Tries of which each costs its input. */
const MOST_CUT_TRIES = 3;

/**
 * Compacts the conversation, or notes a failure that passes, after which it is tried again. Throws like a model call, but a
 * failed summary does not fail the task.
 */
export async function compact(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const { state } = task;
  const cut = cutOf(state.messages);
  if (cut === null) throw new Error("The conversation cannot be cut for compaction.");
  if (takesOverPark(world, task)) return;
  const { contextTokens, compactTokens, maxOutputTokens } = world.limitsOf(state.setup.model);
  // At two characters a token it takes half the context, or half of what a conversation may grow to.
  const transcript = toSummarize(state, cut, Math.min(contextTokens, compactTokens));
  const request: ModelRequest = {
    model: state.setup.model,
    system: `${SUMMARIZER_INSTRUCTION}\n\nAgent: ${state.setup.agent}`,
    tools: [],
    messages: [{ role: "user", content: `${transcript}\n\nTask: ${task.claim.uid}` }],
    maxOutputTokens: Math.min(maxOutputTokens, SUMMARY_TOKENS),
  };
  const inputTokens = Math.ceil((transcript.length + request.system.length) / 2);
  const reserved = await reserveFor(world, task, request, () => inputTokens);
  if (!reserved) return;
  if (!(await commit(world, task, { reserve: reserved }))) return noteDailyCap(world, task);
  // As before any model call, letters and pauses that arrived with the commit are handled before money is spent.
  if (task.held || task.letters.length > 0) return;
  if (signal.aborted) return endIfStopped(world, task, signal);
  const { limit, alive } = limitOf(world, task, signal);
  const streamed: Streamed = { hasBegun: false, chars: 0 };
  let summary = "";
  let usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
  try {
    const reply = await world.models.respond(request, {
      signal: limit.signal,
      onActivity: alive,
      onDraft: () => {},
      onBegin: () => {
        streamed.hasBegun = true;
      },
      onOutput: (chars) => {
        streamed.chars += chars;
        limit.grows();
        if (streamed.chars > request.maxOutputTokens * MOST_CHARS_PER_TOKEN) limit.tooLong();
      },
    });
    const text = reply.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    summary = world.redactor.redact(text.trim());
    // What remains to do comes last, so the agent must not take it for the whole.
    if (summary && reply.stopReason === "length") summary += CUT;
    usage = reply.usage;
    noteOverrun(world, task, reserved, reply);
  } catch (error) {
    chargeFailure(world, task, likelyTokens(transcript.length + request.system.length), error, streamed);
    if (signal.aborted) return endIfStopped(world, task, signal);
    if (isPassing(task, error, streamed)) return onFailure(world, task, error, request.maxOutputTokens, signal);
    if (!(error instanceof ModelError) && limit.endedBy() === null) throw error;
  } finally {
    limit.end();
  }
  // Without a summary, excerpts of the dropped messages take its place, so that the task can continue.
  const excerpts = summary === "" ? excerptsOf(state, cut) : undefined;
  const text = compactedText(state, summary || (excerpts ?? ""), cut);
  const microUsd = world.costOf(state.setup.model, usage) ?? 0;
  const content = {
    type: "compacted",
    summary,
    dropped: cut,
    usage,
    microUsd,
    text,
    ...(excerpts && { excerpts }),
  } as const;
  note(task, [{ kind: "event", turn: state.turn, content }]);
}

/** Whether another try may bring the summary. */
function isPassing({ state }: OpenTask, error: unknown, streamed: Streamed): boolean {
  if (!(error instanceof ModelError) || !PASSING.has(error.kind)) return false;
  const hasBegun = streamed.hasBegun || error.details.firstPartSeen === true;
  return state.modelTries + 1 < (hasBegun ? MOST_CUT_TRIES : MOST_TRIES);
}

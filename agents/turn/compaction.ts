/** Replaces the oldest part of a conversation with a summary by the task's own model. Charged like any model call. */
import { compactedText, cutOf, SUMMARIZER_INSTRUCTION, transcriptOf } from "@/core/compact";
import { ModelError, type ModelRequest } from "@/core/log/model";
import { commit, endIfStopped, note, type OpenTask } from "./open-task";
import { likelyTokens } from "./request";
import { affordable, chargeFailure, noteDailyCap, noteOverrun, type Streamed } from "./reserve";
import { MOST_CHARS_PER_TOKEN, timeLimit } from "./time-limit";
import type { World } from "./world";

const SUMMARY_TOKENS = 4_000;

/** Compacts the conversation. Throws like a model call, but a failed summary does not fail the task. */
export async function compact(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  const { state } = task;
  const cut = cutOf(state.messages);
  if (cut === null) throw new Error("The conversation cannot be cut for compaction.");
  const { contextTokens, compactTokens, silentMs } = world.limitsOf(state.setup.model);
  // At two characters a token it takes half the context, or half of what a conversation may grow to.
  const transcript = transcriptOf(state.messages.slice(0, cut), Math.min(contextTokens, compactTokens));
  const request: ModelRequest = {
    model: state.setup.model,
    system: `${SUMMARIZER_INSTRUCTION}\n\nAgent: ${state.setup.agent}`,
    tools: [],
    messages: [{ role: "user", content: `${transcript}\n\nTask: ${task.claim.uid}` }],
    maxOutputTokens: SUMMARY_TOKENS,
  };
  const reserved = affordable(world, task, request, Math.ceil((transcript.length + request.system.length) / 2));
  if (!reserved) {
    task.exhausted = { why: "The grant does not cover the summary that the conversation needs to continue." };
    return;
  }
  if (!(await commit(world, task, { reserve: reserved }))) return noteDailyCap(world, task);
  // As before any model call, letters and pauses that arrived with the commit are handled before money is spent.
  if (task.held || task.letters.length > 0) return;
  if (signal.aborted) return endIfStopped(world, task, signal);
  const limit = timeLimit(world.timers, signal, {
    timeoutMs: Math.max(state.setup.timeoutMs, silentMs),
    silentMs,
  });
  world.alive(task.claim.uid, state.setup.timeoutMs);
  const streamed: Streamed = { chars: 0 };
  let summary = "";
  let usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
  try {
    const reply = await world.models.respond(request, {
      signal: limit.signal,
      onActivity: limit.alive,
      onDraft: () => {},
      onOutput: (chars) => {
        streamed.chars += chars;
        if (streamed.chars > request.maxOutputTokens * MOST_CHARS_PER_TOKEN) limit.tooLong();
      },
    });
    const text = reply.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    summary = world.redactor.redact(text.trim());
    usage = reply.usage;
    noteOverrun(world, task, reserved, reply);
  } catch (error) {
    chargeFailure(world, task, likelyTokens(transcript.length + request.system.length), error, streamed);
    if (signal.aborted) return endIfStopped(world, task, signal);
    if (!(error instanceof ModelError) && limit.endedBy() === null) throw error;
  } finally {
    limit.end();
  }
  // Without a summary, excerpts of the dropped messages take its place, so that the task can continue.
  const text = compactedText(state, summary || transcriptOf(state.messages.slice(1, cut), 8_000));
  const microUsd = world.costOf(state.setup.model, usage) ?? 0;
  note(task, [
    { kind: "event", turn: state.turn, content: { type: "compacted", summary, dropped: cut, usage, microUsd, text } },
  ]);
}

/**
 * A random model: it answers immediately, late, never, or with any error, and calls all core tools, validly and
 * invalidly.
 */
import { ModelError, type ModelPort, type ModelReply, type ModelRequest } from "@/core/log/model";
import { taskIdIn } from "../task-id";
import type { Owner, SimulatedClock } from "./clock";
import type { Effects } from "./effects";
import { type Mind, plan } from "./plans";
import type { Random } from "./random";
import type { Tally } from "./tally";

export function simulatedModel(
  mind: Mind,
  clock: SimulatedClock,
  owner: Owner,
  effects: Effects,
  tally: Tally,
): ModelPort {
  return {
    respond(request, { signal, onDraft }) {
      const { random } = mind;
      const task = taskIdIn(request);
      const done = effects.begin("model", task, owner, signal);
      return new Promise<ModelReply>((resolve, reject) => {
        const settle = (run: () => void) => {
          done();
          run();
        };
        signal.addEventListener("abort", () => settle(() => reject(signal.reason)), { once: true });
        const failure = mind.isCalm() ? null : failureOf(random);
        if (failure === "hang") {
          tally.hit("model hangs");
          return;
        }
        const answer = () =>
          settle(() => {
            if (failure) {
              tally.hit(`model ${failure instanceof ModelError ? failure.kind : "breaks"}`);
              return reject(failure);
            }
            onDraft({ type: "text", text: "…" });
            resolve(replyTo(request, task, mind, tally));
          });
        const delayMs = random.chance(0.3) ? 0 : random.between(1, random.chance(0.1) ? 18_000 : 3_000);
        if (delayMs === 0) queueMicrotask(() => owner.life === "alive" && answer());
        else clock.after(delayMs, owner, answer);
      });
    },
  };
}

function failureOf(random: Random): Error | "hang" | null {
  if (random.chance(0.88)) return null;
  const kind = random.weighted({
    retry: 20,
    cut: 10,
    asked: 8,
    quota: 8,
    hang: 6,
    too_long: 8,
    refused: 1,
    bad_request: 1,
    no_key: 1,
    broken: 2,
  });
  switch (kind) {
    case "hang":
      return "hang";
    case "broken":
      return new TypeError("simulated fault inside an adapter");
    case "cut":
      return new ModelError("retry", "The stream was cut.", { firstPartSeen: true });
    case "asked":
      return new ModelError("retry", "Too many requests.", { status: 429, retryAfterMs: random.between(100, 20_000) });
    case "quota":
      return new ModelError("quota", "The quota is used up.", { retryAfterMs: random.between(10_000, 90_000) });
    default:
      return new ModelError(kind, `It failed: ${kind}.`);
  }
}

function replyTo(request: ModelRequest, task: string, mind: Mind, tally: Tally): ModelReply {
  const chars = request.messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
  const usage = { inputTokens: Math.ceil(chars / 4) + 100, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 40 };
  if (request.tools.length === 0) {
    tally.hit("compaction");
    return { parts: [{ type: "text", text: "A summary." }], calls: [], usage, stopReason: "stop" };
  }
  const planned = plan(request, task, mind, tally);
  const calls = planned.map((call) => {
    mind.calls += 1;
    return { id: `c${mind.calls}`, ...call };
  });
  if (calls.length === 0) tally.hit("text without a call");
  for (const call of calls) tally.hit(`calls ${call.name}`);
  const text = { type: "text" as const, text: `Thinking ${mind.calls}` };
  const parts = [text, ...calls.map((call) => ({ type: "call" as const, id: call.id }))];
  return { parts, calls, usage, stopReason: calls.length > 0 ? "tool_calls" : "stop" };
}

/** Counts calls of models: how long they took, how they ended, and what they cost. */
import { ModelError, type ModelErrorKind, type ModelPort, type Usage } from "@/core/log/model";
import type { Counts } from "@/core/metrics/counts";
import { isProgram } from "@/core/programs/names";
import { parseModel } from "@/lib/models/model-name";

interface CountingOptions {
  counts: Pick<Counts, "add" | "observe">;
  now(): number;
  /** Returns micro-dollars, or null when the model has no price. */
  costOf(model: string, usage: Usage): number | null;
}

/** Returns a port that passes calls on to `models` and counts them. Programs in the place of a model are not counted. */
export function countedModels(models: ModelPort, { counts, now, costOf }: CountingOptions): ModelPort {
  return {
    async respond(request, options) {
      if (isProgram(request.model)) return models.respond(request, options);
      const { provider, model } = parseModel(request.model) ?? { provider: "unknown", model: request.model };
      const beganMs = now();
      const ended = (outcome: "ok" | "failed" | "cut") =>
        counts.observe("banyan_model_call_duration_seconds", { provider, model, outcome }, (now() - beganMs) / 1_000);
      try {
        const reply = await models.respond(request, options);
        ended("ok");
        const { usage } = reply;
        counts.add("banyan_model_tokens_total", { provider, model, direction: "in" }, usage.inputTokens);
        counts.add("banyan_model_tokens_total", { provider, model, direction: "out" }, usage.outputTokens);
        const microUsd = costOf(request.model, usage);
        if (microUsd !== null) counts.add("banyan_model_cost_dollars_total", { provider, model }, microUsd / 1e6);
        return reply;
      } catch (error) {
        const kind = kindOf(error, options.signal);
        ended(kind === null ? "cut" : "failed");
        if (kind !== null) counts.add("banyan_model_errors_total", { provider, kind });
        throw error;
      }
    },
  };
}

/** Returns null when Banyan ended the call for a reason that says nothing about the model, such as a stop. */
function kindOf(error: unknown, { aborted, reason }: AbortSignal): ModelErrorKind | "internal" | null {
  if (aborted) return reason instanceof DOMException && reason.name === "TimeoutError" ? "timeout" : null;
  return error instanceof ModelError ? error.kind : "internal";
}

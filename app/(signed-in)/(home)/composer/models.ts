import type { ServerStatus } from "@/core/shapes/status";

/** Returns true if a language model is available. `runbook` is listed as a model but needs no language model. */
export function hasModel(status: ServerStatus): boolean {
  return status.models.some((model) => model.available && model.name !== "runbook");
}

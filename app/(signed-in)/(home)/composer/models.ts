import type { ServerStatus } from "@/core/shapes/shapes";

/** Whether any model that thinks can be used; runbooks need none. */
export function hasModel(status: ServerStatus): boolean {
  return status.models.some((model) => model.available && model.name !== "runbook");
}

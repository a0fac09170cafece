import type { ProviderState } from "@/core/shapes/operations";
import type { ShownStatus } from "@/core/words/status";
import { providerLabel } from "@/lib/models/providers/labels";

export function providerName(name: string): string {
  return providerLabel(name) ?? (name === "runbook" ? "Runbooks" : name);
}

/** The status glyph for each state of a provider. */
export const PROVIDER_GLYPHS: Record<ProviderState["state"], ShownStatus> = {
  no_key: "ready",
  parked: "parked",
  failing: "failed",
  answers: "succeeded",
  ready: "ready",
};

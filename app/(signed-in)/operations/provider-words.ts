import type { ProviderState } from "@/agents/core/shapes-operations";
import type { ShownStatus } from "@/components/ui/status";

const NAMES: Record<string, string> = {
  anthropic: "Anthropic",
  openai: "OpenAI",
  ollama: "Ollama",
  bedrock: "Bedrock",
  runbook: "Runbooks",
};

export function providerName(name: string): string {
  return NAMES[name] ?? name;
}

/** The glyph whose meaning fits. */
export const PROVIDER_GLYPHS: Record<ProviderState["state"], ShownStatus> = {
  no_key: "ready",
  parked: "parked",
  failing: "failed",
  answers: "succeeded",
  ready: "ready",
};

import type { ProviderSettings } from "@/lib/models/provider";

export interface ModelState {
  name: string;
  available: boolean;
  reason: string | null;
}

/** Which providers can be used as configured. Nothing is sent: whether a key is accepted shows at the first call. */
export function modelStates(providers: ProviderSettings, defaultModel: string): ModelState[] {
  const state = (name: string, missing: string | null) => ({ name, available: missing === null, reason: missing });
  const isOllama = defaultModel.startsWith("ollama/");
  return [
    state("anthropic", providers.anthropicApiKey ? null : "There is no key for Anthropic."),
    state("openai", providers.openaiApiKey || providers.openaiBaseUrl ? null : "There is no key for OpenAI."),
    state("ollama", providers.ollamaBaseUrl || isOllama ? null : "There is no address of Ollama."),
    state("runbook", null),
  ];
}

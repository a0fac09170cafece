import type { Settings } from "@/lib/env";

export interface ModelState {
  name: string;
  available: boolean;
  reason: string | null;
}

/** Which providers can be used as configured. Nothing is sent: whether a key is accepted shows at the first call. */
export function modelStates({ providers, defaultModel }: Settings): ModelState[] {
  const state = (name: string, missing: string | null) => ({ name, available: missing === null, reason: missing });
  const isOllama = defaultModel.startsWith("ollama/");
  return [
    state("anthropic", providers.anthropicApiKey ? null : "ANTHROPIC_API_KEY is not set."),
    state("openai", providers.openaiApiKey || providers.openaiBaseUrl ? null : "OPENAI_API_KEY is not set."),
    state("ollama", providers.ollamaBaseUrl || isOllama ? null : "OLLAMA_BASE_URL is not set."),
    state("runbook", null),
  ];
}

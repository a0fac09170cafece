/** The name of each provider as people know it. Pages import it alone, without what calls the provider. */
export const LABELS = {
  anthropic: "Anthropic",
  openai: "OpenAI",
  google: "Google",
  bedrock: "Amazon Bedrock",
  ollama: "Ollama",
} as const;

/** Returns the name of a provider; null for an unknown provider. */
export function providerLabel(name: string): string | null {
  return Object.entries(LABELS).find(([provider]) => provider === name)?.[1] ?? null;
}

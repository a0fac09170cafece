/** The names of the providers, for pages too: the table itself loads what only a server needs. */
export const LABELS = {
  anthropic: "Anthropic",
  openai: "OpenAI",
  google: "Google",
  bedrock: "Amazon Bedrock",
  ollama: "Ollama",
} as const;

/** Returns the name of a provider in words; null when it is none. */
export function labelOf(provider: string): string | null {
  return Object.hasOwn(LABELS, provider) ? LABELS[provider as keyof typeof LABELS] : null;
}

/** The providers of models, as their settings and keys are asked for. */
export const PROVIDER_NAMES = ["anthropic", "openai", "ollama"] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

export interface ProviderFacts {
  label: string;
  /** null: it takes no key. */
  keySetting: string | null;
  urlSetting: string;
  /** Where it is when nothing is said. */
  address: string;
  /** How its keys begin, for whoever copied something else. */
  keyStart: string | null;
  /** The model that is used when nobody chose one; null: whatever its server has. */
  defaultModel: string | null;
}

export const PROVIDERS: Readonly<Record<ProviderName, ProviderFacts>> = {
  anthropic: {
    label: "Anthropic",
    keySetting: "ANTHROPIC_API_KEY",
    urlSetting: "ANTHROPIC_BASE_URL",
    address: "https://api.anthropic.com",
    keyStart: "sk-ant-",
    // The newest Claude of the middle size: strong enough to plan, cheap enough for every task of a tree.
    defaultModel: "anthropic/claude-sonnet-4-5",
  },
  openai: {
    label: "OpenAI",
    keySetting: "OPENAI_API_KEY",
    urlSetting: "OPENAI_BASE_URL",
    address: "https://api.openai.com/v1",
    keyStart: "sk-",
    defaultModel: "openai/gpt-5.4",
  },
  ollama: {
    label: "Ollama",
    keySetting: null,
    urlSetting: "OLLAMA_BASE_URL",
    address: "http://127.0.0.1:11434",
    keyStart: null,
    defaultModel: null,
  },
};

export function providerNamed(name: string): ProviderName | null {
  return PROVIDER_NAMES.find((one) => one === name) ?? null;
}

import type { ModelProvider } from "../protocols/model-provider";
import { LABELS } from "./labels";

/** Models in OpenAI's list that do not support conversations. */
const NOT_FOR_TASKS = /embedding|whisper|tts|audio|realtime|image|dall-e|moderation|transcribe|sora|babbage|davinci/;

/** OpenAI, and any server with its protocol at another address (vLLM, gateways). */
export const openai: ModelProvider = {
  label: LABELS.openai,
  keySetting: "OPENAI_API_KEY",
  urlSetting: "OPENAI_BASE_URL",
  urlForm: "a URL that ends in /v1, or in /v1/responses when the server has OpenAI's Responses API",
  address: "https://api.openai.com/v1",
  alsoServes: "vLLM, LM Studio, OpenRouter or a gateway",
  keyStart: "sk-",
  defaultModel: "openai/gpt-6.1-sol",
  isFree: false,
  // A self-hosted server often has no keys.
  missing: ({ key, baseUrl }) => (key || baseUrl ? null : "There is no key for OpenAI."),
  offersDefault: ({ key, baseUrl }) => Boolean(key) && !baseUrl,
  startHint: null,
  unknownModelHint: (_, urlSetting) => `Choose a model that exists, and check ${urlSetting} when it is set.`,
  list: {
    // The setting contains the version, as OpenAI's own clients take it.
    address: (base) => `${apiBase(base)}/models`,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    isForTasks: (id) => !NOT_FOR_TASKS.test(id),
    addressHint: "; such addresses usually end in /v1",
  },
  async connect({ key, baseUrl }) {
    if (usesResponses(baseUrl)) {
      const { openaiResponsesModels } = await import("../protocols/openai-responses");
      return openaiResponsesModels({ provider: openai, apiKey: key, baseUrl: baseUrl && apiBase(baseUrl) });
    }
    const { chatCompletionsModels } = await import("../protocols/chat-completions");
    return chatCompletionsModels({ name: "openai", provider: openai, apiKey: key, baseUrl });
  },
};

/** Other servers implement chat completions; those that have the Responses API say so by the end of their address. */
function usesResponses(baseUrl: string | undefined): boolean {
  if (baseUrl === undefined) return true;
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).hostname : "";
  return /\/responses\/*$/.test(baseUrl) || /^(?:[a-z]+\.)?api\.openai\.com$/.test(host);
}

/** Returns the address without the name of the API. */
export function apiBase(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, "").replace(/\/responses$/, "");
}

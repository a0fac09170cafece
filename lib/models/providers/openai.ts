import type { ModelProvider } from "../protocols/model-provider";

/** Models in OpenAI's list that do not support conversations. */
const NOT_FOR_TASKS = /embedding|whisper|tts|audio|realtime|image|dall-e|moderation|transcribe|sora|babbage|davinci/;

/** OpenAI, and any server with its protocol at another address (vLLM, gateways). */
export const openai: ModelProvider = {
  label: "OpenAI",
  keySetting: "OPENAI_API_KEY",
  urlSetting: "OPENAI_BASE_URL",
  urlForm: "a URL that ends in /v1",
  address: "https://api.openai.com/v1",
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
    address: (base) => `${base}/models`,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    isForTasks: (id) => !NOT_FOR_TASKS.test(id),
    addressHint: "; such addresses usually end in /v1",
  },
  async connect({ key, baseUrl }) {
    const { chatCompletionsModels } = await import("../protocols/chat-completions");
    return chatCompletionsModels({ name: "openai", provider: openai, apiKey: key, baseUrl });
  },
};

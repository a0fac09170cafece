import type { ModelProvider } from "../protocols/model-provider";
import { LABELS } from "./labels";

interface ListedModel {
  name?: unknown;
  supportedGenerationMethods?: unknown;
  inputTokenLimit?: unknown;
  outputTokenLimit?: unknown;
}

/** Models in Google's list that do not support conversations with tools. */
const NOT_FOR_TASKS = /embedding|imagen|veo|aqa|tts|image|audio|live|robotics|computer-use/;

/** Google's Gemini API, with a key of Google AI Studio. */
export const google: ModelProvider = {
  label: LABELS.google,
  keySetting: "GOOGLE_GENERATIVE_AI_API_KEY",
  keyAliases: ["GEMINI_API_KEY"],
  urlSetting: "GOOGLE_GEMINI_BASE_URL",
  urlForm: "a URL without /v1beta",
  address: "https://generativelanguage.googleapis.com",
  keyStart: "AIza",
  // Strong enough to plan, and cheap enough for every task of a tree.
  defaultModel: "google/gemini-3.8-flash",
  isFree: false,
  missing: ({ key }) => (key ? null : "There is no key for Google."),
  offersDefault: ({ key }) => Boolean(key),
  startHint: null,
  unknownModelHint: (_, urlSetting) => `Choose a model that exists, and check ${urlSetting} when it is set.`,
  list: {
    address: (base) => `${base.replace(/\/v1beta$/, "")}/v1beta/models?pageSize=1000`,
    headers: (key) => ({ "x-goog-api-key": key }),
    entries(body) {
      const { models } = body as { models?: ListedModel[] };
      return models
        ?.filter((model) => [model.supportedGenerationMethods].flat().includes("generateContent"))
        .map((model) => ({
          id: String(model.name).replace(/^models\//, ""),
          context_length: model.inputTokenLimit,
          max_completion_tokens: model.outputTokenLimit,
        }));
    },
    isForTasks: (id) => id.startsWith("gemini-") && !NOT_FOR_TASKS.test(id),
  },
  async connect({ key, baseUrl }) {
    const { googleModels } = await import("../protocols/google-generate");
    return googleModels({ provider: google, apiKey: key, baseUrl });
  },
};

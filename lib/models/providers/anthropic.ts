import type { ModelProvider } from "../protocols/model-provider";
import { LABELS } from "./labels";

export const anthropic: ModelProvider = {
  label: LABELS.anthropic,
  keySetting: "ANTHROPIC_API_KEY",
  urlSetting: "ANTHROPIC_BASE_URL",
  urlForm: "a URL without /v1",
  address: "https://api.anthropic.com",
  keyStart: "sk-ant-",
  // Strong enough to plan, and cheap enough for every task of a tree.
  defaultModel: "anthropic/claude-sonnet-5-5",
  isFree: false,
  missing: ({ key }) => (key ? null : "There is no key for Anthropic."),
  offersDefault: ({ key }) => Boolean(key),
  startHint: null,
  unknownModelHint: (_, urlSetting) => `Choose a model that exists, and check ${urlSetting} when it is set.`,
  list: {
    address: (base) => `${base.replace(/\/v1$/, "")}/v1/models?limit=200`,
    headers: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
  },
  async connect({ key, baseUrl }) {
    const { anthropicModels } = await import("../protocols/anthropic-messages");
    return anthropicModels({ provider: anthropic, apiKey: key, baseUrl });
  },
};

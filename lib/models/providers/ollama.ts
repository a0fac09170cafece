import type { ModelProvider } from "../protocols/model-provider";
import { LABELS } from "./labels";

export const ollama: ModelProvider = {
  label: LABELS.ollama,
  keySetting: null,
  urlSetting: "OLLAMA_BASE_URL",
  urlForm: "a URL",
  address: "http://127.0.0.1:11434",
  keyStart: null,
  defaultModel: null,
  isFree: true,
  missing: ({ baseUrl }, isChosen) => (baseUrl || isChosen ? null : "There is no address for Ollama."),
  offersDefault: () => false,
  startHint: "start it there (`ollama serve`)",
  unknownModelHint: (model) => `Fetch the model with \`ollama pull ${model}\`, or choose another.`,
  list: {
    address: (base) => `${base.replace(/\/v1$/, "")}/v1/models?limit=200`,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
  },
  async connect({ baseUrl = ollama.address }) {
    const { ollamaModels } = await import("../protocols/ollama-chat");
    return ollamaModels({ provider: ollama, baseUrl });
  },
};

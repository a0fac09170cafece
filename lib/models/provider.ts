/** Chooses the provider of a request by the first word of its model. */
import { ModelError, type ModelPort } from "@/agents/core/model";
import { anthropicModels } from "./anthropic";
import { parseModel } from "./model-name";
import { openaiCompatibleModels } from "./openai-compatible";

export interface ProviderSettings {
  anthropicApiKey?: string;
  /** Without `/v1`. */
  anthropicBaseUrl?: string;
  openaiApiKey?: string;
  /** With `/v1`. */
  openaiBaseUrl?: string;
  ollamaBaseUrl?: string;
}

/**
 * The port to all providers, with the settings that hold when it is called. `others` adds ports under further first words (such as `runbook`). A request for a model
 * that no port serves rejects with a ModelError of kind `bad_request`.
 */
export function createModelPort(
  settings: ProviderSettings | (() => ProviderSettings),
  others: Record<string, ModelPort> = {},
): ModelPort {
  let made: { of: ProviderSettings; ports: Record<string, ModelPort> } | undefined;
  function portsNow(): Record<string, ModelPort> {
    const now = typeof settings === "function" ? settings() : settings;
    // The same object as long as nothing changed: ports keep what they learnt.
    if (made?.of !== now) made = { of: now, ports: portsOf(now, others) };
    return made.ports;
  }
  return {
    async respond(request, options) {
      options.signal.throwIfAborted();
      const ports = portsNow();
      const name = parseModel(request.model);
      const port = name && Object.hasOwn(ports, name.provider) ? ports[name.provider] : undefined;
      if (!port) {
        const known = Object.keys(ports)
          .map((provider) => (provider === "runbook" ? provider : `${provider}/…`))
          .join(", ");
        throw new ModelError("bad_request", `There is no model "${request.model}": name one as ${known}.`);
      }
      return port.respond(request, options);
    },
  };
}

function portsOf(settings: ProviderSettings, others: Record<string, ModelPort>): Record<string, ModelPort> {
  return {
    anthropic: anthropicModels({ apiKey: set(settings.anthropicApiKey), baseUrl: set(settings.anthropicBaseUrl) }),
    openai: openaiCompatibleModels({
      provider: "openai",
      apiKey: set(settings.openaiApiKey),
      baseUrl: set(settings.openaiBaseUrl),
    }),
    ollama: openaiCompatibleModels({ provider: "ollama", apiKey: undefined, baseUrl: set(settings.ollamaBaseUrl) }),
    ...others,
  };
}

/** An empty variable counts as none. */
function set(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}

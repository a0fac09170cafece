/** Chooses the provider of a request by the first word of its model. */
import { ModelError, type ModelPort } from "@/core/log/model";
import { isProgram } from "@/core/programs/names";
import { parseModel } from "./model-name";
import type { ProviderAccess } from "./protocols/model-provider";
import { PROVIDER_NAMES, PROVIDERS, type ProviderName, type ProviderSettings } from "./providers/table";

/**
 * Returns the port to all providers, which reads the settings at each call. `others` adds ports for further first
 * words, such as `runbook`. A request for an unknown model rejects with a ModelError of kind `bad_request`.
 */
export function createModelPort(
  settings: ProviderSettings | (() => ProviderSettings),
  others: Record<string, ModelPort> = {},
): ModelPort {
  let made: { of: ProviderSettings; ports: Record<string, ModelPort> } | undefined;
  function portsNow(): Record<string, ModelPort> {
    const now = typeof settings === "function" ? settings() : settings;
    // Ports are kept while the settings object is the same, because they remember what they learnt about their servers.
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
          .map((provider) => (isProgram(provider) && provider !== "executor" ? provider : `${provider}/…`))
          .join(", ");
        throw new ModelError("bad_request", `There is no model "${request.model}": use ${known}.`);
      }
      return port.respond(request, options);
    },
  };
}

function portsOf(settings: ProviderSettings, others: Record<string, ModelPort>): Record<string, ModelPort> {
  const ports = PROVIDER_NAMES.map((name) => [name, lazyPort(name, settings[name])]);
  return { ...Object.fromEntries(ports), ...others };
}

/** Returns a port that loads the provider's package at the first call. */
function lazyPort(name: ProviderName, given: ProviderAccess = {}): ModelPort {
  let port: Promise<ModelPort> | undefined;
  return {
    async respond(request, options) {
      port ??= PROVIDERS[name].connect({ ...given, key: set(given.key), baseUrl: set(given.baseUrl) });
      return (await port).respond(request, options);
    },
  };
}

/** Returns the trimmed value; an empty variable counts as unset. */
function set(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}

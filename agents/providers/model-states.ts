import { PROVIDER_NAMES, PROVIDERS, type ProviderSettings } from "@/lib/models/providers/table";

export interface ModelState {
  name: string;
  available: boolean;
  reason: string | null;
}

/** Returns which providers are configured. Sends nothing, so a rejected key shows only at the first call. */
export function modelStates(providers: ProviderSettings, defaultModel: string): ModelState[] {
  const states = PROVIDER_NAMES.map((name) => {
    const reason = PROVIDERS[name].missing(providers[name] ?? {}, defaultModel.startsWith(`${name}/`));
    return { name, available: reason === null, reason };
  });
  return [...states, { name: "runbook", available: true, reason: null }];
}

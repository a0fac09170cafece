/** The limits of a model call: those of the model, and those that the installation sets. */
import { recent } from "@/lib/time/recent";
import type { ModelLimits } from "./known/table";
import { providerOf } from "./providers/table";

export interface CallLimitSettings {
  /** Output that a call asks for when its agent says nothing else. */
  outputTokens: number;
  /** A conversation of this many tokens is compacted. */
  compactTokens: number;
  /** How long a call may show no sign of life. */
  silentMs: number;
}

/** A model on somebody's own machine may read a long prompt for minutes before its first byte. */
const LOCAL_SILENT_MS = 15 * 60_000;

/** `limitsOf` returns the limits of the model itself. */
export function createCallLimits(
  limitsOf: (model: string) => ModelLimits,
  settings: CallLimitSettings,
): (model: string) => ModelLimits & CallLimitSettings & { isLocal: boolean } {
  const { outputTokens, compactTokens, silentMs } = settings;
  return recent((model) => {
    const isLocal = providerOf(model)?.isFree === true;
    const silence = isLocal ? Math.max(silentMs, LOCAL_SILENT_MS) : silentMs;
    return { ...limitsOf(model), outputTokens, compactTokens, silentMs: silence, isLocal };
  });
}

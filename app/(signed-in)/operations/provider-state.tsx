import { Clock } from "@/components/ui/time";
import type { ProviderState } from "@/core/shapes/operations";

/** What a provider does at present, in a few words. */
export function StateWords({ provider: { state, answers_ms, parked_until } }: { provider: ProviderState }) {
  if (state === "parked")
    return parked_until ? (
      <span>
        Parked until <Clock at={parked_until} />
      </span>
    ) : (
      "Parked"
    );
  if (state === "no_key") return "No key";
  if (state === "failing") return "Not responding";
  if (state === "answers") return `Answers in ${((answers_ms ?? 0) / 1_000).toFixed(1)} s`;
  return "Ready";
}

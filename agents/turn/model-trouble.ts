/** Why a request of a tool's programs got no answer, as the tool reads it. */
import type { ModelTrouble } from "@/agents/tools/contract/models";
import type { ModelError } from "@/core/log/model";
import type { Refusal } from "@/lib/model-gateway/refusals";

/** Returns what a refusal of Banyan's own means for the agent; null for one that is the request's fault. */
export function troubleOf({ code }: Refusal): ModelTrouble | null {
  switch (code) {
    case "spent":
      return "spent";
    case "wait":
      return "limit";
    case "paused":
      return "paused";
    default:
      return null;
  }
}

/** Returns what a refusal of the provider means; null for one that is the request's fault. */
export function troubleFrom({ kind, details }: ModelError): ModelTrouble | null {
  if (kind === "no_key") return "key";
  if (kind === "quota" || details.status === TOO_MANY) return "limit";
  // A request that no provider would take is the agent's fault.
  return kind === "too_long" || kind === "bad_request" || kind === "refused" ? null : "provider";
}

const TOO_MANY = 429;

/** Why a request of a tool's programs got no answer, as the tool reads it. */
import type { ModelTrouble, ModelUse, SpokenProtocol } from "@/agents/tools/contract/models";
import type { ModelError } from "@/core/log/model";
import type { RequestLack } from "@/core/rules/request-lack";
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
    case "protocol":
      return "protocol";
    default:
      return null;
  }
}

/** One access that a tool opened for its programs. */
export interface Access {
  used: ModelUse;
  trouble: ModelTrouble | null;
  /** The protocol of a request that no allowed model can answer. */
  spoken: SpokenProtocol | null;
  /** What the last refused request lacked. */
  lack: RequestLack | null;
  firstInputTokens: number | null;
}

export function newAccess(): Access {
  const used = { requests: 0, tokensIn: 0, tokensOut: 0, microUsd: 0 };
  return { used, trouble: null, spoken: null, lack: null, firstInputTokens: null };
}

/** Notes a request that no allowed model can answer. */
export function noteUnfit(access: Access, refusal: Refusal): void {
  access.trouble = troubleOf(refusal) ?? access.trouble;
  if (refusal.code === "protocol") access.spoken = { form: refusal.form, providers: refusal.providers };
}

/** Returns what a refusal of the provider means; null for one that is the request's fault. */
export function troubleFrom({ kind, details }: ModelError): ModelTrouble | null {
  if (kind === "no_key") return "key";
  if (kind === "quota" || details.status === TOO_MANY) return "limit";
  // A request that no provider would take is the agent's fault.
  return kind === "too_long" || kind === "bad_request" || kind === "refused" ? null : "provider";
}

const TOO_MANY = 429;

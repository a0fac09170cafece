/** The interface through which the gateway reserves and charges its requests. */
import type { ModelError, Usage } from "@/core/log/model";
import type { Refusal } from "./refusals";

/** The limits of a request, from which its cost follows. */
export interface Wanted {
  /** `provider/model`. */
  model: string;
  /** No request of these bytes has more input tokens; null: the whole context. */
  inputTokens: number | null;
  /** null: the request does not say. */
  outputTokens: number | null;
  /** With less output the request is not worth sending. */
  leastOutputTokens: number;
}

/** The outcome of a request. */
export type Outcome =
  /** The provider refused it before its reply, was not reached, or was not asked: it costs nothing. */
  | { kind: "refused"; failure: ModelError | null; isUnreached?: true }
  | { kind: "reported"; usage: Usage }
  /**
   * The answer ended without a report; `inputTokens` when the provider had told them. `isBroken`: the provider did not
   * answer in time, or broke off.
   */
  | { kind: "unreported"; inputTokens: number | null; isBroken?: true };

export interface Admitted {
  /** The output that is reserved. */
  outputTokens: number;
  /** How long the provider may be silent. */
  silentMs: number;
  /** Call it once, with everything that is known. Never rejects. */
  settle(outcome: Outcome): Promise<void>;
}

export interface Budget {
  /** The models that requests may name, as `provider/model`. */
  models: readonly string[];
  /** Reserves what the request may cost. It waits while only running requests stand in the way. Never rejects. */
  admit(wanted: Wanted, signal: AbortSignal): Promise<Admitted | { refusal: Refusal }>;
  /** Called with the refusal of a request that no allowed model can answer. Must not throw. */
  onUnfit?(refusal: Refusal): void;
}

/** Why the gateway refuses a request itself, with the status and the sentence that the agent gets. */
import { LABELS } from "@/lib/models/providers/labels";
import type { ProviderName } from "@/lib/models/providers/table";

export type Refusal =
  /** The token is unknown, or was revoked. */
  | { code: "token" }
  | { code: "path" }
  | { code: "invalid"; problem: string }
  | { code: "too_large"; mostBytes: number }
  | { code: "too_many" }
  | { code: "model"; asked: string; allowed: readonly string[] }
  /** None of the allowed models is of a provider that speaks the form in which the request came. */
  | { code: "protocol"; form: string; providers: readonly ProviderName[]; allowed: readonly string[] }
  | { code: "unpriced"; model: string }
  | { code: "not_set_up"; label: string }
  /** The provider does not accept the key. Its own words may quote the key, so they are left out. */
  | { code: "key"; label: string }
  /** The grant does not cover the request. `why` says both amounts. */
  | { code: "spent"; why: string }
  | { code: "paused" }
  /** A limit of the provider, or of the day. `why` is a sentence. */
  | { code: "wait"; why: string; waitMs: number }
  | { code: "unreachable"; label: string }
  | { code: "silent"; label: string }
  | { code: "fault" };

export interface Worded {
  status: number;
  sentence: string;
  /** Seconds. */
  retryAfter?: number;
}

const PAUSED_S = 10;

export function worded(refusal: Refusal): Worded {
  switch (refusal.code) {
    case "token":
      return { status: 401, sentence: "The token is not valid, or no longer: its task's call has ended." };
    case "path":
      return { status: 404, sentence: "The model gateway has nothing at this address." };
    case "invalid":
      return { status: 400, sentence: refusal.problem };
    case "too_large":
      return { status: 413, sentence: `The request is larger than ${Math.round(refusal.mostBytes / 1e6)} MB.` };
    case "too_many":
      return {
        status: 429,
        sentence: "Too many requests of this call are running. Wait for one to end.",
        retryAfter: 1,
      };
    case "model":
      return { status: 403, sentence: `This task may not use ${refusal.asked}. It may use ${list(refusal.allowed)}.` };
    case "protocol":
      return {
        status: 403,
        sentence: `${protocolSentence(refusal)} Use a program that speaks the model's own protocol.`,
      };
    case "unpriced":
      return {
        status: 403,
        sentence: `${refusal.model} has no known price, so a grant of money cannot pay for it. Set a price with \`npx banyan models set ${refusal.model}\`.`,
      };
    case "not_set_up":
      return { status: 403, sentence: `${refusal.label} is not set up: a person must add its key on the page Models.` };
    case "key":
      return {
        status: 403,
        sentence: `${refusal.label} does not accept the key that Banyan has. A person must correct it.`,
      };
    case "spent":
      return { status: 402, sentence: `${refusal.why} Stop, and report what is done.` };
    case "paused":
      return { status: 503, sentence: "The task is paused. Retry when a person has resumed it.", retryAfter: PAUSED_S };
    case "wait":
      return { status: 429, sentence: refusal.why, retryAfter: Math.max(1, Math.ceil(refusal.waitMs / 1_000)) };
    case "unreachable":
      return { status: 502, sentence: `${refusal.label} could not be reached. Retry later.` };
    case "silent":
      return { status: 504, sentence: `${refusal.label} did not answer in time. Retry later.` };
    case "fault":
      return { status: 500, sentence: "The model gateway failed. Retry later." };
    default:
      throw new Error(`There are no words for ${JSON.stringify(refusal satisfies never)}.`);
  }
}

/** Returns that a model and a protocol do not fit, as a sentence. */
function protocolSentence({
  form,
  providers,
  allowed,
}: Pick<Extract<Refusal, { code: "protocol" }>, "form" | "providers" | "allowed">): string {
  const speaks = providers.map((name) => LABELS[name]).join(" or ");
  return `The request came in the protocol of ${form}, which serves models of ${speaks}, and this task may use ${allowed.join(", ") || "no model"}.`;
}

function list(models: readonly string[]): string {
  return models.length > 0 ? models.map((model) => model.slice(model.indexOf("/") + 1)).join(", ") : "no model";
}

/** The parts of a stand-in for a service. */
import type { ErrorAnswer } from "./faults";
import type { Fault, Reply, ScriptedRequest } from "./script";
import type { ProtocolAnswer, ReadRequest } from "./wire";

export interface StandIn {
  read(body: Record<string, unknown>, path: string): ReadRequest;
  answer(reply: Reply, request: ScriptedRequest, serial: number): ProtocolAnswer;
  /** The error answer that a fault means, or undefined for faults that show in the reply itself. */
  error(fault: Fault, model: string, nowMs: number): ErrorAnswer | undefined;
}

/** One rule of a real service. */
export interface Rule<Body> {
  /** Where the service, or people who met the rule, document it. */
  source: string;
  /** The service's words when it refuses the request; undefined when it accepts it. */
  refuses(body: Body): string | undefined;
}

export function firstRefusal<Body>(rules: readonly Rule<Body>[], body: Body): string | undefined {
  for (const rule of rules) {
    const refusal = rule.refuses(body);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Whether a text or a key of a JSON value holds half a surrogate pair. */
export function holdsHalfPair(value: unknown): boolean {
  if (typeof value === "string") return /\p{Surrogate}/u.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) => holdsHalfPair(key) || holdsHalfPair(inner));
}

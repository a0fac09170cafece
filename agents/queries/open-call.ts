/** A call that waits for approval, for queries that ask outside of this machine what it would do there. */
import { UserError } from "@/agents/application";
import type { FoundOut } from "@/core/shapes/reviews/found";
import type { Review } from "@/core/shapes/shapes";
import type { Store } from "@/db/store";
import { isCovered } from "@/lib/net/host-list";

/** Several pages that show an item share an answer. */
const KEPT_MS = 30_000;

export interface OpenCall {
  review: Review;
  input: unknown;
  /** Whether the call may reach a host (`host` or `host:port`). */
  reaches(host: string): boolean;
}

interface Sources {
  store: Store;
  now(): number;
}

/**
 * Returns a function that answers for an open item, and keeps each answer for a moment. A `UserError` of `ask` says why it
 * cannot.
 */
export function askingFor<Body>(sources: Sources, ask: (call: OpenCall) => Promise<Body>) {
  const kept = new Map<string, { atMs: number; answer: Promise<FoundOut<Body>> }>();
  return (id: string): Promise<FoundOut<Body>> => {
    const call = openCall(sources, id);
    const atMs = sources.now();
    // A clock that was set back makes an answer look newer than now.
    for (const [other, { atMs: askedMs }] of kept) if (Math.abs(atMs - askedMs) > KEPT_MS) kept.delete(other);
    const found = kept.get(id) ?? { atMs, answer: ask(call).then((body) => ({ found: body, problem: null }), whyNot) };
    kept.set(id, found);
    // A fault of Banyan's own is no answer: the next page asks again.
    found.answer.catch(() => kept.delete(id));
    return found.answer;
  };
}

function whyNot(error: unknown): { found: null; problem: string } {
  if (error instanceof UserError) return { found: null, problem: error.message };
  throw error;
}

function openCall({ store, now }: Sources, id: string): OpenCall {
  const review = store.queries.reviews.get(id, now());
  if (!review) throw new UserError("not_found", `There is no review item ${id}.`);
  if (review.status !== "open")
    throw new UserError("conflict", "The item is decided, so nothing is compared any more.");
  const input = inputOf(review);
  const { network } = (input ?? {}) as { network?: unknown };
  const hosts = Array.isArray(network) ? network.filter((host): host is string => typeof host === "string") : [];
  return { review, input, reaches: (host) => isCovered(hosts, host) };
}

function inputOf({ evidence }: Review): unknown {
  try {
    return JSON.parse(evidence ?? "null");
  } catch {
    // Arguments that were cut are no command.
    return null;
  }
}

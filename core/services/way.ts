/** Computes how a service came from what a person asked for to where others reach it. Pure. */
import type { ServiceWay } from "@/core/shapes/services/way";

/** A review item of a tree of the project. */
export interface AskedItem {
  kind: string;
  by: "people" | "rules" | "nobody";
  /** Whether a task waited for it. */
  isAwaited: boolean;
  askedAtMs: number;
  /** null: it is open. */
  settledAtMs: number | null;
}

export interface MadePromotion {
  target: string;
  /** Whether the target has it now, or had it. */
  isDone: boolean;
  kind: "promote" | "rollback";
  createdAtMs: number;
  changedAtMs: number;
  /** null: it has not been asked about, or the row is of an older version. */
  askedAtMs: number | null;
  /** null: nobody has decided it, or the row is of an older version. */
  decidedAtMs: number | null;
}

export interface WayFacts {
  beganAtMs: number;
  trees: { createdAtMs: number; microUsd: number }[];
  items: AskedItem[];
  promotions: MadePromotion[];
}

const PRODUCTION = "production";

export function serviceWay({ beganAtMs, trees, items, promotions }: WayFacts, nowMs: number): ServiceWay {
  const first = firstReached(promotions);
  const endMs = first?.changedAtMs ?? nowMs;
  const before = (ms: number | null): ms is number => ms !== null && ms <= endMs;
  const answered = items.filter(({ by, settledAtMs }) => by === "people" && before(settledAtMs));
  const answers = answered.filter(({ kind }) => kind === "question").length;
  const waits = [
    ...items.flatMap(({ isAwaited, askedAtMs, settledAtMs }) =>
      isAwaited ? [{ from: askedAtMs, to: settledAtMs }] : [],
    ),
    ...promotions.flatMap(({ askedAtMs, decidedAtMs }) =>
      askedAtMs === null ? [] : [{ from: askedAtMs, to: decidedAtMs }],
    ),
  ];
  const asked = promotions.filter(({ createdAtMs }) => before(createdAtMs)).length;
  const decided = promotions.filter(({ decidedAtMs }) => before(decidedAtMs)).length;
  return {
    began_at: new Date(beganAtMs).toISOString(),
    target: first?.target ?? null,
    reached_at: first ? new Date(first.changedAtMs).toISOString() : null,
    ms: Math.max(0, endMs - beganAtMs),
    waited_ms: together(waits, { from: beganAtMs, to: endMs }),
    cost_usd: trees.reduce((sum, { createdAtMs, microUsd }) => sum + (before(createdAtMs) ? microUsd : 0), 0) / 1e6,
    steps: { answers, decisions: answered.length - answers, promotions: asked + decided },
  };
}

/** Production counts, and before it is there the first target that has anything. */
function firstReached(promotions: readonly MadePromotion[]): MadePromotion | undefined {
  const done = promotions
    .filter(({ isDone, kind }) => isDone && kind === "promote")
    .toSorted((a, b) => a.changedAtMs - b.changedAtMs);
  return done.find(({ target }) => target === PRODUCTION) ?? done[0];
}

interface Span {
  from: number;
  to: number;
}

/** Returns the length of the union of spans within a whole. An open one lasts until its end. */
function together(spans: readonly { from: number; to: number | null }[], whole: Span): number {
  const inside = spans
    .map(({ from, to }) => ({ from: Math.max(from, whole.from), to: Math.min(to ?? whole.to, whole.to) }))
    .filter(({ from, to }) => to > from)
    .toSorted((a, b) => a.from - b.from);
  let sum = 0;
  let until = whole.from;
  for (const { from, to } of inside) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

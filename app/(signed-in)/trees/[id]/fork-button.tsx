"use client";

import { type ForkPoint, useForkFrom } from "./fork-point";

/** Stands in the head of an entry; the key `f` presses that of the entry under the pointer or the focus. */
export function ForkButton({ point }: { point: ForkPoint }) {
  const forkFrom = useForkFrom();
  if (!forkFrom) return null;
  return (
    <button
      type="button"
      className="btn quiet forkat"
      data-fork={point.at}
      aria-label={`Fork here, message ${point.at}`}
      title={`A new tree that goes on from before ${point.what}`}
      onClick={() => forkFrom(point)}
    >
      Fork here
    </button>
  );
}

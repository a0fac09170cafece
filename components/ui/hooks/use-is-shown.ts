"use client";

import { useState } from "react";
import type { useAction } from "./use-action";

/**
 * Returns whether the page shows by itself what the last action did: `state` has changed since the person acted. Then
 * no line needs to repeat it.
 */
export function useIsShown(
  { pending, outcome }: Pick<ReturnType<typeof useAction>, "pending" | "outcome">,
  state: string,
) {
  const [last, setLast] = useState({ pending, state });
  // Kept from the press on, because the new state often arrives before the answer.
  if (pending !== last.pending) setLast({ pending, state: pending ? state : last.state });
  return outcome?.ok === true && state !== last.state;
}

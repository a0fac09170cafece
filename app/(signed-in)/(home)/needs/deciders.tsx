"use client";

import type { ReactNode } from "react";
import { Hint } from "@/components/ui/hint";
import { useRights } from "@/components/ui/rights";
import type { Review } from "@/core/shapes/shapes";

/** Shows the actions to a user who may decide such an item, and to others who may. */
export function Deciders({ kind, children }: { kind: Review["kind"]; children: ReactNode }) {
  const rights = useRights();
  const refusal = kind === "question" ? rights.answer : rights.decide;
  return refusal === null ? children : <Hint>{refusal}</Hint>;
}

"use client";

import type { ReactNode } from "react";
import { RightsProvider, useMe } from "@/components/ui/rights";

/** Nobody may do more in a tree from an archive than look at it. `why` is a sentence. */
export function ArchivedRights({ why, children }: { why: string; children: ReactNode }) {
  return (
    <RightsProvider name={useMe()} rights={{ run: why, answer: why, decide: why, configure: why }}>
      {children}
    </RightsProvider>
  );
}

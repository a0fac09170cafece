"use client";

import type { ReactNode } from "react";
import { RightsProvider, useMe } from "@/components/ui/rights";

const ARCHIVED = "This tree was read from an archive: it can be looked at, and nothing in it goes on.";
const NONE = { run: ARCHIVED, answer: ARCHIVED, decide: ARCHIVED };

/** Nobody may do more in a tree from an archive than look at it. */
export function ArchivedRights({ children }: { children: ReactNode }) {
  return (
    <RightsProvider name={useMe()} rights={NONE}>
      {children}
    </RightsProvider>
  );
}

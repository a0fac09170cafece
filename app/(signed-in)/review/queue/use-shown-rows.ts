"use client";

import { useMemo, useState } from "react";
import type { Review } from "@/core/shapes/shapes";
import { groupsOf, type KindFilter } from "./queue-rows";

/** Returns the open items as the user chose to see them: by kind, and by tree or by the care that they need. */
export function useShownRows(reviews: readonly Review[]) {
  const [kind, setKind] = useState<KindFilter>("all");
  const [byTree, setByTree] = useState(false);
  const groups = useMemo(() => groupsOf(reviews, { kind, byTree }), [reviews, kind, byTree]);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  const showAll = () => setKind("all");
  return { groups, rows, kind, setKind, showAll, byTree, setByTree };
}

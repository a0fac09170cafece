"use client";

import { useMemo, useState } from "react";
import type { Review } from "@/core/shapes/shapes";
import { groupsOf, type KindFilter } from "./queue-rows";

/** Returns the open items as the user chose to see them: by kind, grouped by tree, identical items expanded. */
export function useShownRows(reviews: readonly Review[]) {
  const [kind, setKind] = useState<KindFilter>("all");
  const [byTree, setByTree] = useState(false);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const groups = useMemo(() => groupsOf(reviews, { kind, byTree, unfolded }), [reviews, kind, byTree, unfolded]);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  const unfold = (id: string) => setUnfolded((now) => toggled(now, id));
  const showAll = () => setKind("all");
  return { groups, rows, kind, setKind, showAll, byTree, setByTree, unfolded, unfold };
}

function toggled(now: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(now);
  if (!next.delete(id)) next.add(id);
  return next;
}

"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { openedTree } from "@/app/actions/seen";

/** Whoever opens a tree that failed has seen it, from wherever they came. */
export function SeenMarker() {
  const treeId = /^\/trees\/([^/]+)$/.exec(usePathname())?.[1];
  useEffect(() => {
    // Not seen, it stands under what needs them once more; no harm is done.
    if (treeId) void openedTree(treeId).catch(() => {});
  }, [treeId]);
  return null;
}

"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { openedTree } from "@/app/actions/mark-seen";
import { keepOpened } from "@/components/palette/opened-trees";
import { useMe } from "@/components/ui/rights";

/** Marks a failed tree as seen when a person opens it, and remembers it among the last opened. */
export function SeenMarker() {
  const me = useMe();
  const treeId = /^\/trees\/([^/]+)$/.exec(usePathname())?.[1];
  useEffect(() => {
    if (!treeId) return;
    keepOpened(me, treeId);
    // If this fails, the tree is listed under what needs them once more.
    void openedTree(treeId).catch(() => {});
  }, [treeId, me]);
  return null;
}

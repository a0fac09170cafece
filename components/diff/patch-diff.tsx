"use client";

import { lazy, Suspense } from "react";
import { DiffSkeleton } from "./diff-skeleton";

/** Few pages show a diff, so its parser and table load with the first diff. */
const PatchFiles = lazy(() => import("./patch-files"));

/** A patch, file by file. */
export function PatchDiff({ patch }: { patch: string }) {
  return (
    <Suspense fallback={<DiffSkeleton />}>
      <PatchFiles patch={patch} />
    </Suspense>
  );
}

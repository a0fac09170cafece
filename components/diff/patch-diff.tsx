"use client";

import { Suspense } from "react";
import { lazily } from "@/components/ui/page/lazily";
import { DiffSkeleton } from "./diff-skeleton";

/** Few pages show a diff, so its parser and table load with the first diff. */
const PatchFiles = lazily(() => import("./patch-files").then((file) => file.PatchFiles));

/** A patch, file by file. */
export function PatchDiff({ patch }: { patch: string }) {
  return (
    <Suspense fallback={<DiffSkeleton />}>
      <PatchFiles patch={patch} />
    </Suspense>
  );
}

"use client";

import { lazily } from "@/components/ui/page/lazily";
import { DiffSkeleton } from "./diff-skeleton";
import type { PatchFilesProps } from "./patch-files";

/** A patch, file by file. Few pages show one, so its parser and table load with the first diff. */
export const PatchDiff = lazily<PatchFilesProps>(() => import("./patch-files").then((file) => file.PatchFiles), {
  meanwhile: DiffSkeleton,
});

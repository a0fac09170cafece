"use client";

import { lazy, Suspense } from "react";
import { DiffSkeleton } from "./diff-skeleton";

const ComparedTexts = lazy(() => import("./compared-texts"));

export interface TextDiffProps {
  /** Shown in the header, like a file name. */
  name: string;
  before: string;
  after: string;
}

/** Diff of two texts, shown like the diff of one file. */
export function TextDiff(props: TextDiffProps) {
  return (
    <Suspense fallback={<DiffSkeleton />}>
      <ComparedTexts {...props} />
    </Suspense>
  );
}

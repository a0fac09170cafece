"use client";

import { Suspense } from "react";
import { lazily } from "@/components/ui/page/lazily";
import { DiffSkeleton } from "./diff-skeleton";

const ComparedTexts = lazily(() => import("./compared-texts").then((file) => file.ComparedTexts));

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

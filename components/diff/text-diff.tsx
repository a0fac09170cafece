"use client";

import { lazily } from "@/components/ui/page/lazily";
import { DiffSkeleton } from "./diff-skeleton";

export interface TextDiffProps {
  /** Shown in the header, like a file name. */
  name: string;
  before: string;
  after: string;
}

/** Diff of two texts, shown like the diff of one file. */
export const TextDiff = lazily<TextDiffProps>(() => import("./compared-texts").then((file) => file.ComparedTexts), {
  meanwhile: DiffSkeleton,
});

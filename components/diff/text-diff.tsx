"use client";

import { lazily } from "@/components/ui/page/lazily";
import type { TextDiffProps } from "./compared-texts";
import { DiffSkeleton } from "./diff-skeleton";

/** Diff of two texts, shown like the diff of one file. */
export const TextDiff = lazily<TextDiffProps>(() => import("./compared-texts").then((file) => file.ComparedTexts), {
  meanwhile: DiffSkeleton,
});

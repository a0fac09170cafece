"use client";

import { useMemo } from "react";
import { PatchDiff } from "./patch-diff";
import { textPatch } from "./text-patch";

interface TextDiffProps {
  /** Shown in the header, like a file name. */
  name: string;
  before: string;
  after: string;
}

/** Diff of two texts, shown like the diff of one file. */
export function TextDiff({ name, before, after }: TextDiffProps) {
  const patch = useMemo(() => textPatch(name, before, after), [name, before, after]);
  return <PatchDiff patch={patch} />;
}

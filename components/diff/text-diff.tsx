"use client";

import { useMemo } from "react";
import { PatchDiff } from "./patch-diff";
import { textPatch } from "./text-patch";

interface TextDiffProps {
  /** Stands in the head, as the name of a file does. */
  name: string;
  before: string;
  after: string;
}

/** What differs between two texts, as a diff of one file. */
export function TextDiff({ name, before, after }: TextDiffProps) {
  const patch = useMemo(() => textPatch(name, before, after), [name, before, after]);
  return <PatchDiff patch={patch} />;
}

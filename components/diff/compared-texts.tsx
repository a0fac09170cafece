"use client";

import { useMemo } from "react";
import { PatchFiles } from "./patch-files";
import type { TextDiffProps } from "./text-diff";
import { textPatch } from "./text-patch";

/** Compares two texts and returns their diff. */
export function ComparedTexts({ name, before, after }: TextDiffProps) {
  const patch = useMemo(() => textPatch(name, before, after), [name, before, after]);
  return <PatchFiles patch={patch} />;
}

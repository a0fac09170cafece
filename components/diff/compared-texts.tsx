"use client";

import { useMemo } from "react";
import { PatchFiles } from "./patch-files";
import { textPatch } from "./text-patch";

export interface TextDiffProps {
  /** Shown in the header, like a file name. */
  name: string;
  before: string;
  after: string;
}

/** Compares two texts and returns their diff. */
export function ComparedTexts({ name, before, after }: TextDiffProps) {
  const patch = useMemo(() => textPatch(name, before, after), [name, before, after]);
  return <PatchFiles patch={patch} />;
}

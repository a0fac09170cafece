"use client";

import { ProseDiff } from "@/components/diff/prose-diff";
import type { Review } from "@/core/shapes/shapes";
import { useLoaded } from "../files/use-loaded";

/** Returns the difference that the call of an approval would make to a file; null for other items and until it is read. */
export function useCallChange({ id, kind }: Review) {
  const { body } = useLoaded(kind === "approval" ? `reviews/${id}/item` : null);
  const change = body?.call?.change;
  if (!change || change.after === null || change.before === change.after) return null;
  return (
    <div className="mt-1.5 max-w-210" data-testid="evidence">
      <ProseDiff name={change.path} before={change.before ?? ""} after={change.after} />
    </div>
  );
}

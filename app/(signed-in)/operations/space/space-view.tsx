"use client";

import { useState } from "react";
import { usePolled } from "@/components/http/use-polled";
import type { Retention } from "@/core/shapes/retention";
import { RetentionForm } from "./retention-form";
import { SpaceTable } from "./space-table";

const POLL_MS = 15_000;
/** While old trees are removed. */
const QUICK_POLL_MS = 1_000;

/** What takes space on the disk, and which old trees are removed. */
export function SpaceView({ start }: { start: Retention }) {
  const [isBusy, setBusy] = useState(start.running !== null);
  const { value: retention, again } = usePolled("retention", start, isBusy ? QUICK_POLL_MS : POLL_MS);
  if (isBusy !== (retention.running !== null)) setBusy(retention.running !== null);
  return (
    <>
      <SpaceTable retention={retention} />
      <RetentionForm retention={retention} again={again} />
    </>
  );
}

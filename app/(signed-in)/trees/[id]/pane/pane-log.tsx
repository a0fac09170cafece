"use client";

import type { ComponentProps } from "react";
import { isEnded } from "@/core/log/terms";
import { FoldedLog } from "../log/folded-log";
import { Log } from "../log/log";
import type { useLogFold } from "../log/use-log-fold";

type PaneLogProps = Omit<ComponentProps<typeof Log>, "fold"> & { fold: ReturnType<typeof useLogFold> };

/** The log, or the one line that opens it. */
export function PaneLog({ fold, ...rest }: PaneLogProps) {
  const { task } = rest;
  if (!fold.isOpen) return <FoldedLog task={task} open={fold.open} />;
  return <Log {...rest} fold={isEnded(task.status) ? fold : null} />;
}

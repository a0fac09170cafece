"use client";

import { type ReactNode, useEffect, useState } from "react";
import { FoldMark } from "@/components/ui/fold-mark";
import { Unfolding } from "@/components/ui/unfolding";
import { keepFold, useKeptFold } from "./kept-folds";

interface SectionProps {
  /** Under which it is remembered whether the reader wants it open. */
  name: string;
  title: string;
  /** What stands beside the title while it is folded. */
  summary: ReactNode;
  /** What stands there always. */
  always?: ReactNode;
  /** Until somebody folds or unfolds one of that name. */
  startsOpen?: boolean;
  children: ReactNode;
}

/** A part of the pane that takes one line until somebody wants it; what they did with it holds for every task. */
export function Section({ name, title, summary, always, startsOpen = false, children }: SectionProps) {
  const wanted = useKeptFold(name) ?? startsOpen;
  const [isOpen, setOpen] = useState(wanted);
  useEffect(() => setOpen(wanted), [wanted]);
  return (
    <Unfolding
      className={`mt-2 [details+&]:mt-0 ${isOpen ? "pb-2" : ""}`}
      data-testid={name}
      open={isOpen}
      onToggle={(open) => {
        setOpen(open);
        keepFold(name, open);
      }}
    >
      <summary className="flex min-h-7 min-w-0 cursor-pointer list-none items-center gap-2 rounded-control hover:bg-hover [&::-webkit-details-marker]:hidden">
        <FoldMark />
        <h3 className="flex-none">{title}</h3>
        {always}
        {isOpen ? null : <span className="min-w-0 truncate text-ink-2">{summary}</span>}
      </summary>
      {isOpen ? <div className="pl-5 mt-1">{children}</div> : null}
    </Unfolding>
  );
}

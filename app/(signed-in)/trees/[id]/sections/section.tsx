"use client";

import { type ReactNode, useEffect, useState } from "react";
import { FoldMark } from "@/components/ui/fold-mark";
import { Unfolding } from "@/components/ui/unfolding";
import { keepFold, useKeptFold } from "./kept-folds";

interface SectionProps {
  /** The key under which the browser remembers whether the section is open. */
  name: string;
  title: string;
  /** Shown beside the title while the section is folded. */
  summary: ReactNode;
  /** Always shown beside the title. */
  always?: ReactNode;
  /** Applies until the reader folds or unfolds a section of this name. */
  startsOpen?: boolean;
  children: ReactNode;
}

/** A part of the pane that folds to one line. Folding it for one task folds it for every task. */
export function Section({ name, title, summary, always, startsOpen = false, children }: SectionProps) {
  const keptOpen = useKeptFold(name) ?? startsOpen;
  const [isOpen, setOpen] = useState(keptOpen);
  useEffect(() => setOpen(keptOpen), [keptOpen]);
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

"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Icon } from "@/components/ui/icon";

const STORAGE_KEY = "banyan.pane-sections";

interface SectionProps {
  /** Under which it is remembered whether the reader wants it open. */
  name: string;
  title: string;
  /** What stands beside the title while it is folded, and after it when `always`. */
  summary: ReactNode;
  always?: ReactNode;
  /** Until somebody folds or unfolds one of that name. */
  startsOpen?: boolean;
  onOpen?: () => void;
  children: ReactNode;
}

/** A part of the pane that takes one line until somebody wants it; what they did with it holds for every task. */
export function Section({ name, title, summary, always, startsOpen = false, onOpen, children }: SectionProps) {
  const [isOpen, setOpen] = useState(startsOpen);
  useEffect(() => {
    const kept = readKept()[name];
    if (kept !== undefined) setOpen(kept);
    else setOpen(startsOpen);
  }, [name, startsOpen]);
  useEffect(() => {
    if (isOpen) onOpen?.();
  }, [isOpen, onOpen]);
  return (
    <details
      className="part inst"
      data-section={name}
      open={isOpen}
      onToggle={({ currentTarget: { open } }) => {
        // What was opened by the page itself, and not by its reader, is so already.
        if (open === isOpen) return;
        setOpen(open);
        keep(name, open);
      }}
    >
      <summary>
        <Icon name="chev" className="i tw" />
        <h3>{title}</h3>
        {always}
        <span className="cut dim">{summary}</span>
      </summary>
      {isOpen ? <div className="pl-5 mt-1">{children}</div> : null}
    </details>
  );
}

function readKept(): Record<string, boolean> {
  try {
    return (JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}") ?? {}) as Record<string, boolean>;
  } catch {
    return {};
  }
}

function keep(name: string, isOpen: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ ...readKept(), [name]: isOpen }));
  } catch {
    // A browser without storage forgets it with the page.
  }
}

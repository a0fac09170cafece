"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Icon } from "@/components/ui/icon";
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
      className="part inst"
      data-testid={name}
      open={isOpen}
      onToggle={(open) => {
        setOpen(open);
        keepFold(name, open);
      }}
    >
      <summary>
        <Icon name="chev" className="i tw" />
        <h3>{title}</h3>
        {always}
        {isOpen ? null : <span className="cut dim">{summary}</span>}
      </summary>
      {isOpen ? <div className="pl-5 mt-1">{children}</div> : null}
    </Unfolding>
  );
}

import type { ReactNode } from "react";
import { Icon } from "@/components/ui/icon";

interface StepProps {
  number: number;
  title: string;
  /** `now`: the step that the page leads to. */
  state: "now" | "done" | "later";
  /** No line leads on from it. */
  isLast?: boolean;
  children: ReactNode;
}

const RINGS = { now: "border-accent text-accent", done: "border-ok text-ok", later: "border-line-strong text-ink-3" };

/** Leads from the ring to the next one. */
const LINE = "before:absolute before:top-6 before:bottom-0 before:left-3 before:w-px before:bg-line";

/** A numbered step of the first run. */
export function Step({ number, title, state, isLast = false, children }: StepProps) {
  const id = `start-${number}`;
  return (
    <section
      className={`relative grid grid-cols-[24px_minmax(0,1fr)] gap-x-3 pb-6 ${isLast ? "" : LINE}`}
      aria-labelledby={id}
    >
      <span
        className={`grid size-6 place-items-center rounded-full border text-small ${RINGS[state]}`}
        aria-hidden="true"
      >
        {state === "done" ? <Icon name="succeeded" className="size-4" /> : number}
      </span>
      <div className="min-w-0">
        <h3 id={id} className="text-head font-semibold leading-6">
          {title}
        </h3>
        {children}
      </div>
    </section>
  );
}

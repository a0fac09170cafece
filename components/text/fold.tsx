import type { ReactNode } from "react";
import { FoldMark } from "@/components/ui/fold-mark";
import { Unfolding } from "@/components/ui/unfolding";

interface FoldProps {
  /** What stands in its line, after the mark. */
  line: ReactNode;
  /** Where its content is put into the page, or read, only once it is open. */
  state?: { open: boolean; onToggle: (open: boolean) => void };
  "data-call"?: string;
  children: ReactNode;
}

const FRAME = "mt-1.5 rounded-control border border-line bg-bg [details+&]:mt-1";

/** One line in a frame, and below it, once somebody opens it, what the line stands for. */
export function Fold({ line, state, children, ...rest }: FoldProps) {
  const content = (
    <>
      <summary className="flex h-7 min-w-0 cursor-pointer list-none items-center gap-2 px-2 [&::-webkit-details-marker]:hidden">
        <FoldMark />
        {line}
      </summary>
      {children}
    </>
  );
  if (!state)
    return (
      <details className={FRAME} {...rest}>
        {content}
      </details>
    );
  return (
    <Unfolding className={FRAME} {...state} {...rest}>
      {content}
    </Unfolding>
  );
}

import type { ReactNode } from "react";
import { FoldMark } from "@/components/ui/fold-mark";
import { Unfolding } from "@/components/ui/unfolding";

interface FoldProps {
  /** Content of the line, after the fold mark. */
  line: ReactNode;
  /** Set when the content is rendered or loaded only once the fold is open. */
  state?: { open: boolean; onToggle: (open: boolean) => void };
  "data-call"?: string;
  /** Whether a link or a search leads to the content. */
  isTarget?: boolean;
  children: ReactNode;
}

const FRAME = "mt-1.5 rounded-control border border-line bg-bg [details+&]:mt-1";

/** A framed line that opens to show its content below. */
export function Fold({ line, state, isTarget = false, children, ...rest }: FoldProps) {
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
    <Unfolding className={FRAME} data-target={isTarget || undefined} {...state} {...rest}>
      {content}
    </Unfolding>
  );
}

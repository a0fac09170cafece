import type { ReactNode } from "react";

const TEXT = "[&>pre]:wrap-anywhere [&>pre]:whitespace-pre-wrap [&>pre]:px-3 [&>pre]:py-2";
const WHOLE_TEXT = "[&>pre[data-whole]]:max-h-[60vh] [&>pre[data-whole]]:overflow-auto";
const LINE = "[&>p]:flex [&>p]:justify-between [&>p]:gap-2 [&>p]:px-3 [&>p]:py-1 [&>p]:text-ink-3 [&>p]:text-small";
const LINE_ABOVE = "[&>p]:border-line [&>p]:border-t";

/** Frame around long text. Lines wrap, and a line separates the paragraphs below the text. */
export function EvidenceBox({ children }: { children: ReactNode }) {
  return (
    <div
      className={`mt-1.5 max-w-210 rounded-control border border-line bg-code ${TEXT} ${WHOLE_TEXT} ${LINE} ${LINE_ABOVE}`}
      data-testid="evidence"
    >
      {children}
    </div>
  );
}

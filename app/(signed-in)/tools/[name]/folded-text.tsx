import type { ReactNode } from "react";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { manyLines } from "../tool-words";

const MAX_CHARACTERS = 64 * 1024;

interface FoldedTextProps {
  title: ReactNode;
  text: string;
  open?: boolean;
}

/** A collapsible long text. Lines wrap, so that nobody scrolls sideways. */
export function FoldedText({ title, text, open = false }: FoldedTextProps) {
  const shown = manyLines(text);
  return (
    <details className={`${FOLD} mt-2`} open={open}>
      <summary>
        <FoldMark />
        <span className="text-small">{title}</span>
      </summary>
      <pre className="wrap-anywhere mt-1 whitespace-pre-wrap rounded-control border border-line bg-code px-3 py-2">
        <code>{shown.length > MAX_CHARACTERS ? `${shown.slice(0, MAX_CHARACTERS)}\n… truncated` : shown}</code>
      </pre>
    </details>
  );
}

import type { ReactNode } from "react";
import { Icon } from "@/components/ui/icon";
import { manyLines } from "../tool-words";

const MOST_CHARACTERS = 64 * 1024;

interface FoldedTextProps {
  title: ReactNode;
  text: string;
  open?: boolean;
}

/** A longer text behind its title; lines wrap, so that nothing has to be scrolled sideways. */
export function FoldedText({ title, text, open = false }: FoldedTextProps) {
  const shown = manyLines(text);
  return (
    <details className="inst mt-2" open={open}>
      <summary>
        <Icon name="chev" className="i tw" />
        <span className="small">{title}</span>
      </summary>
      <pre className="rawjson">
        <code>{shown.length > MOST_CHARACTERS ? `${shown.slice(0, MOST_CHARACTERS)}\n… cut here` : shown}</code>
      </pre>
    </details>
  );
}

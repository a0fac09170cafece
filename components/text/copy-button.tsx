"use client";

import { useState } from "react";
import { Button } from "@/components/ui/parts";

interface CopyButtonProps {
  /** The text, or what returns it when it is copied. */
  text: string | (() => string);
  /** What the button says before it was pressed. */
  children: string;
  look?: "plain" | "quiet";
}

/** Copies a text, and says whether it worked. */
export function CopyButton({ text, children, look = "plain" }: CopyButtonProps) {
  const [said, setSaid] = useState<string | null>(null);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setSaid("Copied");
    } catch {
      setSaid("Not copied: the browser forbids it here");
    }
  }
  return (
    <Button look={look} onClick={() => void copy()} onBlur={() => setSaid(null)}>
      {/* As wide as before: the first press of a button beside it would miss one that moves when this loses the focus. */}
      <span className="grid">
        <span className={`col-start-1 row-start-1 ${said === null ? "" : "invisible"}`}>{children}</span>
        <span className="col-start-1 row-start-1" aria-live="polite">
          {said}
        </span>
      </span>
    </Button>
  );
}

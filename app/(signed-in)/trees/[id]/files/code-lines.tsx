"use client";

import { useRef } from "react";
import { withoutDisguise } from "@/components/text/visible";
import { useScrollStop } from "@/components/ui/hooks/use-scroll-stop";

/** Text with line numbers. Long lines scroll inside the box. */
export function CodeLines({ text, label }: { text: string; label: string }) {
  const box = useRef<HTMLElement>(null);
  useScrollStop(box);
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  return (
    <section
      ref={box}
      className="flex min-w-0 overflow-auto rounded-control border border-line bg-code scrollbar-thin scrollbar-thumb-line-strong scrollbar-track-transparent"
      aria-label={label}
    >
      <pre
        className="font-mono text-mono sticky left-0 flex-none border-r border-line bg-code px-2 py-2 text-right text-ink-3 select-none"
        aria-hidden="true"
      >
        {lines.map((_, index) => index + 1).join("\n")}
      </pre>
      <pre className="font-mono text-mono flex-auto px-3 py-2 [font-variant-ligatures:none]">
        <code>{withoutDisguise(text) || " "}</code>
      </pre>
    </section>
  );
}

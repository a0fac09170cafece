"use client";

import { useEffect, useState } from "react";
import type { CodePart } from "@/components/text/code-colours";
import { scrollStop } from "@/components/ui/hooks/scroll-stop";
import { withoutDisguise } from "@/core/words/visible";

interface CodeLinesProps {
  text: string;
  label: string;
  /** The ending of its name tells the language. */
  path: string;
}

/** Text with line numbers, in the colours of its language as soon as they are known. Long lines scroll inside the box. */
export function CodeLines({ text, label, path }: CodeLinesProps) {
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  return (
    <section
      ref={scrollStop}
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
        <code>
          <Coloured text={withoutDisguise(text) || " "} path={path} />
        </code>
      </pre>
    </section>
  );
}

function Coloured({ text, path }: Pick<CodeLinesProps, "text" | "path">) {
  const [known, setKnown] = useState<{ of: string; parts: CodePart[] } | null>(null);
  useEffect(() => {
    let isGone = false;
    import("@/components/text/code-colours")
      .then(({ codeParts }) => codeParts(path, text))
      .then(
        (parts) => !isGone && parts && setKnown({ of: text, parts }),
        // Without the parser the text stays plain.
        () => {},
      );
    return () => {
      isGone = true;
    };
  }, [text, path]);
  if (known?.of !== text) return text;
  return known.parts.map(({ at, text: part, look }) =>
    look === "" ? (
      part
    ) : (
      <span key={at} className={look}>
        {part}
      </span>
    ),
  );
}

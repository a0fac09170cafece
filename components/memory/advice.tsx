import { withoutDisguise } from "@/core/words/visible";

/** A lesson's advice as agents read it: a quotation, of which nothing is rendered. */
export function Advice({ text, className = "" }: { text: string; className?: string }) {
  return (
    <blockquote
      className={`max-w-170 border-l-2 border-line-strong pl-3 wrap-anywhere whitespace-pre-wrap text-ink-2 ${className}`}
    >
      {withoutDisguise(text)}
    </blockquote>
  );
}

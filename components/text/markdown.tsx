"use client";

import { lazy, memo, Suspense } from "react";

/** The parser is heavier than most pages. The server's HTML holds the rendered text, so nobody waits for it. */
const MarkdownBody = lazy(() => import("./markdown-body"));

/** Text in Markdown. New text in a page that has not loaded the parser yet is shown as it is written until then. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="md">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <MarkdownBody text={text} />
      </Suspense>
    </div>
  );
});

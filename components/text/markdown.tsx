"use client";

import { memo } from "react";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { lazily } from "@/components/ui/page/lazily";
import { AsWritten } from "./as-written";
import { plainParagraphs } from "./plain-text";

/** The parser is heavier than most pages. The server's HTML holds the rendered text, so nobody waits for it. */
const MarkdownBody = lazily(() => import("./markdown-body").then((file) => file.MarkdownBody), {
  meanwhile: AsWritten,
  otherwise: AsWritten,
});

/** Text in Markdown. New text in a page that has not loaded the parser yet is shown as it is written until then. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const plain = plainParagraphs(text);
  const keys = plain && uniqueKeys(plain);
  return (
    <div className="md">
      {plain ? plain.map((paragraph, index) => <p key={keys?.[index]}>{paragraph}</p>) : <MarkdownBody text={text} />}
    </div>
  );
});
